"""Incidents: which steps they may take, and ids that the same flight always gives."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from detection.types import ObjectClass
from patrol.incident import (
    State,
    TransitionError,
    check_transition,
    incident_id_of,
    open_incidents,
)
from patrol.incident_step import Move, Signature, take_step
from patrol.verdict import Certainty, Priority, Verdict
from patrol.zones import RuleName

LATER = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

N, C, P, V, D, R = (
    State.NEW,
    State.CONFIRMED,
    State.RESPONDING,
    State.RESOLVED,
    State.DISMISSED,
    State.RETRACTED,
)

MAY = {
    N: {C, D},
    C: {P, D, R},
    P: {V, D, R},
    V: {P, R},
    D: {N},
    R: {N},
}


@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
def test_every_pair_of_states(before: State, after: State) -> None:
    if after in MAY[before]:
        check_transition(before, after)
    else:
        with pytest.raises(TransitionError, match=f"is {before} cannot become {after}"):
            check_transition(before, after)


def test_the_refusal_says_what_is_possible() -> None:
    with pytest.raises(TransitionError, match="from new it may become: confirmed, dismissed"):
        check_transition(N, V)


def test_a_step_says_who_when_and_why(make_incident) -> None:
    incident = make_incident()
    after, event = take_step(incident, Move(C), Signature(" Somchai ", " clear\npicture ", LATER))
    assert after == replace(incident, state=C, version=2)
    assert (event.actor, event.reason, event.at_utc) == ("Somchai", "clear\npicture", LATER)
    assert (event.from_state, event.to_state, event.version) == (N, C, 2)


@pytest.mark.parametrize(
    ("before", "after"), [(N, D), (C, R), (D, N), (R, N)], ids=lambda state: state.value
)
def test_taking_something_back_needs_a_reason(make_incident, before: State, after: State) -> None:
    incident = make_incident(state=before)
    with pytest.raises(TransitionError, match="say why"):
        take_step(incident, Move(after), Signature("o", "  ", LATER))
    assert take_step(incident, Move(after), Signature("o", "a buoy", LATER))[0].state is after


@pytest.mark.parametrize(
    ("actor", "reason", "fault"),
    [
        (" ", "", "empty name"),
        ("o\x00", "", "name holds a control character"),
        ("o", "a\x07b", "reason holds a control character"),
        ("o", "a\ud800b", "reason holds a control character"),
    ],
)
def test_texts_that_no_database_keeps_are_refused(make_incident, actor, reason, fault) -> None:
    with pytest.raises(TransitionError, match=fault):
        take_step(make_incident(), Move(C), Signature(actor, reason, LATER))


def test_the_id_changes_with_each_part_and_only_then() -> None:
    parts = ("flight", RuleName.DUGONG_SIGHTING, "zone", "sighting")
    base = incident_id_of(*parts)
    assert base == incident_id_of(*parts)
    others = {
        incident_id_of("flight2", *parts[1:]),
        incident_id_of(parts[0], RuleName.BOAT_NEAR_DUGONG, *parts[2:]),
        incident_id_of(*parts[:2], "zone2", parts[3]),
        incident_id_of(*parts[:2], None, parts[3]),
        incident_id_of(*parts[:3], "sighting2"),
        incident_id_of(*parts[:2], "zonesi", "ghting"),
    }
    assert len(others) == 6
    assert base not in others


def test_open_incidents_takes_the_evidence_from_the_best_detection(make_sighting) -> None:
    boat = make_sighting(
        "b", ObjectClass.BOAT, last_seen_utc=datetime(2026, 3, 1, 5, 1, tzinfo=UTC)
    )
    verdict = Verdict(
        RuleName.BOAT_IN_CLOSED_ZONE,
        "z",
        "b",
        ObjectClass.BOAT,
        Certainty.BOUNDARY,
        Priority.NORMAL,
        "th",
        "en",
        "source",
    )
    (incident,) = open_incidents([verdict], [boat], {"b": "c" * 64})
    assert incident.state is N
    assert incident.version == 1
    assert incident.crop_sha256 == "c" * 64
    assert incident.frame_sha256 == boat.best.frame_sha256 == "1" * 64
    assert incident.occurred_at_utc == boat.best.taken_at_utc
    assert (incident.citation, incident.reason_th) == ("source", "th")
    (without_crop,) = open_incidents([verdict], [boat], {})
    assert without_crop == replace(incident, crop_sha256=None)
    with pytest.raises(KeyError):
        open_incidents([verdict], [], {})
