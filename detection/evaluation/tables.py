"""An evaluation as tables of words: what screen, Markdown and HTML all show."""

from collections.abc import Sequence
from dataclasses import dataclass

from detection.evaluation.bootstrap import Interval
from detection.evaluation.count_errors import OF_FLIGHTS, CountError
from detection.evaluation.evaluation import Evaluation
from detection.evaluation.gates import Gate
from detection.evaluation.slices import OF_TRUTHS_ONLY, Dimension

_DIMENSION_TITLES = {
    Dimension.SIZE_PX: "By size: the box's longer side, pixels",
    Dimension.SIZE_M: "By size: the box's longer side, metres",
    Dimension.VISIBILITY: "By visibility",
    Dimension.DEPTH_M: "By depth of the animal's back under the surface, metres",
    Dimension.COMPANY: "By whether another one's box overlaps its own, as a calf's its mother's",
    Dimension.SEA_STATE: "By sea state",
    Dimension.GSD_CM: "By ground sample distance, cm per pixel",
}
_COUNT_TITLES = {
    Dimension.SEA_STATE: "Counts by flight, by sea state: what most of a flight's frames have",
    Dimension.GSD_CM: "Counts by flight, by ground sample distance: the median of a flight's "
    "frames, cm per pixel",
}
_COUNT_COLUMNS = (
    "counted",
    "flights",
    "there a flight",
    "counted a flight",
    "mean absolute error",
    "relative error",
    "bias",
)


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
        *(_count_slices_table(evaluation, dimension) for dimension in OF_FLIGHTS),
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
    columns = ("class", *_COUNT_COLUMNS, "within 10 %", "within one", "exactly right")
    rows = tuple(
        (
            c.object_class.value,
            *_count_cells(e),
            _told(e.within_tenth),
            _told(e.within_one),
            _told(e.exact),
        )
        for c in evaluation.classes
        for e in c.counts
    )
    return TextTable("Counts by flight", columns, rows)


def _count_slices_table(evaluation: Evaluation, dimension: Dimension) -> TextTable:
    rows = tuple(
        (c.object_class.value, part.bin, *_count_cells(part.error))
        for c in evaluation.classes
        for part in c.count_slices
        if part.dimension is dimension
    )
    return TextTable(_COUNT_TITLES[dimension], ("class", "", *_COUNT_COLUMNS), rows)


def _count_cells(error: CountError) -> tuple[str, ...]:
    return (
        error.unit.value,
        str(error.flights),
        f"{error.mean_there:.2f}",
        f"{error.mean_counted:.2f}",
        _told(error.mean_absolute, 2),
        _told(error.relative),
        _told(error.bias),
    )


def _slices_table(evaluation: Evaluation, dimension: Dimension) -> TextTable:
    # a false alarm has no visibility, depth or company, so that there is no precision by them
    full = dimension not in OF_TRUTHS_ONLY
    of_finds = ("false alarms", "a frame", "a km²", "precision", "F1", "AP50", "AP50-95")
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
                    _told(part.ap50_95),
                )
            rows.append(row)
    columns = ("class", "", "boxes", "missed", "recall", *(of_finds if full else ()))
    return TextTable(_DIMENSION_TITLES[dimension], columns, tuple(rows))


def _flights_table(evaluation: Evaluation) -> TextTable:
    rows = tuple(
        (c.flight, c.object_class.value, str(c.counted), str(c.there), c.unit.value)
        for c in evaluation.counts
        if c.counted or c.there
    )
    columns = ("flight", "class", "counted", "there", "what is counted")
    return TextTable("Flights that hold or seem to hold something", columns, rows)
