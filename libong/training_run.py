"""A training from rendered scenes, from what was asked for to weights: checked, rendered, trained.

`tell` is given lines for people, and `show` opens what shows them how far the rendering is: not the
training, which shows itself. Needs torch and ultralytics.
"""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from detection.training.averaging import write_average
from detection.training.begun_run import BegunRun, begun_run
from detection.training.dataset import TilePlan
from detection.training.preconditions import check_device, check_tile_px, check_weights
from detection.training.renormalise import write_start_file
from detection.training.run_record import write_curves, write_samples
from detection.training.tile_folder import DATA_FILE, write_dataset
from detection.training.train import TrainingPlan, train
from detection.training.unfinished_run import UnfinishedRun, unfinished_run
from ingest.errors import LibongError
from libong.progress import Progress

Shown = Callable[[], AbstractContextManager[Progress]]


class RunFolderError(LibongError, ValueError):
    """A run that does not go together with what is in its folder."""


@dataclass(frozen=True)
class SceneTraining:
    """A run in a folder `out`, and what is at hand for it: COCO weights, real photos of the sea."""

    out: Path
    wanted: BegunRun
    coco_weights: Path | None
    sea_photos: Path | None
    processes: int

    @property
    def tiles(self) -> Path:
        """The folder of its tiles."""
        return self.out / "tiles"

    @property
    def network(self) -> Path:
        """The folder of its checkpoints and curves."""
        return self.out / "network"

    @property
    def plan(self) -> TrainingPlan:
        """How to train; with a `.pt` as start, and an `.onnx` left out until it is one."""
        start = self.wanted.start
        return TrainingPlan(
            self.tiles / DATA_FILE, self.network, self.coco_weights, self.wanted.minutes,
            start_weights=start if start is not None and start.suffix == ".pt" else None,
            device=self.wanted.device, image_px=self.wanted.tile_px,
        )  # fmt: skip


def train_anew(run: SceneTraining, tell: Callable[[str], None], show: Shown) -> None:
    """Render tiles and train on them; of a run that has no checkpoint yet, take up the tiles.

    Raises:
        RunFolderError: when the folder holds a run that has checkpoints, or that learns from other
            tiles, or what no run of ours left there.
        TileSizeError, DeviceError, WeightsError: for what no training can do with.
    """
    _refuse_used(run)
    _render_and_train(run, tell, show)


def go_on(
    run: SceneTraining,
    given: Collection[str],
    tell: Callable[[str], None],
    show: Shown,
) -> None:
    """Go on with the run in a folder; of what is wanted, only the options `given` count.

    From its last checkpoint; a run that has none goes on rendering, and begins to train.

    Raises:
        ResumeError: when there is nothing to go on with.
        RunFolderError: when the run has lost its tiles.
        DeviceError, WeightsError: for what no training can do with.
    """
    begun = begun_run(run.out)
    if begun is not None:
        changes = {name: getattr(run.wanted, name) for name in _ANEW if name in given}
        tell(f"going on with the run that was begun with {begun.tile_options}")
        _render_and_train(replace(run, wanted=replace(begun, **changes)), tell, show)
        return
    unfinished = unfinished_run(run.network)
    _need_tiles(run, unfinished)
    tell(f"going on {unfinished} with the tiles that it has")
    plan = replace(
        run.plan,
        minutes=run.wanted.minutes if "minutes" in given else unfinished.minutes,
        device=run.wanted.device if "device" in given else unfinished.device,
        image_px=unfinished.image_px,
    )
    check_device(plan.device)
    check_weights(plan, run.wanted.start)
    _train(run, plan, tell, unfinished)


# What may be asked for anew of a run that has no checkpoint: its tiles stay.
_ANEW = ("minutes", "device", "start")


def _refuse_used(run: SceneTraining) -> None:
    used = [f for f in (run.tiles, run.network) if f.is_dir() and any(f.iterdir())]
    if not used:
        return
    begun, told = begun_run(run.out), run.wanted.tile_options
    if begun is None:
        raise RunFolderError(
            f"{' and '.join(map(str, used))} {'is' if len(used) == 1 else 'are'} of an earlier "
            "run, with which this one would mix; go on with that one by --resume, or name another "
            "folder for this one with --out"
        )
    if begun.tile_options != told:
        raise RunFolderError(
            f"{run.out} holds tiles of a run that was begun with {begun.tile_options}, not with "
            f"{told}; go on with that one by --resume, or name another folder for this one with "
            "--out"
        )


def _render_and_train(run: SceneTraining, tell: Callable[[str], None], show: Shown) -> None:
    wanted, plan = run.wanted, run.plan
    check_tile_px(wanted.tile_px)
    check_device(wanted.device)
    check_weights(plan, wanted.start)
    for what, at_hand in (
        ("COCO weights", run.coco_weights),
        ("real sea photos", run.sea_photos),
    ):
        tell(f"{what}: {at_hand or 'none, going on without'}")
    tell(f"rendering {wanted.tiles} tiles")
    wanted.write(run.out)
    split = (
        TilePlan("train", wanted.tiles, wanted.tile_px, run.sea_photos, wanted.first_tile),
        TilePlan("val", max(1, wanted.tiles // 20), wanted.tile_px),  # one in twenty more
    )
    with show() as progress:
        on_tiles = partial(progress, "tile")
        write_dataset(run.tiles, split, processes=run.processes, on_progress=on_tiles)
    write_samples(run.tiles, "train", run.out / "samples.png")
    _train(run, plan, tell, None)


def _need_tiles(run: SceneTraining, unfinished: UnfinishedRun) -> None:
    data = run.tiles / DATA_FILE
    if not data.is_file():
        raise RunFolderError(
            f"the run has lost its tiles: {data} is missing; begin another from its weights: "
            f"libong train --start {unfinished.checkpoint} --out ANOTHER_FOLDER"
        )


def _train(
    run: SceneTraining,
    plan: TrainingPlan,
    tell: Callable[[str], None],
    resumed: UnfinishedRun | None,
) -> None:
    start, pictures = run.wanted.start, run.tiles / "images" / "train"
    if start is not None and start.suffix == ".onnx":
        start = write_start_file(start, pictures, run.out / "start.pt")
    best = train(replace(plan, start_weights=start), resumed=resumed)
    write_curves(run.network / "results.csv", run.out / "curves.png")
    tell(f"trained; next: libong export-model {best}")
    if start is not None:
        halfway = write_average(start, best.with_name("last.pt"), pictures, run.out / "averaged.pt")
        tell(f"or halfway to where it began: {halfway}")
