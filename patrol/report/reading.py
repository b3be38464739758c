"""Which months a report sets side by side."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from patrol.report.coverage_map import ZoneCoverage, zone_coverages
from patrol.report.figures import MonthFigures, month_figures
from patrol.report.month import Month
from patrol.report.records import ReportRecords
from patrol.site import Site

# What fits a page, and more years than this site has drones.
MOST_YEARS = 6


@dataclass(frozen=True)
class Reported:
    """A month to report, with the months of its year up to it, and the same month of other years.

    `year` ends with the month itself; `years` holds it too, the oldest first. `coverages` show
    where each zone was looked at in the month.
    """

    figures: MonthFigures
    year: tuple[MonthFigures, ...]
    years: tuple[MonthFigures, ...]
    coverages: tuple[ZoneCoverage, ...] = ()

    @property
    def months(self) -> tuple[MonthFigures, ...]:
        """All months of it, each once, the oldest first."""
        by_month = {each.month: each for each in (*self.years, *self.year)}
        return tuple(by_month[month] for month in sorted(by_month))


def reported(
    month: Month, first: Month | None, figures_of: Callable[[Month], MonthFigures]
) -> Reported:
    """Return what to report of a month; `first` is that of the oldest flight, None without one.

    No month before `first` is asked for, but the month itself always is.
    """
    begun = month if first is None else min(first, month)
    year = tuple(figures_of(each) for each in month.of_year() if each >= begun)
    earlier = (month.later(-12 * years) for years in range(MOST_YEARS - 1, 0, -1))
    years = tuple(figures_of(each) for each in earlier if each >= begun)
    return Reported(year[-1], year, (*years, year[-1]))


def read_report(records: ReportRecords, site: Site, month: Month, today: date) -> Reported:
    """Return what to report of a month of a site whose zones are those in force."""
    facts = {}

    def figures_of(each: Month) -> MonthFigures:
        facts[each] = records.facts(site, each, today)
        return month_figures(facts[each], site, today)

    found = reported(month, records.first_month(site), figures_of)
    zones = [zone.zone for zone in found.figures.zones]
    return replace(found, coverages=zone_coverages(zones, facts[month].efforts, site))
