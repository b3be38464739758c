"""When a zone holds: local days, seasons of the year, hours of the day, heights of the tide."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from ingest.tide import SeaTide

# nineteen in twenty of what is normally distributed lie above the mean less so many sigmas
_ERRORS = 1.645


class Holds(StrEnum):
    """Whether a zone holds at a moment; unknown where it hangs on a tide that nobody gave."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class MonthDay:
    """A day of any year."""

    month: int
    day: int

    def __str__(self) -> str:
        return f"{self.month:02d}-{self.day:02d}"


@dataclass(frozen=True)
class Season:
    """The same days of every year, both inclusive; a `last` before `first` is over New Year."""

    first: MonthDay
    last: MonthDay

    def holds_on(self, day: date) -> bool:
        """Return whether a local day lies in the season."""
        at = (day.month, day.day)
        first, last = (self.first.month, self.first.day), (self.last.month, self.last.day)
        return first <= at <= last if first <= last else at >= first or at <= last


@dataclass(frozen=True)
class Hours:
    """Local time of day, from `first` until just before `last`; over midnight where that is less.

    The hours after midnight belong to the day on which they began.
    """

    first: time
    last: time

    def day_of(self, local: datetime) -> date | None:
        """Return the day whose hours a local time falls in; None when in none."""
        at = local.time()
        if self.first < self.last:
            return local.date() if self.first <= at < self.last else None
        if at >= self.first:
            return local.date()
        return local.date() - timedelta(days=1) if at < self.last else None


@dataclass(frozen=True)
class TideRange:
    """Heights of the sea above its mean, in metres, at which a zone holds; None is no limit."""

    above_m: float | None
    below_m: float | None

    def holds_at(self, tide: SeaTide | None) -> Holds:
        """Return whether the zone holds at a tide.

        Unknown where none is given, and where its error leaves a doubt of more than one in twenty.
        """
        if tide is None:
            return Holds.UNKNOWN
        # how far the sea is within each limit; on the limit itself a zone does not hold
        margins_m = []
        if self.above_m is not None:
            margins_m.append(tide.above_mean_m - self.above_m)
        if self.below_m is not None:
            margins_m.append(self.below_m - tide.above_mean_m)
        within_m, doubt_m = min(margins_m), _ERRORS * tide.sigma_m
        if within_m > doubt_m:
            return Holds.YES
        return Holds.NO if within_m <= -doubt_m else Holds.UNKNOWN


@dataclass(frozen=True)
class Validity:
    """All that must be so for a zone to hold; what is not named is always so.

    Days are local and inclusive. Of several seasons, or hours, one is enough.
    """

    first: date | None = None
    last: date | None = None
    seasons: tuple[Season, ...] = ()
    hours: tuple[Hours, ...] = ()
    tide: TideRange | None = None

    def on(self, day: date) -> bool:
        """Return whether the zone holds at some hour and tide of a local day."""
        in_period = (self.first is None or self.first <= day) and (
            self.last is None or day <= self.last
        )
        in_season = not self.seasons or any(season.holds_on(day) for season in self.seasons)
        return in_period and in_season

    def within_a_day(self) -> tuple[str, str]:
        """Return at which hours and tides of a day it holds, in Thai and English; empty for all."""
        told_th, told_en = [], []
        if self.hours:
            spans = [f"{h.first:%H:%M}–{h.last:%H:%M}" for h in self.hours]
            told_th.append(f"เวลา {' และ '.join(spans)} น.")
            told_en.append(" and ".join(spans))
        if self.tide is not None and self.tide.above_m is not None:
            told_th.append(f"เมื่อน้ำสูงกว่าระดับทะเลปานกลาง {self.tide.above_m:+g} ม.")
            told_en.append(f"when the sea is above {self.tide.above_m:+g} m of its mean")
        if self.tide is not None and self.tide.below_m is not None:
            told_th.append(f"เมื่อน้ำต่ำกว่าระดับทะเลปานกลาง {self.tide.below_m:+g} ม.")
            told_en.append(f"when the sea is below {self.tide.below_m:+g} m of its mean")
        return " ".join(told_th), ", ".join(told_en)

    def at(self, local: datetime, tide: SeaTide | None = None) -> Holds:
        """Return whether the zone holds at a local time, with the sea at a tide."""
        days = [hours.day_of(local) for hours in self.hours] if self.hours else [local.date()]
        if not any(day is not None and self.on(day) for day in days):
            return Holds.NO
        return Holds.YES if self.tide is None else self.tide.holds_at(tide)
