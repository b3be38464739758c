"""An evaluation as plain numbers, ready for JSON."""

from collections.abc import Sequence
from typing import Any

from detection.evaluation.bootstrap import Interval
from detection.evaluation.box_scores import Scores
from detection.evaluation.count_errors import CountError, CountSlice
from detection.evaluation.evaluation import ClassEvaluation, Evaluation
from detection.evaluation.gates import Gate
from detection.evaluation.how_measured import how_measured
from detection.evaluation.scoring import MATCH_IOU, PIECE_SHARE
from detection.evaluation.slice_scores import SliceScores

_DIGITS = 4


def document(evaluation: Evaluation, gates: Sequence[Gate]) -> dict[str, Any]:
    """The evaluation as plain numbers, ready for JSON."""
    return {
        "caveat": evaluation.caveat,
        "flights": list(evaluation.flights),
        "rendered_flights": evaluation.rendered,
        "frames": evaluation.frames,
        "area_km2": _rounded(evaluation.area_km2),
        "intervals": {
            "confidence": 0.95,
            "over": "flights",
            "draws": evaluation.draws,
            "seed": evaluation.seed,
        },
        "matching": {"least_iou": MATCH_IOU, "gear_piece_share": PIECE_SHARE},
        "how_measured": list(how_measured(evaluation)),
        "classes": {c.object_class.value: _class_document(c) for c in evaluation.classes},
        "counts": [
            {
                "flight": c.flight,
                "class": c.object_class.value,
                "counted": c.counted,
                "there": c.there,
                "unit": c.unit.value,
            }
            for c in evaluation.counts
        ],
        "gates": [
            {
                "name": g.name,
                "wanted": g.wanted,
                "at_most": g.at_most,
                "reached": _rounded(g.reached),
                "passed": None if g.reached is None else g.passed,
            }
            for g in gates
        ],
    }


def _class_document(c: ClassEvaluation) -> dict[str, Any]:
    return {
        "threshold": c.threshold,
        "network_threshold": c.network_threshold,
        **_scores_document(c.scores),
        "recall_when_clear": _interval(c.when_clear),
        "recall_by_flight": _rounded(c.recall_by_flight),
        "f1_by_flight": _rounded(c.f1_by_flight),
        "objects_found": c.objects_found,
        "objects": c.objects,
        "false_alarms_per_frame": _interval(c.false_alarms_per_frame),
        "false_alarms_per_km2": _interval(c.false_alarms_per_km2),
        "ap50": _interval(c.ap50),
        "ap50_95": _interval(c.ap50_95),
        "counts": {e.unit.value: _count_document(e) for e in c.counts},
        "count_slices": [_count_slice_document(s) for s in c.count_slices],
        "slices": [_slice_document(s) for s in c.slices],
        "curve": [
            {
                "score": _rounded(p.score),
                "recall": _rounded(p.recall),
                "precision": _rounded(p.precision),
            }
            for p in c.curve
        ],
        "reliability": {
            "expected_error": _rounded(c.reliability.expected_error),
            "bins": [
                {
                    "low": _rounded(b.low),
                    "high": _rounded(b.high),
                    "finds": b.finds,
                    "mean_score": _rounded(b.mean_score),
                    "true_share": _rounded(b.true_share),
                }
                for b in c.reliability.bins
            ],
        },
    }


def _slice_document(part: SliceScores) -> dict[str, Any]:
    return {
        "by": part.dimension.value,
        "bin": part.bin,
        **_scores_document(part.scores),
        "false_alarms_per_frame": _interval(part.false_alarms_per_frame),
        "false_alarms_per_km2": _interval(part.false_alarms_per_km2),
        "ap50": _interval(part.ap50),
        "ap50_95": _interval(part.ap50_95),
    }


def _count_slice_document(part: CountSlice) -> dict[str, Any]:
    return {
        "by": part.dimension.value,
        "bin": part.bin,
        "unit": part.error.unit.value,
        **_count_document(part.error),
    }


def _scores_document(scores: Scores) -> dict[str, Any]:
    return {
        "found": scores.tally.found,
        "missed": scores.tally.missed,
        "false_alarms": scores.tally.false_alarms,
        "further_pieces": scores.tally.pieces,
        "recall": _interval(scores.recall),
        "precision": _interval(scores.precision),
        "f1": _interval(scores.f1),
    }


def _count_document(error: CountError) -> dict[str, Any]:
    return {
        "flights": error.flights,
        "flights_with_any": error.with_any,
        "mean_there": _rounded(error.mean_there),
        "mean_counted": _rounded(error.mean_counted),
        "mean_absolute": _interval(error.mean_absolute),
        "relative": _interval(error.relative),
        "bias": _interval(error.bias),
        "within_tenth": _interval(error.within_tenth),
        "within_one": _interval(error.within_one),
        "exact": _interval(error.exact),
    }


def _interval(interval: Interval) -> dict[str, float | None]:
    return {
        "value": _rounded(interval.value),
        "low": _rounded(interval.low),
        "high": _rounded(interval.high),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
