"""An evaluation as tables and as plain numbers: what screen, Markdown, HTML and JSON all show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from detection.evaluation.bootstrap import Interval
from detection.evaluation.box_scores import Scores
from detection.evaluation.evaluation import ClassEvaluation, CountError, Evaluation
from detection.evaluation.gates import Gate
from detection.evaluation.how_measured import how_measured
from detection.evaluation.scoring import MATCH_IOU, PIECE_SHARE
from detection.evaluation.slice_scores import SliceScores
from detection.evaluation.slices import OF_TRUTHS_ONLY, Dimension

_DIMENSION_TITLES = {
    Dimension.SIZE_PX: "By size: the box's longer side, pixels",
    Dimension.SIZE_M: "By size: the box's longer side, metres",
    Dimension.VISIBILITY: "By visibility",
    Dimension.DEPTH_M: "By depth of the animal's back under the surface, metres",
    Dimension.SEA_STATE: "By sea state",
    Dimension.GSD_CM: "By ground sample distance, cm per pixel",
}
_DIGITS = 4


@dataclass(frozen=True)
class TextTable:
    """A table of words."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(evaluation: Evaluation, gates: Sequence[Gate]) -> tuple[TextTable, ...]:
    """Every table of an evaluation, the most important first."""
    some = (
        _scores_table(evaluation),
        _alarms_table(evaluation),
        _curves_table(evaluation),
        _gates_table(gates),
        _count_table(evaluation),
        *(_slices_table(evaluation, dimension) for dimension in Dimension),
        _flights_table(evaluation),
    )
    return tuple(table for table in some if table.rows)


def _told(interval: Interval, digits: int = 3) -> str:
    if interval.value is None:
        return "-"
    if interval.low is None or interval.high is None:
        return f"{interval.value:.{digits}f}"
    return f"{interval.value:.{digits}f} ({interval.low:.{digits}f} to {interval.high:.{digits}f})"


def _scores_table(evaluation: Evaluation) -> TextTable:
    rows = tuple(
        (
            c.object_class.value,
            f"{c.threshold:.2f}",
            str(c.scores.tally.found + c.scores.tally.missed),
            "-" if c.objects is None else f"{c.objects_found} of {c.objects}",
            _told(c.scores.recall),
            _told(c.scores.precision),
            _told(c.scores.f1),
        )
        for c in evaluation.classes
    )
    columns = ("class", "threshold", "boxes", "objects found", "recall", "precision", "F1")
    return TextTable("Scores at the operating threshold, with 95 % intervals", columns, rows)


def _alarms_table(evaluation: Evaluation) -> TextTable:
    rows = tuple(
        (
            c.object_class.value,
            str(c.scores.tally.false_alarms),
            _told(c.false_alarms_per_frame),
            _told(c.false_alarms_per_km2, 1),
            str(c.scores.tally.pieces),
        )
        for c in evaluation.classes
    )
    columns = ("class", "false alarms", "a frame", "a km²", "further pieces of gear")
    return TextTable("False alarms at the operating threshold", columns, rows)


def _curves_table(evaluation: Evaluation) -> TextTable:
    rows = tuple(
        (
            c.object_class.value,
            _told(c.ap50),
            _told(c.ap50_95),
            _told(Interval(c.reliability.expected_error)),
        )
        for c in evaluation.classes
    )
    columns = ("class", "AP50", "AP50-95", "expected calibration error")
    return TextTable("Over all scores", columns, rows)


def _gates_table(gates: Sequence[Gate]) -> TextTable:
    rows = tuple(
        (
            g.name,
            f"{'≤' if g.at_most else '≥'} {g.wanted:g}",
            "not measured" if g.reached is None else f"{g.reached:.3f}",
            g.verdict,
        )
        for g in gates
    )
    return TextTable("Gates", ("gate", "wanted", "reached", ""), rows)


def _count_table(evaluation: Evaluation) -> TextTable:
    columns = (
        "class",
        "counted",
        "flights",
        "there a flight",
        "counted a flight",
        "mean absolute error",
        "relative error",
        "bias",
        "within 10 %",
        "within one",
        "exactly right",
    )
    rows = tuple(
        (
            c.object_class.value,
            e.unit.value,
            str(e.flights),
            f"{e.mean_there:.2f}",
            f"{e.mean_counted:.2f}",
            _told(e.mean_absolute, 2),
            _told(e.relative),
            _told(e.bias),
            _told(e.within_tenth),
            _told(e.within_one),
            _told(e.exact),
        )
        for c in evaluation.classes
        for e in c.counts
    )
    return TextTable("Counts by flight", columns, rows)


def _slices_table(evaluation: Evaluation, dimension: Dimension) -> TextTable:
    # a false alarm has no visibility and no depth, so that there is no precision by them
    full = dimension not in OF_TRUTHS_ONLY
    more = ("false alarms", "a frame", "a km²", "precision", "F1", "AP50") if full else ()
    rows: list[tuple[str, ...]] = []
    for c in evaluation.classes:
        for part in (s for s in c.slices if s.dimension is dimension):
            counted, scores = part.scores.tally, part.scores
            row: tuple[str, ...] = (
                c.object_class.value,
                part.bin,
                str(counted.found + counted.missed),
                str(counted.missed),
                _told(scores.recall),
            )
            if full:
                row += (
                    str(counted.false_alarms),
                    _told(part.false_alarms_per_frame),
                    _told(part.false_alarms_per_km2, 1),
                    _told(scores.precision),
                    _told(scores.f1),
                    _told(part.ap50),
                )
            rows.append(row)
    columns = ("class", "", "boxes", "missed", "recall", *more)
    return TextTable(_DIMENSION_TITLES[dimension], columns, tuple(rows))


def _flights_table(evaluation: Evaluation) -> TextTable:
    rows = tuple(
        (c.flight, c.object_class.value, str(c.counted), str(c.there), c.unit.value)
        for c in evaluation.counts
        if c.counted or c.there
    )
    columns = ("flight", "class", "counted", "there", "what is counted")
    return TextTable("Flights that hold or seem to hold something", columns, rows)


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
