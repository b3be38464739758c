"""The file of one case: everything about it, nothing about others, and no damage passed over."""

import sqlite3
from datetime import UTC, datetime

import pytest

from patrol.incident import State
from patrol.ledger import LedgerHead, verify_chain
from patrol.store import StoreError, UnknownIncident

LATER = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def logged(store, make_log):
    store.log_flight(make_log("flight0"))
    log = make_log("flight1")
    store.log_flight(log)
    store.transition(
        log.incidents[1].incident_id,
        State.CONFIRMED,
        actor="o",
        reason="seen",
        expected_version=1,
        at_utc=LATER,
    )
    return log


def test_it_holds_what_the_store_tells_one_by_one(store, logged) -> None:
    incident_id = logged.incidents[1].incident_id
    case = store.case_file(incident_id)
    assert case.incident == store.incident(incident_id)
    assert case.events == store.events(incident_id)
    assert case.sighting == logged.sightings[1]
    assert case.flight == store.flight("flight1")
    assert case.frames == store.frames("flight1")


def test_the_proof_links_to_what_is_before_and_after(store, logged) -> None:
    opened, confirmed = logged.incidents
    proof = store.case_file(confirmed.incident_id).proof
    # flight0 has entries 1 to 3, flight1 4 to 6, the step is 7
    assert [it.entry.sequence for it in proof.entries] == [4, 6, 7]
    other = store.case_file(opened.incident_id).proof.entries[1].entry
    flight, opening, step = proof.entries
    assert other.sequence == 5
    assert flight.next_hash == other.entry_hash == opening.entry.previous_hash
    assert opening.next_hash == step.entry.entry_hash == proof.head.entry_hash
    assert step.next_hash is None
    assert proof.head == LedgerHead(7, store.verify().head_hash)
    tail = [other, opening.entry, step.entry]
    assert {fault.sequence for fault in verify_chain(tail, proof.head)} == {5}  # only its start


@pytest.mark.parametrize("name", ["", "nowhere", "a\x00b"])
def test_an_unknown_incident_is_refused(store, name) -> None:
    with pytest.raises(UnknownIncident):
        store.case_file(name)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incidents SET state = 'nonsense'",
        "UPDATE incidents SET occurred_at_utc = 'yesterday'",
        "UPDATE incidents SET sighting_id = 'other'",
        "DELETE FROM detections",
        "DELETE FROM flights",
        "UPDATE ledger SET payload = 'no json'",
        "UPDATE ledger SET payload = '{}'",
    ],
)
def test_damaged_records_are_refused_in_words(database_url, store, logged, statement) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("edits a SQLite file with sqlite3")
    connection = sqlite3.connect(database_url.removeprefix("sqlite:///"))
    connection.execute("DROP TRIGGER ledger_refuses_update")
    connection.execute(statement)
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match="are damaged; `libong verify` names what was changed"):
        store.case_file(logged.incidents[1].incident_id)
