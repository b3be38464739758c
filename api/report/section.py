"""What a report is put together from, whatever it is printed on."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """Headings and rows of texts; the first column names the row."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Bar:
    """One value with its interval, all as parts (0 to 1) of the chart's width.

    `text` is what stands beside it; without a `value` nothing is drawn.
    """

    label: str
    text: str
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Chart:
    """Bars under one another, with their intervals as whiskers."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it."""

    title: str
    table: Table | None = None
    chart: Chart | None = None
    note: str = ""


@dataclass(frozen=True)
class ReportText:
    """A whole report in one language; `warning` stands above everything."""

    title: str
    site: str
    warning: str
    sections: tuple[Section, ...]


Row = tuple[str, str, float | None, float | None, float | None]


def chart(title: str, rows: Sequence[Row]) -> Chart:
    """Return a chart of rows (label, text, value, low, high).

    The longest bar takes at least half the width; whiskers that would not fit end at its edge, for
    the interval of a zone hardly looked at would press all else flat.
    """
    values = [value for *_, value, _, _ in rows if value is not None]
    highs = [high for *_, high in rows if high is not None]
    largest = max(values, default=0.0)
    full = min(max(highs, default=largest), 2 * largest) or max(highs, default=0.0) or 1.0

    def part(value: float | None) -> float | None:
        return None if value is None else min(value / full, 1.0)

    return Chart(
        title,
        tuple(
            Bar(label, text, part(value), part(low), part(high))
            for label, text, value, low, high in rows
        ),
    )
