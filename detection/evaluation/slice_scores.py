"""The scores of one class told apart by size, visibility, company, sea state and more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from detection.evaluation.bootstrap import Interval, Resampling
from detection.evaluation.box_scores import Scores, scores_of
from detection.evaluation.curves import average_precisions, flight_names
from detection.evaluation.scoring import Match, ScoredFrame
from detection.evaluation.slices import OF_TRUTHS_ONLY, UNKNOWN, Dimension, Slice, slices
from detection.types import ObjectClass


@dataclass(frozen=True)
class SliceScores:
    """The scores of one bin of one dimension.

    False alarms of a size are those of its boxes, in all frames; those of a sea state or a ground
    scale are in its frames. `ap50` and `ap50_95` are COCO's: what is of other sizes is passed over.
    Of visibility, depth and company only recall is told, since false alarms have none. Errors of
    counts are of flights (see `detection.evaluation.count_errors`).
    """

    dimension: Dimension
    bin: str
    scores: Scores
    false_alarms_per_frame: Interval
    false_alarms_per_km2: Interval
    ap50: Interval
    ap50_95: Interval


def slice_scores(
    matches: Sequence[tuple[ScoredFrame, Match]], object_class: ObjectClass, resampling: Resampling
) -> tuple[SliceScores, ...]:
    """Score every bin of what was matched at the operating threshold, frames in order."""
    frames = [frame for frame, _ in matches]
    names = flight_names(frames)

    def per(part: Slice, measure: Callable[[ScoredFrame], float]) -> Interval:
        alarms, measured = dict.fromkeys(names, 0), dict.fromkeys(names, 0.0)
        for frame in part.false_alarms:
            alarms[frame.flight] += measure(frame) > 0
        for frame in frames:
            measured[frame.flight] += measure(frame) if part.takes_in(frame) else 0
        return resampling.ratio(list(alarms.values()), list(measured.values()))

    def precisions(part: Slice) -> tuple[Interval, Interval]:
        if part.dimension in (Dimension.SIZE_PX, Dimension.SIZE_M) and part.bin == UNKNOWN:
            return Interval(None), Interval(None)  # points, while finds have a size
        narrowed = [part.narrowed(frame, object_class) for frame in frames]
        return average_precisions(narrowed, object_class, resampling, own=part.owns)

    def scored(part: Slice) -> SliceScores:
        scores = scores_of(part.by_flight, names, resampling)
        if part.dimension in OF_TRUTHS_ONLY:
            return SliceScores(part.dimension, part.bin, scores, *[Interval(None)] * 4)
        return SliceScores(
            part.dimension,
            part.bin,
            scores,
            per(part, lambda frame: 1.0),
            per(part, lambda frame: frame.area_km2),
            *precisions(part),
        )

    return tuple(scored(part) for part in slices(matches))
