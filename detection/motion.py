"""How things in the sea move, and where one seen a while ago can be now.

A thing's velocity is taken for an Ornstein-Uhlenbeck process: random with a spread that is its
class's, and forgotten after its class's time. So the place where it can be widens with the time at
first and with the square root of the time later: what feeds or drifts to and fro stays near. Both
axes are alike, so one 2 x 2 covariance of place and speed serves for east and north.

A class has several ways to move (moored or under way). A follower holds a Kalman filter for each,
and weighs them by how well they foretold what was seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log, pi, sqrt

import numpy as np
import numpy.typing as npt

from detection.types import ObjectClass

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Gait:
    """One way to move.

    `share` of the class's things move so; `speed_sigma_m_s` is the standard deviation of the
    velocity along each axis, and `memory_s` the time after which it is forgotten.
    """

    share: float
    speed_sigma_m_s: float
    memory_s: float


# Dugongs cruise at up to 10 km/h and feed far slower (Marsh, O'Shea & Reynolds 2011); a feeding one
# turns with each breath, after a minute or two. A long-tail under way does 15 to 20 kn and keeps
# its course for a minute or so; one at anchor swings by some metres. Gear is anchored and swings
# less. The shares are ours: as many boats lie as go, and two of
# three dugongs feed or rest.
GAITS: dict[ObjectClass, tuple[Gait, ...]] = {
    ObjectClass.DUGONG: (Gait(0.65, 0.2, 30.0), Gait(0.35, 0.6, 90.0)),
    ObjectClass.BOAT: (Gait(0.5, 0.1, 20.0), Gait(0.5, 5.0, 60.0)),
    ObjectClass.FISHING_GEAR: (Gait(1.0, 0.01, 20.0),),
}
_LEAST_SHARE = 1e-6  # a way to move that nothing speaks for now is not ruled out for ever


@dataclass(frozen=True)
class _Filter:
    """Place and velocity by one gait: `mean` is (place, velocity) x (east, north)."""

    gait: Gait
    share: float
    mean: Array
    covariance: Array

    def predicted(self, elapsed_s: float) -> "_Filter":
        sigma, memory_s = self.gait.speed_sigma_m_s, self.gait.memory_s
        age = elapsed_s / memory_s
        kept = exp(-age)
        step = np.array([[1.0, memory_s * (1 - kept)], [0.0, kept]])
        # the integrated Ornstein-Uhlenbeck process, exactly
        place = sigma**2 * memory_s**2 * (2 * age - 3 + 4 * kept - kept**2)
        both = sigma**2 * memory_s * (1 - kept) ** 2
        noise = np.array([[max(place, 0.0), both], [both, sigma**2 * (1 - kept**2)]])
        return replace(
            self, mean=step @ self.mean, covariance=step @ self.covariance @ step.T + noise
        )

    def log_density(self, place_m: Array, variance_m2: float) -> float:
        """Log of the chance, per square metre, to see the thing at a place."""
        total_m2 = float(self.covariance[0, 0]) + variance_m2
        away_m2 = float(np.sum((place_m - self.mean[0]) ** 2))
        return -log(2 * pi * total_m2) - away_m2 / total_m2 / 2

    def corrected(self, place_m: Array, variance_m2: float) -> "_Filter":
        gain = self.covariance[:, 0] / (self.covariance[0, 0] + variance_m2)
        mean = self.mean + np.outer(gain, place_m - self.mean[0])
        return replace(
            self, mean=mean, covariance=self.covariance - np.outer(gain, self.covariance[0])
        )


def drift_sigma_m(gait: Gait, elapsed_s: float) -> float:
    """How far a thing of unknown velocity gets along each axis, as 1 sigma, m."""
    age = elapsed_s / gait.memory_s
    return gait.speed_sigma_m_s * gait.memory_s * sqrt(2 * max(age - 1 + exp(-age), 0.0))


@dataclass(frozen=True)
class Follower:
    """What is known of where one thing is, by each way it may move; times in seconds."""

    time_s: float
    filters: tuple[_Filter, ...]

    def predicted(self, time_s: float) -> "Follower":
        """The same thing at a later time."""
        elapsed_s = time_s - self.time_s
        return Follower(time_s, tuple(each.predicted(elapsed_s) for each in self.filters))

    def log_density(self, place_m: Array, variance_m2: float) -> float:
        """Log of the chance, per square metre, to see it at a place at its own time.

        `variance_m2` is that of the new place along each axis.
        """
        logs = [log(f.share) + f.log_density(place_m, variance_m2) for f in self.filters]
        return _log_of_sum(logs)

    def corrected(self, place_m: Array, variance_m2: float) -> "Follower":
        """The same thing, seen at a place at its own time."""
        logs = [log(f.share) + f.log_density(place_m, variance_m2) for f in self.filters]
        whole = _log_of_sum(logs)
        return Follower(
            self.time_s,
            tuple(
                replace(
                    f.corrected(place_m, variance_m2), share=max(exp(part - whole), _LEAST_SHARE)
                )
                for f, part in zip(self.filters, logs, strict=True)
            ),
        )


def follow(
    object_class: ObjectClass, time_s: float, place_m: Array, variance_m2: float
) -> Follower:
    """Begin to follow a thing seen once: `place_m` east and north, variance along each axis."""
    mean = np.vstack([place_m, np.zeros(2)])
    return Follower(
        time_s,
        tuple(
            _Filter(gait, gait.share, mean, np.diag([variance_m2, gait.speed_sigma_m_s**2]))
            for gait in GAITS[object_class]
        ),
    )


def _log_of_sum(logs: Sequence[float]) -> float:
    most = max(logs)
    return most + log(sum(exp(each - most) for each in logs))
