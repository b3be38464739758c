"""An eight-bit copy of the model in use: made here, measured here, kept while recall holds."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from detection.detector import Detector
from detection.engine import Engine, OpenVinoEngine, TileBGR
from detection.errors import ModelError
from detection.evaluation.search import Searchers
from detection.manifest import Manifest, load_manifest
from detection.model_folder import MANIFEST_FILE
from detection.model_verdict import forget_verdict, write_verdict
from detection.progress_lines import ProgressLines
from detection.training.comparison import (
    COMPARISON_FILE,
    Comparison,
    as_markdown,
    compare,
    in_words,
)
from detection.training.evaluate import CAVEAT, render_flights, search_rendered
from detection.training.quantise import quantise
from detection.training.rehearsal import rehearsal_tiles

MOST_RECALL_LOST = 0.01
_TIMED_TILES = 16
_TIMED_ROUNDS = 5


@dataclass(frozen=True)
class EightBitPlan:
    """What to copy, and what to calibrate and measure on.

    `base` is the manifest of the model to copy; `models` the folder of models, one folder for each;
    `flights_folder` keeps rendered flights between runs. Ranges of activations are taken from
    `calibration_tiles` rendered tiles, among them crops of real sea where `photo_folder` has any.
    """

    base: Path
    models: Path
    flights_folder: Path
    rendered_flights: int = 12
    calibration_tiles: int = 128
    processes: int = 2
    photo_folder: Path | None = None


@dataclass(frozen=True)
class EightBitCopy:
    """The copy's manifest, how it compares on rendered flights, and how fast it is here.

    `times_as_fast` is the seconds of the base's networks for some tiles by those of the copy's.
    """

    manifest: Path
    model_sha256: str
    comparisons: tuple[Comparison, ...]
    times_as_fast: float

    @property
    def lost(self) -> tuple[Comparison, ...]:
        """What regresses, and the classes whose recall falls by MOST_RECALL_LOST or more."""
        return tuple(
            c
            for c in self.comparisons
            if c.regressed or (c.measure == "recall" and c.before - c.after >= MOST_RECALL_LOST)
        )


def eight_bit_copy(
    plan: EightBitPlan, open_model: Callable[[Path], Detector], tell: Callable[[str], None]
) -> EightBitCopy:
    """Quantise the networks of a model into a folder of their own, and measure both models.

    `open_model` opens the detector of a manifest; `tell` is given a line at each stage. Raises
    ModelError for a model that is of eight bits already.
    """
    base = load_manifest(plan.base)
    if base.constants is not None:
        raise ModelError(
            f"the model {base.sha256[:12]} is of eight bits already; go back to the one it was "
            "made of with: libong models revert"
        )
    tell(f"rendering {plan.calibration_tiles} tiles to calibrate on")
    rendered = rehearsal_tiles(
        plan.calibration_tiles,
        base.input_px,
        plan.photo_folder,
        processes=plan.processes,
        tell=tell,
    )
    tiles = [np.ascontiguousarray(tile.rgb()[..., ::-1]) for tile in rendered]
    tell("turning the networks into eight bits")
    manifest = _written(plan, base, tiles)
    tell("measuring both models on rendered flights")
    flights = render_flights(
        "val", plan.rendered_flights, plan.flights_folder, plan.processes,
        ProgressLines(tell).of("rendering flights"),
    )  # fmt: skip
    before, after = (
        search_rendered(Searchers(open_model(path)), flights) for path in (plan.base, manifest)
    )
    comparisons = compare(
        "rendered flights", before.frames, after.frames, (before.counts, after.counts)
    )
    (manifest.parent / COMPARISON_FILE).write_text(
        f"{as_markdown(comparisons)}\nRendered flights: {CAVEAT}\n", encoding="utf-8"
    )
    copy = load_manifest(manifest)
    made = EightBitCopy(
        manifest,
        copy.sha256,
        comparisons,
        _times_as_fast(
            _engines(plan.base.parent, base),
            _engines(manifest.parent, copy),
            tiles[:_TIMED_TILES],
        ),
    )
    against = tuple(in_words(c) for c in made.lost)
    write_verdict(manifest, beside_sha256=base.sha256, against=against)
    return made


def _written(plan: EightBitPlan, base: Manifest, tiles: Sequence[TileBGR]) -> Path:
    plan.models.mkdir(parents=True, exist_ok=True)
    document = json.loads(plan.base.read_text(encoding="utf-8"))
    with TemporaryDirectory(dir=plan.models, prefix=".eight-bits-") as workshop:
        own = _quantised(plan.base.parent / base.file, tiles, Path(workshop))
        document |= own
        if base.boat_network is not None:
            boats = plan.base.parent / base.boat_network.file
            document["boat_network"] |= _quantised(boats, tiles, Path(workshop))
        document |= {
            "training": {**document.get("training", {}), "eight_bits_of": base.sha256},
            "metrics": {},
        }
        folder = plan.models / str(own["sha256"])
        folder.mkdir(exist_ok=True)
        for made in Path(workshop).iterdir():
            made.replace(folder / made.name)
    manifest = folder / MANIFEST_FILE
    forget_verdict(manifest)
    manifest.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return manifest


def _quantised(onnx: Path, tiles: Sequence[TileBGR], folder: Path) -> dict[str, Any]:
    """Write the eight-bit copy of a network; returns its entry for a manifest."""
    graph = quantise(onnx, tiles, folder / f"{onnx.stem}-int8.xml")
    constants = graph.with_suffix(".bin")
    return {
        "file": graph.name,
        "sha256": sha256(graph.read_bytes()).hexdigest(),
        "constants": {
            "file": constants.name,
            "sha256": sha256(constants.read_bytes()).hexdigest(),
        },
    }


def _engines(folder: Path, manifest: Manifest) -> list[Engine]:
    return [OpenVinoEngine(folder / n.file, manifest.input_px) for n in manifest.networks]


def _times_as_fast(
    base: Sequence[Engine], copy: Sequence[Engine], tiles: Sequence[TileBGR]
) -> float:
    """Both take turns, so that a busy machine slows both; the medians of their times by each."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(_TIMED_ROUNDS):
        for engines, times in zip((base, copy), seconds, strict=True):
            start = time.perf_counter()
            for engine in engines:
                engine.infer(tiles)
            times.append(time.perf_counter() - start)
    return median(seconds[0]) / median(seconds[1])
