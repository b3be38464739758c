"""Scores that mean what they say: of the boxes with 0.8, four of five are right.

A network's scores order its boxes well and are poor chances. From boxes whose truth is known a
non-decreasing curve is fitted (isotonic regression by pooling adjacent violators: Ayer et al. 1955;
for classifiers Zadrozny and Elkan 2002), smoothed towards the scores themselves where few boxes
tell, and kept as some points with straight lines between. It changes no order of boxes, only what
their scores say: where the curve is level, the network's scores still tell one box from another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ingest.errors import LibongError

Array = npt.NDArray[np.float64]

# The curve's points lie at these scores at most: a manifest stays readable, and a reliability curve
# needs boxes enough in each bin.
_MOST_POINTS = 21
# The network's own score counts like so many boxes in each bin, so that three lucky ones do not
# make a certainty.
_OWN_WEIGHT = 4.0
# So much of a told score is the network's own, so that boxes of one chance keep their order: enough
# to tell neighbouring scores of 32 bits apart in 64, and far less than a chance is known to.
_OWN_SHARE = 1e-6


class CalibrationError(LibongError, ValueError):
    """Points or scores that make no calibration."""


@dataclass(frozen=True)
class Calibration:
    """A non-decreasing curve from a network's score to the chance that the box is right.

    `points` are (raw, calibrated) pairs, both in [0, 1], raw strictly ascending; before the first
    and after the last the curve is level. What is told rises everywhere, by a millionth of the raw
    score where the curve is level, so that boxes rank by it as by the network's own scores.
    """

    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        """Raise CalibrationError for points that make no such curve."""
        raw, calibrated = [p[0] for p in self.points], [p[1] for p in self.points]
        inside = all(0 <= value <= 1 for value in (*raw, *calibrated))
        ascending = all(a < b for a, b in pairwise(raw))
        level = all(a <= b for a, b in pairwise(calibrated))
        if not self.points or not (inside and ascending and level):
            raise CalibrationError(
                "calibration points must be pairs in [0, 1] with raw scores strictly ascending and "
                f"calibrated ones not descending; got {list(self.points)}: fit it anew"
            )

    def apply(self, score: float) -> float:
        """The calibrated score of one box."""
        return float(self.apply_many(np.array([score]))[0])

    def apply_many(self, scores: npt.ArrayLike) -> Array:
        """The calibrated scores (N) of raw ones (N)."""
        raw, calibrated = np.array(self.points, dtype=np.float64).T
        own = np.asarray(scores, np.float64)
        chances = np.interp(own, raw, calibrated)
        return np.asarray(chances + _OWN_SHARE * (own - chances), np.float64)


@dataclass(frozen=True)
class ReliabilityBin:
    """Boxes of like score: how many, their mean score, and the share of them that is right."""

    boxes: int
    mean_score: float
    share_right: float


def fit(scores: Sequence[float], hits: Sequence[bool]) -> Calibration:
    """Fit a calibration to boxes of known truth: `hits` says which are right.

    Raises:
        CalibrationError: when there are no boxes, or not as many hits as scores.
    """
    raw, right = _checked(scores, hits)
    order = np.argsort(raw, kind="stable")
    bins = np.array_split(order, min(_MOST_POINTS, len(raw)))
    own = np.array([raw[each].mean() for each in bins])
    counts = np.array([len(each) for each in bins], dtype=np.float64)
    shares = np.array([right[each].mean() for each in bins])
    at, firsts = np.unique(own, return_inverse=True)  # bins of one score are one point
    boxes = np.bincount(firsts, counts).astype(np.float64)
    found = np.bincount(firsts, counts * shares) / boxes
    weights = boxes + _OWN_WEIGHT
    level = _non_decreasing((boxes * found + _OWN_WEIGHT * at) / weights, weights)
    return Calibration(
        tuple((float(x), float(y)) for x, y in zip(np.clip(at, 0, 1), level, strict=True))
    )


def reliability(
    scores: Sequence[float], hits: Sequence[bool], *, bins: int = 10
) -> tuple[ReliabilityBin, ...]:
    """The reliability curve: boxes by score in `bins` equal steps, without the empty ones."""
    raw, right = _checked(scores, hits)
    step = np.minimum((raw * bins).astype(int), bins - 1)
    return tuple(
        ReliabilityBin(int(within.sum()), float(raw[within].mean()), float(right[within].mean()))
        for within in (step == number for number in range(bins))
        if within.any()
    )


def expected_calibration_error(
    scores: Sequence[float], hits: Sequence[bool], *, bins: int = 10
) -> float:
    """How far scores are from the shares that are right, the mean over boxes (Naeini et al. 2015).

    0 is perfect, 1 the worst.
    """
    curve = reliability(scores, hits, bins=bins)
    off = sum(each.boxes * abs(each.mean_score - each.share_right) for each in curve)
    return off / sum(each.boxes for each in curve)


def _checked(scores: Sequence[float], hits: Sequence[bool]) -> tuple[Array, Array]:
    raw, right = np.asarray(scores, np.float64), np.asarray(hits, np.float64)
    if raw.ndim != 1 or raw.shape != right.shape or not len(raw):
        raise CalibrationError(
            f"calibration needs one hit or miss for each of at least one score; got {raw.shape} "
            f"scores and {right.shape} hits"
        )
    if not np.all((raw >= 0) & (raw <= 1)):
        raise CalibrationError(f"scores must be in [0, 1]; got {raw.min()} to {raw.max()}")
    return raw, right


def _non_decreasing(values: Array, weights: Array) -> Array:
    """The nearest non-decreasing row by weighted squares: pool adjacent violators."""
    pools: list[tuple[float, float, int]] = []  # mean, weight, length
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        mean, heavy, length = value, weight, 1
        while pools and pools[-1][0] > mean:
            before, other, more = pools.pop()
            mean = (mean * heavy + before * other) / (heavy + other)
            heavy, length = heavy + other, length + more
        pools.append((mean, heavy, length))
    level = np.concatenate([np.full(length, mean) for mean, _, length in pools])
    return np.asarray(np.clip(level, 0, 1), np.float64)
