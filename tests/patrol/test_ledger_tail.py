"""The end of the ledger: followed entry by entry, and searched by who and what."""

from datetime import UTC, datetime

import pytest

from patrol.incident import State

AT = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def acted(store, make_log):
    store.log_flight(make_log())
    incidents = store.incidents()
    for actor, incident, state, reason in (
        ("mali", incidents[0], State.CONFIRMED, "seen"),
        ('s"om', incidents[0], State.DISMISSED, 'he said "actor":"mali" aloud'),
        ("mali", incidents[1], State.CONFIRMED, ""),
    ):
        store.transition(
            incident.incident_id, state, actor=actor, reason=reason,
            expected_version=None, at_utc=AT,
        )  # fmt: skip
    return incidents


def test_an_empty_ledger_has_no_news(store):
    assert store.tail.last_sequence() == 0
    assert store.tail.after(0) == ()
    assert store.tail.trail() == ()


def test_what_followed_an_entry_comes_in_order(store, acted):
    last = store.tail.last_sequence()
    steps = store.tail.after(last - 3)
    assert [news.sequence for news in steps] == [last - 2, last - 1, last]
    assert [news.actor for news in steps] == ["mali", 's"om', "mali"]
    assert steps[0].subject == acted[0].incident_id
    assert steps[0].at_utc == AT
    assert steps[0].facts["to_state"] == "confirmed"
    assert steps[0].facts["version"] == 2
    assert "facts" not in steps[0].facts  # the hash is of no use to people
    assert store.tail.after(last) == ()
    assert len(store.tail.after(0, limit=2)) == 2


def test_a_flight_tells_no_hashes(store, acted):
    flight = store.tail.after(0)[0]
    assert (flight.kind, flight.actor) == ("flight_logged", "libong")
    assert set(flight.facts) == {"site_id", "model_sha256", "received_at_utc"}


@pytest.mark.parametrize(
    ("actor", "count"), [("mali", 2), ('s"om', 1), ("s", 0), ("%", 0), ("x" * 70, 0)]
)
def test_the_trail_of_a_person_is_exactly_theirs(store, acted, actor, count):
    found = store.tail.trail(actor=actor)
    assert [news.actor for news in found] == [actor] * count


def test_the_trail_of_an_incident_brings_its_flight(store, acted):
    found = store.tail.trail(subject=acted[0].incident_id)
    assert [news.kind for news in found] == ["incident_event"] * 3 + ["flight_logged"]
    assert found[0].facts["to_state"] == "dismissed"


def test_the_trail_goes_on_before_an_entry(store, acted):
    first = store.tail.trail(limit=2)
    rest = store.tail.trail(before=first[-1].sequence)
    everything = store.tail.trail()
    assert first + rest == everything


def test_the_trail_keeps_to_the_kinds_asked_for(store, acted):
    found = store.tail.trail(kinds=["flight_logged"])
    assert [news.kind for news in found] == ["flight_logged"]
