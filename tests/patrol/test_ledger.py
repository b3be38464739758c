"""The chain: whatever is done to its rows is found."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.incident import State
from patrol.ledger import (
    EMPTY_HEAD,
    GENESIS_HASH,
    LedgerEntry,
    LedgerHead,
    appended,
    canonical_json,
    event_of,
    facts_digest,
    head_after,
    incident_changed,
    incident_payload,
    opening_event,
    verify_chain,
)

NOON = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)


def chain(payloads: list[str]) -> tuple[list[LedgerEntry], LedgerHead]:
    entries: list[LedgerEntry] = []
    head = EMPTY_HEAD
    for number, payload in enumerate(payloads):
        entry = appended(
            head,
            at_utc=NOON + timedelta(seconds=number),
            kind="incident_event",
            subject="i1",
            payload=payload,
        )
        entries.append(entry)
        head = head_after(entry)
    return entries, head


payload_lists = st.lists(st.text(max_size=20), min_size=1, max_size=8)


@given(payload_lists)
def test_an_honest_chain_has_no_faults(payloads: list[str]) -> None:
    assert verify_chain(*chain(payloads)) == ()


def test_an_empty_chain_has_no_faults_and_starts_at_the_genesis() -> None:
    assert verify_chain([], EMPTY_HEAD) == ()
    assert LedgerHead(0, GENESIS_HASH) == EMPTY_HEAD


@given(payload_lists, st.data())
def test_any_edit_of_any_field_is_found(payloads: list[str], data: st.DataObject) -> None:
    entries, head = chain(payloads)
    at = data.draw(st.integers(0, len(entries) - 1))
    name = data.draw(st.sampled_from([field.name for field in fields(LedgerEntry)]))
    was = getattr(entries[at], name)
    other = st.integers(0, 99) if isinstance(was, int) else st.text(max_size=70)
    entries[at] = replace(entries[at], **{name: data.draw(other.filter(lambda new: new != was))})
    assert verify_chain(entries, head)


@given(payload_lists, st.data())
def test_any_deletion_is_found_at_the_end_too(payloads: list[str], data: st.DataObject) -> None:
    entries, head = chain(payloads)
    gone = data.draw(st.sets(st.integers(0, len(entries) - 1), min_size=1))
    assert verify_chain([e for i, e in enumerate(entries) if i not in gone], head)


@given(st.lists(st.text(max_size=20), min_size=2, max_size=8), st.data())
def test_any_reordering_is_found(payloads: list[str], data: st.DataObject) -> None:
    entries, head = chain(payloads)
    shuffled = data.draw(st.permutations(entries).filter(lambda order: order != entries))
    assert verify_chain(shuffled, head)
    renumbered = [replace(e, sequence=i) for i, e in enumerate(shuffled, start=1)]
    assert verify_chain(renumbered, head)


@given(payload_lists, st.data())
def test_an_entry_slipped_in_is_found(payloads: list[str], data: st.DataObject) -> None:
    entries, head = chain(payloads)
    at = data.draw(st.integers(0, len(entries)))
    before = head_after(entries[at - 1]) if at else EMPTY_HEAD
    forged = appended(before, at_utc=NOON, kind="incident_event", subject="i2", payload="{}")
    assert verify_chain([*entries[:at], forged, *entries[at:]], head)


def test_the_fault_names_the_edited_entry_and_only_it() -> None:
    entries, head = chain(["a", "b", "c"])
    entries[1] = replace(entries[1], payload="B")
    (fault,) = verify_chain(entries, head)
    assert (fault.sequence, fault.what) == (2, "was changed after it was written")


def test_a_cut_off_tail_is_named() -> None:
    entries, head = chain(["a", "b", "c"])
    (fault,) = verify_chain(entries[:2], head)
    assert fault.what == "the ledger ends at entry 2; it was last written at 3"


def test_the_same_moment_has_one_text_in_every_time_zone() -> None:
    bangkok = NOON.astimezone(timezone(timedelta(hours=7)))
    assert canonical_json({"b": bangkok, "a": "ก"}) == canonical_json({"a": "ก", "b": NOON})
    assert canonical_json(NOON) == '"2026-03-01T05:00:00.000000+00:00"'


@pytest.mark.parametrize("value", [NOON.replace(tzinfo=None), {1, 2}, object()])
def test_values_without_one_text_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


def test_nan_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json(float("nan"))


def test_the_facts_of_an_incident_do_not_change_with_its_state(make_incident) -> None:
    incident = make_incident()
    moved = replace(incident, state=State.RESOLVED, version=9)
    assert facts_digest(incident) == facts_digest(moved)
    assert facts_digest(incident) != facts_digest(replace(incident, error_m=4.0001))


def test_an_event_comes_back_from_its_entry_as_it_went_in(make_incident) -> None:
    incident = make_incident()
    event = opening_event(incident, NOON)
    entry = appended(
        EMPTY_HEAD,
        at_utc=event.at_utc,
        kind="incident_event",
        subject=incident.incident_id,
        payload=incident_payload(event, incident),
    )
    assert event_of(entry) == event
    assert not incident_changed(incident, entry)
    assert incident_changed(replace(incident, zone_id=None), entry)
    assert incident_changed(replace(incident, state=State.RESOLVED), entry)
    assert incident_changed(replace(incident, version=2), entry)
