"""A month's figures in words: the same sections for page and PDF."""

from collections.abc import Sequence
from datetime import date, timedelta

from babel.dates import format_date

from api.language import BUDDHIST_ERA_OFFSET_YEARS, Language, Reader
from api.report import words
from api.report.section import Chart, ReportText, Section, Table, chart
from api.report.zone_map import zone_map
from api.words import RULE_WORDS
from patrol.report.figures import MonthFigures, ZoneFigures
from patrol.report.intervals import Rate, Share
from patrol.report.month import Month
from patrol.report.reading import Reported
from patrol.zones import AdvisedSpeed

_NONE = "–"


def report_text(
    reported: Reported,
    site_name: str,
    survey_min_fraction: float,
    reader: Reader,
    *,
    warning: str = "",
) -> ReportText:
    """Return the report of a month in the reader's language."""
    told = _Told(reader)
    figures = reported.figures
    so_far = (
        ""
        if figures.through == figures.month.last
        else told.text(words.SO_FAR) % {"day": reader.date(figures.through)}
    )
    return ReportText(
        title=told.text(words.TITLE) % {"month": told.month(figures.month)},
        site=site_name,
        warning=" ".join(filter(None, (told.text(warning), so_far))),
        whiskers=told.text(words.WHISKERS),
        sections=(
            told.in_short(figures),
            told.effort(figures, survey_min_fraction),
            told.coverage(reported),
            told.dugongs(figures),
            told.violations(figures),
            told.speeds(figures),
            told.response(figures),
            told.costs(figures),
            Section(told.text(words.READING_TITLE), note=told.text(words.READING)),
            told.months(words.YEAR_TITLE, reported.year),
            told.months(words.YEARS_TITLE, reported.years),
        ),
    )


class _Told:
    """Figures as one reader reads them."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def text(self, message: str) -> str:
        return self._reader.text(message)

    def month(self, month: Month) -> str:
        return month_text(month, self._reader.language)

    def in_short(self, figures: MonthFigures) -> Section:
        costs_no_figure = figures.compliance.slow_share.share is None
        rows = [
            (words.FLIGHTS, f"{figures.flights}"),
            (words.DAYS_FLOWN, f"{figures.days_flown}"),
            (words.KM_FLOWN, f"{figures.flown_km:.1f}"),
            (words.HOURS, _hours(figures.minutes)),
            (words.SEEN_KM2, _km2(figures.effort.seen_km2)),
            (words.USABLE_KM2, _km2(figures.effort.usable_km2)),
            (words.DISTINCT_KM2, _km2(figures.distinct_km2)),
            (words.EFFECTIVE_KM2, _km2(figures.effort.effective_km2)),
            (words.DUGONGS, f"{figures.dugongs.count}"),
            (words.UNREVIEWED, f"{figures.unreviewed}"),
            (words.VIOLATIONS, f"{figures.violations.count}"),
            (words.IN_DOUBT, f"{figures.in_doubt}"),
            (
                words.SLOW_SHARE,
                _NONE if costs_no_figure else _share(figures.compliance.slow_share),
            ),
            (words.ASHORE, f"{figures.ashore}"),
            (words.SEA_STATES, self._sea_states(figures)),
        ]
        if figures.flights_without_effort:
            rows.append((words.UNKNOWN_EFFORT, f"{figures.flights_without_effort}"))
        table = Table((), tuple((self.text(name), value) for name, value in rows))
        return Section(self.text(words.IN_SHORT), table)

    def _sea_states(self, figures: MonthFigures) -> str:
        told = [
            f"{self.text(words.NOT_RECORDED) if state is None else state}: {flights}"
            for state, flights in figures.sea_states
        ]
        return " · ".join(told) or _NONE

    def effort(self, figures: MonthFigures, least: float) -> Section:
        rows = tuple(
            (
                self._name(zone),
                _km2(zone.effort.usable_km2),
                _km2(zone.distinct_km2),
                _percent(zone.covered),
                f"{zone.survey_days}",
                _NONE if zone.revisit_days is None else f"{zone.revisit_days:g}",
                f"{zone.longest_gap_days}",
            )
            for zone in figures.zones
        )
        head = (
            words.ZONE,
            words.USABLE_KM2,
            words.DISTINCT_KM2,
            words.COVERED,
            words.SURVEY_DAYS,
            words.REVISIT,
            words.GAP,
        )
        drawn = chart(
            self.text(words.COVERED),
            "%",
            [
                (self._name(zone), _percent(zone.covered), zone.covered, None, None)
                for zone in figures.zones
            ],
            shares=True,
        )
        note = self.text(words.EFFORT_NOTE) % {"share": _percent(least)}
        return Section(self.text(words.EFFORT), self._table(head, rows), drawn, note)

    def coverage(self, found: Reported) -> Section:
        maps = tuple(
            zone_map(
                coverage,
                self._name(zone),
                self.text(words.MAP_CAPTION)
                % {
                    "looked": _km2(zone.distinct_km2),
                    "sea": _km2(zone.zone_km2),
                    "share": _percent(zone.covered),
                },
            )
            for coverage, zone in zip(found.coverages, found.figures.zones, strict=True)
        )
        legend = self.text(words.SHADES)
        return Section(self.text(words.MAPS), maps=maps, legend=legend)

    def dugongs(self, figures: MonthFigures) -> Section:
        rows = tuple(
            (
                self._name(zone),
                self.text(words.LOOKED_WORDS[zone.looked]),
                f"{zone.dugongs.count}",
                _rate(zone.dugongs),
                f"{zone.days_raised}",
            )
            for zone in figures.zones
        )
        head = (words.ZONE, words.STATUS, words.COUNT, words.PER_KM2, words.DAYS_RAISED)
        drawn = self._rates(
            words.DUGONGS_PER_KM2,
            words.PER_KM2_UNIT,
            [(self._name(z), z.dugongs) for z in figures.zones],
        )
        return Section(
            self.text(words.DUGONG_TITLE),
            self._table(head, rows),
            drawn,
            self.text(words.DUGONG_NOTE),
        )

    def violations(self, figures: MonthFigures) -> Section:
        by_rule = [(self.text(RULE_WORDS[rule]), found) for rule, found in figures.by_rule]
        by_zone = [(self._name(zone), zone.violations) for zone in figures.zones]
        rows = tuple((name, f"{found.count}", _rate(found)) for name, found in by_rule)
        return Section(
            self.text(words.VIOLATION_TITLE),
            self._table((words.RULE, words.COUNT, words.PER_KM2), rows),
            self._rates(words.VIOLATIONS_PER_KM2, words.PER_KM2_UNIT, by_zone),
            self.text(words.VIOLATION_NOTE),
        )

    def speeds(self, figures: MonthFigures) -> Section:
        watched = [(zone, zone.compliance) for zone in figures.zones if zone.compliance]
        named = [(self._name(zone), found) for zone, found in watched]
        named.append((self.text(words.ALL_ZONES), figures.compliance))
        rows = tuple(
            (
                name,
                f"{found.boats}",
                f"{found.slow}",
                f"{found.fast}",
                f"{found.still}",
                f"{found.cannot_tell}",
                _share(found.slow_share),
            )
            for name, found in named
        )
        head = (
            words.ZONE,
            words.BOATS,
            words.SLOW,
            words.FAST,
            words.STILL,
            words.CANNOT_TELL,
            words.SLOW_SHARE,
        )
        shares = [(name, found.slow_share) for name, found in named]
        drawn = chart(
            self.text(words.SLOW_SHARE),
            "%",
            [(name, _share(s), s.share, s.low, s.high) for name, s in shares],
            shares=True,
        )
        return Section(
            self.text(words.SPEED_TITLE),
            self._table(head, rows),
            drawn,
            "\n".join((self.text(words.SPEED_NOTE), *self._advice(figures))),
        )

    def _advice(self, figures: MonthFigures) -> list[str]:
        """Return each advised speed with the zones that it holds in, and its source."""
        zones: dict[AdvisedSpeed, list[str]] = {}
        for zone in figures.zones:
            if zone.compliance is not None and zone.advice is not None:
                zones.setdefault(zone.advice, []).append(self._name(zone))
        return [
            self.text(words.ADVICE)
            % {
                "zones": ", ".join(names),
                "knots": f"{advice.knots:g}",
                "source": " ".join(advice.citation.split()),
            }
            for advice, names in zones.items()
        ]

    def response(self, figures: MonthFigures) -> Section:
        rows = tuple(
            (
                self.text(words.MOMENT_WORDS[lapse.since]),
                self.text(words.MOMENT_WORDS[lapse.until]),
                f"{lapse.incidents}",
                self._time(lapse.median),
                self._time(lapse.longest),
            )
            for lapse in figures.lapses
        )
        head = (words.SINCE, words.UNTIL, words.INCIDENTS, words.MEDIAN, words.LONGEST)
        return Section(self.text(words.RESPONSE_TITLE), self._table(head, rows))

    def costs(self, figures: MonthFigures) -> Section:
        costs, given = figures.costs, figures.given_costs
        rows = (
            (words.HOURS, costs.drone_hours, 1),
            (words.DRONE_BAHT, costs.drone_baht, 0),
            (words.DRONE_BAHT_PER_KM2, costs.drone_baht_per_km2, 0),
            (words.BOAT_HOURS, costs.boat_hours, 1),
            (words.BOAT_BAHT, costs.boat_baht, 0),
            (words.HOURS_SAVED, costs.hours_saved, 1),
            (words.BAHT_SAVED, costs.baht_saved, 0),
        )
        table = Table(
            (),
            tuple((self.text(name), self._amount(value, digits)) for name, value, digits in rows),
        )
        assumed = (
            (words.DRONE_HOUR_BAHT, given.drone_hour_baht),
            (words.BOAT_HOUR_BAHT, given.boat_hour_baht),
            (words.BOAT_KM2_PER_HOUR, given.boat_km2_per_hour),
        )
        sources = [
            f"{self.text(name)}: {figure.value:,g} ({figure.citation})"
            for name, figure in assumed
            if figure is not None
        ]
        return Section(
            self.text(words.COST_TITLE),
            table,
            note="\n".join((self.text(words.COST_NOTE), *sources)),
        )

    def _amount(self, value: float | None, digits: int) -> str:
        return self.text(words.NOT_SET) if value is None else f"{value:,.{digits}f}"

    def months(self, title: str, months: Sequence[MonthFigures]) -> Section:
        rows = tuple(
            (
                self.month(each.month),
                f"{each.flights}",
                _km2(each.effort.usable_km2),
                f"{each.dugongs.count}",
                _rate(each.dugongs),
                _rate(each.violations),
                _share(each.compliance.slow_share),
            )
            for each in months
        )
        head = (
            words.MONTH,
            words.FLIGHTS,
            words.USABLE_KM2,
            words.DUGONGS,
            words.DUGONGS_PER_KM2,
            words.VIOLATIONS_PER_KM2,
            words.SLOW_SHARE,
        )
        drawn = self._rates(
            words.DUGONGS_PER_KM2,
            words.PER_KM2_UNIT,
            [
                (self.month(each.month), each.dugongs)
                for each in months
                if each.dugongs.per_km2 is not None
            ],
        )
        return Section(
            self.text(title), self._table(head, rows), drawn if len(drawn.bars) > 1 else None
        )

    def _rates(self, title: str, unit: str, rates: Sequence[tuple[str, Rate]]) -> Chart:
        return chart(
            self.text(title),
            self.text(unit),
            [(name, _rate(each), each.per_km2, each.low, each.high) for name, each in rates],
        )

    def _name(self, zone: ZoneFigures) -> str:
        return self._reader.pick(zone.zone.name_th, zone.zone.name_en)

    def _table(self, head: Sequence[str], rows: tuple[tuple[str, ...], ...]) -> Table:
        return Table(tuple(self.text(name) for name in head), rows)

    def _time(self, time: timedelta | None) -> str:
        if time is None:
            return _NONE
        minutes = round(time.total_seconds() / 60)
        hours, left = divmod(minutes, 60)
        days, hours_left = divmod(hours, 24)
        if days:
            return self._reader.pick(f"{days} วัน {hours_left} ชม.", f"{days} d {hours_left} h")
        if hours:
            return self._reader.pick(f"{hours} ชม. {left} นาที", f"{hours} h {left} min")
        return self._reader.pick(f"{left} นาที", f"{left} min")


def month_text(month: Month, language: Language) -> str:
    """Return a month as read locally: `พฤศจิกายน 2569` or `November 2026`."""
    day = date(month.year, month.month, 1)
    if language is Language.THAI:
        named = format_date(day, "LLLL", locale="th")
        return f"{named} {month.year + BUDDHIST_ERA_OFFSET_YEARS}"
    return format_date(day, "LLLL y", locale="en_GB")


def _km2(area_km2: float) -> str:
    """Return an area with three digits that count, but no fewer than a hectare."""
    if not area_km2:
        return "0"
    return f"{area_km2:.2f}" if area_km2 >= 1 else f"{area_km2:.3f}"


def _hours(minutes: float) -> str:
    """Return hours; what is less than one to a minute or so."""
    hours = minutes / 60
    return f"{hours:.1f}" if hours >= 1 or not hours else f"{hours:.2f}"


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.1 or not share else f"{share * 100:.2g}%"


def _rate(found: Rate) -> str:
    if found.per_km2 is None:
        return _NONE
    return f"{_brief(found.per_km2)} ({_brief(found.low)}–{_brief(found.high)})"


def _brief(value: float | None) -> str:
    """Return a number with three digits that count, and no more than two after the point."""
    if value is None:
        return _NONE
    digits = 0 if value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:.{digits}f}"


def _share(found: Share) -> str:
    if found.share is None:
        return _NONE
    return f"{found.share:.0%} ({found.low:.0%}–{found.high:.0%})"
