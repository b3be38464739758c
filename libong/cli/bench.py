"""libong bench: speed as a ratio against a peer, measured in the same run."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Annotated

import typer
from rich.table import Table

from detection.detector import Detector
from ingest.errors import LibongError
from ingest.flight import read_flight
from ingest.frame import Frame
from libong.cli.output import JsonOption, console, print_json
from libong.composition import open_detector, open_site
from libong.settings import HOUSE, read_settings

ROUNDS = 3
DEFAULT_FLIGHT = HOUSE / "sample_flights" / "seagrass_survey"


class NothingToTimeError(LibongError, ValueError):
    """A benchmark without a single usable file."""


app = typer.Typer(no_args_is_help=False, invoke_without_command=True)


@dataclass(frozen=True)
class Row:
    """One comparison; `ratio` above 1 means that we are ahead."""

    bench: str
    metric: str
    unit: str
    ours: float
    peer: float
    peer_name: str
    ratio: float


def register(parent: typer.Typer) -> None:
    """Add this group's commands."""
    parent.add_typer(app, name="bench", help="Measure speed against a peer, in one run.")


@app.callback()
def everything(context: typer.Context, as_json: JsonOption = False) -> None:
    """Run every benchmark; name one to run it alone."""
    if context.invoked_subcommand is None:
        _show(_detect_rows([DEFAULT_FLIGHT]), as_json=as_json)


@app.command()
def detect(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(exists=True, help="Located photos; a sample flight when not given."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Seconds a frame: tiles at the model's ground scale against slicing every native pixel."""
    _show(_detect_rows(paths or [DEFAULT_FLIGHT]), as_json=as_json)


def _detect_rows(paths: Sequence[Path]) -> list[Row]:
    """Time both ways on the same frames, engine and weights, taking turns; medians are told."""
    settings = read_settings()
    frames = read_flight(paths, open_site(settings.site).reference).frames
    if not any(frame.gsd_cm for frame in frames):
        raise NothingToTimeError("no located photo to time; name a folder of them")
    detector = open_detector(settings)
    ours, peer = [], []
    for frame in frames:
        slicing = _native_slicing(detector, frame)
        for way in (detector, slicing):  # neither pays for warming up
            way.detect(frame)
        for _ in range(ROUNDS):
            ours.append(_seconds(partial(detector.detect, frame)))
            peer.append(_seconds(partial(slicing.detect, frame)))
    mine, theirs = median(ours), median(peer)
    return [Row("detect", "time a frame", "s", mine, theirs, "native slicing", theirs / mine)]


def _native_slicing(detector: Detector, frame: Frame) -> Detector:
    """Return a detector that looks at every native pixel of a frame, as slicing tools do."""
    if frame.gsd_cm is None:
        return detector
    return detector.with_target_gsd_cm(frame.gsd_cm)


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _show(rows: Sequence[Row], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(r) for r in rows])
        return
    table = Table("bench", "metric", "unit", "ours", "peer", "peer is", "ratio")
    for r in rows:
        table.add_row(
            r.bench,
            r.metric,
            r.unit,
            f"{r.ours:.3f}",
            f"{r.peer:.3f}",
            r.peer_name,
            f"{r.ratio:.2f}",
        )
    console.print(table)
