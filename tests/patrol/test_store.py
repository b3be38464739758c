"""The store, on SQLite and (where there is a server) PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from threading import Barrier

import pytest

from detection.types import ObjectClass
from ingest.errors import LibongError
from ingest.lonlat import LonLat
from patrol import status_records
from patrol.incident import State
from patrol.store import (
    FlightLogError,
    Role,
    StaleVersion,
    Store,
    TransitionError,
    UnknownFlight,
    UnknownIncident,
    UnknownUser,
    UserError,
)
from patrol.verdict import Priority
from patrol.zone_status import Presence, Status

LATER = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def logged(store, make_log):
    log = make_log()
    assert store.log_flight(log)
    return log


def test_a_flight_comes_back_as_it_was_logged(store, logged) -> None:
    (summary,) = store.flights()
    assert summary == store.flight("flight1")
    assert (summary.site_id, summary.model_sha256) == ("koh_libong", "e" * 64)
    assert summary.received_at_utc == logged.received_at_utc
    assert (summary.first_taken_utc, summary.last_taken_utc) == (
        datetime(2026, 3, 1, 5, 0, tzinfo=UTC),
        datetime(2026, 3, 1, 5, 0, tzinfo=UTC),
    )
    assert (summary.frames, summary.detections, summary.sightings) == (2, 4, 2)
    assert summary.refused == logged.flight.refused
    assert store.sightings("flight1") == logged.sightings
    assert set(store.incidents()) == set(logged.incidents)
    frames = store.frames("flight1")
    assert [frame.sha256 for frame in frames] == ["0" * 64, "1" * 64]
    assert frames[0].position == logged.flight.frames[0].pose.position
    assert frames[0].file_name == "0000.JPG"
    assert store.verify().faults == ()


def test_logging_the_same_flight_again_changes_nothing(store, logged) -> None:
    store.transition(
        logged.incidents[0].incident_id,
        State.CONFIRMED,
        actor="o",
        reason="",
        expected_version=1,
        at_utc=LATER,
    )
    before = (store.flights(), store.incidents(), store.verify())
    assert store.log_flight(replace(logged, received_at_utc=LATER)) is False
    assert (store.flights(), store.incidents(), store.verify()) == before


@pytest.mark.parametrize("change", [{"model_sha256": "a" * 64}, {"site_id": "elsewhere"}])
def test_the_same_flight_by_another_model_or_site_is_refused(store, logged, change) -> None:
    before = store.verify()
    with pytest.raises(FlightLogError, match="already logged"):
        store.log_flight(replace(logged, **change))
    assert store.verify() == before


def test_a_log_that_contradicts_itself_leaves_nothing_behind(store, make_log) -> None:
    log = make_log()
    with pytest.raises(FlightLogError, match="not among the flight's detections"):
        store.log_flight(replace(log, detections=log.detections[1:-1]))
    assert store.flights() == ()
    assert store.verify().events == 0
    assert store.log_flight(log)


def test_a_flight_of_which_every_file_was_refused_is_logged(store, make_log) -> None:
    log = make_log()
    empty = replace(
        log,
        flight=replace(log.flight, frames=()),
        sightings=(),
        detections=(),
        incidents=(),
        surveyed=(),
    )
    assert store.log_flight(empty)
    summary = store.flight("flight1")
    assert (summary.frames, summary.first_taken_utc, len(summary.refused)) == (0, None, 1)


def test_two_that_log_the_same_flight_at_once_log_it_once(database_url, store, make_log) -> None:
    log = make_log()
    barrier = Barrier(4)

    def log_it() -> bool:
        own = Store(database_url)
        try:
            barrier.wait(timeout=120)
            return own.log_flight(log)
        finally:
            own.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = [future.result() for future in [pool.submit(log_it) for _ in range(4)]]
    assert sorted(outcomes) == [False, False, False, True]
    assert store.verify().faults == ()
    assert store.verify().events == 3


def test_different_flights_logged_at_once_keep_one_chain(store, make_log) -> None:
    logs = [make_log(f"flight{number}") for number in range(6)]
    with ThreadPoolExecutor(3) as pool:
        assert all(pool.map(store.log_flight, logs))
    report = store.verify()
    assert (report.events, report.faults) == (18, ())


def test_two_officers_who_decide_at_once_do_not_overwrite_each_other(store, logged) -> None:
    incident_id = logged.incidents[0].incident_id
    barrier = Barrier(2)

    def decide(state: State) -> State | None:
        barrier.wait(timeout=120)
        try:
            return store.transition(
                incident_id, state, actor="o", reason="seen", expected_version=1, at_utc=LATER
            ).state
        except StaleVersion:
            return None

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(decide, (State.CONFIRMED, State.DISMISSED)))
    assert outcomes.count(None) == 1
    incident = store.incident(incident_id)
    assert incident.version == 2
    assert incident.state in outcomes
    assert len(store.events(incident_id)) == 2


def test_a_step_is_kept_with_who_when_and_why(store, logged) -> None:
    opened = logged.incidents[0]
    bangkok = LATER.astimezone(timezone(timedelta(hours=7)))
    after = store.transition(
        opened.incident_id,
        State.DISMISSED,
        actor="Malee",
        reason="ทุ่นลอยน้ำ",
        expected_version=1,
        at_utc=bangkok,
    )
    assert (
        after
        == store.incident(opened.incident_id)
        == replace(opened, state=State.DISMISSED, version=2)
    )
    first, second = store.events(opened.incident_id)
    assert (first.from_state, first.to_state, first.version) == (None, State.NEW, 1)
    assert (first.actor, first.at_utc) == ("libong", logged.received_at_utc)
    assert (second.actor, second.reason, second.at_utc) == ("Malee", "ทุ่นลอยน้ำ", LATER)
    assert second.at_utc.utcoffset() == timedelta(0)


def test_refused_steps_leave_no_trace(store, logged) -> None:
    incident_id = logged.incidents[0].incident_id

    def attempt(state: State, version: int | None, name: str = incident_id) -> None:
        store.transition(name, state, actor="o", reason="", expected_version=version, at_utc=LATER)

    before = store.verify()
    with pytest.raises(TransitionError):
        attempt(State.RESOLVED, 1)
    with pytest.raises(StaleVersion, match="is at version 1"):
        attempt(State.CONFIRMED, 2)
    with pytest.raises(TransitionError, match="say why"):
        attempt(State.DISMISSED, None)
    with pytest.raises(UnknownIncident, match="no incident 'nowhere'"):
        attempt(State.CONFIRMED, None, "nowhere")
    assert store.verify() == before
    attempt(State.CONFIRMED, None)
    assert store.incident(incident_id).version == 2


@pytest.mark.parametrize("name", ["", "nowhere", "a\x00b", "a\ud800b", "x" * 300])
def test_unknown_ids_are_refused_in_words(store, name) -> None:
    for lookup, fault in (
        (store.flight, UnknownFlight),
        (store.incident, UnknownIncident),
        (store.events, UnknownIncident),
    ):
        with pytest.raises(fault) as caught:
            lookup(name)
        assert isinstance(caught.value, LibongError)
        assert isinstance(caught.value, LookupError)
    assert store.user(name) is None


def test_incidents_are_filtered_and_the_newest_comes_first(store, make_log) -> None:
    old = make_log("flight1")
    new = make_log("flight2", seen_utc=datetime(2026, 3, 5, 5, 0, tzinfo=UTC))
    store.log_flight(new)
    store.log_flight(old)
    times = [incident.occurred_at_utc for incident in store.incidents()]
    assert times == sorted(times, reverse=True)
    assert len(times) == 4
    assert {i.flight_id for i in store.incidents(flight_id="flight2")} == {"flight2"}
    assert len(store.incidents(flight_id="flight2")) == 2
    assert store.incidents(zone_id="ko_muk_east") == ()
    assert len(store.incidents(zone_id="laem_chu_hoi")) == 4
    assert store.incidents(states=[]) == ()
    dugong = old.incidents[0]
    store.transition(
        dugong.incident_id,
        State.CONFIRMED,
        actor="o",
        reason="",
        expected_version=None,
        at_utc=LATER,
    )
    (confirmed,) = store.incidents(states={State.CONFIRMED, State.RESOLVED})
    assert confirmed.incident_id == dugong.incident_id


def test_alerts_are_what_still_wants_a_person_most_urgent_first(store, make_log) -> None:
    for flight_id, month_day in (("flight1", 1), ("flight2", 5)):
        store.log_flight(
            make_log(flight_id, seen_utc=datetime(2026, 3, month_day, 5, 0, tzinfo=UTC))
        )
    found = [(alert.priority, alert.flight_id) for alert in store.alerts()]
    assert found == [
        (Priority.HIGH, "flight2"),
        (Priority.HIGH, "flight1"),
        (Priority.NORMAL, "flight2"),
        (Priority.NORMAL, "flight1"),
    ]
    first = store.alerts()[0]
    for state in (State.CONFIRMED, State.RESPONDING):
        store.transition(
            first.incident_id, state, actor="o", reason="", expected_version=None, at_utc=LATER
        )
        assert first.incident_id in {alert.incident_id for alert in store.alerts()}
    store.transition(
        first.incident_id, State.RESOLVED, actor="o", reason="", expected_version=3, at_utc=LATER
    )
    assert first.incident_id not in {alert.incident_id for alert in store.alerts()}


def test_zone_statuses_follow_the_review_of_this_sites_flights(
    store, site, make_log, make_incident, make_sighting
) -> None:
    today = date(2026, 3, 3)
    log = make_log()
    dugong = make_sighting("s1", ObjectClass.DUGONG, LonLat(99.4, 7.29), score=0.5)
    in_channel = replace(
        log,
        sightings=(dugong,),
        detections=dugong.detections,
        surveyed=tuple(replace(done, zone_id="hat_yao_channel") for done in log.surveyed),
        incidents=(make_incident(sighting=dugong, zone_id="hat_yao_channel"),),
    )

    def channel():
        by_id = {status.zone_id: status for status in store.zone_statuses(site, today)}
        return by_id["hat_yao_channel"]

    assert channel().presence is Presence.NOT_SURVEYED
    store.log_flight(in_channel)
    # a sighting waits for review: neither "seen" nor "none seen" would be true
    assert (channel().status, channel().presence) == (Status.CALM, Presence.NOT_SURVEYED)
    incident_id = in_channel.incidents[0].incident_id
    for state, status in (
        (State.CONFIRMED, Status.CAUTION),
        (State.RETRACTED, Status.CALM),
        (State.NEW, Status.CALM),  # reopened, its score alone is too low
        (State.CONFIRMED, Status.CAUTION),
    ):
        store.transition(
            incident_id, state, actor="o", reason="why", expected_version=None, at_utc=LATER
        )
        assert channel().status is status
    elsewhere = replace(site, site_id="elsewhere")
    there = {s.zone_id: s.status for s in store.zone_statuses(elsewhere, today)}
    assert there["hat_yao_channel"] is Status.CALM
    assert {s.presence for s in store.zone_statuses(elsewhere, today)} == {Presence.NOT_SURVEYED}


@pytest.mark.parametrize(
    ("days_ago", "since_days_ago", "read"),
    [
        ((3,), 3, 1),
        ((-2, 15), 15, 1),  # the first is of a camera whose clock runs ahead
        ((16, 40), None, 0),
        ((3, 19, 35, 200), 35, 3),  # each a day after the one before it had ended
        ((3, 20, 21, 60), 3, 3),  # a calm day lay between the first and the others
    ],
)
def test_zone_statuses_read_only_the_sightings_they_depend_on(
    store, site, make_log, make_incident, make_sighting, monkeypatch, days_ago, since_days_ago, read
) -> None:
    today = date(2026, 10, 3)
    for number in days_ago:
        # just after midnight in Trang, when in UTC it is still the day before
        seen_utc = datetime(2026, 10, 2, 17, 5, tzinfo=UTC) - timedelta(days=number)
        flight_id = f"flight{number}"
        dugong = make_sighting("s1", ObjectClass.DUGONG, flight_id=flight_id, seen_utc=seen_utc)
        incident = make_incident(sighting=dugong, zone_id="hat_yao_channel")
        store.log_flight(
            replace(
                make_log(flight_id),
                sightings=(dugong,),
                detections=dugong.detections,
                incidents=(incident,),
            )
        )
    loaded, sighted = [], status_records._Sighted
    monkeypatch.setattr(
        status_records, "_Sighted", lambda *row: loaded.append(row) or sighted(*row)
    )
    statuses = {status.zone_id: status for status in store.zone_statuses(site, today)}
    since = None if since_days_ago is None else today - timedelta(days=since_days_ago)
    assert statuses["hat_yao_channel"].since == since
    assert len(loaded) == read


def test_users(store) -> None:
    added = store.add_user("สมชาย", "hash1", Role.OFFICER, LATER)
    assert added == store.user("สมชาย")
    assert (added.role, added.created_at_utc, added.session_epoch) == (Role.OFFICER, LATER, 0)
    store.add_user("malee", "hash2", Role.RANGER, LATER)
    assert {user.name for user in store.users()} == {"malee", "สมชาย"}
    changed = store.set_password_hash("สมชาย", "hash3", LATER)
    assert changed == replace(added, password_hash="hash3", session_epoch=1)
    assert store.end_sessions("สมชาย") == replace(changed, session_epoch=2) == store.user("สมชาย")
    with pytest.raises(UserError, match="already"):
        store.add_user("malee", "other", Role.ADMIN, LATER)
    assert store.user("malee").password_hash == "hash2"
    with pytest.raises(UnknownUser):
        store.set_password_hash("nobody", "x", LATER)
    with pytest.raises(UnknownUser):
        store.end_sessions("nobody")


@pytest.mark.parametrize("name", ["", " a", "a\n", "a\x00", "a\ud800", "x" * 65])
def test_names_that_cannot_be_users(store, name) -> None:
    with pytest.raises(UserError, match="1 to 64 printable"):
        store.add_user(name, "hash", Role.ADMIN, LATER)
    assert store.users() == ()
