"""The monthly report as CSV: one figure a line, for Excel in Thai and for programs alike."""

import csv
from collections.abc import Iterator
from io import StringIO

from patrol.compliance import Compliance
from patrol.exports.spreadsheet import ENCODING, harmless
from patrol.report.costs import CostFigure
from patrol.report.figures import MonthFigures
from patrol.report.intervals import Rate, Share

HEAD = ("month", "zone", "zone_th", "zone_en", "measure", "value", "low_95", "high_95", "unit")
_Cell = str | int | float | None


def report_csv(months: tuple[MonthFigures, ...]) -> bytes:
    """Return the figures of months as UTF-8 with a byte order mark, by which Excel knows Thai.

    What is not known is left empty.
    """
    out = StringIO()
    writer = csv.writer(out)  # its line ends are those of RFC 4180
    writer.writerow(HEAD)
    for figures in months:
        writer.writerows([_plain(cell) for cell in row] for row in _rows(figures))
    return out.getvalue().encode(ENCODING)


def _rows(figures: MonthFigures) -> Iterator[tuple[_Cell, ...]]:
    everywhere = (str(figures.month), "", "", "")
    for measure, value, unit in (
        ("flights", figures.flights, ""),
        ("flights_without_effort", figures.flights_without_effort, ""),
        ("days_flown", figures.days_flown, "d"),
        ("flown", figures.flown_km, "km"),
        ("time_in_air", figures.minutes, "min"),
        ("sea_seen", figures.effort.seen_km2, "km2"),
        ("sea_usable", figures.effort.usable_km2, "km2"),
        ("sea_distinct", figures.distinct_km2, "km2"),
        ("sea_effective", figures.effort.effective_km2, "km2"),
        ("dugong_sightings_unreviewed", figures.unreviewed, ""),
        ("violations_in_doubt", figures.in_doubt, ""),
        ("finds_ashore", figures.ashore, ""),
        ("drone_hour_cost", _value(figures.given_costs.drone_hour_baht), "baht/h"),
        ("boat_hour_cost", _value(figures.given_costs.boat_hour_baht), "baht/h"),
        ("boat_search", _value(figures.given_costs.boat_km2_per_hour), "km2/h"),
        ("drone_cost", figures.costs.drone_baht, "baht"),
        ("drone_cost_per_km2", figures.costs.drone_baht_per_km2, "baht/km2"),
        ("boat_hours_needed", figures.costs.boat_hours, "h"),
        ("boat_cost", figures.costs.boat_baht, "baht"),
        ("hours_saved", figures.costs.hours_saved, "h"),
        ("baht_saved", figures.costs.baht_saved, "baht"),
    ):
        yield (*everywhere, measure, value, None, None, unit)
    for state, flights in figures.sea_states:
        measure = f"flights_sea_state_{'unknown' if state is None else state}"
        yield (*everywhere, measure, flights, None, None, "")
    yield from _rate(everywhere, "dugong_sightings", figures.dugongs)
    yield from _rate(everywhere, "violations", figures.violations)
    for rule, found in figures.by_rule:
        yield from _rate(everywhere, rule.value, found)
    yield from _compliance(everywhere, figures.compliance)
    for lapse in figures.lapses:
        measure = f"{lapse.since}_to_{lapse.until}"
        middle = None if lapse.median is None else lapse.median.total_seconds() / 60
        longest = None if lapse.longest is None else lapse.longest.total_seconds() / 60
        yield (*everywhere, f"{measure}_incidents", lapse.incidents, None, None, "")
        yield (*everywhere, f"{measure}_median", middle, None, None, "min")
        yield (*everywhere, f"{measure}_longest", longest, None, None, "min")
    for zone in figures.zones:
        named = (str(figures.month), zone.zone.zone_id, zone.zone.name_th, zone.zone.name_en)
        for measure, value, unit in (
            ("zone_sea", zone.zone_km2, "km2"),
            ("sea_usable", zone.effort.usable_km2, "km2"),
            ("sea_distinct", zone.distinct_km2, "km2"),
            ("sea_effective", zone.effort.effective_km2, "km2"),
            ("covered", zone.covered, "share"),
            ("days_surveyed", zone.survey_days, "d"),
            ("days_between_surveys", zone.revisit_days, "d"),
            ("longest_gap", zone.longest_gap_days, "d"),
            ("days_raised", zone.days_raised, "d"),
        ):
            yield (*named, measure, value, None, None, unit)
        yield (*named, "dugongs", zone.looked.value, None, None, "")
        yield from _rate(named, "dugong_sightings", zone.dugongs)
        yield from _rate(named, "violations", zone.violations)
        if zone.compliance is not None:
            yield from _compliance(named, zone.compliance)


def _compliance(named: tuple[_Cell, ...], found: Compliance) -> Iterator[tuple[_Cell, ...]]:
    for pace, boats in (
        ("slow", found.slow),
        ("still", found.still),
        ("fast", found.fast),
        ("cannot_tell", found.cannot_tell),
    ):
        yield (*named, f"boats_{pace}", boats, None, None, "")
    yield _share(named, "slow_boats", found.slow_share)


def _rate(named: tuple[_Cell, ...], measure: str, found: Rate) -> Iterator[tuple[_Cell, ...]]:
    yield (*named, measure, found.count, None, None, "")
    yield (*named, f"{measure}_rate", found.per_km2, found.low, found.high, "per km2")


def _value(figure: CostFigure | None) -> float | None:
    return None if figure is None else figure.value


def _share(named: tuple[_Cell, ...], measure: str, found: Share) -> tuple[_Cell, ...]:
    return (*named, measure, found.share, found.low, found.high, "share")


def _plain(cell: _Cell) -> _Cell:
    if isinstance(cell, float):
        return round(cell, 6)
    return harmless(cell) if isinstance(cell, str) else cell
