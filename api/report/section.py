"""What a report is put together from, whatever it is printed on."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

from api.report.zone_map import ZoneMap


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
class Tick:
    """A mark of a chart's scale: where it stands (0 to 1), and what it says."""

    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    """Bars under one another, with their intervals as whiskers, over a scale.

    `title` names what is drawn, `unit` what the scale counts.
    """

    title: str
    unit: str
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]

    @property
    def has_whiskers(self) -> bool:
        """Whether any bar has an interval."""
        return any(bar.low is not None for bar in self.bars)


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it; `legend` explains the maps."""

    title: str
    table: Table | None = None
    chart: Chart | None = None
    note: str = ""
    maps: tuple[ZoneMap, ...] = ()
    legend: str = ""


@dataclass(frozen=True)
class ReportText:
    """A whole report in one language.

    `warning` stands above everything; `whiskers` says what the thin lines of charts are.
    """

    title: str
    site: str
    warning: str
    whiskers: str
    sections: tuple[Section, ...]


Row = tuple[str, str, float | None, float | None, float | None]


def chart(title: str, unit: str, rows: Sequence[Row], *, shares: bool = False) -> Chart:
    """Return a chart of rows (label, text, value, low, high).

    The longest bar takes at least half the width; whiskers that would not fit end at its edge, for
    the interval of a zone hardly looked at would press all else flat. A chart of `shares` always
    goes to 100 %.
    """
    values = [value for *_, value, _, _ in rows if value is not None]
    highs = [high for *_, high in rows if high is not None]
    largest = max(values, default=0.0)
    full = min(max(highs, default=largest), 2 * largest) or max(highs, default=0.0) or 1.0
    full = 1.0 if shares else full

    def part(value: float | None) -> float | None:
        return None if value is None else min(value / full, 1.0)

    return Chart(
        title,
        unit,
        tuple(
            Bar(label, text, part(value), part(low), part(high))
            for label, text, value, low, high in rows
        ),
        _ticks(full, shares=shares),
    )


def _ticks(full: float, *, shares: bool) -> tuple[Tick, ...]:
    if shares:
        return tuple(Tick(part / 4, f"{25 * part}") for part in range(5))
    power = 10.0 ** floor(log10(full / 2))
    step = power * max(step for step in (1, 2, 5, 10) if step * power <= full / 2)
    digits = max(0, -floor(log10(step)))
    count = int(full / step + 1e-9)
    return tuple(
        Tick(number * step / full, f"{number * step:.{digits}f}") for number in range(count + 1)
    )
