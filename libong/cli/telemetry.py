"""libong telemetry: what a drone wrote beside its videos."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ingest.errors import LibongError, TelemetryError
from ingest.telemetry.record import Telemetry, TelemetryRecord
from ingest.telemetry.report import refusal_document, telemetry_document
from ingest.telemetry_file import read_telemetry_file, telemetry_paths
from libong.cli.output import Exit, JsonOption, console, print_json

Paths = Annotated[
    list[Path],
    typer.Argument(
        exists=True,
        help="Telemetry subtitles (.SRT), flight logs (GPX, CSV), videos, or folders of them.",
        metavar="PATH...",
    ),
]
_Reading = tuple[Path, Telemetry | TelemetryError]


class NoTelemetryError(LibongError, ValueError):
    """Folders without a single file that may tell where a drone was."""


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(telemetry)


def telemetry(paths: Paths, as_json: JsonOption = False) -> None:
    """Read where a drone was, from its subtitles, flight logs or videos; nothing is logged.

    Understands the subtitles of DJI drones from the Phantom to the Mavic 3 and the Matrice 300 and
    of Autel's EVO, whatever the file is called, flight logs (GPX, CSV of Airdata or Litchi), and of
    videos what is inside: subtitles, or the data track of some newer DJI drones. Folders are walked
    for such files; a video with subtitles of its name beside it is passed over there. A damaged
    block is left out and counted; a file is refused only when nothing in it is usable, naming the
    line. Drones write subtitles when "video captions" is on in their camera settings.

    Example: libong telemetry DJI_0042.SRT --json

    Exit code 1 when some files were refused, 2 when all were.
    """
    files = telemetry_paths(paths)
    if not files:
        raise NoTelemetryError(
            f"no telemetry in {', '.join(map(str, paths))}; name a folder with a drone's .SRT "
            "files, flight logs (GPX, CSV of Airdata or Litchi) or videos"
        )
    readings = [(path, _read(path)) for path in files]
    if as_json:
        print_json(
            [
                telemetry_document(path, read)
                if isinstance(read, Telemetry)
                else refusal_document(path, read)
                for path, read in readings
            ]
        )
    else:
        _print_tables(readings)
    refused = sum(isinstance(read, TelemetryError) for _, read in readings)
    if refused:
        raise typer.Exit(Exit.PARTIAL if refused < len(readings) else Exit.BAD_INPUT)


def _read(path: Path) -> Telemetry | TelemetryError:
    try:
        return read_telemetry_file(path)
    except TelemetryError as refusal:
        return refusal


def _print_tables(readings: Sequence[_Reading]) -> None:
    records = Table("file", "dialect", "records", "at s", "time", "lon", "lat", "height m")
    notes = Table("file", "what to know")
    refused = Table("refused", "why, and what to do")
    for path, read in readings:
        if isinstance(read, TelemetryError):
            refused.add_row(path.name, str(read))
            continue
        first, last = read.records[0], read.records[-1]
        records.add_row(path.name, read.dialect, str(len(read.records)), *_cells(first))
        records.add_row("", "", "", *_cells(last), end_section=True)
        for note in read.warnings:
            notes.add_row(path.name, note.text)
    for table in (records, notes, refused):
        if table.row_count:
            console.print(table)


def _cells(record: TelemetryRecord) -> tuple[str, ...]:
    place, height_m = record.position, record.relative_height_m
    return (
        f"{record.start_s:.3f}",
        _time(record),
        "-" if place is None else f"{place.lon:.6f}",
        "-" if place is None else f"{place.lat:.6f}",
        "-" if height_m is None else f"{height_m:.1f}",
    )


def _time(record: TelemetryRecord) -> str:
    """The drone's clock, which is local; UTC, and so called, where a log tells that."""
    if record.taken_at_utc is not None:
        return f"{record.taken_at_utc:%Y-%m-%d %H:%M:%S} UTC"
    return "-" if record.taken_at_local is None else f"{record.taken_at_local:%Y-%m-%d %H:%M:%S}"
