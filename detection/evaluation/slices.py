"""Scores apart by what an object, a find or its frame is like: size, visibility, company, sea."""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from detection.evaluation.scoring import (
    FoundBox,
    Match,
    ScoredFrame,
    Tally,
    TrueBox,
    Xyxy,
    iou,
)
from detection.types import ObjectClass

UNKNOWN = "unknown"
# Of company: whether the box of another object of the class, seen or not, overlaps an object's own,
# as a calf's does its mother's.
ALONE, TOUCHING = "alone", "touching another"


class Dimension(StrEnum):
    """What scores are told apart by."""

    SIZE_PX = "size_px"
    SIZE_M = "size_m"
    VISIBILITY = "visibility"
    DEPTH_M = "depth_m"
    COMPANY = "company"
    SEA_STATE = "sea_state"
    GSD_CM = "gsd_cm"


# Lower edges of the second bin and on. Pixels as stored, doubling; metres by what is of that size:
# calves, dugongs, kayaks and long-tails, ships and lines; visibility in quarters; depth by backs at
# the surface, then doubling; GSD as drones fly (1 cm near, 5 cm the model's own scale).
_EDGES: dict[Dimension, tuple[float, ...]] = {
    Dimension.SIZE_PX: (16, 32, 64, 128),
    Dimension.SIZE_M: (1.5, 2.5, 4, 8, 16),
    Dimension.VISIBILITY: (0.25, 0.5, 0.75),
    Dimension.DEPTH_M: (0.15, 0.5, 1, 2),
    Dimension.GSD_CM: (1.5, 3, 6),
}
# What labels tell of a truth: a false alarm has none.
OF_TRUTHS_ONLY = frozenset({Dimension.VISIBILITY, Dimension.DEPTH_M, Dimension.COMPANY})
# What all boxes of a frame have alike.
_OF_FRAMES = frozenset({Dimension.SEA_STATE, Dimension.GSD_CM})


@dataclass(frozen=True)
class Slice:
    """One bin of one dimension: what it is called, and its tally by flight.

    `false_alarms` are the frames of its false alarms, one for each. They have no visibility,
    depth or company; there the tally counts none, and its precision says nothing.
    """

    dimension: Dimension
    bin: str
    by_flight: dict[str, Tally]
    false_alarms: tuple[ScoredFrame, ...]

    def takes_in(self, frame: ScoredFrame) -> bool:
        """Whether something in the frame could be of this bin."""
        if self.dimension not in _OF_FRAMES:
            return True
        return _bin_of_box(self.dimension, (0, 0, 0, 0), frame) == self.bin

    def narrowed(self, frame: ScoredFrame, object_class: ObjectClass) -> ScoredFrame:
        """The frame with the truths of this bin alone, of one class: others are not fair."""
        if not self.takes_in(frame):
            return replace(frame, truths=(), finds=(), candidates=())
        truths = tuple(
            t if _bin_of_truth(self.dimension, t, frame) == self.bin else replace(t, fair=False)
            for t in frame.truths
            if t.object_class is object_class
        )
        return replace(frame, truths=truths)

    def owns(self, frame: ScoredFrame, find: FoundBox) -> bool:
        """Whether a find is of this bin."""
        return _bin_of_box(self.dimension, find.xyxy_px, frame) == self.bin


def slices(matches: Sequence[tuple[ScoredFrame, Match]]) -> tuple[Slice, ...]:
    """Tell one class's matches apart by every dimension.

    Bins without anything are left out, and dimensions of which nothing is known.
    """
    return tuple(part for dimension in Dimension for part in _slices(dimension, matches))


def _slices(
    dimension: Dimension, matches: Sequence[tuple[ScoredFrame, Match]]
) -> tuple[Slice, ...]:
    by_bin: dict[str, dict[str, Tally]] = {}
    alarms: dict[str, list[ScoredFrame]] = {}

    def add(name: str | None, flight: str, one: Tally) -> None:
        if name is not None:
            tallies = by_bin.setdefault(name, {})
            tallies[flight] = tallies.get(flight, Tally()) + one

    for frame, laid in matches:
        for truth, _ in laid.found:
            add(_bin_of_truth(dimension, truth, frame), frame.flight, Tally(found=1))
        for truth in laid.missed:
            add(_bin_of_truth(dimension, truth, frame), frame.flight, Tally(missed=1))
        for find in laid.false_alarms:
            name = _bin_of_box(dimension, find.xyxy_px, frame)
            add(name, frame.flight, Tally(false_alarms=1))
            if name is not None:
                alarms.setdefault(name, []).append(frame)
    if by_bin.keys() <= {UNKNOWN}:
        return ()
    return tuple(
        Slice(dimension, name, by_bin[name], tuple(alarms.get(name, ())))
        for name in in_order(dimension, by_bin.keys())
    )


def in_order(dimension: Dimension, present: Collection[str]) -> list[str]:
    """The bins of a dimension that are there, from low to high, what is unknown last."""
    if dimension not in _EDGES:
        return sorted(present)
    known = [*_bin_names(_EDGES[dimension]), UNKNOWN]
    return [name for name in known if name in present]


def _bin_names(edges: Sequence[float]) -> list[str]:
    inner = [f"{low:g} to {high:g}" for low, high in pairwise(edges)]
    return [f"below {edges[0]:g}", *inner, f"{edges[-1]:g} and more"]


def bin_name(dimension: Dimension, value: float | None) -> str:
    """The bin of a value of a dimension with edges; a value on an edge is in the upper bin."""
    if value is None:
        return UNKNOWN
    edges = _EDGES[dimension]
    return _bin_names(edges)[bisect_right(edges, value)]


def _bin_of_truth(dimension: Dimension, truth: TrueBox, frame: ScoredFrame) -> str | None:
    if dimension is Dimension.VISIBILITY:
        return bin_name(dimension, truth.visibility)
    if dimension is Dimension.DEPTH_M:
        return bin_name(dimension, truth.depth_m)
    if dimension is Dimension.COMPANY:
        return _company(truth, frame)
    if truth.is_point and dimension in (Dimension.SIZE_PX, Dimension.SIZE_M):
        return UNKNOWN
    return _bin_of_box(dimension, truth.xyxy_px, frame)


def _company(truth: TrueBox, frame: ScoredFrame) -> str:
    if truth.is_point:
        return UNKNOWN
    others = (
        t
        for t in frame.truths
        if t.object_class is truth.object_class and t is not truth and not t.region
    )
    return TOUCHING if any(iou(truth.xyxy_px, t.xyxy_px) > 0 for t in others) else ALONE


def _bin_of_box(dimension: Dimension, xyxy_px: Xyxy, frame: ScoredFrame) -> str | None:
    left, top, right, bottom = xyxy_px
    side_px = max(right - left, bottom - top)
    match dimension:
        case Dimension.SIZE_PX:
            return bin_name(dimension, side_px)
        case Dimension.SIZE_M:
            side_m = None if frame.gsd_cm is None else side_px * frame.gsd_cm / 100
            return bin_name(dimension, side_m)
        case Dimension.GSD_CM:
            return bin_name(dimension, frame.gsd_cm)
        case Dimension.SEA_STATE:
            return frame.sea_state or UNKNOWN
        case Dimension.VISIBILITY | Dimension.DEPTH_M | Dimension.COMPANY:
            return None
