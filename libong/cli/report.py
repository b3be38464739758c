"""The command that writes the monthly report."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.language import Language, Reader
from api.report.page import report_page
from api.report.pdf import report_pdf
from api.report.spreadsheet import report_csv
from api.report.text import report_text
from ingest.errors import LibongError
from libong.cli.flight_files import SiteOption
from libong.cli.output import JsonOption, console, print_json
from libong.composition import open_store
from libong.settings import read_settings
from libong.sites import open_site
from patrol.report.month import parse_month
from patrol.report.reading import read_report


class ReportFileError(LibongError, OSError):
    """A report that cannot be written."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(report)


def report(
    month: Annotated[str, typer.Argument(help="The month, as in 2026-11.")],
    out: Annotated[
        Path, typer.Option(help="Folder to write to.", file_okay=False, resolve_path=True)
    ] = Path(),
    lang: Annotated[
        Language, typer.Option(help="Language of the PDF and the page.")
    ] = Language.THAI,
    site: SiteOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the report of a month as PDF, page and CSV: effort, dugongs, boats, response and cost.

    Example: libong report 2026-11 --out reports --lang en
    """
    settings = read_settings()
    now = datetime.now(UTC)
    with closing(open_store(settings)) as store:
        place = store.zones.in_force(open_site(site or settings.site))
        today = now.astimezone(place.reference.timezone).date()
        found = read_report(store.reports, place, parse_month(month), today)
    reader = Reader(lang, place.reference.timezone)
    text = report_text(
        found,
        reader.pick(place.name_th, place.name_en),
        place.rule_parameters.survey_min_fraction,
        reader,
    )
    stem = f"{place.site_id}-{found.figures.month}"
    written = {
        "pdf": (out / f"{stem}-{lang}.pdf", report_pdf(text, now)),
        "html": (out / f"{stem}-{lang}.html", report_page(text, lang)),
        "csv": (out / f"{stem}.csv", report_csv(found.months)),
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path, body in written.values():
            path.write_bytes(body)
    except OSError as error:
        raise ReportFileError(f"{out}: cannot be written: {error.strerror}") from error
    if as_json:
        print_json({kind: str(path) for kind, (path, _) in written.items()})
    else:
        for path, _ in written.values():
            console.print(str(path), highlight=False)
