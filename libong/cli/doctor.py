"""libong doctor: is everything here that the software needs?"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass

import typer
from rich.table import Table
from rich.text import Text

from ingest.errors import LibongError
from libong.cli.output import Exit, JsonOption, console, print_json
from libong.composition import open_media, open_store
from libong.open_models import open_detector
from libong.settings import Settings, read_settings
from libong.sites import open_site


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, and what was seen or what to do."""

    what: str
    well: bool
    detail: str


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(doctor)


def doctor(as_json: JsonOption = False) -> None:
    """Check model, site, database, ledger and media; says what to do about what is wrong.

    Exit code 1 when something is.
    """
    settings = read_settings()
    findings = [
        _look("model", lambda: _model(settings)),
        _look("site", lambda: _site(settings)),
        _look("database", lambda: _database(settings)),
        _look("media", lambda: _media(settings)),
    ]
    if as_json:
        print_json([asdict(f) for f in findings])
    else:
        table = Table("part", "", "detail")
        for f in findings:
            verdict = Text("well", "green") if f.well else Text("wrong", "red")
            table.add_row(f.what, verdict, f.detail)
        console.print(table)
    if not all(f.well for f in findings):
        raise typer.Exit(Exit.PARTIAL)


def _look(what: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, check())
    except (LibongError, OSError) as exc:
        return Finding(what, False, str(exc))


def _model(settings: Settings) -> str:
    detector = open_detector(settings)
    detector.check_answers()
    manifest = detector.manifest
    boats = f" and {manifest.boat_network.file}" if manifest.boat_network else ""
    return f"{manifest.file}, {manifest.architecture}{boats}: answers on a tile"


def _site(settings: Settings) -> str:
    site = open_site(settings.site)
    indicative = sum(z.indicative for z in site.zones)
    return f"{site.name_en}: {len(site.zones)} zones, {indicative} of them only indicative"


def _database(settings: Settings) -> str:
    with closing(open_store(settings)) as store:
        report = store.verify()
    if report.faults:
        raise LibongError(f"the ledger has {len(report.faults)} faults; run: libong verify")
    return f"ledger of {report.events} events, no fault"


def _media(settings: Settings) -> str:
    media = open_media(settings)
    sha256 = media.put(b"libong doctor")
    return f"written and read back {len(media.get(sha256))} bytes"
