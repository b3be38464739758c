"""A training from rendered scenes that was begun: what it was asked for, until it has checkpoints.

Tiles take longest to render, and whoever is cut off meanwhile need not begin anew.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from detection.whole_file import write_whole

RUN_FILE = "run.json"


@dataclass(frozen=True)
class BegunRun:
    """What a run was asked for.

    `tiles` rendered ones of `tile_px` pixels a side to train on, from number `first_tile` on;
    `minutes` of training on a `device`, from the network of a file `start` or from COCO's.
    """

    tiles: int
    tile_px: int
    first_tile: int
    minutes: float
    device: str
    start: Path | None

    @property
    def tile_options(self) -> str:
        """The options that name its tiles."""
        return f"--tiles {self.tiles} --tile-px {self.tile_px} --first-tile {self.first_tile}"

    def write(self, out: Path) -> None:
        """Write it down in the run's folder, for `begun_run`."""
        out.mkdir(parents=True, exist_ok=True)
        start = None if self.start is None else self.start.resolve()
        write_whole(out / RUN_FILE, _RUN.dump_json(replace(self, start=start), indent=1))


_RUN = TypeAdapter(BegunRun)


def begun_run(out: Path) -> BegunRun | None:
    """The run that was begun in a folder and has no checkpoint yet; None where there is none."""
    if _has_learnt(out / "network"):
        return None
    try:
        return _RUN.validate_json((out / RUN_FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def _has_learnt(network: Path) -> bool:
    """Whether there is a checkpoint, or curves of a run whose checkpoints are somewhere else now.

    Curves of one pass may be of a run that was cut off before it kept that.
    """
    if any((network / "weights").glob("*.pt")):
        return True
    try:
        lines = (network / "results.csv").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 2  # the head, and the first pass
