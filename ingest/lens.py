"""How a lens bends straight lines, and how the bend is taken out.

The model is Brown's ("Close-range camera calibration", Photogrammetric Engineering 37, 1971) with
Conrady's decentring terms, in OpenCV's order of terms, which DJI's `DewarpData` and Pix4D's
`PerspectiveDistortion` share.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

# Beyond the corners nothing was calibrated, and a polynomial soon folds the world back into the
# picture: from there on the bend is held as it is.
_REACH = 1.2
# No lens that passes for a pinhole's squeezes or stretches its corners by more; broken tags do.
_LEAST_STRETCH, _MOST_STRETCH = 0.5, 2.0
_MOST_DECENTRING = 0.05
_STEPS = 256
_ROUNDS, _NEWTON_STEPS = 40, 4
_LEAST_SLOPE = 0.05  # at the very reach it may come to nothing
_CLOSE_ENOUGH = 1e-11


@dataclass(frozen=True)
class LensDistortion:
    """Radial terms `k1`, `k2`, `k3` and decentring terms `p1`, `p2`.

    Points are in focal lengths from the optical axis, x to the right and y down. `reach` is the
    distance up to which the terms hold.
    """

    k1: float
    k2: float
    k3: float
    p1: float
    p2: float
    reach: float

    def bent(self, straight: Array) -> Array:
        """Where the lens puts N x 2 points that a pinhole would put at `straight`."""
        factor = self._factor(np.hypot(*straight.T))
        moved: Array = straight * factor[:, None] + self._decentred(straight)
        return moved

    def straightened(self, bent: Array) -> Array:
        """Where a pinhole would put N x 2 points that the lens puts at `bent`."""
        straight = bent
        for _ in range(_ROUNDS):
            radial = bent - self._decentred(straight)
            away = np.hypot(*radial.T)
            moved: Array = radial * (self._off(away) / np.where(away > 0, away, 1.0))[:, None]
            step = float(np.abs(moved - straight).max(initial=0.0))
            straight = moved
            if step < _CLOSE_ENOUGH:
                break
        return straight

    def _off(self, away: Array) -> Array:
        """How far off the axis a straight point is that the lens puts `away` from it."""
        table = np.linspace(0.0, self.reach, _STEPS)
        off = np.interp(away, table * self._factor(table), table)
        for _ in range(_NEWTON_STEPS):
            square = off**2
            slope = 1 + square * (3 * self.k1 + square * (5 * self.k2 + square * 7 * self.k3))
            nearer = off - (off * self._factor(off) - away) / np.maximum(slope, _LEAST_SLOPE)
            off = np.clip(nearer, 0.0, self.reach)
        at_reach = float(self._factor(np.array([self.reach]))[0])
        found: Array = np.where(away > self.reach * at_reach, away / at_reach, off)
        return found

    def _factor(self, off: Array) -> Array:
        square = np.minimum(off, self.reach) ** 2
        factor: Array = 1 + square * (self.k1 + square * (self.k2 + square * self.k3))
        return factor

    def _decentred(self, straight: Array) -> Array:
        far = np.maximum(np.hypot(*straight.T) / self.reach, 1.0)
        x, y = straight.T / far
        square = x**2 + y**2
        moved: Array = np.column_stack(
            [
                2 * self.p1 * x * y + self.p2 * (square + 2 * x**2),
                self.p1 * (square + 2 * y**2) + 2 * self.p2 * x * y,
            ]
        )
        return moved


def lens_distortion(
    k1: float, k2: float, k3: float, p1: float, p2: float, *, corner: float
) -> LensDistortion | None:
    """The distortion of a picture whose farthest corner is `corner` focal lengths off the axis.

    None for terms that no lens has: within the picture the bend must not fold back, nor stretch by
    a factor of two.
    """
    if not np.isfinite([k1, k2, k3, p1, p2]).all() or max(abs(p1), abs(p2)) > _MOST_DECENTRING:
        return None
    # a lens that squeezes its corners sees farther than they are
    straight = np.linspace(0, corner / _LEAST_STRETCH * _REACH, _STEPS)
    square = straight**2
    stretch = 1 + square * (k1 + square * (k2 + square * k3))
    bent = straight * stretch
    beyond = np.flatnonzero(bent >= corner)
    if len(beyond) == 0:
        return None
    edge = int(beyond[0])
    last = min(int(np.searchsorted(straight, straight[edge] * _REACH)), len(straight) - 1)
    folded = np.flatnonzero(np.diff(bent[: last + 1]) <= 0)
    within = stretch[: edge + 1]
    sane = within.min() > _LEAST_STRETCH and within.max() < _MOST_STRETCH
    if not sane or (len(folded) and folded[0] < edge):
        return None
    return LensDistortion(k1, k2, k3, p1, p2, float(straight[folded[0] if len(folded) else last]))
