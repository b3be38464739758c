"""From trained weights to the model the software ships.

Export, thresholds, calibration, scores, manifest, and a picture of how true the scores are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from detection.calibration import Calibration, expected_calibration_error, fit, reliability
from detection.detector import Detector
from detection.engine import OpenVinoEngine
from detection.evaluation.charts import calibration_svg
from detection.evaluation.curves import scores_and_hits
from detection.evaluation.scoring import ScoredFrame
from detection.evaluation.search import Searchers
from detection.manifest import BoatNetwork, Manifest
from detection.precision import Precision
from detection.training.boat_floor import boat_row, kept_share, score_alone
from detection.training.coco_export import BOATS_FILE, BOATS_THRESHOLD, export_coco_boats
from detection.training.dataset import CLASSES, TARGET_GSD_M, TilePlan, make_tile
from detection.training.evaluate import (
    CAVEAT,
    EmptyPhotos,
    as_metrics,
    false_alarm_metrics,
    render_flights,
    report,
    score_flights,
    score_photos,
    search_rendered,
)
from detection.training.export import (
    INPUT_PX,
    Agreement,
    checked_agreement,
    export_onnx,
    write_manifest,
)
from detection.training.torch_file import write_torch_file
from detection.training.ways import WAYS, Trial, Way, any_scale_thresholds, best_trial, tried
from detection.types import ObjectClass

# Low enough to see the whole trade between misses and false alarms.
_SEARCH_SCORE = 0.05
_COMPARED_TILES = 8
# Steps of measuring, each a search of flights or photos: to choose on, to report, as plain, boats.
_MEASURED = 4
RELIABILITY_PICTURE = "reliability.svg"


@dataclass(frozen=True)
class ReleasePlan:
    """What to release and what to measure it on.

    Flights are rendered into `flights_folder` where they are not there yet: `val` ones to choose
    thresholds on, `test` ones to report. `empty_photos` are reported by name as false alarms.
    `weights` are a trained `.pt` or the ONNX file of a released model, measured anew.
    `ways` are the ways to search to choose from, the cheapest first. `coco_weights` become the boat
    network beside the model; without them one already there is used, or a copy of `boats_onnx`.
    `processes` render flights.
    """

    weights: Path
    onnx: Path
    flights_folder: Path
    val_flights: int
    test_flights: int
    empty_photos: Mapping[str, EmptyPhotos]
    training: Mapping[str, Any]
    coco_weights: Path | None = None
    boats_onnx: Path | None = None
    ways: tuple[Way, ...] = WAYS
    processes: int = 2


def release(
    plan: ReleasePlan,
    on_progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Path:
    """Export, choose a way to search and thresholds, measure, write the manifest; returns its path.

    `on_progress` is told (stage, steps done, steps in all) of the stages `render`, of flights,
    `way`, of ways to search tried, and `measure`.

    The way, thresholds and calibration come from the `val` flights, all scores from the `test`
    ones, searched as they will be, at the thresholds, their objects counted by flight. Both are
    searched as plain pictures too, as if they told no scale; the threshold of dugongs in such comes
    from the photographs as well. All is searched in 32 bits.
    """
    onnx, differences = _exported(plan.weights, plan.onnx)
    # in 32 bits every processor gives the same scores; bf16 differs a little by what it is
    engine = OpenVinoEngine(onnx, INPUT_PX, precision=Precision.F32)
    searching = Detector(engine, _unmeasured(onnx), min_score=_SEARCH_SCORE)
    val, test_flights = (
        render_flights(
            split, count, plan.flights_folder, plan.processes, partial(on_progress, "render")
        )
        for split, count in (("val", plan.val_flights), ("test", plan.test_flights))
    )
    trials = _trials(searching, plan.ways, val, partial(on_progress, "way"))
    measured = partial(on_progress, "measure")
    measured(0, _MEASURED)
    best = best_trial(trials)
    thresholds, boats = best.thresholds, _boat_network(plan)
    manifest = _unmeasured(onnx).model_copy(
        update={
            "thresholds": dict(thresholds),
            "search_gsd_cm": best.way.gsd_cm,
            "second_look": best.way.again,
            "boat_network": boats,
        }
    )
    boat_engine = None
    if boats is not None:
        boat_engine = OpenVinoEngine(onnx.parent / boats.file, INPUT_PX, precision=Precision.F32)
    # with the boat network, which takes cars for what they are
    judging = Detector(engine, manifest, boat_engine=boat_engine, min_score=_SEARCH_SCORE)
    empty = [
        frame
        for photos in plan.empty_photos.values()
        for frame in score_photos(judging, photos, as_plain=True)
    ]
    any_scale = any_scale_thresholds(searching, val, empty)
    manifest = manifest.model_copy(update={"any_scale_thresholds": any_scale})
    operating, searching = (
        Detector(engine, manifest, boat_engine=boat_engine, min_score=min_score)
        for min_score in (None, _SEARCH_SCORE)
    )
    calibrations = calibrated(best.frames if boats is None else score_flights(searching, val))
    measured(1, _MEASURED)
    told = manifest.model_copy(
        update={"calibrations": {c: curve.points for c, curve in calibrations.items()}}
    )
    test = search_rendered(
        Searchers(Detector(engine, told, boat_engine=boat_engine), searching), test_flights
    )
    measured(2, _MEASURED)
    as_plain = score_flights(operating, test_flights, as_plain=True)
    measured(3, _MEASURED)
    photos = {
        name: false_alarm_metrics(score_photos(operating, p), thresholds)
        for name, p in plan.empty_photos.items()
    }
    metrics = {
        "caveat": CAVEAT,
        "rendered_test_flights": as_metrics(report(test.frames, test.thresholds, test.counts)),
        "rendered_test_frames": len(test.frames),
        "rendered_test_frames_as_plain_pictures": as_metrics(report(as_plain, thresholds)),
        "false_alarms_on_photos_with_nothing_to_find": photos,
        "boats_by_network": _boats(operating, boat_engine, test_flights, test.frames),
        "ways_compared": [_as_row(trial) for trial in trials],
        "calibration_error": _write_reliability(plan.onnx.parent, test.frames, calibrations),
        "openvino_against_torch": {name: asdict(d) for name, d in differences.items()},
    }
    measured(_MEASURED, _MEASURED)
    return write_manifest(
        onnx,
        thresholds,
        boat_network=boats,
        calibrations=calibrations,
        search_gsd_cm=manifest.search_gsd_cm,
        second_look=manifest.second_look,
        any_scale_thresholds=manifest.any_scale_thresholds,
        training=plan.training,
        metrics=metrics,
    )


def _trials(
    searching: Detector,
    ways: Sequence[Way],
    flights: Sequence[Path],
    on_progress: Callable[[int, int], None],
) -> list[Trial]:
    trials: list[Trial] = []
    on_progress(0, len(ways))
    for way in ways:
        trials.append(tried(searching, way, flights))
        on_progress(len(trials), len(ways))
    return trials


def _exported(weights: Path, target: Path) -> tuple[Path, dict[str, Agreement]]:
    """Export a `.pt`, or anew the network of an ONNX file; how far OpenVINO is from torch."""
    with TemporaryDirectory() as scratch:
        if weights.suffix == ".onnx":
            weights = write_torch_file(weights, Path(scratch) / "weights.pt")
        onnx = export_onnx(weights, target)
        return onnx, checked_agreement(onnx, weights, _tiles())


def _boats(
    operating: Detector,
    boat_engine: OpenVinoEngine | None,
    flights: Sequence[Path],
    together: Sequence[ScoredFrame],
) -> dict[str, Any] | None:
    """Boats found by each network alone and by both; None where there is one network."""
    if boat_engine is None:
        return None
    alone = score_alone(boat_engine, flights, BOATS_THRESHOLD)
    return {
        "coco_alone": boat_row(alone),
        "ours_alone": boat_row(score_flights(operating.without_boat_network(), flights)),
        "both": boat_row(together),
        "share_of_cocos_boats_that_both_report": kept_share(alone, together),
    }


def _as_row(trial: Trial) -> dict[str, Any]:
    again = trial.way.again
    return {
        "gsd_cm": list(trial.way.gsd_cm),
        "again": None if again is None else again.model_dump(mode="json"),
        **{c.value: round(f, 3) for c, f in trial.f_scores.items()},
    }


def calibrated(frames: Sequence[ScoredFrame]) -> dict[ObjectClass, Calibration]:
    """The curve from score to chance of each class, of frames that no result is reported on.

    A class without candidates has none.
    """
    told = {c: scores_and_hits(frames, c) for c in ObjectClass}
    return {c: fit(scores, hits) for c, (scores, hits) in told.items() if scores}


def _write_reliability(
    folder: Path, frames: Sequence[ScoredFrame], calibrations: Mapping[ObjectClass, Calibration]
) -> dict[str, dict[str, float]]:
    """Draw how true scores are before and after calibration; returns the expected errors."""
    curves, errors = [], {}
    for object_class, calibration in calibrations.items():
        scores, hits = scores_and_hits(frames, object_class)
        if not scores:
            continue
        after = calibration.apply_many(scores).tolist()
        curves.append((object_class.value, reliability(scores, hits), reliability(after, hits)))
        errors[object_class.value] = {
            "before": round(expected_calibration_error(scores, hits), 3),
            "after": round(expected_calibration_error(after, hits), 3),
        }
    (folder / RELIABILITY_PICTURE).write_text(calibration_svg(curves), encoding="utf-8")
    return errors


def _boat_network(plan: ReleasePlan) -> BoatNetwork | None:
    target = plan.onnx.parent / BOATS_FILE
    if plan.coco_weights is not None:
        export_coco_boats(plan.coco_weights, target)
    elif plan.boats_onnx is not None and not target.is_file():
        copyfile(plan.boats_onnx, target)
    if not target.is_file():
        return None
    return BoatNetwork(
        file=target.name,
        sha256=sha256(target.read_bytes()).hexdigest(),
        threshold=BOATS_THRESHOLD,
    )


def _tiles() -> Sequence[npt.NDArray[np.uint8]]:
    """BGR tiles of the test worlds."""
    plan = TilePlan("test", _COMPARED_TILES, INPUT_PX)
    return [
        np.asarray(cv2.cvtColor(make_tile(plan, number).rgb, cv2.COLOR_RGB2BGR), dtype=np.uint8)
        for number in range(plan.count)
    ]


def _unmeasured(onnx: Path) -> Manifest:
    """A manifest for searching before thresholds are known."""
    return Manifest(
        file=onnx.name,
        sha256=sha256(onnx.read_bytes()).hexdigest(),
        architecture="yolo11n",
        input_px=INPUT_PX,
        target_gsd_cm=TARGET_GSD_M * 100,
        classes=CLASSES,
        thresholds=dict.fromkeys(CLASSES, _SEARCH_SCORE),
    )
