"""The height of the sea above its mean: from tide tables, else predicted from harmonic constants.

Nothing is known of a place whose constants and tables nobody gave, and nothing is guessed then.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from math import cos, pi, radians, sin

from ingest.errors import LibongError

# Between high and low water the sea follows half a cosine, as tables of heights between them do
# (Admiralty Manual of Tides). The longest such way is that of a tide of one high water a day.
_EXTREMES_APART = timedelta(hours=3), timedelta(hours=15)
# Readings nearer than that are joined by lines: off by at most a few centimetres in the hour.
_READINGS_APART = timedelta(hours=1, minutes=5)
_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)


class TideError(LibongError, ValueError):
    """Constants or a table of the tide that cannot be used."""


@dataclass(frozen=True)
class SeaTide:
    """How far the sea stands above its mean, 1 sigma, and where that is from."""

    above_mean_m: float
    sigma_m: float
    citation: str


@dataclass(frozen=True)
class _Astronomy:
    """Mean longitudes in degrees: of moon, sun, lunar perigee, node; and the hour as an angle.

    After J. Meeus, Astronomical Algorithms (2nd edition, 1998), as programs that follow it give
    them: the sun's by equation 25.2, the moon's by 47.1, perigee and node of chapter 47; without
    the terms that matter over centuries. The tests hold them against two other programs.
    """

    hour: float
    moon: float
    sun: float
    perigee: float
    node: float

    @classmethod
    def at(cls, at_utc: datetime) -> "_Astronomy":
        days = (at_utc - _J2000) / timedelta(days=1)
        midnight = at_utc.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(
            hour=15 * ((at_utc - midnight) / timedelta(hours=1)),
            moon=218.3164477 + 13.17639647 * days,
            sun=280.46646 + 0.98564736 * days,
            perigee=83.3532465 + 0.11140353 * days,
            node=125.0445479 - 0.05295377 * days,
        )


@dataclass(frozen=True)
class _Kind:
    """A constituent: multiples of the angles of `_Astronomy` but the node's, and a constant."""

    hour: int
    moon: int
    sun: int
    perigee: int
    constant: int
    nodal: str = ""


# The multiples give the speeds that NOAA publishes with the constants of its stations
# (tidesandcurrents.noaa.gov/harcon.html), the constants the arguments of P. Schureman, Manual of
# Harmonic Analysis and Prediction of Tides (US Coast and Geodetic Survey, Special Publication 98),
# the hour from midnight; the tests hold both against figures of others.
_KINDS: Mapping[str, _Kind] = {
    "M2": _Kind(2, -2, 2, 0, 0, "M2"),
    "S2": _Kind(2, 0, 0, 0, 0),
    "N2": _Kind(2, -3, 2, 1, 0, "M2"),
    "K2": _Kind(2, 0, 2, 0, 0, "K2"),
    "K1": _Kind(1, 0, 1, 0, 90, "K1"),
    "O1": _Kind(1, -2, 1, 0, -90, "O1"),
    "P1": _Kind(1, 0, -1, 0, -90),
    "Q1": _Kind(1, -3, 1, 1, -90, "O1"),
    "M4": _Kind(4, -4, 4, 0, 0, "M2M2"),
    "MS4": _Kind(4, -2, 2, 0, 0, "M2"),
    "MM": _Kind(0, 1, 0, -1, 0, "MM"),
    "MF": _Kind(0, 2, 0, 0, 0, "MF"),
    "SA": _Kind(0, 0, 1, 0, 0),
    "SSA": _Kind(0, 0, 2, 0, 0),
}
CONSTITUENTS = tuple(_KINDS)

# The 18.6 years of the moon's node: factor 1 + a cos N about its mean, phase b sin N degrees
# (D. Pugh, Tides, Surges and Mean Sea-Level, 1987, table 4.3, as the program uptide gives it, and
# the manual of MIKE 21 for M2): factor's mean, its swing, phase.
_NODAL: Mapping[str, tuple[float, float, float]] = {
    "M2": (1.0, -0.037, -2.1),
    "K2": (1.024, 0.286, -17.7),
    "K1": (1.006, 0.115, -8.9),
    "O1": (1.009, 0.187, 10.8),
    "MM": (1.0, -0.130, 0.0),
    "MF": (1.043, 0.414, -23.7),
}


@dataclass(frozen=True)
class Constituent:
    """A harmonic constant of a place: its phase is the lag behind Greenwich's tide, in UTC."""

    name: str
    amplitude_m: float
    phase_deg: float

    def __post_init__(self) -> None:
        """Refuse a constituent that is not known; raises TideError."""
        if self.name not in _KINDS:
            raise TideError(
                f"no constituent {self.name!r} is known here; there are: {', '.join(_KINDS)}"
            )


def speed_deg_h(name: str) -> float:
    """Return how fast the angle of a constituent grows, in degrees an hour."""
    at = _J2000.replace(hour=0)
    later = at + timedelta(hours=1)
    return _argument(name, _Astronomy.at(later)) - _argument(name, _Astronomy.at(at))


def nodal_of(name: str, at_utc: datetime) -> tuple[float, float]:
    """Return the nodal factor of a constituent, and its phase in degrees."""
    node = radians(_Astronomy.at(at_utc).node)
    nodal = _KINDS[name].nodal
    if not nodal:
        return 1.0, 0.0
    if nodal == "M2M2":
        factor, phase = nodal_of("M2", at_utc)
        return factor * factor, 2 * phase
    mean, swing, phase_deg = _NODAL[nodal]
    return mean + swing * cos(node), phase_deg * sin(node)


def _argument(name: str, sky: _Astronomy) -> float:
    kind = _KINDS[name]
    return (
        kind.hour * sky.hour
        + kind.moon * sky.moon
        + kind.sun * sky.sun
        + kind.perigee * sky.perigee
        + kind.constant
    )


def argument_deg(name: str, at_utc: datetime) -> float:
    """Return the equilibrium argument of a constituent at Greenwich, 0 to 360, without the node."""
    return _argument(name, _Astronomy.at(at_utc)) % 360


@dataclass(frozen=True)
class HarmonicTide:
    """A place's harmonic constants, with what weather and left-out constituents may add (1 sigma).

    Good to some centimetres where the constants are: the nodal terms, which follow the node alone,
    differ from Schureman's by up to 0.02 in the factor and 1.5 degrees in the phase.
    """

    constituents: tuple[Constituent, ...]
    sigma_m: float
    citation: str

    def at(self, at_utc: datetime) -> SeaTide:
        """Return the predicted tide."""
        height_m = 0.0
        for each in self.constituents:
            factor, phase = nodal_of(each.name, at_utc)
            angle = argument_deg(each.name, at_utc) + phase - each.phase_deg
            height_m += factor * each.amplitude_m * cos(radians(angle))
        return SeaTide(height_m, self.sigma_m, self.citation)


@dataclass(frozen=True)
class TideTable:
    """A table of the tide at a place: `readings` are (UTC time, metres above mean), in order.

    It tells of moments between readings an hour apart, and between high and low water.
    """

    readings: tuple[tuple[datetime, float], ...]
    sigma_m: float
    citation: str

    def __post_init__(self) -> None:
        """Refuse a table that is none; raises TideError."""
        if len(self.readings) < 2:
            raise TideError(f"a table of the tide has two lines or more; got {len(self.readings)}")
        for (before, _), (after, _) in zip(self.readings, self.readings[1:], strict=False):
            if after <= before:
                raise TideError(
                    f"the times of a table follow each other; {after} does not follow {before}"
                )

    @cached_property
    def _times(self) -> tuple[datetime, ...]:
        return tuple(time for time, _ in self.readings)

    def at(self, at_utc: datetime) -> SeaTide | None:
        """Return the tide; None outside the table and in its gaps."""
        place = bisect_right(self._times, at_utc)
        if place == len(self.readings) and at_utc == self._times[-1]:
            place -= 1
        if not 0 < place < len(self.readings):
            return None
        (before, low), (after, high) = self.readings[place - 1], self.readings[place]
        apart, share = after - before, (at_utc - before) / (after - before)
        if _EXTREMES_APART[0] <= apart <= _EXTREMES_APART[1]:
            share = (1 - cos(pi * share)) / 2
        elif apart > _READINGS_APART:
            return None
        return SeaTide(low + (high - low) * share, self.sigma_m, self.citation)


@dataclass(frozen=True)
class Tides:
    """All that tells of the tide at a site: tables, the newest first, then constants."""

    tables: tuple[TideTable, ...] = ()
    harmonic: HarmonicTide | None = None

    def at(self, at_utc: datetime) -> SeaTide | None:
        """Return the tide at a moment; None where nothing tells of it."""
        for table in self.tables:
            told = table.at(at_utc)
            if told is not None:
                return told
        return None if self.harmonic is None else self.harmonic.at(at_utc)


UNKNOWN_TIDES = Tides()
