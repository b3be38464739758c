"""How fast a drone flew when each frame was taken, from the places and times of its frames."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from math import cos, radians

import numpy as np

from ingest.frame import Frame
from ingest.ground import Array, stations_m

_LONGEST_LEG = timedelta(seconds=30)  # over longer ones the drone may have flown anywhere
_SAME_LINE_COS = cos(radians(30))
_ONE_WAY_COS = cos(radians(60))
_SHORTEST_LEG_M = 1.0  # a hovering drone's places only jitter


def velocities_m_s(frames: Sequence[Frame]) -> Array:
    """East and north speeds (N x 2) along the flight line; NaN where no line is to be seen.

    `frames` are in the order of their times. At the end of a line the leg that belongs to the line
    counts, not the one that leads to the next line.
    """
    velocities = np.full((len(frames), 2), np.nan)
    legs = _legs_m_s(frames)
    for index in range(len(frames)):
        # a leg is of a line when its neighbour beyond runs the same way
        back = _in_line(legs, index - 1, index - 2) or _in_line(legs, index - 1, index)
        ahead = _in_line(legs, index, index + 1) or _in_line(legs, index, index - 1)
        of_line = [legs[leg] for leg, counts in ((index - 1, back), (index, ahead)) if counts]
        if of_line:
            velocities[index] = np.mean(of_line, axis=0)
    return velocities


def flown_one_way(frames: Sequence[Frame]) -> bool:
    """Whether all legs between the frames lead in about the same direction, or there are none."""
    legs_m = np.diff(stations_m(frames), axis=0)
    lengths_m = np.hypot(*legs_m.T)
    legs = legs_m[lengths_m >= _SHORTEST_LEG_M] / lengths_m[lengths_m >= _SHORTEST_LEG_M, None]
    ahead = legs.sum(axis=0)
    return bool((legs @ ahead > _ONE_WAY_COS * np.hypot(*ahead)).all())


def _legs_m_s(frames: Sequence[Frame]) -> Array:
    """Speeds (N - 1 x 2) from each frame to the next; NaN over no or too long a time."""
    lasted_s = np.array(
        [
            (after.taken_at_utc - before.taken_at_utc).total_seconds()
            for before, after in pairwise(frames)
        ]
    )
    usable = (lasted_s > 0) & (lasted_s <= _LONGEST_LEG.total_seconds())
    legs: Array = np.diff(stations_m(frames), axis=0) / np.where(usable, lasted_s, np.nan)[:, None]
    return legs


def _in_line(legs: Array, leg: int, other: int) -> bool:
    if not (0 <= leg < len(legs) and 0 <= other < len(legs)):
        return False
    lengths = np.hypot(*legs[leg]) * np.hypot(*legs[other])
    return bool(legs[leg] @ legs[other] > _SAME_LINE_COS * lengths)  # False for NaN
