"""A month in figures: exact intervals, months of the calendar, costs, response, gaps."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from ingest.equal_area import EqualAreaPlane
from ingest.lonlat import LonLat
from patrol import site as site_module
from patrol.compliance import BoatSeen
from patrol.conditions import Conditions
from patrol.effort import DayEffort, SeaEffort, ZoneEffort
from patrol.effort_table import FlightEffort
from patrol.incident import IncidentEvent, State
from patrol.report.costs import CostFigure, PatrolCosts, cost_indicators
from patrol.report.figures import Looked, MonthFacts, month_figures
from patrol.report.intervals import binomial_interval, poisson_interval, rate, share
from patrol.report.month import Month, MonthError, parse_month
from patrol.report.reading import reported
from patrol.report.response import Moment, lapses
from patrol.site import load_site
from patrol.verdict import Certainty
from patrol.zone_file import SiteFileError
from patrol.zones import AdvisedSpeed, RuleName, sea_of

MARCH = Month(2026, 3)
NOON_UTC = datetime(2026, 3, 10, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    # Garwood 1936, table of 95 % limits, as in Ulm 1990 (Am J Epidemiol 131)
    [
        (0, 0.0, 3.689),
        (1, 0.0253, 5.572),
        (2, 0.2422, 7.225),
        (10, 4.795, 18.390),
        (20, 12.217, 30.888),
    ],
)
def test_poisson_intervals_are_garwoods(count, low, high) -> None:
    assert poisson_interval(count) == (pytest.approx(low, abs=6e-4), pytest.approx(high, abs=6e-4))


@given(count=st.integers(0, 500))
def test_poisson_intervals_are_those_of_chi_square(count) -> None:
    low = stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    assert poisson_interval(count) == pytest.approx(
        (low, stats.chi2.ppf(0.975, 2 * count + 2) / 2), rel=1e-9
    )


@given(st.integers(1, 200).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
@example((1, 141))  # where scipy's own ends are furthest off
def test_binomial_intervals_are_clopper_pearsons(hits_of) -> None:
    hits, of = hits_of
    low, high = binomial_interval(hits, of)
    known = stats.binomtest(hits, of).proportion_ci(0.95, "exact")
    # scipy searches for the ends, and stops within 2e-12 of them
    assert (low, high) == pytest.approx((known.low, known.high), abs=1e-11, rel=0)
    # the shares at which as many, or as few, would be counted once in 40 times
    if hits > 0:
        assert stats.binom.sf(hits - 1, of, low) == pytest.approx(0.025, rel=1e-9)
    if hits < of:
        assert stats.binom.cdf(hits, of, high) == pytest.approx(0.025, rel=1e-9)


@pytest.mark.parametrize("mean", [0.3, 1.0, 4.0, 17.0])
def test_intervals_hold_the_truth_as_often_as_they_say(mean) -> None:
    """Over all counts, weighed by how likely they are: at least 95 %."""
    counts = np.arange(0, 200)
    held = [low <= mean <= high for low, high in map(poisson_interval, counts.tolist())]
    assert stats.poisson.pmf(counts, mean)[held].sum() >= 0.95


def test_nothing_looked_at_gives_no_rate() -> None:
    assert rate(0, 0.0).per_km2 is None
    assert (rate(0, 2.0).low, rate(0, 2.0).high) == (0.0, pytest.approx(3.689 / 2, abs=1e-3))
    assert share(0, 0).share is None
    assert share(3, 3).high == 1.0


def test_months() -> None:
    assert parse_month("2026-02").last == date(2026, 2, 28)
    assert Month(2026, 12).later(1) == Month(2027, 1)
    assert MARCH.later(-12) == Month(2025, 3)
    assert [str(each) for each in MARCH.of_year()] == ["2026-01", "2026-02", "2026-03"]
    for wrong in ("2026-00", "2569-03", "March", "2026-3", "２０２６-03x"):
        with pytest.raises(MonthError, match="2026-11"):
            parse_month(wrong)


def test_a_month_is_local(site) -> None:
    first, after = MARCH.span_utc(site.reference.timezone)
    assert (first, after) == (
        datetime(2026, 2, 28, 17, tzinfo=UTC),
        datetime(2026, 3, 31, 17, tzinfo=UTC),
    )


def test_costs_that_are_not_set_give_nothing() -> None:
    bare = cost_indicators(PatrolCosts(), 90, 4.0)
    assert bare.drone_hours == 1.5
    assert {bare.drone_baht, bare.boat_hours, bare.hours_saved, bare.baht_saved} == {None}
    figure = CostFigure(300.0, "a source")
    some = cost_indicators(PatrolCosts(drone_hour_baht=figure), 90, 4.0)
    assert (some.drone_baht, some.drone_baht_per_km2, some.baht_saved) == (450.0, 112.5, None)
    every = PatrolCosts(figure, CostFigure(1000.0, "b"), CostFigure(0.5, "c"))
    told = cost_indicators(every, 90, 4.0)
    assert (told.boat_hours, told.hours_saved, told.boat_baht, told.baht_saved) == (
        8.0, 6.5, 8000.0, 7550.0,
    )  # fmt: skip
    assert cost_indicators(every, 0, 0.0).drone_baht_per_km2 is None


def events(*steps):
    """Events at minutes after the picture: (minutes, from, to)."""
    return tuple(
        IncidentEvent("i", number, NOON_UTC + timedelta(minutes=at), "mali", before, after, "why")
        for number, (at, before, after) in enumerate(steps, start=1)
    )


def test_the_lapses_of_incidents(make_incident) -> None:
    taken = make_incident(occurred_at_utc=NOON_UTC)
    quick = events(
        (30, None, State.NEW),
        (40, State.NEW, State.CONFIRMED),
        (45, State.CONFIRMED, State.RESPONDING),
        (90, State.RESPONDING, State.RESOLVED),
    )
    undone = events(
        (50, None, State.NEW),
        (80, State.NEW, State.DISMISSED),
        (85, State.DISMISSED, State.NEW),
        (99, State.NEW, State.CONFIRMED),
    )
    waiting = events((10, None, State.NEW))
    ahead = make_incident(occurred_at_utc=NOON_UTC + timedelta(hours=1))
    found = lapses([(taken, quick), (taken, undone), (taken, waiting), (ahead, waiting)])
    told = {(each.since, each.until): each for each in found}
    first = told[Moment.TAKEN, Moment.ALERTED]
    assert (first.incidents, first.median, first.longest) == (
        3, timedelta(minutes=30), timedelta(minutes=50),
    )  # fmt: skip
    decided = told[Moment.ALERTED, Moment.DECIDED]
    assert (decided.incidents, decided.median) == (2, timedelta(minutes=20))
    assert told[Moment.RESPONDED, Moment.RESOLVED].longest == timedelta(minutes=45)
    assert lapses([])[0].median is None


ZONE = "hat_yao_channel"


@pytest.fixture
def facts(site):
    """Efforts on days of March: each looks at the same half of one zone's sea."""
    (zone,) = [zone for zone in site.zones if zone.zone_id == ZONE]
    west, south, east, north = zone.area.bounds
    half = sea_of(zone, site.coast).intersection(shapely.box(west, south, (west + east) / 2, north))
    plane = EqualAreaPlane(LonLat(99.4, 7.28))
    zone_km2 = plane.metres(sea_of(zone, site.coast)).area / 1e6
    km2 = plane.metres(half).area / 1e6

    def make(days, cases=(), boats=(), month=MARCH, **changes):
        efforts = tuple(
            FlightEffort(
                f"flight{day}",
                DayEffort(
                    month.first + timedelta(days=day - 1), 20, 18, 5.0, 30.0,
                    SeaEffort(km2 * 1.1, km2, km2 * 0.9),
                    (ZoneEffort(ZONE, zone_km2, SeaEffort(km2 * 1.1, km2, km2 * 0.9)),),
                    half, 0,
                ),
            )
            for day in days
        )  # fmt: skip
        made = MonthFacts(
            month, site.zones, efforts, 0, tuple(boats), tuple((i, ()) for i in cases), {ZONE: 3}
        )
        return replace(made, **changes), km2, zone_km2

    return make


def figures_of(facts, site, today=date(2026, 4, 2)):
    figures = month_figures(facts, site, today)
    return figures, {zone.zone.zone_id: zone for zone in figures.zones}


def test_effort_is_summed_and_coverage_joined(site, facts) -> None:
    made, km2, zone_km2 = facts([2, 5, 12])
    figures, zones = figures_of(made, site)
    assert figures.effort.usable_km2 == pytest.approx(3 * km2)
    zone = zones[ZONE]
    assert zone.effort.effective_km2 == pytest.approx(2.7 * km2)
    assert zone.zone_km2 == pytest.approx(zone_km2, rel=1e-6)
    assert zone.covered == pytest.approx(km2 / zone_km2, rel=1e-3)  # the same half three times
    assert (zone.survey_days, zone.revisit_days, zone.longest_gap_days) == (3, 5.0, 19)
    assert (figures.flights, figures.days_flown, figures.flown_km) == (3, 3, 15.0)
    assert zone.days_raised == 3


def test_not_surveyed_is_not_none_seen(site, facts, make_incident) -> None:
    _, zones = figures_of(facts([2])[0], site)
    assert zones[ZONE].looked is Looked.NONE_SEEN
    assert zones["ko_muk_east"].looked is Looked.NOT_SURVEYED
    assert zones["ko_muk_east"].dugongs.per_km2 is None
    assert zones["ko_muk_east"].longest_gap_days == 31
    _, zones = figures_of(facts([2], [make_incident(zone_id=ZONE)])[0], site)
    assert zones[ZONE].looked is Looked.SEEN
    too_little = replace(site.rule_parameters, survey_min_fraction=0.99)
    _, zones = figures_of(facts([2])[0], replace(site, rule_parameters=too_little))
    assert zones[ZONE].looked is Looked.NOT_SURVEYED


def test_a_month_that_runs_ends_today(site, facts) -> None:
    figures, zones = figures_of(facts([2])[0], site, today=date(2026, 3, 9))
    assert figures.through == date(2026, 3, 9)
    assert zones[ZONE].longest_gap_days == 7


def test_what_was_dismissed_or_joined_counts_not(site, facts, make_incident) -> None:
    number = iter(range(99))

    def seen(state, **changes):
        changes.setdefault("sighting_id", f"s{next(number)}")
        return make_incident(zone_id=ZONE, state=state, **changes)

    cases = [
        seen(State.CONFIRMED),
        seen(State.NEW),
        seen(State.DISMISSED),
        seen(State.RETRACTED),
        seen(State.CONFIRMED, joined_to="another"),
        seen(State.RESOLVED, rule=RuleName.BOAT_NEAR_DUGONG, sighting_id="boat"),
        seen(State.NEW, rule=RuleName.BOAT_THROUGH_PAIR, sighting_id="boat"),
        seen(State.NEW, rule=RuleName.REPORTED),
        seen(State.DISMISSED, rule=RuleName.BOAT_NEAR_DUGONG),
    ]
    made, km2, _ = facts([2], cases)
    figures, zones = figures_of(made, site)
    assert (figures.dugongs.count, figures.unreviewed, figures.violations.count) == (2, 1, 1)
    assert dict(figures.by_rule)[RuleName.BOAT_NEAR_DUGONG].count == 1
    assert zones[ZONE].dugongs.per_km2 == pytest.approx(2 / km2)


def test_what_no_rule_was_sure_of_is_told_as_in_doubt(site, facts, make_incident) -> None:
    def boat(sighting_id, certainty, state=State.NEW):
        return make_incident(
            zone_id=ZONE, rule=RuleName.BOAT_IN_GO_SLOW_ZONE, state=state,
            certainty=certainty, sighting_id=sighting_id,
        )  # fmt: skip

    cases = [
        boat("sure", Certainty.INSIDE),
        boat("sure", Certainty.UNKNOWN),  # the same boat, by another rule
        boat("edge", Certainty.BOUNDARY),
        boat("no speed", Certainty.UNKNOWN),
        boat("looked at", Certainty.BOUNDARY, State.CONFIRMED),
    ]
    figures, _ = figures_of(facts([2], cases)[0], site)
    assert (figures.violations.count, figures.in_doubt) == (4, 2)


def test_a_boat_counts_once_for_the_site(site, facts) -> None:
    muk = next(zone for zone in site.zones if zone.zone_id == "ko_muk_east")
    boat = BoatSeen(LonLat(*muk.area.representative_point().coords[0]), 3.0, 0.2)
    figures, zones = figures_of(facts([2], boats=[boat])[0], site)
    # 3.0 ± 0.4 m/s against the site's six knots, which are 3.09
    assert (figures.compliance.boats, figures.compliance.cannot_tell) == (1, 1)
    assert zones["ko_muk_east"].compliance.boats == 1
    assert zones["ko_muk_east"].advice == site.rule_parameters.advised_speed
    assert zones[ZONE].compliance is None  # a tour route asks for no slowness


def test_boats_are_held_against_the_same_speed_as_by_the_rule(site, facts) -> None:
    """The zone's own where it names one, else the site's; and nobody is fast without either."""
    muk = next(zone for zone in site.zones if zone.zone_id == "ko_muk_east")
    inside = LonLat(*muk.area.representative_point().coords[0])
    boats = [BoatSeen(inside, speed, 0.2) for speed in (2.0, 4.5, 0.1)]
    made, *_ = facts([2], boats=boats)
    _, zones = figures_of(made, site)
    found = zones["ko_muk_east"].compliance
    assert (found.slow, found.fast, found.still) == (1, 1, 1)
    ten = replace(muk, advised_speed=AdvisedSpeed(10.0, "of the test"))
    _, zones = figures_of(replace(made, zones=(ten,)), site)
    assert (zones["ko_muk_east"].compliance.slow, zones["ko_muk_east"].compliance.fast) == (2, 0)
    none = replace(site.rule_parameters, advised_speed=None)
    _, zones = figures_of(made, replace(site, rule_parameters=none))
    assert zones["ko_muk_east"].compliance.cannot_tell == 3


def test_which_months_stand_side_by_side() -> None:
    asked = []
    found = reported(MARCH, Month(2024, 2), lambda month: asked.append(month) or month)
    assert [str(month) for month in found.year] == ["2026-01", "2026-02", "2026-03"]
    assert [str(month) for month in found.years] == ["2024-03", "2025-03", "2026-03"]
    assert len(asked) == len(set(asked))
    alone = reported(MARCH, None, lambda month: month)
    assert (alone.year, alone.years) == ((MARCH,), (MARCH,))


def test_costs_are_read_from_the_sites_file_with_their_source(tmp_path) -> None:
    shipped = Path(site_module.__file__).parent / "sites" / "koh_libong"
    for file in shipped.iterdir():
        shutil.copy(file, tmp_path)
    told = (tmp_path / "site.toml").read_text(encoding="utf-8")
    cost = '\n[costs.boat_hour_baht]\nvalue = 1200\ncitation = "accounts of 2026"\n'
    (tmp_path / "site.toml").write_text(told + cost, encoding="utf-8")
    costs = load_site(tmp_path).costs
    assert costs == PatrolCosts(boat_hour_baht=CostFigure(1200.0, "accounts of 2026"))
    assert load_site(shipped).costs == PatrolCosts()
    for wrong in (cost.replace("1200", "-5"), cost.replace('citation = "accounts of 2026"', "")):
        (tmp_path / "site.toml").write_text(told + wrong, encoding="utf-8")
        with pytest.raises(SiteFileError, match="boat_hour_baht"):
            load_site(tmp_path)


def test_the_store_gives_the_facts_of_a_month(store, site, make_log, facts) -> None:
    store.log_flight(make_log())  # 1 March: a dugong, a boat, no record of effort
    made, *_ = facts([10])
    with_effort = make_log("flight2", seen_utc=NOON_UTC)
    store.log_flight(replace(with_effort, efforts=(made.efforts[0].effort,)))
    found = store.reports.facts(site, MARCH, date(2026, 4, 2))
    assert found.flights_without_effort == 1
    assert [each.flight_id for each in found.efforts] == ["flight2"]
    assert [boat.speed_m_s for boat in found.boats] == [4.0, 4.0]
    assert {incident.flight_id for incident, _ in found.cases} == {"flight1", "flight2"}
    assert all(len(steps) == 1 for _, steps in found.cases)
    assert found.days_raised["laem_chu_hoi"] == 24  # received on the 2nd, the last seen on the 10th
    assert store.reports.first_month(site) == MARCH
    elsewhere = replace(site, site_id="elsewhere")
    assert store.reports.facts(elsewhere, MARCH, date(2026, 4, 2)).cases == ()
    assert store.reports.first_month(elsewhere) is None
    figures, _ = figures_of(found, site)
    assert (figures.flights, figures.flights_without_effort) == (2, 1)
    (boat,) = (i for i, _ in found.cases if i.flight_id == "flight1" and i.object_class == "boat")
    store.transition(
        boat.incident_id, State.DISMISSED, actor="mali", reason="a raft", expected_version=None,
        at_utc=NOON_UTC,
    )  # fmt: skip
    assert len(store.reports.facts(site, MARCH, date(2026, 4, 2)).boats) == 1
    april = store.reports.facts(site, Month(2026, 4), date(2026, 4, 2))
    assert (april.efforts, april.cases, april.boats) == ((), (), ())


def test_flights_are_counted_by_the_sea_that_was_told_last(store, site, make_log, facts) -> None:
    made, *_ = facts([10, 11, 12])
    for found in made.efforts:
        log = make_log(found.flight_id, seen_utc=NOON_UTC)
        store.log_flight(replace(log, efforts=(found.effort,)))
    for flight, told in (("flight10", {"sea_state": 4}), ("flight10", {"sea_state": 1}),
                         ("flight11", {"wind_m_s": 3.0})):  # fmt: skip
        store.conditions.tell(flight, Conditions("by eye", **told), "mali", NOON_UTC)
    found = store.reports.facts(site, MARCH, date(2026, 4, 2))
    figures, _ = figures_of(found, site)
    assert figures.sea_states == ((1, 1), (None, 2))


MUK = "ko_muk_east"
MAY_UTC = datetime(2026, 5, 20, 3, 0, tzinfo=UTC)


def reported_zones(store, site, month):
    """The zones of a month's report, by id; `site` is as in force, as every caller gives it."""
    today = date(2026, 8, 1)
    facts = store.reports.facts(store.zones.in_force(site), month, today)
    return {zone.zone.zone_id: zone.zone for zone in month_figures(facts, site, today).zones}


def test_a_zone_taken_away_stays_in_the_months_in_which_it_stood(store, site) -> None:
    assert set(reported_zones(store, site, MARCH)) == {zone.zone_id for zone in site.zones}
    store.zones.follow_file(site, datetime(2026, 4, 2, 3, tzinfo=UTC))
    said = {"actor": "mali", "reason": "the buoys are gone", "at_utc": MAY_UTC}
    store.zones.retire(site, MUK, expected_version=1, **said)
    assert MUK not in {zone.zone_id for zone in store.zones.in_force(site).zones}
    # of the site's file, it stood before this store was made
    assert MUK in reported_zones(store, site, MARCH)
    assert MUK in reported_zones(store, site, Month(2026, 4))
    assert reported_zones(store, site, Month(2026, 5))[MUK].valid_until == date(2026, 5, 19)
    assert MUK not in reported_zones(store, site, Month(2026, 6))


def test_a_month_has_each_zone_as_it_was_drawn_in_it(store, site) -> None:
    store.zones.follow_file(site, datetime(2026, 3, 2, 3, tzinfo=UTC))
    (muk,) = (zone for zone in site.zones if zone.zone_id == MUK)
    said = {"actor": "mali", "reason": "new buoys", "at_utc": MAY_UTC}
    store.zones.put(site, replace(muk, name_en="Muk"), expected_version=1, **said)
    assert reported_zones(store, site, Month(2026, 4))[MUK].name_en == muk.name_en
    assert reported_zones(store, site, Month(2026, 5))[MUK].name_en == "Muk"
    assert list(reported_zones(store, site, MARCH)) == [zone.zone_id for zone in site.zones]


def test_a_zone_drawn_later_is_told_where_a_flight_was_judged_by_it(
    store, site, make_log, facts
) -> None:
    store.zones.follow_file(site, MAY_UTC)
    (channel,) = (zone for zone in site.zones if zone.zone_id == ZONE)
    new = replace(channel, zone_id="new_channel", rules=frozenset())
    said = {"actor": "mali", "reason": "a new route", "at_utc": MAY_UTC}
    store.zones.put(site, new, expected_version=None, **said)
    assert "new_channel" in reported_zones(store, site, Month(2026, 5))
    assert "new_channel" not in reported_zones(store, site, MARCH)
    made, *_ = facts([10])
    (part,) = made.efforts[0].effort.zones
    effort = replace(made.efforts[0].effort, zones=(replace(part, zone_id="new_channel"),))
    store.log_flight(replace(make_log(), efforts=(effort,)))  # March's cards, read in May
    assert "new_channel" in reported_zones(store, site, MARCH)
    store.zones.retire(site, "new_channel", expected_version=1, **said)
    assert "new_channel" in reported_zones(store, site, MARCH)
    assert "new_channel" not in reported_zones(store, site, Month(2026, 5))  # gone the same day


def test_a_zone_drawn_later_stands_from_the_day_it_names(store, site) -> None:
    store.zones.follow_file(site, MAY_UTC)
    (channel,) = (zone for zone in site.zones if zone.zone_id == ZONE)
    new = replace(channel, zone_id="new_channel", rules=frozenset(), valid_from=date(2026, 4, 10))
    said = {"actor": "mali", "reason": "as gazetted in April", "at_utc": MAY_UTC}
    store.zones.put(site, new, expected_version=None, **said)
    assert "new_channel" in reported_zones(store, site, Month(2026, 4))
    assert "new_channel" not in reported_zones(store, site, MARCH)
