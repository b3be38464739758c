"""Rates and shares with exact 95 % intervals."""

from dataclasses import dataclass

from scipy.special import betaincinv, gammaincinv

CONFIDENCE = 0.95
_TAIL = (1 - CONFIDENCE) / 2


@dataclass(frozen=True)
class Rate:
    """How many were counted on how many km², and per km² with its interval.

    All three of the latter are None where nothing was looked at: no count then says anything.
    """

    count: int
    km2: float
    per_km2: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Share:
    """How many of how many, as a share (0 to 1) with its interval; None of nothing."""

    hits: int
    of: int
    share: float | None
    low: float | None
    high: float | None


def poisson_interval(count: int) -> tuple[float, float]:
    """Return the exact interval of the mean of a Poisson count (Garwood 1936, Biometrika 28).

    Its ends are the means at which as few, or as many, would be counted once in 40 times; they are
    quantiles of the gamma distribution.
    """
    low = 0.0 if count == 0 else float(gammaincinv(count, _TAIL))
    return low, float(gammaincinv(count + 1, 1 - _TAIL))


def binomial_interval(hits: int, of: int) -> tuple[float, float]:
    """Return the exact interval of a share (Clopper and Pearson 1934, Biometrika 26)."""
    low = 0.0 if hits == 0 else float(betaincinv(hits, of - hits + 1, _TAIL))
    high = 1.0 if hits == of else float(betaincinv(hits + 1, of - hits, 1 - _TAIL))
    return low, high


def rate(count: int, km2: float) -> Rate:
    """Return the rate of a count on an area; the area itself is taken as known."""
    if km2 <= 0:
        return Rate(count, 0.0, None, None, None)
    low, high = poisson_interval(count)
    return Rate(count, km2, count / km2, low / km2, high / km2)


def share(hits: int, of: int) -> Share:
    """Return the share of `hits` among `of`."""
    if of == 0:
        return Share(0, 0, None, None, None)
    return Share(hits, of, hits / of, *binomial_interval(hits, of))
