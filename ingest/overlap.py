"""Which frames of a flight see the same ground, in a line or across lines, and what they share."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from shapely import Point, Polygon, STRtree
from shapely.affinity import rotate
from shapely.geometry.base import BaseGeometry as Ground

from ingest.errors import PhotoError
from ingest.frame import Frame
from ingest.ground import FARTHEST_HEIGHTS, Array, east_north_m, stations_m
from ingest.matching import Features, Match, features_of, match

# Of the smaller footprint; frames that share less share few features, and those at their edges.
_LEAST_OVERLAP = 0.2
# Partners of a frame among the later ones. They tie it to its line and the line to its neighbours,
# and the work grows with the number of frames, not with its square.
_PARTNERS_NEXT, _PARTNERS_ACROSS = 2, 4


@dataclass(frozen=True)
class FramePair:
    """Two frames of a flight by their places in it, `a` before `b`, and what they share."""

    a: int
    b: int
    match: Match


def matched_pairs(
    frames: Sequence[Frame], *, on_progress: Callable[[int, int], None] | None = None
) -> tuple[FramePair, ...]:
    """Match the frames that overlap; those that share too little make no pair.

    A frame whose pixels cannot be decoded has no pairs. `on_progress` is told (frames looked at,
    frames in all).
    """
    features: list[Features | None] = []
    for done, frame in enumerate(frames, start=1):
        features.append(_features_or_none(frame))
        if on_progress is not None:
            on_progress(done, len(frames))
    pairs = []
    for a, b in overlapping(frames):
        of_a, of_b = features[a], features[b]
        if of_a is not None and of_b is not None:
            found = match(frames[a], frames[b], of_a, of_b)
            pairs += [] if found is None else [FramePair(a, b, found)]
    return tuple(pairs)


def overlapping(frames: Sequence[Frame]) -> Iterator[tuple[int, int]]:
    """Frames, by place in the flight, that should see the same ground: the best few for each."""
    stations = stations_m(frames)
    reaches = [
        _reach(frame, station, frames[0]) for frame, station in zip(frames, stations, strict=True)
    ]
    tree = STRtree(reaches)
    for a, reach in enumerate(reaches):
        shares = {
            int(b): _shared_fraction(reach, reaches[b]) for b in tree.query(reach) if int(b) > a
        }
        enough = sorted(b for b, share in shares.items() if share >= _LEAST_OVERLAP)
        yield from ((a, b) for b in enough[:_PARTNERS_NEXT])
        across = sorted(enough[_PARTNERS_NEXT:], key=lambda b: -shares[b])
        yield from ((a, b) for b in across[:_PARTNERS_ACROSS])


def _features_or_none(frame: Frame) -> Features | None:
    try:
        return features_of(frame)
    except PhotoError:  # the detector decodes it too, and refuses it with the reason
        return None


def _reach(frame: Frame, station: Array, first: Frame) -> Ground:
    """The ground a frame may show, in metres from the first: its heading may be turned by 180°."""
    if frame.footprint is None:
        return Polygon()
    ring = east_north_m(first.pose.position, np.array(frame.footprint))
    seen, below = Polygon(ring), Point(station)
    near = below.buffer(FARTHEST_HEIGHTS * frame.pose.height_above_sea_m)
    ground: Ground = seen.union(rotate(seen, 180, origin=below)).intersection(near)
    return ground


def _shared_fraction(a: Ground, b: Ground) -> float:
    smaller = min(a.area, b.area)
    return float(a.intersection(b).area / smaller) if smaller > 0 else 0.0
