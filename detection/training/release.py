"""From trained weights to the model the software ships.

Export, thresholds, calibration, scores, manifest, and a picture of how true the scores are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
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
from detection.manifest import BoatNetwork, Manifest
from detection.training.coco_export import BOATS_FILE, BOATS_THRESHOLD, export_coco_boats
from detection.training.dataset import CLASSES, TARGET_GSD_M, TilePlan, make_tile
from detection.training.evaluate import (
    CAVEAT,
    as_metrics,
    choose_thresholds,
    f_scores,
    false_alarm_metrics,
    render_flights,
    report,
    score_flights,
    score_photos,
)
from detection.training.export import INPUT_PX, checked_agreement, export_onnx, write_manifest
from detection.types import ObjectClass
from ingest.site_reference import SiteReference

# Low enough to see the whole trade between misses and false alarms.
_SEARCH_SCORE = 0.05
_COMPARED_TILES = 8
# Of the mean F score, for passes that take half the time: a laptop without a GPU must keep up.
_GIVEN_UP_FOR_SPEED = 0.02
RELIABILITY_PICTURE = "reliability.svg"


@dataclass(frozen=True)
class EmptyPhotos:
    """Photographs with nothing to find in them, and the site's clock and sea level."""

    paths: tuple[Path, ...]
    site: SiteReference


@dataclass(frozen=True)
class ReleasePlan:
    """What to release and what to measure it on.

    Flights are rendered into `flights_folder` where they are not there yet: `val` ones to choose
    thresholds on, `test` ones to report. `empty_photos` are reported by name as false alarms.
    `passes_gsd_cm` are the ground scales to choose from, the cheapest first: of one pass, or of
    several that must agree. `coco_weights` become the boat network beside the model; without them
    one already there is used.
    """

    weights: Path
    onnx: Path
    flights_folder: Path
    val_flights: int
    test_flights: int
    empty_photos: Mapping[str, EmptyPhotos]
    training: Mapping[str, Any]
    coco_weights: Path | None = None
    passes_gsd_cm: tuple[tuple[float, ...], ...] = ((5.0,), (4.2,), (4.2, 5.9))


def release(plan: ReleasePlan) -> Path:
    """Export, choose scales and thresholds, measure, and write the manifest; returns its path.

    Scales, thresholds and calibration come from the `val` flights, all scores from the `test` ones,
    searched as they will be: at the thresholds.
    """
    onnx = export_onnx(plan.weights, plan.onnx)
    differences = checked_agreement(onnx, plan.weights, _tiles())
    engine = OpenVinoEngine(onnx, INPUT_PX)
    searching = Detector(engine, _unmeasured(onnx), min_score=_SEARCH_SCORE)
    val = render_flights("val", plan.val_flights, plan.flights_folder)
    trials = [_tried(searching.searching_at(*gsd_cm), val) for gsd_cm in plan.passes_gsd_cm]
    best = best_trial(trials)
    thresholds, boats = best.thresholds, _boat_network(plan)
    manifest = _unmeasured(onnx).model_copy(
        update={"thresholds": dict(thresholds), "boat_network": boats}
    )
    boat_engine = None if boats is None else OpenVinoEngine(onnx.parent / boats.file, INPUT_PX)
    operating, searching = (
        Detector(engine, manifest, boat_engine=boat_engine, min_score=min_score).searching_at(
            *best.gsd_cm
        )
        for min_score in (None, _SEARCH_SCORE)
    )
    calibrations = calibrated(best.frames if boats is None else score_flights(searching, val))
    test = score_flights(
        operating,
        render_flights("test", plan.test_flights, plan.flights_folder),
        searching=searching,
    )
    photos = {
        name: false_alarm_metrics(score_photos(operating, p.paths, p.site), thresholds)
        for name, p in plan.empty_photos.items()
    }
    metrics = {
        "caveat": CAVEAT,
        "rendered_test_flights": as_metrics(report(test, thresholds)),
        "rendered_test_frames": len(test),
        "false_alarms_on_photos_with_nothing_to_find": photos,
        "passes_compared": [
            {"gsd_cm": list(t.gsd_cm), **{c.value: round(f, 3) for c, f in t.f_scores.items()}}
            for t in trials
        ],
        "calibration_error": _write_reliability(plan.onnx.parent, test, calibrations),
        "openvino_against_torch": {name: asdict(d) for name, d in differences.items()},
    }
    return write_manifest(
        onnx,
        thresholds,
        boat_network=boats,
        calibrations=calibrations,
        search_gsd_cm=best.gsd_cm,
        training=plan.training,
        metrics=metrics,
    )


@dataclass(frozen=True)
class Trial:
    """What passes at some ground scales came to on the flights that are chosen on."""

    gsd_cm: tuple[float, ...]
    frames: tuple[ScoredFrame, ...]
    thresholds: Mapping[ObjectClass, float]
    f_scores: Mapping[ObjectClass, float]

    @property
    def mean(self) -> float:
        """The mean score of the classes."""
        return sum(self.f_scores.values()) / len(self.f_scores)


def _tried(searching: Detector, val: Sequence[Path]) -> Trial:
    frames = score_flights(searching, val)
    thresholds = choose_thresholds(frames)
    return Trial(searching.manifest.passes_gsd_cm, frames, thresholds, f_scores(frames, thresholds))


def best_trial(trials: Sequence[Trial]) -> Trial:
    """The first trial, which are in the order of their cost, as good as the best but for chance."""
    least = max(trial.mean for trial in trials) - _GIVEN_UP_FOR_SPEED
    return next(trial for trial in trials if trial.mean >= least)


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
