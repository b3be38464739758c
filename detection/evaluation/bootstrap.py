"""Confidence intervals by drawing flights anew (Efron 1979).

Frames of one flight share sea, light, camera and animals, so that flights, not frames, are what is
drawn. The same seed gives the same intervals.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """A value and its 95 % confidence interval.

    `value` is None where nothing defines it; `low` and `high` are None where fewer than two flights
    say anything of it.
    """

    value: float | None
    low: float | None = None
    high: float | None = None


class Resampling:
    """How often each flight is drawn in each of many draws of as many flights as there are."""

    def __init__(self, flights: int, *, draws: int = 1000, seed: int = 0) -> None:
        """Draw; `draw_counts` is (draws, flights)."""
        generator = np.random.default_rng([seed, 0x11B0])
        shares = np.full(flights, 1 / flights) if flights else np.zeros(0)
        self.draw_counts: Floats = (
            generator.multinomial(flights, shares, size=draws).astype(np.float64)
            if flights
            else np.zeros((draws, 0))
        )

    def ratio(self, over: Sequence[float], under: Sequence[float]) -> Interval:
        """The ratio of two sums over flights: recall, precision, F1, alarms a frame, errors."""
        top, bottom = np.asarray(over, np.float64), np.asarray(under, np.float64)
        if bottom.sum() == 0:
            return Interval(None)
        value = float(top.sum() / bottom.sum())
        if np.count_nonzero(bottom) < 2:
            return Interval(value)
        tops, bottoms = self.draw_counts @ top, self.draw_counts @ bottom
        drawn = bottoms > 0
        return self._interval(value, tops[drawn] / bottoms[drawn])

    def interval(self, value: float, drawn: Floats) -> Interval:
        """The interval of a value from its values in the draws, those that are not finite left out.

        With fewer than two flights there is none.
        """
        if self.draw_counts.shape[1] < 2:
            return Interval(value)
        return self._interval(value, drawn[np.isfinite(drawn)])

    def _interval(self, value: float, drawn: Floats) -> Interval:
        if drawn.size == 0:
            return Interval(value)
        tail = 100 * (1 - CONFIDENCE) / 2
        low, high = np.percentile(drawn, [tail, 100 - tail])
        return Interval(value, float(low), float(high))
