"""A training that was stopped: what its last checkpoint keeps, and whether it can go on."""

from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch

from ingest.errors import LibongError


class ResumeError(LibongError, ValueError):
    """A run that cannot go on."""


@dataclass(frozen=True)
class UnfinishedRun:
    """A run that was stopped after `epochs` whole passes and `seconds` of training.

    `minutes` (its budget by the clock, if it had one), `device` and `image_px` are what it was
    given.
    """

    checkpoint: Path
    epochs: int
    seconds: float
    minutes: float | None
    device: str
    image_px: int

    def __str__(self) -> str:
        """How far it has come."""
        return f"after {self.epochs} passes and {self.seconds / 60:.1f} minutes"

    def check_budget(self, minutes: float | None, passes: int) -> None:
        """Raise ResumeError when nothing is left of a budget: of minutes, or else of passes."""
        run = self.checkpoint.parent.parent
        best = self.checkpoint.with_name("best.pt")
        if minutes is not None and self.seconds >= 60 * minutes:
            raise ResumeError(
                f"the {minutes:g} minutes of the run in {run} are used up: it has trained for "
                f"{self.seconds / 60:.1f}; give it more with --minutes, or use what it has learnt: "
                f"libong export-model {best}"
            )
        if minutes is None and self.epochs >= passes:
            raise ResumeError(
                f"the run in {run} has made its {passes} passes; use what it has learnt: "
                f"libong export-model {best}"
            )


def unfinished_run(run_folder: Path) -> UnfinishedRun:
    """The run in a folder, as its last checkpoint keeps it.

    The checkpoint holds the rows of `results.csv` up to its epoch, and in them the seconds trained.

    Raises:
        ResumeError: when there is no checkpoint, it cannot be read, or the run has ended.
    """
    last = run_folder / "weights" / "last.pt"
    if not last.is_file():
        raise ResumeError(
            f"{run_folder} holds no checkpoint to go on from: {last} is missing. The first is kept "
            "at the end of the first pass; begin a run without --resume, in another folder by --out"
        )
    kept = _read(last)
    if kept.get("optimizer") is None:  # Ultralytics takes it out at the end of a run
        raise ResumeError(
            f"the run in {run_folder} has ended, and {last} keeps no state of its optimiser to go "
            "on with; to train its network further, begin a new run from its weights: "
            f"libong train --start {last} --out ANOTHER_FOLDER"
        )
    told = kept["train_args"]
    return UnfinishedRun(
        last,
        epochs=kept["epoch"] + 1,
        seconds=max(kept["train_results"].get("time", ()), default=0.0),
        minutes=None if told["time"] is None else 60 * told["time"],
        device=str(told["device"]),
        image_px=told["imgsz"],
    )


def _read(checkpoint: Path) -> dict[str, Any]:
    try:
        kept = torch.load(checkpoint, map_location="cpu", weights_only=False)
    except (OSError, EOFError, RuntimeError, UnpicklingError) as error:
        raise ResumeError(
            f"{checkpoint} is damaged; copy the newest whole one beside it over it, such as "
            "epoch7.pt, and the run goes on from there"
        ) from error
    return dict(kept)


def drop_later_rows(results: Path, epochs: int) -> None:
    """Take the rows of epochs that no checkpoint was kept of from `results.csv`: they come again.

    A run that is killed between writing a row and its checkpoint leaves one, maybe cut short.
    """
    if results.is_file():
        lines = results.read_text(encoding="utf-8").splitlines(keepends=True)
        results.write_text("".join(lines[: 1 + epochs]), encoding="utf-8")
