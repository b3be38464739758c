"""Which family of networks to train: each taught the same pictures, and scored on the same others.

All make the same number of passes through the same rendered tiles, at the same learning rate, with
the same seed, and are asked about tiles of the seas held out from training. What a picture costs in
training and a tile in use is measured beside the scores, so that a family that learns more from
a picture and one that learns more in an hour can both be seen.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import Any

import numpy as np
from pydantic import TypeAdapter
from ultralytics import YOLO

from detection.engine import OpenVinoEngine
from detection.progress_lines import ProgressLines
from detection.training.dataset import CLASSES, TilePlan
from detection.training.export import INPUT_PX, export_onnx
from detection.training.families import Family
from detection.training.preconditions import check_device, check_tile_px, check_weights
from detection.training.tile_folder import drawn_by_another_renderer, write_dataset
from detection.training.train import TrainingPlan, network_of, train
from detection.types import ObjectClass
from detection.whole_file import write_whole
from ingest.errors import LibongError

# Tiles are drawn from numbers beyond those that released models were trained on.
_FIRST_TILE = 5_000_000
# As many that training may look at, to draw its curves; nothing is chosen by them.
_WATCHED_TILES = 32
_TIMED_TILES = 8
_TIMED_ROUNDS = 7


class ComparisonError(LibongError, ValueError):
    """A folder of a comparison that was made in another way."""


@dataclass(frozen=True)
class FamiliesPlan:
    """What to compare, and on what; `folder` keeps tiles, networks and scores between runs.

    Each family is trained `seeds` times, with other random weights and other variations of the
    tiles: what it differs by from itself is what chance does. `device` is `cpu` or the number of a
    GPU.
    """

    folder: Path
    families: tuple[Family, ...]
    coco_weights: Path | None = None
    photo_folder: Path | None = None
    tiles: int = 1500
    test_tiles: int = 300
    tile_px: int = 320
    passes: int = 5
    seeds: int = 1
    processes: int = 2
    device: str = "cpu"


@dataclass(frozen=True)
class ClassScore:
    """How well one class is found on tiles never trained on, at an overlap (IoU) of 0.5.

    Precision and recall are those of the score at which F1 is best, chosen on the same tiles.
    """

    object_class: ObjectClass
    objects: int
    ap50: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True)
class Trained:
    """What one training of a family cost and gave.

    Parameters and bytes are those of the network in use, whose training may need more. The
    processor's seconds are of all its cores together.
    """

    family: Family
    seed: int
    coco_layers: int
    pictures: int
    clock_seconds: float
    processor_seconds: float
    parameters: int
    onnx_bytes: int
    scores: tuple[ClassScore, ...]


@dataclass(frozen=True)
class FamilyComparison:
    """All trainings, and the processor's milliseconds that OpenVINO takes for a tile of 640 px."""

    trained: tuple[Trained, ...]
    tile_ms: dict[Family, float]


_KEPT = TypeAdapter(tuple[str, tuple[Trained, ...]])
_REPORT = TypeAdapter(FamilyComparison)


def compare_families(plan: FamiliesPlan, tell: Callable[[str], None]) -> FamilyComparison:
    """Train and score each family; `tell` is given a line at each stage.

    What was trained before is not trained again: a run that was stopped goes on. The result is in
    `families.json` of the plan's folder too.

    Raises:
        ComparisonError: for a folder of another plan, or of networks that learnt from tiles that
            another version of the renderer drew.
        TileSizeError: for a side of tiles, DeviceError for a device, and WeightsError for COCO's
            weights that no training can do with; before anything is rendered.
    """
    _check(plan)
    kept = KeptTrainings(plan)
    data = _tiles(plan, kept, tell)
    wanted = [(family, seed) for seed in range(plan.seeds) for family in plan.families]
    for number, (family, seed) in enumerate(wanted, 1):
        if any((t.family, t.seed) == (family, seed) for t in kept.trained):
            continue
        tell(
            f"training {number} of {len(wanted)}: {family}, seed {seed}, "
            f"{plan.tiles * plan.passes} pictures"
        )
        done = _trained(plan, data, family, seed)
        kept.keep(done)
        scores = ", ".join(f"{s.object_class} {s.ap50:.2f}" for s in done.scores)
        tell(f"{family}: {done.clock_seconds / 60:.1f} min, AP50 of {scores}")
    trained = tuple(t for t in kept.trained if (t.family, t.seed) in wanted)
    tell("measuring what a tile takes")
    times = tile_milliseconds([_onnx(plan, family, 0) for family in plan.families])
    made = FamilyComparison(trained, dict(zip(plan.families, times, strict=True)))
    (plan.folder / "families.json").write_bytes(_REPORT.dump_json(made, indent=1))
    return made


class KeptTrainings:
    """The trainings of a comparison in a file, each kept as soon as it is scored."""

    def __init__(self, plan: FamiliesPlan) -> None:
        """Take up what was trained by the same plan; raises ComparisonError for another's."""
        self._file = plan.folder / "trained.json"
        self._of = (
            f"{plan.tiles} tiles of {plan.tile_px} px, {plan.passes} passes, scored on "
            f"{plan.test_tiles}; COCO weights: {plan.coco_weights is not None}; real sea: "
            f"{plan.photo_folder is not None}"
        )
        self.trained: tuple[Trained, ...] = ()
        if self._file.is_file():
            of, self.trained = _KEPT.validate_json(self._file.read_bytes())
            if of != self._of:
                raise ComparisonError(
                    f"{plan.folder} holds a comparison of another kind ({of}; asked for is "
                    f"{self._of}): give another --folder"
                )
        self._write()

    def keep(self, done: Trained) -> None:
        """Write a training besides those that are there."""
        self.trained = (*self.trained, done)
        self._write()

    def _write(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._file, _KEPT.dump_json((self._of, self.trained), indent=1))


def _check(plan: FamiliesPlan) -> None:
    check_tile_px(plan.tile_px)
    check_device(plan.device)
    for family in plan.families:
        check_weights(_recipe(plan, Path(), family, 0))


def _tiles(plan: FamiliesPlan, kept: KeptTrainings, tell: Callable[[str], None]) -> Path:
    folder = plan.folder / "tiles"
    if kept.trained and drawn_by_another_renderer(folder):
        raise ComparisonError(
            f"{plan.folder} holds {len(kept.trained)} trainings on tiles that another version of "
            "the renderer drew, with which others cannot be compared: give another --folder"
        )
    tell(f"{plan.tiles} tiles to learn from and {plan.test_tiles} to measure on: rendering them")
    return write_dataset(
        folder,
        (
            TilePlan("train", plan.tiles, plan.tile_px, plan.photo_folder, _FIRST_TILE),
            TilePlan("val", _WATCHED_TILES, plan.tile_px),
            TilePlan("test", plan.test_tiles, plan.tile_px),
        ),
        processes=plan.processes,
        on_progress=ProgressLines(tell).of("rendering tiles"),
    )


def _run_folder(plan: FamiliesPlan, family: Family, seed: int) -> Path:
    return plan.folder / f"{family}-{seed}"


def _onnx(plan: FamiliesPlan, family: Family, seed: int) -> Path:
    return _run_folder(plan, family, seed) / "network.onnx"


def _recipe(plan: FamiliesPlan, data: Path, family: Family, seed: int) -> TrainingPlan:
    return TrainingPlan(
        data, _run_folder(plan, family, seed), plan.coco_weights, None,
        device=plan.device, image_px=plan.tile_px, seed=seed, most_epochs=plan.passes,
        family=family,
    )  # fmt: skip


def _trained(plan: FamiliesPlan, data: Path, family: Family, seed: int) -> Trained:
    layers = family.coco_layers if plan.coco_weights is not None else 0
    recipe = _recipe(plan, data, family, seed)
    clock, processor = time.perf_counter(), time.process_time()
    last = train(recipe).with_name("last.pt")
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    onnx = export_onnx(last, _onnx(plan, family, seed))
    network = network_of(last).fuse(verbose=False)
    return Trained(
        family, seed, layers, plan.tiles * plan.passes, clock, processor,
        sum(p.numel() for p in network.parameters()), onnx.stat().st_size,
        scored(last, data, plan),
    )  # fmt: skip


def scored(weights: Path, data: Path, plan: FamiliesPlan) -> tuple[ClassScore, ...]:
    """How a `.pt` does on the test tiles of a dataset, by Ultralytics' own validator.

    Boxes on one thing are suppressed but for the best, of YOLO26 too, which has a second head that
    could do without: the software merges the boxes of overlapping tiles in any case.
    """
    metrics = YOLO(str(weights)).val(
        data=str(data), split="test", imgsz=plan.tile_px, batch=16, device=plan.device, workers=0,
        plots=False, project=str(weights.parent.parent.resolve()), name="test", exist_ok=True,
    )  # fmt: skip
    box = metrics.box
    rows = {int(number): row for row, number in enumerate(box.ap_class_index)}
    return tuple(
        _class_score(box, rows[number], object_class, int(metrics.nt_per_class[number]))
        for number, object_class in enumerate(CLASSES)
        if number in rows  # the rest is in no tile
    )


def _class_score(box: Any, row: int, object_class: ObjectClass, objects: int) -> ClassScore:
    best = int(np.argmax(box.f1_curve[row]))
    return ClassScore(
        object_class, objects, float(box.ap50[row]),
        float(box.p_curve[row][best]), float(box.r_curve[row][best]),
    )  # fmt: skip


def tile_milliseconds(networks: Sequence[Path]) -> list[float]:
    """The processor's time, of all cores together, that OpenVINO takes for a tile, by ONNX file.

    They take turns, so that a busy machine slows all; each has the median of its rounds.
    """
    engines = [OpenVinoEngine(path, INPUT_PX) for path in networks]
    rng = np.random.default_rng(0)
    shape = (INPUT_PX, INPUT_PX, 3)
    tiles = [rng.integers(0, 256, shape, np.uint8) for _ in range(_TIMED_TILES)]
    times: list[list[float]] = [[] for _ in engines]
    for _ in range(_TIMED_ROUNDS):
        for engine, rounds in zip(engines, times, strict=True):
            start = time.process_time()
            engine.infer(tiles)
            rounds.append(1000 * (time.process_time() - start) / len(tiles))
    return [median(rounds) for rounds in times]


def families_markdown(made: FamilyComparison) -> str:
    """Two tables: what each family costs, and what it finds; ranges are over its trainings.

    The milliseconds of a tile and the last column are of the processor, all its cores together.
    """
    costs = [
        "| network | COCO's layers | weights, millions | file, MB | tile, ms | training, s a "
        "thousand pictures | of the processor |",
        "| --- |" + " ---: |" * 6,
    ]
    heads = [f"{c} {what}" for c in ObjectClass for what in ("AP50", "best F1", "its recall")]
    finds = ["| network | " + " | ".join(heads) + " |", "| --- |" + " ---: |" * len(heads)]
    for family, tile_ms in made.tile_ms.items():
        runs = [t for t in made.trained if t.family is family]
        of = runs[0]
        clock, processor = (
            1000 * mean(seconds) / of.pictures
            for seconds in zip(*((t.clock_seconds, t.processor_seconds) for t in runs), strict=True)
        )
        costs.append(
            f"| {family} | {of.coco_layers} | {of.parameters / 1e6:.2f} | {of.onnx_bytes / 1e6:.1f}"
            f" | {tile_ms:.1f} | {clock:.0f} | {processor:.0f} |"
        )
        cells = []
        for object_class in ObjectClass:
            scores = [s for t in runs for s in t.scores if s.object_class is object_class]
            cells += [
                _range([s.ap50 for s in scores]),
                _range([s.f1 for s in scores]),
                _range([s.recall for s in scores]),
            ]
        finds.append(f"| {family} | " + " | ".join(cells) + " |")
    return "\n".join([*costs, "", *finds]) + "\n"


def _range(values: Sequence[float]) -> str:
    if not values:
        return "-"
    if len(values) == 1:
        return f"{values[0]:.2f}"
    return f"{mean(values):.2f} ({min(values):.2f}–{max(values):.2f})"
