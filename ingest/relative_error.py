"""How far the frames of one flight are off against each other, told by what they both show.

The error of a frame's places is mostly shared by the whole flight: the GPS drifts slowly, the
compass and the launch point's height are off alike. Against its neighbours a frame is off by less,
and by how much the pictures tell: features that two frames share lie apart by the errors of both
that are not shared. Each frame is given a share of its whole error, so that it grows towards the
horizon as that does, and so that 68 % of what overlapping frames put apart lies within the two
frames' errors together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ingest.agreement import apart_m
from ingest.frame import Frame
from ingest.ground import Array
from ingest.overlap import FramePair
from ingest.projection import SeaView

# What "1 sigma" is held to: the radius that holds as much as one sigma of a single number does.
WITHIN = 0.68
# A frame's few pairs tell less of it than all pairs tell of the flight; the flight weighs like so
# many pairs more.
_FLIGHT_WEIGHS = 4.0
_FEWEST_PAIRS = 3
_FEATURES_PER_PAIR = 40
_PARTS = 10
# Matching places a feature to about a pixel of the reduced picture, and relief moves it by more.
_LEAST_M = 0.1


@dataclass(frozen=True)
class RelativeErrors:
    """The share of its error that each frame has of its own; None for a frame without a pair.

    `within` is the fraction of shared features put within the relative errors of both frames, each
    pair counting alike, by shares found from the other pairs; None with too few pairs to tell.
    """

    shares: tuple[float | None, ...]
    within: float | None


@dataclass(frozen=True)
class _Apart:
    """How far apart one pair puts what it shares: N metres, and both frames' errors there."""

    a: int
    b: int
    found_m: Array
    error_a_m: Array
    error_b_m: Array

    def in_errors(self, share_a: float, share_b: float) -> Array:
        """The distances in units of the two frames' shares of their errors together."""
        both = np.hypot(self.error_a_m * share_a, self.error_b_m * share_b)
        times: Array = self.found_m / np.maximum(both, _LEAST_M)
        return times


def relative_errors(frames: Sequence[Frame], pairs: Sequence[FramePair]) -> RelativeErrors:
    """Find the shares, and how well they foretell pairs that they were not found from."""
    told = [apart for pair in pairs if (apart := _apart(frames, pair)) is not None]
    if len(told) < _FEWEST_PAIRS:
        return RelativeErrors((None,) * len(frames), None)
    shares = _shares(told, len(frames))
    seen = {index for pair in told for index in (pair.a, pair.b)}
    return RelativeErrors(
        tuple(float(shares[i]) if i in seen else None for i in range(len(frames))),
        _foretold(told, len(frames)),
    )


def with_relative_errors(frames: Sequence[Frame], errors: RelativeErrors) -> list[Frame]:
    """The frames with their relative errors at their centres; None where that is not known."""
    return [
        replace(
            frame,
            relative_error_m=None
            if share is None or frame.error_m is None
            else max(share * frame.error_m, _LEAST_M),
        )
        for frame, share in zip(frames, errors.shares, strict=True)
    ]


def _apart(frames: Sequence[Frame], pair: FramePair) -> _Apart | None:
    a, b = frames[pair.a], frames[pair.b]
    found_m = apart_m(a, b, pair.match)
    _, error_a_m = SeaView(a.camera, a.pose).to_ground_many(pair.match.a_px)
    _, error_b_m = SeaView(b.camera, b.pose).to_ground_many(pair.match.b_px)
    placed = np.flatnonzero(np.isfinite(found_m + error_a_m + error_b_m))
    if len(placed) == 0:
        return None
    few = placed[np.linspace(0, len(placed) - 1, min(len(placed), _FEATURES_PER_PAIR)).astype(int)]
    return _Apart(pair.a, pair.b, found_m[few], error_a_m[few], error_b_m[few])


def _shares(told: Sequence[_Apart], frames: int) -> Array:
    """A share for each frame: the flight's, drawn towards what the frame's own pairs say."""
    whole = _typical(told, np.ones(frames))
    squares = np.full(frames, _FLIGHT_WEIGHS * whole**2)
    weights = np.full(frames, _FLIGHT_WEIGHS)
    for pair in told:
        square = _typical([pair], np.ones(frames)) ** 2
        for index in (pair.a, pair.b):
            squares[index] += square
            weights[index] += 1
    shares: Array = np.sqrt(squares / weights)
    return shares * _typical(told, shares)


def _typical(told: Sequence[_Apart], shares: Array) -> float:
    """What 68 % of the features lie within, in shares of the errors, each pair counting alike."""
    times = [pair.in_errors(shares[pair.a], shares[pair.b]) for pair in told]
    weights = np.concatenate([np.full(len(each), 1 / len(each)) for each in times])
    values = np.concatenate(times)
    order = np.argsort(values)
    heaped = np.cumsum(weights[order]) / weights.sum()
    return float(np.interp(WITHIN, heaped, values[order]))


def _foretold(told: Sequence[_Apart], frames: int) -> float:
    """The fraction within the errors, each part of the pairs by shares found from the others."""
    fractions = []
    for part in range(min(_PARTS, len(told))):
        others = [pair for index, pair in enumerate(told) if index % _PARTS != part]
        shares = _shares(others, frames)
        fractions += [
            float(np.mean(pair.in_errors(shares[pair.a], shares[pair.b]) <= 1))
            for pair in told[part::_PARTS]
        ]
    return float(np.mean(fractions))
