"""Long gear, once: parts of one line or net in several frames, and pieces of one in a frame.

A line longer than a frame shows another part in each, so that the middles of its boxes say little.
What both frames look at does: there the same line gives the same box. Two boxes are of one line
when, within the ground that both frames see, each lies mostly in the other, or a long one wholly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import shapely
from scipy.sparse.csgraph import connected_components

from detection.types import Detection, ObjectClass
from ingest.errors import ProjectionError
from ingest.frame import Frame
from ingest.lonlat import LonLat, offset_m
from ingest.projection import SeaView

# Gear shorter than this is told apart by its middle; of the longer, parts may be out of view.
LONG_M = 10.0
# Of the box of a line that runs aslant much is empty, and other frames cut it elsewhere.
_LEAST_SHARED = 0.5
# A long box that lies in another to this share is a piece of its line; the rest was missed.
_PIECE_SHARED = 0.8
# Places of two frames differ by this many times their errors in one case of twenty.
_ERROR_SIGMAS = 2.0


@dataclass(frozen=True)
class _Part:
    """What a frame shows of gear, on the ground in metres: its box, the frame's view."""

    frame_sha256: str
    box: shapely.Polygon
    view: shapely.Polygon
    error_m: float


def lines_of(groups: Sequence[Sequence[Detection]], frames: Mapping[str, Frame]) -> list[list[int]]:
    """Which groups of detections belong together: lists of indices, each group in one of them.

    Only gear is joined, and only where one of two boxes is `LONG_M` long or more. Detections of
    frames that are not given, or whose box is not wholly on the sea, join nothing.
    """
    parts = [_parts(group, frames) for group in groups]
    table = np.eye(len(groups), dtype=bool)
    for i, j in combinations(range(len(groups)), 2):
        table[i, j] = any(_same_line(a, b) for a in parts[i] for b in parts[j])
    count, chain = connected_components(table, directed=False)
    return [np.flatnonzero(chain == k).tolist() for k in range(count)]


def _parts(group: Sequence[Detection], frames: Mapping[str, Frame]) -> list[_Part]:
    found = (
        _part(d, frames[d.frame_sha256], next(iter(frames.values())).pose.position)
        for d in group
        if d.object_class is ObjectClass.FISHING_GEAR and d.frame_sha256 in frames
    )
    return [part for part in found if part is not None]


def _part(detection: Detection, frame: Frame, origin: LonLat) -> _Part | None:
    view = SeaView(frame.camera, frame.pose)
    left, top, right, bottom = detection.xyxy_px
    try:
        corners = [
            offset_m(origin, view.to_ground(corner).position)
            for corner in ((left, top), (right, top), (right, bottom), (left, bottom))
        ]
    except ProjectionError:
        return None
    if frame.footprint is None:
        return None
    seen = [offset_m(origin, corner) for corner in frame.footprint]
    return _Part(
        frame.sha256, shapely.Polygon(corners), shapely.Polygon(seen), detection.error_m or 0.0
    )


def _same_line(a: _Part, b: _Part) -> bool:
    shorter_m, longer_m = sorted(map(_length_m, (a, b)))
    if a.frame_sha256 == b.frame_sha256 or longer_m < LONG_M:
        return False
    error_m = _ERROR_SIGMAS * float(np.hypot(a.error_m, b.error_m)) / np.sqrt(2)
    if a.box.distance(b.box) > error_m:
        return False
    both_see = a.view.intersection(b.view).buffer(error_m)
    of_a, of_b = a.box.intersection(both_see), b.box.intersection(both_see)
    less, more = sorted((_share_in(of_a, of_b, error_m), _share_in(of_b, of_a, error_m)))
    return less >= _LEAST_SHARED or (shorter_m >= LONG_M and more >= _PIECE_SHARED)


def _length_m(part: _Part) -> float:
    west, south, east, north = part.box.bounds
    return float(max(east - west, north - south))


def _share_in(
    one: shapely.geometry.base.BaseGeometry,
    other: shapely.geometry.base.BaseGeometry,
    error_m: float,
) -> float:
    if one.is_empty or other.is_empty:
        return 0.0
    return float(one.intersection(other.buffer(error_m)).area / max(one.area, 1e-9))
