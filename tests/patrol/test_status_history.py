"""The history of zone statuses: every raise, extension, expiry and retraction, as told that day."""

from dataclasses import asdict, fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from patrol.incident import IncidentEvent, State
from patrol.presence import zone_statuses
from patrol.watched_zones import days_until_told
from patrol.zone_history import DugongCase, zone_changes
from patrol.zone_status import ChangeReason, Presence, Status, ZoneStatusChange
from patrol.zones import RuleName

SIGHTED = date(2026, 3, 1)
NOON_UTC = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
CALM_ZONE = "hat_yao_channel"


def day(number: int) -> date:
    return SIGHTED + timedelta(days=number)


@pytest.fixture(scope="module")
def case(make_incident):
    def make(sighted: int, *steps: tuple[int, State], score: float = 0.5, zone_id=CALM_ZONE):
        """A dugong sighted on a day, and the days of its steps: new on the first of them."""
        incident = make_incident(
            zone_id=zone_id,
            score=score,
            occurred_at_utc=NOON_UTC + timedelta(days=sighted),
            incident_id=f"{sighted}-{steps}",
        )
        events = tuple(
            IncidentEvent(
                incident.incident_id,
                version,
                NOON_UTC + timedelta(days=number, seconds=version),
                "mali",
                None,
                state,
                "seen",
            )
            for version, (number, state) in enumerate(steps, start=1)
        )
        return DugongCase(replace(incident, state=steps[-1][1], version=len(steps)), events)

    return make


@pytest.fixture(scope="module")
def told(site):
    def of(cases, since=-1, today=40, zones=site.zones, **changes):
        parameters = replace(site.rule_parameters, **changes)
        of_zones = replace(site, zones=tuple(zones), rule_parameters=parameters)
        found = zone_changes(of_zones, cases, day(since), day(today))
        return [
            (
                (change.told.since - SIGHTED).days,
                change.told.reason.value,
                change.told.until and (change.told.until - SIGHTED).days,
            )
            for change in reversed(found)
        ]

    return of


NEW, CONFIRMED, RETRACTED = State.NEW, State.CONFIRMED, State.RETRACTED


def test_a_sighting_raises_and_expires(told, case) -> None:
    assert told([case(0, (0, NEW), (0, CONFIRMED))]) == [(0, "sighted", 15), (16, "expired", None)]


def test_a_zone_is_raised_on_the_day_a_person_vouches(told, case) -> None:
    assert told([case(0, (2, NEW), (4, CONFIRMED))]) == [(4, "sighted", 15), (16, "expired", None)]


def test_what_is_vouched_for_too_late_is_never_told(told, case) -> None:
    assert told([case(0, (1, NEW), (16, CONFIRMED))]) == []


def test_new_sightings_extend(told, case) -> None:
    cases = [case(0, (0, NEW), (0, CONFIRMED)), case(10, (10, NEW), (10, CONFIRMED))]
    assert told(cases) == [(0, "sighted", 15), (10, "extended", 25), (26, "expired", None)]


def test_a_retraction_lowers_at_once(told, case) -> None:
    gone = case(0, (0, NEW), (1, CONFIRMED), (5, RETRACTED))
    assert told([gone]) == [(1, "sighted", 15), (5, "taken_back", None)]


def test_a_retraction_leaves_what_others_hold(told, case) -> None:
    cases = [
        case(0, (0, NEW), (0, CONFIRMED)),
        case(8, (8, NEW), (8, CONFIRMED), (9, RETRACTED)),
    ]
    assert told(cases) == [
        (0, "sighted", 15),
        (8, "extended", 23),
        (9, "taken_back", 15),
        (16, "expired", None),
    ]


def test_a_sure_find_raises_unreviewed_and_a_dismissal_lowers(told, case) -> None:
    cases = [case(0, (0, NEW), (3, State.DISMISSED), score=0.95)]
    assert told(cases) == [(0, "sighted", 15), (3, "taken_back", None)]


def test_raised_and_taken_back_on_one_day_shows_not(told, case) -> None:
    assert told([case(0, (0, NEW), (0, CONFIRMED), (0, RETRACTED))]) == []


def test_a_site_may_ask_for_more_sightings_of_one_day(told, case) -> None:
    one, other, later = (
        case(number, (number, NEW), (number, CONFIRMED), score=0.1 * n)
        for n, number in enumerate((0, 0, 3), start=1)
    )
    assert told([one], status_sightings=2) == []
    assert told([one, later], status_sightings=2) == []
    assert told([one, other, later], status_sightings=2)[0] == (0, "sighted", 15)


def small(zone):
    """The same zone, 60 ha: watched, but too small to be told of at once."""
    lon, lat = zone.area.centroid.coords[0]
    return replace(zone, area=shapely.box(lon - 0.0035, lat - 0.0035, lon + 0.0035, lat + 0.0035))


def test_a_small_zone_is_told_of_the_next_day(site, told, case) -> None:
    zones = tuple(small(zone) for zone in site.zones)
    assert {days_until_told(zone, site.coast) for zone in zones} == {1}
    assert {days_until_told(zone, site.coast) for zone in site.zones} == {0}
    seen = case(0, (0, NEW), (0, CONFIRMED))
    assert told([seen], zones=zones) == [(1, "sighted", 15), (16, "expired", None)]
    on_the_day, the_day_after = (
        next(
            status
            for status in zone_statuses(
                replace(site, zones=zones), [seen.incident], [], day(number)
            )
            if status.zone_id == CALM_ZONE
        )
        for number in (0, 1)
    )
    assert (on_the_day.status, on_the_day.presence) == (Status.CALM, Presence.NOT_SURVEYED)
    assert the_day_after.status is Status.CAUTION


def test_land_makes_no_zone_large(site, told, case) -> None:
    """Of 240 ha with land in them, the sea alone is counted: too little to be told of at once."""
    (zone,) = (each for each in site.zones if each.zone_id == CALM_ZONE)
    lon, lat = zone.area.centroid.coords[0]
    wide = replace(zone, area=shapely.box(lon - 0.007, lat - 0.007, lon + 0.007, lat + 0.007))
    half = shapely.MultiPolygon([shapely.box(lon - 0.1, lat - 0.1, lon + 0.001, lat + 0.1)])
    mostly_land = shapely.MultiPolygon([shapely.box(lon - 0.1, lat - 0.1, lon + 0.003, lat + 0.1)])
    assert days_until_told(wide, half) == 0  # 103 ha of sea
    assert days_until_told(wide, mostly_land) == 1  # 69 ha
    ashore = replace(site, zones=(wide,), coast=mostly_land)
    seen = case(0, (0, NEW), (0, CONFIRMED))
    (first, *_) = reversed(zone_changes(ashore, [seen], day(-1), day(40)))
    assert first.told.since == day(1)
    statuses = [zone_statuses(ashore, [seen.incident], [], day(number)) for number in (0, 1)]
    assert [status.status for (status,) in statuses] == [Status.CALM, Status.CAUTION]


def test_zones_that_begin_and_end_are_told_of(site, told) -> None:
    (zone,) = [zone for zone in site.zones if zone.zone_id == CALM_ZONE]
    passing = replace(zone, valid_from=day(3), valid_until=day(7))
    assert told([], zones=[passing]) == [(3, "zone_began", 7), (8, "zone_ended", None)]


def test_a_zone_that_is_always_slow_tells_the_presence(site, case) -> None:
    (change, _) = zone_changes(
        site, [case(0, (0, NEW), (0, CONFIRMED), zone_id="ko_muk_east")], day(0), day(20)
    )[::-1]
    assert change.told == ZoneStatusChange(
        "ko_muk_east", Status.CAUTION, day(0), day(15), ChangeReason.SIGHTED
    )
    assert len(change.causes) == 1


def test_the_public_form_holds_zone_days_and_a_code_alone(site, case) -> None:
    assert [field.name for field in fields(ZoneStatusChange)] == [
        "zone_id",
        "status",
        "since",
        "until",
        "reason",
    ]
    seen = case(0, (0, NEW), (0, CONFIRMED))
    elsewhere = replace(seen.incident, position=site.zones[0].area.centroid.coords[0])
    told_of = [
        [asdict(c.told) for c in zone_changes(site, [replace(seen, incident=i)], day(0), day(20))]
        for i in (seen.incident, elsewhere)
    ]
    assert told_of[0] == told_of[1]
    assert all(type(value) is not datetime for change in told_of[0] for value in change.values())


def test_the_store_replays_its_own_ledger(store, site, make_log) -> None:
    store.log_flight(make_log())  # received, and so told of, on 2 March
    (dugong,) = (i for i in store.incidents() if i.rule is RuleName.DUGONG_SIGHTING)
    steps = ((CONFIRMED, 1), (RETRACTED, 4), (NEW, 5), (State.DISMISSED, 6))
    for state, number in steps:
        store.transition(
            dugong.incident_id,
            state,
            actor="mali",
            reason="looked again",
            expected_version=None,
            at_utc=NOON_UTC + timedelta(days=number),
        )
    changes = store.zone_changes(site, day(-5), day(30))
    assert [(c.told.since, c.told.reason, c.told.until) for c in changes[::-1]] == [
        (day(1), ChangeReason.SIGHTED, day(15)),
        (day(4), ChangeReason.TAKEN_BACK, None),
        (day(5), ChangeReason.SIGHTED, day(15)),
        (day(6), ChangeReason.TAKEN_BACK, None),
    ]
    assert {c.causes for c in changes} == {(dugong.incident_id,)}
    assert store.zone_changes(replace(site, site_id="elsewhere"), day(-5), day(30)) == ()


def test_the_end_of_a_zone_that_was_taken_away_is_told(store, site) -> None:
    store.zones.follow_file(site, NOON_UTC)
    said = {"actor": "mali", "reason": "drawn anew", "at_utc": NOON_UTC + timedelta(days=3)}
    store.zones.retire(site, CALM_ZONE, expected_version=1, **said)
    (change,) = store.zone_changes(site, day(0), day(9))
    assert change.told == ZoneStatusChange(CALM_ZONE, None, day(3), None, ChangeReason.ZONE_ENDED)
    assert store.zone_changes(site, day(5), day(9)) == ()


_STEPS = {
    NEW: (CONFIRMED, State.DISMISSED),
    CONFIRMED: (RETRACTED, State.RESPONDING),
    State.RESPONDING: (State.RESOLVED, RETRACTED),
    State.RESOLVED: (RETRACTED,),
    State.DISMISSED: (NEW,),
    RETRACTED: (NEW,),
}


@st.composite
def lives(draw):
    """A sighting's day, score, and the days and states of its steps."""
    sighted = draw(st.integers(-5, 30))
    known = sighted + draw(st.integers(0, 20))
    steps = [(known, NEW)]
    for gap in draw(st.lists(st.integers(0, 12), max_size=4)):
        steps.append((steps[-1][0] + gap, draw(st.sampled_from(_STEPS[steps[-1][1]]))))
    return sighted, draw(st.sampled_from([0.3, 0.9])), steps


@settings(max_examples=60)
@given(lives=st.lists(lives(), max_size=4), first=st.integers(-3, 10))
def test_the_history_is_what_the_status_of_each_day_said(site, case, lives, first) -> None:
    """Replayed, the changes give the status of every day as it was computed on that day."""
    cases = [case(sighted, *steps, score=score) for sighted, score, steps in lives]
    zone = site.reference.timezone

    def raised_until(number: int) -> date | None:
        known = [
            replace(one.incident, state=one.state_on(day(number), zone))
            for one in cases
            if one.state_on(day(number), zone) is not None
        ]
        statuses = zone_statuses(site, known, [], day(number))
        return next(status.until for status in statuses if status.zone_id == CALM_ZONE)

    changes = zone_changes(site, cases, day(first), day(60))
    by_day = {change.told.since: change.told for change in changes}
    assert len(by_day) == len(changes)
    until = raised_until(first - 1)
    for number in range(first, 61):
        change = by_day.get(day(number))
        until = until if change is None else change.until
        assert until == raised_until(number)
