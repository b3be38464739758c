"""A month of the calendar, on the local clock of a site."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ingest.errors import LibongError

_FORM = re.compile(r"(\d{4})-(\d{2})")


class MonthError(LibongError, ValueError):
    """Not a month."""


@dataclass(frozen=True, order=True)
class Month:
    """A month; its days are local, both ends inclusive."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return self.later(1).first - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days it has."""
        return self.last.day

    def later(self, months: int) -> "Month":
        """Return the month so many later; earlier for a negative number."""
        year, index = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, index + 1)

    def of_year(self) -> Iterator["Month"]:
        """Yield the months of its year up to itself."""
        return (Month(self.year, number) for number in range(1, self.month + 1))

    def span_utc(self, timezone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return its first moment and that of the next month, by the local clock, in UTC."""
        first, after = (
            datetime.combine(day, time(), timezone).astimezone(UTC)
            for day in (self.first, self.later(1).first)
        )
        return first, after


def parse_month(text: str) -> Month:
    """Return the month that `2026-11` names; raises MonthError."""
    found = _FORM.fullmatch(text)
    # the store's oldest flight is of this century, and a year like 2569 is of another calendar
    if found is None or not 1 <= int(found[2]) <= 12 or not 2000 <= int(found[1]) < 2200:
        raise MonthError(f"a month is written as 2026-11, with the Christian year; got {text!r}")
    return Month(int(found[1]), int(found[2]))
