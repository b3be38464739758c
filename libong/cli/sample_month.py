"""The command that makes the sample month: rendered flights, the whole way, with a report."""

import json
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from api.language import Language, Reader
from api.report import words
from api.report.page import report_page
from api.report.pdf import report_pdf
from api.report.spreadsheet import report_csv
from api.report.text import report_text
from detection.detector import Detector
from libong.cli.output import console, progress_bar
from libong.composition import open_media, open_store
from libong.open_models import open_detector
from libong.rendered_month import RenderedFlight, fly_month, month_scores, sample_site
from libong.settings import Settings, read_settings
from libong.sites import open_site
from patrol.report.month import Month
from patrol.report.reading import Reported, read_report
from patrol.site import Site

_MONTH = Month(2026, 11)
_EARLIER = (Month(2026, 10), Month(2025, 11))  # so that there is something to set beside it
_EARLIER_SHARE = 8  # of each, an eighth as many flights
_TODAY, _MADE = date(2026, 12, 2), datetime(2026, 12, 2, 2, 0, tzinfo=UTC)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sample-month")(sample_month)


def sample_month(
    out: Annotated[Path, typer.Argument(help="Folder for the report.", file_okay=False)],
    flights: Annotated[int, typer.Option(min=1, max=200, help="Flights in the month.")] = 30,
) -> None:
    """Render a month of flights, process them all, and write the report of the month.

    Everything in it is rendered, and a reviewer who knows the truth confirms and dismisses. What
    the detector missed and took for something is in scores.json. Thirty flights, and three in each
    of two earlier months, take some ten minutes of two processors.

    Example: libong sample-month docs/sample_month
    """
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="libong-month-") as folder:
        settings = read_settings(
            data_dir=Path(folder), database_url="", media_url="", site="koh_libong"
        )
        site = sample_site(open_site(settings.site))
        found, flown, faults = _flown(settings, site, flights)
    detector = open_detector(settings)
    for language in Language:
        reader = Reader(language, site.reference.timezone)
        text = report_text(
            found,
            reader.pick(site.name_th, site.name_en),
            site.rule_parameters.survey_min_fraction,
            reader,
            warning=words.RENDERED,
        )
        (out / f"rendered-{language}.pdf").write_bytes(report_pdf(text, _MADE))
        (out / f"rendered-{language}.html").write_bytes(report_page(text, language))
    (out / "rendered.csv").write_bytes(report_csv(found.months))
    scores = _document(flown, detector, faults)
    (out / "scores.json").write_text(
        json.dumps(scores, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    for name, score in scores["classes"].items():
        console.print(f"{name}: {score}", highlight=False)


def _flown(
    settings: Settings, site: Site, flights: int
) -> tuple[Reported, tuple[RenderedFlight, ...], int]:
    months = dict.fromkeys(sorted(_EARLIER), flights // _EARLIER_SHARE) | {_MONTH: flights}
    with closing(open_store(settings)) as store, progress_bar() as progress:
        for seed, (month, number) in enumerate(months.items()):
            flown = fly_month(
                store,
                open_media(settings),
                open_detector(settings),
                site,
                month,
                flights=number,
                seed=seed,
                folder=settings.data_dir / "frames",
                on_flight=lambda done, all_of_them: progress("fly", done, all_of_them),
            )
        found = read_report(store.reports, site, _MONTH, _TODAY)
        return found, flown, len(store.verify().faults)


def _document(
    flown: tuple[RenderedFlight, ...], detector: Detector, ledger_faults: int
) -> dict[str, Any]:
    return {
        "rendered": True,
        "month": str(_MONTH),
        "model_sha256": detector.manifest.sha256,
        "ledger_faults": ledger_faults,
        "frames": sum(flight.frames for flight in flown),
        "classes": {
            object_class.value: {
                "things": score.things, "found": score.found,
                "missed": score.things - score.found, "false": score.false,
            }
            for object_class, score in month_scores(flown).items()
        },
        "flights": [
            {
                "flight": flight.flight_id,
                "zone": flight.zone_id,
                "started_utc": flight.started_utc.isoformat(),
                "frames": flight.frames,
                **{
                    object_class.value: [score.things, score.found, score.false]
                    for object_class, score in flight.scores.items()
                },
            }
            for flight in flown
        ],
    }  # fmt: skip
