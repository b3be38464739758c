"""Headings that are wrong by half a turn, told by what overlapping frames show of each other."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ingest.agreement import disagreement
from ingest.frame import Frame
from ingest.overlap import FramePair

_QUARTER_TURN_DEG = 90.0
# Two yaws that disagree by more are no matter of compasses; one was not told at all.
LARGEST_TURN_DEG = 45.0
# The wrong reading puts things twice the frames' distance apart, the right one a few metres: the
# better must be so by half, and by more than the GPS drifts between two lines of one flight.
_CLEARLY_LESS = 0.5
_CLEAR_GAIN_M = 3.0


@dataclass(frozen=True)
class HalfTurns:
    """The frames, by place in the flight, whose heading is wrong by 180°.

    `turned` are wrong for certain; among `unsure` some are, and nothing tells which.
    """

    turned: frozenset[int]
    unsure: frozenset[int]


def find_half_turns(frames: Sequence[Frame], pairs: Sequence[FramePair]) -> HalfTurns:
    """Find the frames whose told heading should be the opposite one.

    How two pictures are turned against each other says whether one of the two is wrong. Which one
    it is, the places say: a picture turned about the point below the camera has all it shows on
    that point's other side.
    """
    told = [pair for pair in pairs if _is_about_half_turns(frames, pair)]
    turned: set[int] = set()
    unsure: set[int] = set()
    for side_by_frame in _connected(told):
        within = [pair for pair in told if pair.a in side_by_frame]
        one_side = {frame for frame, side in side_by_frame.items() if side}
        other_side = side_by_frame.keys() - one_side
        (less_m, likelier), (more_m, _) = sorted(
            (
                (_typical_m(turn_half(frames, side), within), side)
                for side in (one_side, other_side)
            ),
            key=lambda reading: reading[0],
        )
        if less_m <= _CLEARLY_LESS * more_m and more_m - less_m >= _CLEAR_GAIN_M:
            turned |= likelier
        elif one_side and other_side:
            unsure |= side_by_frame.keys()
    return HalfTurns(frozenset(turned), frozenset(unsure))


def turn_half(frames: Sequence[Frame], turned: Collection[int]) -> list[Frame]:
    """The frames with the heading of some turned by 180°; only their poses are changed."""
    return [
        replace(frame, pose=replace(frame.pose, yaw_deg=_opposite_deg(frame.pose.yaw_deg)))
        if index in turned
        else frame
        for index, frame in enumerate(frames)
    ]


def _is_about_half_turns(frames: Sequence[Frame], pair: FramePair) -> bool:
    """Whether both yaws were told, and agree about as well as compasses do, or are opposite."""
    assumed = frames[pair.a].pose.assumed_nadir or frames[pair.b].pose.assumed_nadir
    off_quarter_deg = abs(abs(pair.match.turn_deg) - _QUARTER_TURN_DEG)
    return not assumed and off_quarter_deg >= _QUARTER_TURN_DEG - LARGEST_TURN_DEG


def _opposite_deg(yaw_deg: float) -> float:
    return yaw_deg - 180 if yaw_deg > 0 else yaw_deg + 180


def _connected(pairs: Iterable[FramePair]) -> list[dict[int, bool]]:
    """Frames connected by pairs, each on one of two sides; the sides show the ground opposite.

    The strongest pairs decide; a weaker one that contradicts them is a false match.
    """
    parts: list[dict[int, bool]] = []
    for pair in sorted(pairs, key=lambda pair: -len(pair.match.a_px)):
        of_a = next((part for part in parts if pair.a in part), {pair.a: False})
        of_b = next((part for part in parts if pair.b in part), {pair.b: False})
        if pair.b in of_a:
            continue
        opposite = abs(pair.match.turn_deg) > _QUARTER_TURN_DEG
        flip = of_a[pair.a] ^ of_b[pair.b] ^ opposite
        parts = [part for part in parts if part is not of_a and part is not of_b]
        parts.append(of_a | {frame: side ^ flip for frame, side in of_b.items()})
    return parts


def _typical_m(frames: Sequence[Frame], pairs: Iterable[FramePair]) -> float:
    medians = [disagreement(frames[p.a], frames[p.b], p.match).median_m for p in pairs]
    return float(np.median([median for median in medians if median is not None]))
