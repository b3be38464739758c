"""Steps with incidents: what each changes, when it is refused, and how it is undone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from detection.types import ObjectClass
from ingest.lonlat import LonLat
from patrol.incident import State, TransitionError
from patrol.incident_event import PLAIN, Deed, Standing
from patrol.incident_match import likely_same
from patrol.incident_step import (
    Assign,
    Comment,
    Join,
    Move,
    Prioritise,
    Separate,
    Signature,
    Surroundings,
    Undo,
    last_decision,
    take_step,
)
from patrol.ledger import facts_digest, opening_event
from patrol.verdict import Priority
from patrol.zones import RuleName

LATER = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MALI = Signature("mali", "", LATER)
OFFICERS = Surroundings(officers={"mali", "nid"})


def why(reason: str) -> Signature:
    return replace(MALI, reason=reason)


@pytest.fixture
def make_boat(make_incident, make_sighting):
    def make(flight_id: str = "flight1", **changes):
        seen = make_sighting("s1", ObjectClass.BOAT, flight_id=flight_id)
        return make_incident(
            sighting=seen,
            object_class=ObjectClass.BOAT,
            rule=RuleName.BOAT_IN_CLOSED_ZONE,
            **changes,
        )

    return make


def test_each_decision_changes_one_thing_and_says_so(make_boat) -> None:
    boat, other = make_boat(), make_boat("flight2")
    cases = [
        (Assign("nid"), OFFICERS, Deed.ASSIGNED, {"assignee": "nid"}),
        (
            Prioritise(Priority.HIGH),
            Surroundings(),
            Deed.PRIORITISED,
            {"priority": Priority.HIGH, "rule_priority": Priority.NORMAL},
        ),
        (
            Join(other.incident_id),
            Surroundings(into=other),
            Deed.JOINED,
            {"joined_to": other.incident_id},
        ),
    ]
    for step, around, deed, changes in cases:
        after, event = take_step(boat, step, MALI, around)
        assert after == replace(boat, version=2, **changes)
        assert (event.deed, event.from_state, event.to_state) == (deed, State.NEW, State.NEW)
        assert event.standing != PLAIN
        assert facts_digest(after) == facts_digest(boat)


def test_a_comment_changes_nothing_but_the_version(make_boat) -> None:
    after, event = take_step(make_boat(), Comment(), why("  seen here before "))
    assert after == replace(make_boat(), version=2)
    assert (event.deed, event.reason) == (Deed.COMMENTED, "seen here before")
    with pytest.raises(TransitionError, match="a comment needs its text"):
        take_step(make_boat(), Comment(), why(" "))


def test_the_rules_priority_set_again_is_no_officers_any_more(make_boat) -> None:
    raised, _ = take_step(make_boat(), Prioritise(Priority.HIGH), MALI)
    with pytest.raises(TransitionError, match="to lower the priority"):
        take_step(raised, Prioritise(Priority.NORMAL), MALI)
    lowered, event = take_step(raised, Prioritise(Priority.NORMAL), why("known boat"))
    assert lowered == replace(make_boat(), version=3)
    assert event.standing == PLAIN


@pytest.mark.parametrize(
    ("step", "around", "fault"),
    [
        (Assign(None), OFFICERS, "in the care of nobody already"),
        (Assign("don"), OFFICERS, "'don' is none"),
        (Prioritise(Priority.NORMAL), OFFICERS, "is normal already"),
        (Join("gone"), Surroundings(), "joined to another one; got 'gone'"),
        (Separate(), Surroundings(), "joined to no other"),
        (Undo(), Surroundings(), "nothing is left to undo"),
    ],
)
def test_what_changes_nothing_or_cannot_be_is_refused(make_boat, step, around, fault) -> None:
    with pytest.raises(TransitionError, match=fault):
        take_step(make_boat(), step, why("so"), around)


def test_what_cannot_be_joined(make_boat, make_incident) -> None:
    boat, other = make_boat(), make_boat("flight2")
    dugong = make_incident()
    for incident, around, fault in [
        (boat, Surroundings(into=boat), "joined to another one"),
        (boat, Surroundings(into=other, has_joined=True), "are joined to this one"),
        (boat, Surroundings(into=replace(other, joined_to="x")), "is joined to x: join to that"),
        (replace(boat, joined_to="x"), Surroundings(into=other), "joined to x already"),
        (boat, Surroundings(into=dugong), "got boat and dugong"),
        (
            dugong,
            Surroundings(into=make_incident(incident_id="d2", flight_id="flight2")),
            "dugongs of one flight",
        ),
    ]:
        with pytest.raises(TransitionError, match=fault):
            take_step(incident, Join("it"), MALI, around)


def test_what_is_joined_is_decided_with_the_other_until_separated(make_boat) -> None:
    joined = make_boat(joined_to="x")
    with pytest.raises(TransitionError, match="joined to x; decide on that one"):
        take_step(joined, Move(State.CONFIRMED), MALI)
    with pytest.raises(TransitionError, match="say why"):
        take_step(joined, Separate(), MALI)
    apart, event = take_step(joined, Separate(), why("another hull"))
    assert (apart.joined_to, event.deed) == (None, Deed.SEPARATED)


def play(incident, *steps):
    """Take steps one after the other, each by who is named; return the incident and history."""
    history = [opening_event(incident, LATER)]
    for actor, step in steps:
        around = replace(OFFICERS, history=tuple(history))
        incident, event = take_step(incident, step, Signature(actor, "so", LATER), around)
        history.append(event)
    return incident, history


def test_undoing_goes_back_step_by_step_past_comments(make_boat) -> None:
    decided = [
        ("mali", Move(State.CONFIRMED)),
        ("mali", Assign("nid")),
        ("mali", Comment()),
    ]
    once, history = play(make_boat(), *decided, ("mali", Undo()))
    assert (once.state, once.assignee, once.version) == (State.CONFIRMED, None, 5)
    assert (history[-1].deed, history[-1].undoes) == (Deed.UNDONE, 3)
    twice, history = play(make_boat(), *decided, ("mali", Undo()), ("mali", Undo()))
    assert (twice.state, twice.assignee, history[-1].undoes) == (State.NEW, None, 2)
    assert last_decision(history) is None
    again, history = play(
        make_boat(), *decided, ("mali", Undo()), ("mali", Assign("mali")), ("mali", Undo())
    )
    assert (again.state, again.assignee, history[-1].undoes) == (State.CONFIRMED, None, 6)


def test_undoing_what_somebody_else_decided_needs_a_reason(make_boat) -> None:
    confirmed, history = play(make_boat(), ("nid", Move(State.CONFIRMED)))
    around = Surroundings(history=history)
    with pytest.raises(TransitionError, match="what somebody else decided, say why"):
        take_step(confirmed, Undo(), MALI, around)
    assert take_step(confirmed, Undo(), why("a buoy"), around)[0].state is State.NEW
    own = replace(MALI, actor="nid")
    assert take_step(confirmed, Undo(), own, around)[0].state is State.NEW


def test_a_separation_is_not_undone_for_the_other_may_be_joined_by_now(make_boat) -> None:
    joined = make_boat(joined_to="x", version=2)
    apart, event = take_step(joined, Separate(), why("so"))
    opened = opening_event(joined, LATER)
    history = (opened, replace(opened, version=2, standing=Standing(joined_to="x")), event)
    with pytest.raises(TransitionError, match="join the incident again instead"):
        take_step(apart, Undo(), MALI, Surroundings(history=history))


NEAR = LonLat(99.4562, 7.2560)  # 22 m off
FAR = LonLat(99.4600, 7.2560)  # 440 m off


def test_likely_the_same_is_near_and_of_another_flight_the_nearest_first(make_boat) -> None:
    boat = make_boat()
    same_place = make_boat("flight2", incident_id="same")
    others = [
        make_boat("flight3", incident_id="near", position=NEAR),
        same_place,
        boat,
        make_boat("flight2", incident_id="far", position=FAR),
        make_boat("flight2", incident_id="joined", joined_to="x"),
        make_boat("flight2", incident_id="zone", zone_id="other"),
        replace(make_boat("flight2"), object_class=ObjectClass.FISHING_GEAR),
        make_boat("f", incident_id="old", occurred_at_utc=LATER - timedelta(days=40)),
    ]
    assert [found.incident_id for found in likely_same(boat, others)] == ["same", "near"]


def test_no_dugong_is_likely_the_same_as_another(make_incident) -> None:
    other = make_incident(incident_id="x", flight_id="flight2")
    assert likely_same(make_incident(), [other]) == ()
