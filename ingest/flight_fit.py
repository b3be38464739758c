"""Which faults the poses of a flight share, estimated from what its frames show of each other.

Not a bundle adjustment: five numbers for the whole flight, each taken only where the frames tell
it. The frames' disagreements are linear in the five near any offsets, so they are fitted robustly
on straight lines, which are drawn anew about each result.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from ingest.agreement import apart_east_north_m
from ingest.frame import Frame
from ingest.ground import Array
from ingest.offsets import Fault, PoseOffsets
from ingest.overlap import FramePair
from ingest.track import flown_one_way

FAULTS = tuple(Fault)
_ROUNDS = 2  # 6 degrees of yaw are found to 0.1 degree by the first, 0.01 by the second
_FEATURES_PER_PAIR = 30  # so that no pair outweighs the others by a richer ground
_MOST_PAIRS = 300  # of a long flight; five numbers need no more
_FEWEST_PAIRS = 3
_MOST_PARTS = 10  # of a flight, left out in turn; frames of one part share their GPS's wander
_LOSS_PER_HEIGHT = 0.01  # of the height: what relief and the matching leave of a right pair
# A satellite fix that wanders feigns a yaw, scale or lag: what 1.2 m a minute in each direction, an
# allowance of ours, would feign is counted into the sigmas.
_DRIFT_M_S = 0.02
_SIGNIFICANT = 3.0  # sigmas
_CLEARLY_LOWER = 0.9  # of the median disagreement, when one more fault is mended
_ANOTHER_EXPLAINS = 1.2  # times the cost: so near, either may be the fault


@dataclass(frozen=True)
class _Limits:
    """What of a fault is believed: at least, at most, and how surely; the derivative's step."""

    least: float
    most: float
    largest_sigma: float
    step: float


# Below `least` a fault is within what the tags promise; above `most` something else is wrong.
_LIMITS = {
    Fault.YAW: _Limits(1.0, 20.0, 1.5, 0.05),
    Fault.PITCH: _Limits(0.5, 4.0, 0.7, 0.05),
    Fault.LEAN: _Limits(0.5, 4.0, 0.7, 0.05),
    Fault.SCALE: _Limits(0.015, 0.2, 0.03, 0.001),
    Fault.LAG: _Limits(0.2, 3.0, 0.4, 0.01),
}


@dataclass(frozen=True)
class FoundFault:
    """A fault that a flight's frames tell: the offset that mends it and its 1 sigma."""

    fault: Fault
    offset: float
    sigma: float


@dataclass(frozen=True)
class FlightFit:
    """What a flight's frames tell of its poses; nothing when `found` is empty."""

    found: tuple[FoundFault, ...]

    @property
    def offsets(self) -> PoseOffsets:
        """The offsets that mend the flight's poses, 0 for what was not found."""
        return PoseOffsets(**{found.fault.value: found.offset for found in self.found})


@dataclass(frozen=True)
class _Disagreement:
    """How far apart frames put N shared features, linear in the five offsets.

    `apart_m` (N x 2, east and north) is extrapolated to offsets of 0; `slopes` is N x 2 x 5;
    `pair` (N) and `frames` (N x 2) tell whose features they are, `lasted_s` (N) the time between
    the two frames.
    """

    apart_m: Array
    slopes: Array
    pair: npt.NDArray[np.intp]
    frames: npt.NDArray[np.intp]
    lasted_s: Array

    def of(self, kept: npt.NDArray[np.bool_]) -> "_Disagreement":
        return _Disagreement(
            self.apart_m[kept],
            self.slopes[kept],
            self.pair[kept],
            self.frames[kept],
            self.lasted_s[kept],
        )

    def without(self, frames: npt.NDArray[np.intp]) -> "_Disagreement":
        """What is left when some frames are left out."""
        among = np.isin(self.frames, frames)
        return self.of(~(among[:, 0] | among[:, 1]))

    def drifted(self, east_north_m_s: tuple[float, float]) -> "_Disagreement":
        """The same if the told places had drifted away at a steady speed."""
        drift_m = np.outer(self.lasted_s, east_north_m_s)
        return replace(self, apart_m=self.apart_m + drift_m)

    def typical_m(self, offsets: Array) -> float:
        """The median over the pairs of their median disagreement."""
        apart_m = np.hypot(*(self.apart_m + self.slopes @ offsets).T)
        return float(np.median([np.median(apart_m[self.pair == p]) for p in np.unique(self.pair)]))

    def cost(self, offsets: Array, loss_m: float) -> float:
        """What the robust fit makes least: squares, that grow only linearly far above `loss_m`."""
        relative = (self.apart_m + self.slopes @ offsets) / loss_m
        return float(np.sum(np.sqrt(1 + relative**2) - 1))


@dataclass(frozen=True)
class _Estimate:
    """Offsets (5) of which only `faults` were fitted, and their sigmas (5)."""

    faults: tuple[Fault, ...]
    offsets: Array
    sigmas: Array

    def __getitem__(self, fault: Fault) -> float:
        return float(self.offsets[FAULTS.index(fault)])

    def sigma(self, fault: Fault) -> float:
        return float(self.sigmas[FAULTS.index(fault)])

    def sureness(self, fault: Fault) -> float:
        """How many sigmas the fault is; amounts within what tags promise count for less."""
        least_sigma = _LIMITS[fault].least / _SIGNIFICANT
        return abs(self[fault]) / max(self.sigma(fault), least_sigma)

    def is_sure(self, fault: Fault) -> bool:
        """Whether the fault is significant, and known closely enough to be mended."""
        known = self.sigma(fault) <= _LIMITS[fault].largest_sigma
        return known and self.sureness(fault) >= _SIGNIFICANT


_NOTHING = _Estimate((), np.zeros(len(FAULTS)), np.zeros(len(FAULTS)))


def fit_flight(
    frames: Sequence[Frame], velocities_m_s: Array, pairs: Sequence[FramePair]
) -> FlightFit:
    """Estimate the faults that all frames share.

    A fault is taken when its amount is several times its sigma, which comes from leaving out parts
    of the flight, when mending it clearly lowers the disagreement, and when no other fault explains
    the same. A flight one way along one line tells nothing: there a lag moves all frames alike, and
    a drift of the GPS looks like a wrong yaw or height. Nor does one over pure water.
    """
    chosen = pairs[:: max(1, ceil(len(pairs) / _MOST_PAIRS))]
    if len(chosen) < _FEWEST_PAIRS or flown_one_way(frames) or not _by_one_drone(frames):
        return FlightFit(())
    loss_m = _LOSS_PER_HEIGHT * float(np.median([f.pose.height_above_sea_m for f in frames]))
    told = _NOTHING
    for _ in range(_ROUNDS):
        near = _linear(frames, velocities_m_s, chosen, told.offsets)
        told = _told_faults(near, loss_m)
    return FlightFit(tuple(FoundFault(f, told[f], told.sigma(f)) for f in told.faults))


def _by_one_drone(frames: Sequence[Frame]) -> bool:
    return len({(frame.camera.make, frame.camera.model) for frame in frames}) == 1


def _linear(
    frames: Sequence[Frame], velocities_m_s: Array, pairs: Sequence[FramePair], about: Array
) -> _Disagreement:
    def apart(offsets: Array) -> list[Array]:
        by = PoseOffsets(*offsets)
        mended = [
            replace(frame, pose=by.mended(frame.pose, velocity))
            for frame, velocity in zip(frames, velocities_m_s, strict=True)
        ]
        return [
            _evenly(apart_east_north_m(mended[pair.a], mended[pair.b], pair.match))
            for pair in pairs
        ]

    apart_m = apart(about)
    steps = np.diag([_LIMITS[fault].step for fault in FAULTS])
    slopes = [
        (np.vstack(apart(about + step)) - np.vstack(apart(about - step))) / (2 * step.sum())
        for step in steps
    ]
    counts = [len(of_pair) for of_pair in apart_m]
    slope = np.stack(slopes, axis=-1)
    of_pairs = np.repeat([(pair.a, pair.b) for pair in pairs], counts, axis=0)
    taken_s = np.array([frame.taken_at_utc.timestamp() for frame in frames])
    whole = _Disagreement(
        np.vstack(apart_m) - slope @ about,
        slope,
        np.repeat(np.arange(len(pairs)), counts),
        of_pairs,
        taken_s[of_pairs[:, 1]] - taken_s[of_pairs[:, 0]],
    )
    # a place at the horizon is NaN
    return whole.of(np.isfinite(whole.apart_m.sum(axis=1) + slope.sum(axis=(1, 2))))


def _evenly(features: Array) -> Array:
    count = min(len(features), _FEATURES_PER_PAIR)
    few: Array = features[np.linspace(0, len(features) - 1, count).astype(int)]
    return few


def _told_faults(near: _Disagreement, loss_m: float) -> _Estimate:
    """The faults the frames tell: all five, less the least sure in turn.

    Where two faults look alike on this flight, both are unsure until one of them is left out.
    """
    faults = list(FAULTS)
    while faults:
        estimate = _estimate(near, faults, loss_m)
        if any(estimate.is_sure(f) and abs(estimate[f]) > _LIMITS[f].most for f in faults):
            break  # something other than these faults is wrong
        doubtful = [f for f in faults if not _is_told(near, estimate, f, loss_m)]
        if not doubtful:
            return estimate
        faults.remove(min(doubtful, key=estimate.sureness))
    return _NOTHING


def _is_told(near: _Disagreement, estimate: _Estimate, fault: Fault, loss_m: float) -> bool:
    """Whether a fault is sure, worth mending, and the only one that explains what it does."""
    if not estimate.is_sure(fault):
        return False
    others = [f for f in estimate.faults if f != fault]
    with_it_m = near.typical_m(estimate.offsets)
    if with_it_m > _CLEARLY_LOWER * near.typical_m(_fit(near, others, loss_m)):
        return False
    instead = [
        _fit(near, [*others, other], loss_m) for other in FAULTS if other not in estimate.faults
    ]
    enough = _ANOTHER_EXPLAINS * near.cost(estimate.offsets, loss_m)
    return all(near.cost(offsets, loss_m) > enough for offsets in instead)


def _estimate(near: _Disagreement, faults: Sequence[Fault], loss_m: float) -> _Estimate:
    """Fit some faults; their sigmas by leaving out one part of the flight at a time (jackknife).

    Features of a pair are wrong together, by the GPS of its frames and by relief; so the scatter of
    single features would promise far too much. What a drift of the GPS would feign is added.
    """
    offsets = _fit(near, faults, loss_m)
    present = np.unique(near.frames)
    groups = np.array_split(present, min(len(present), _MOST_PARTS))
    parts = [near.without(group) for group in groups]
    if any(len(part.apart_m) == 0 for part in parts):  # all hangs on one frame
        return _Estimate(tuple(faults), offsets, np.full(len(FAULTS), np.inf))
    without = [_fit(part, faults, loss_m) for part in parts]
    variance: Array = np.var(without, axis=0) * (len(without) - 1)
    for drift_m_s in ((_DRIFT_M_S, 0.0), (0.0, _DRIFT_M_S)):
        variance += (_fit(near.drifted(drift_m_s), faults, loss_m) - offsets) ** 2
    return _Estimate(tuple(faults), offsets, np.sqrt(variance))


def _fit(near: _Disagreement, faults: Sequence[Fault], loss_m: float) -> Array:
    """The offsets (5) that disagree least, robustly; 0 for those not among `faults`."""
    offsets = np.zeros(len(FAULTS))
    if not faults:
        return offsets
    columns = [FAULTS.index(fault) for fault in faults]
    # One feature's weight says that a fault is small: it decides only where nothing else does.
    small = loss_m * np.diag([1 / _LIMITS[fault].most for fault in faults])
    slopes = np.vstack([near.slopes[:, :, columns].reshape(-1, len(faults)), small])
    apart_m = np.concatenate([near.apart_m.ravel(), np.zeros(len(faults))])

    def residuals(x: Array) -> Array:
        left: Array = apart_m + slopes @ x
        return left

    def jacobian(_: Array) -> Array:
        return slopes

    start = np.zeros(len(faults))
    offsets[columns] = least_squares(
        residuals, start, jac=jacobian, loss="soft_l1", f_scale=loss_m
    ).x
    return offsets
