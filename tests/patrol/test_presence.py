"""Zone statuses: the timeline of a sighting, and what may never reach the public."""

import json
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.lonlat import LonLat
from patrol.coverage import ZoneSurvey
from patrol.incident import State
from patrol.presence import zone_statuses
from patrol.zone_status import Presence, Status
from patrol.zones import Binding, RuleName

SIGHTED = date(2026, 3, 1)
NOON_UTC = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
CALM_ZONE = "hat_yao_channel"  # calm unless a dugong was seen


def day(number: int) -> date:
    return SIGHTED + timedelta(days=number)


@pytest.fixture(scope="module")
def status_of(site):
    def of(zone_id, incidents=(), surveys=(), today=SIGHTED, zones=site.zones):
        statuses = zone_statuses(replace(site, zones=tuple(zones)), incidents, surveys, today)
        return {status.zone_id: status for status in statuses}.get(zone_id)

    return of


@pytest.fixture(scope="module")
def sighted(make_incident):
    def at(number: int = 0, state: State = State.CONFIRMED, **changes):
        changes.setdefault("zone_id", CALM_ZONE)
        changes.setdefault("occurred_at_utc", NOON_UTC + timedelta(days=number))
        return make_incident(state=state, **changes)

    return at


@pytest.mark.parametrize(
    ("sightings", "today", "since", "until"),
    [
        ([0], 0, 0, 15),
        ([0], 14, 0, 15),
        ([0], 15, 0, 15),
        ([0], 16, None, None),
        ([0], -1, None, None),  # a camera whose clock runs ahead
        ([0, 10], 20, 0, 25),  # extended
        ([10, 0], 26, None, None),
        ([0, 15], 16, 0, 30),  # the last day extends
        ([0, 16], 16, 0, 31),  # so does the day after it: no gap between the two
        ([0, 17], 17, 17, 32),  # a calm day lay between: it starts anew
        ([0, 20], 10, 0, 15),  # the second is still to come
        ([0, 0, 0], 3, 0, 15),
    ],
)
def test_the_timeline_of_sightings(status_of, sighted, sightings, today, since, until) -> None:
    status = status_of(CALM_ZONE, [sighted(number) for number in sightings], today=day(today))
    if since is None:
        assert (status.status, status.since, status.until) == (Status.CALM, None, None)
        assert status.presence is Presence.NOT_SURVEYED
    else:
        assert status.status is Status.CAUTION
        assert (status.since, status.until) == (day(since), day(until))
        assert status.presence is Presence.PRESENT


@pytest.mark.parametrize(
    ("state", "score", "raises"),
    [
        (State.NEW, 0.79, False),
        (State.NEW, 0.80, True),
        (State.CONFIRMED, 0.10, True),
        (State.RESPONDING, 0.10, True),
        (State.RESOLVED, 0.10, True),
        (State.DISMISSED, 0.99, False),
        (State.RETRACTED, 0.99, False),
    ],
)
def test_which_incidents_raise_a_zone(status_of, sighted, state, score, raises) -> None:
    status = status_of(CALM_ZONE, [sighted(state=state, score=score)])
    assert status.status is (Status.CAUTION if raises else Status.CALM)


def test_a_retraction_takes_back_only_its_own_days(status_of, sighted) -> None:
    both = [sighted(0), sighted(10)]
    assert status_of(CALM_ZONE, both, today=day(5)).until == day(15)
    taken_back = [both[0], replace(both[1], state=State.RETRACTED)]
    assert status_of(CALM_ZONE, taken_back, today=day(12)).until == day(15)
    assert status_of(CALM_ZONE, taken_back, today=day(16)).status is Status.CALM


def test_the_day_is_the_local_one(status_of, sighted) -> None:
    after_midnight = sighted(occurred_at_utc=datetime(2026, 3, 1, 17, 0, tzinfo=UTC))
    assert status_of(CALM_ZONE, [after_midnight], today=day(5)).since == date(2026, 3, 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"zone_id": None},
        {"zone_id": "ko_muk_east"},
        {"rule": RuleName.BOAT_NEAR_DUGONG},
        {"rule": RuleName.BOAT_IN_CLOSED_ZONE},
    ],
)
def test_other_zones_and_other_rules_change_nothing(status_of, sighted, changes) -> None:
    assert status_of(CALM_ZONE, [sighted(**changes)]) == status_of(CALM_ZONE)


def test_a_dugong_outside_all_zones_changes_no_status(site, sighted) -> None:
    outside = zone_statuses(site, [sighted(zone_id=None)], [], SIGHTED)
    assert outside == zone_statuses(site, [], [], SIGHTED)


@pytest.mark.parametrize(
    ("surveys", "presence", "last"),
    [
        ([], Presence.NOT_SURVEYED, None),
        ([(0, 0.25)], Presence.NONE_SEEN, 0),
        ([(0, 0.24)], Presence.NOT_SURVEYED, None),  # too little of the zone was seen
        ([(-15, 1.0)], Presence.NONE_SEEN, -15),
        ([(-16, 1.0)], Presence.NOT_SURVEYED, -16),
        ([(-3, 1.0), (-1, 0.1), (-7, 1.0)], Presence.NONE_SEEN, -3),
        ([(1, 1.0)], Presence.NOT_SURVEYED, None),
    ],
)
def test_none_seen_differs_from_not_surveyed(status_of, surveys, presence, last) -> None:
    done = [ZoneSurvey(CALM_ZONE, day(number), share) for number, share in surveys]
    status = status_of(CALM_ZONE, surveys=[*done, ZoneSurvey("ko_muk_east", SIGHTED, 1.0)])
    assert (status.status, status.presence) == (Status.CALM, presence)
    assert status.last_surveyed == (None if last is None else day(last))


@pytest.mark.parametrize(
    ("number", "changes", "presence"),
    [
        (0, {"score": 0.5}, Presence.NOT_SURVEYED),
        (-15, {"score": 0.5}, Presence.NOT_SURVEYED),
        (-16, {"score": 0.5}, Presence.NONE_SEEN),  # too long ago to speak of this period
        (1, {"score": 0.5}, Presence.NONE_SEEN),  # a camera whose clock runs ahead
        (0, {"score": 0.5, "state": State.DISMISSED}, Presence.NONE_SEEN),
        (0, {"score": 0.5, "zone_id": "ko_muk_east"}, Presence.NONE_SEEN),
        (0, {"rule": RuleName.BOAT_NEAR_DUGONG}, Presence.NONE_SEEN),
        (0, {"score": 0.9}, Presence.PRESENT),
    ],
)
def test_none_seen_is_not_said_while_a_sighting_waits_for_review(
    status_of, sighted, number, changes, presence
) -> None:
    incident = sighted(number, **({"state": State.NEW} | changes))
    status = status_of(CALM_ZONE, [incident], [ZoneSurvey(CALM_ZONE, SIGHTED, 1.0)])
    assert status.presence is presence


def test_none_seen_is_not_said_of_a_zone_that_does_not_watch_for_dugongs(site, status_of) -> None:
    zones = [replace(zone, rules=zone.rules - {RuleName.DUGONG_SIGHTING}) for zone in site.zones]
    surveys = [ZoneSurvey(CALM_ZONE, SIGHTED, 1.0)]
    assert status_of(CALM_ZONE, (), surveys).presence is Presence.NONE_SEEN
    assert status_of(CALM_ZONE, (), surveys, zones=zones).presence is Presence.NOT_SURVEYED


@pytest.mark.parametrize("seen", [False, True])
def test_a_closed_zone_stays_closed_and_its_days_are_its_own(status_of, sighted, seen) -> None:
    incidents = [sighted(zone_id="laem_chu_hoi")] if seen else []
    status = status_of("laem_chu_hoi", incidents)
    assert (status.status, status.since, status.until) == (Status.CLOSED, None, None)
    assert status.presence is (Presence.PRESENT if seen else Presence.NOT_SURVEYED)
    assert "keep out" in status.advice_en


def test_a_closure_that_is_only_proposed_is_a_request(site, status_of) -> None:
    proposed = status_of("laem_chu_hoi")
    assert proposed.binding == "proposal"
    assert proposed.advice_th.startswith("ขอความร่วมมือ")
    assert "ข้อเสนอ ยังไม่มีผลทางกฎหมาย" in proposed.advice_th
    assert "a proposal, not law" in proposed.advice_en
    assert "เป็นเพียงข้อเสนอ" in proposed.citation_th
    by_law = [replace(zone, binding=Binding.LAW) for zone in site.zones]
    assert "proposal" not in status_of("laem_chu_hoi", zones=by_law).advice_en


@pytest.mark.parametrize("seen", [False, True])
def test_a_go_slow_zone_always_asks_to_slow_down(status_of, sighted, seen) -> None:
    incidents = [sighted(zone_id="ko_muk_east")] if seen else []
    status = status_of("ko_muk_east", incidents)
    assert status.status is Status.CAUTION
    assert (status.since, status.until) == ((SIGHTED, day(15)) if seen else (None, None))
    assert status.advice_th.startswith("ชะลอความเร็ว")
    assert status.advice_en.startswith("Slow down")


def test_a_zone_that_is_not_valid_today_has_no_status(site, status_of) -> None:
    ended = [replace(zone, valid_until=day(-1)) for zone in site.zones]
    assert status_of(CALM_ZONE, zones=ended) is None


def test_every_status_names_rule_and_source(site, status_of) -> None:
    for zone in site.zones:
        status = status_of(zone.zone_id)
        assert status.citation.startswith(zone.citation)
        assert "NOAA" in status.citation
        assert status.indicative
        for advice in (status.advice_th, status.advice_en):
            assert not any(sign.isdigit() for sign in advice), "no speed is Thai law here"


@given(
    st.lists(
        st.tuples(
            st.floats(-180, 180),
            st.floats(-90, 90),
            st.floats(0.8, 1.0),
            st.integers(0, 86_399),
            st.text("0123456789abcdef", min_size=16, max_size=16),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_nothing_of_a_sighting_but_its_local_day_reaches_the_public(
    site, sighted, sightings
) -> None:
    """Whatever place, id, score, count and time of day: the statuses are the same to the letter."""
    local_midnight_utc = datetime(2026, 2, 28, 17, 0, tzinfo=UTC)
    incidents = [
        sighted(
            incident_id=name,
            sighting_id=name,
            position=LonLat(lon, lat),
            score=score,
            occurred_at_utc=local_midnight_utc + timedelta(seconds=second),
        )
        for lon, lat, score, second, name in sightings
    ]
    seen = zone_statuses(site, incidents, [], SIGHTED)
    assert seen == zone_statuses(site, [sighted()], [], SIGHTED)
    text = json.dumps([asdict(status) for status in seen], default=str)
    assert not any(name in text for *_, name in sightings)
