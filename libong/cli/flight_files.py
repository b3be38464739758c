"""The files that commands are given: photos, videos, folders and ZIPs, read as one flight."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.table import Table

from ingest.errors import LibongError
from ingest.flight import photo_paths, read_flight
from ingest.frame import Flight, Frame, RefusedFile
from ingest.site_reference import SiteReference
from libong.cli.output import Exit, console, progress_bar
from libong.photo_readers import photo_readers
from libong.progress import Progress

Paths = Annotated[
    list[Path],
    typer.Argument(
        exists=True, help="Photos, videos, folders of them, or ZIPs.", metavar="PATH..."
    ),
]
SiteOption = Annotated[
    str | None, typer.Option("--site", help="Name of a shipped site, or a folder of your own.")
]
SeaLevelOption = Annotated[
    float | None,
    typer.Option(
        "--sea-level-ellipsoid-m",
        help="Height of the sea above the WGS 84 ellipsoid, for photos with ellipsoidal heights.",
    ),
]


class NoPhotoError(LibongError, ValueError):
    """Folders without a single photo."""


@contextmanager
def flight_of(paths: Sequence[Path], where: SiteReference) -> Iterator[tuple[Flight, Progress]]:
    """Read photos, folders and ZIPs, with a progress bar; what was unpacked is there within.

    Raises:
        NoPhotoError: when there is nothing to read at all.
    """
    with (
        TemporaryDirectory(prefix="libong-") as unpacked,
        progress_bar() as progress,
        photo_readers(len(photo_paths(paths))) as readers,
    ):
        flight = read_flight(
            paths,
            where,
            on_progress=lambda done, total: progress("read", done, total),
            work_folder=Path(unpacked),
            executor=readers,
        )
        if not flight.frames and not flight.refused:
            raise NoPhotoError(nothing_in(paths))
        yield flight, progress


def nothing_in(paths: Sequence[Path]) -> str:
    """Say that paths hold nothing to read, and what to name instead."""
    named = ", ".join(str(path) for path in paths)
    return (
        f"no photo or video in {named}; name a folder with a drone's JPEG photos or videos, or a "
        "ZIP of them"
    )


def exit_code(refused: Sequence[RefusedFile], good: int) -> Exit:
    """What a command ends with that refused some files and used `good` frames."""
    if refused:
        return Exit.PARTIAL if good else Exit.BAD_INPUT
    return Exit.OK


def shown_name(frame: Frame) -> str:
    """What a frame is called in tables: the file's name, for one of a video with the second."""
    if frame.video is None:
        return frame.path.name
    return f"{frame.video.path.name} {frame.video.offset_s:.1f} s"


def print_refused(refused: Sequence[RefusedFile]) -> None:
    """Print what was refused, why, and what to do."""
    if not refused:
        return
    table = Table("refused", "why", "what to do", title="Refused files")
    for r in refused:
        table.add_row(r.path.name, r.reason.text, r.remedy)
    console.print(table)
