"""When to look: moments of a video chosen by what the camera sees, not by the clock.

A moment is due when the ground in view has changed so much that waiting longer would leave too
little overlap, or show something moving only once. Pure: it takes what is seen, when.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ingest.lonlat import LonLat, offset_m

Ring = tuple[LonLat, ...]

# Overlap of 60 % along the line is usual in survey: everything is seen twice at least, and what a
# picture's edge cuts is whole in another.
LEAST_OVERLAP = 0.6
# A speed is told from two sights at least a second apart (`detection.tracks`).
SPEED_BASE_S = 1.0
# A drone that hangs still, or flies slowly, shows the same sea again; boats come into it. One at
# 15 knots crosses the 80 m of a picture from 60 m up in ten seconds.
LONGEST_WAIT_S = 10.0
# Where looks lie farther apart than this, each has a second one, so that a boat that was in view
# for a few seconds has a speed.
LONGEST_UNPAIRED_S = 4.0
PAIR_S = 1.75
LEAST_WAIT_S = 0.4
# How far a moment may be moved to a picture that is cheap to decode, as a part of the wait.
_TOLERANCE_SHARE = 0.2
_MOST_TOLERANCE_S = 0.25


@dataclass(frozen=True)
class Sight:
    """What is seen at a moment of the video: the ring of ground, closed, or None for no sea."""

    time_s: float
    footprint: Ring | None


@dataclass(frozen=True)
class SampleTime:
    """A moment to look at, and by how much it may be moved either way."""

    time_s: float
    tolerance_s: float


def plan_samples(sights: Sequence[Sight]) -> tuple[SampleTime, ...]:
    """Choose moments from a rising sequence of sights, the first and the last always among them.

    Sights without sea are passed over; a gap of seconds in the sequence is left unseen.
    """
    seen = [sight for sight in sights if sight.footprint is not None]
    if not seen:
        return ()
    stations = [seen[0]]
    polygons = _Polygons(seen[0])
    for sight, following in pairwise(seen[1:] + seen[-1:]):
        last = stations[-1]
        overlap = polygons.overlap(last, following)
        if sight.time_s - last.time_s >= LEAST_WAIT_S and not may_wait(
            following.time_s - last.time_s, overlap
        ):
            stations.append(sight)
    if seen[-1].time_s - stations[-1].time_s >= LEAST_WAIT_S:
        stations.append(seen[-1])
    return _with_tolerance(_paired([station.time_s for station in stations], seen[-1].time_s))


def may_wait(waited_s: float, overlap: float) -> bool:
    """Whether a look this long after the last, with this overlap with it, is soon enough.

    What passes through the view in T seconds is seen at least twice and, with looks at most
    (T - 1) / 2 seconds apart, twice a second apart.
    """
    if overlap < LEAST_OVERLAP or waited_s > LONGEST_WAIT_S:
        return False
    if overlap >= 1:
        return True
    in_view_s = waited_s / (1 - overlap)
    return waited_s <= (in_view_s - SPEED_BASE_S) / 2


def _paired(times_s: Sequence[float], end_s: float) -> list[float]:
    """The moments, with a second look after each that has no other near."""
    paired = list(times_s)
    for before, at, after in zip(
        [-np.inf, *times_s], times_s, [*times_s[1:], np.inf], strict=False
    ):
        if min(at - before, after - at) > LONGEST_UNPAIRED_S:
            second = at + PAIR_S if at + PAIR_S <= end_s else at - PAIR_S
            if second >= times_s[0]:
                paired.append(second)
    return sorted(paired)


def _with_tolerance(times_s: Sequence[float]) -> tuple[SampleTime, ...]:
    chosen = []
    for before, at, after in zip(
        [-np.inf, *times_s], times_s, [*times_s[1:], np.inf], strict=False
    ):
        nearest_s = min(at - before, after - at)
        chosen.append(SampleTime(at, min(nearest_s * _TOLERANCE_SHARE, _MOST_TOLERANCE_S)))
    return tuple(chosen)


class _Polygons:
    """Footprints as polygons on one plane, each made once while it is needed."""

    def __init__(self, first: Sight) -> None:
        self._origin = (first.footprint or (LonLat(0, 0),))[0]
        self._kept: dict[float, BaseGeometry] = {}

    def overlap(self, last: Sight, sight: Sight) -> float:
        """The part of the last sight's ground that this one shows, too."""
        mine = self._polygon(last)
        if mine.area == 0:
            return 0.0
        return float(mine.intersection(self._polygon(sight)).area / mine.area)

    def _polygon(self, sight: Sight) -> BaseGeometry:
        if sight.time_s not in self._kept:
            if len(self._kept) > 8:
                self._kept.clear()
            ring = [offset_m(self._origin, place) for place in sight.footprint or ()]
            self._kept[sight.time_s] = shapely.make_valid(shapely.Polygon(ring))
        return self._kept[sight.time_s]
