"""What is split is judged anew by the rules, each part by its own pictures; undone, it is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from detection.types import ObjectClass
from ingest.lonlat import LonLat
from patrol.incident import State, open_incidents
from patrol.incident_event import Deed
from patrol.incident_step import Comment, Join, Move, Separate, Signature, Split, Undo
from patrol.rules import judge
from patrol.site import shipped_site
from patrol.verdict import Certainty
from patrol.zones import RuleName
from tests.patrol.round_zone import round_zone

ANIMAL = LonLat(99.4560, 7.2560)
NEAR = LonLat(99.4561, 7.2560)  # 11 m from it
FAR = LonLat(99.4650, 7.2560)  # 990 m
CLOSE_BY, FAR_OFF = "a" * 64, "0" * 64


@pytest.fixture
def place():
    return replace(
        shipped_site(), zones=(round_zone("cape", RuleName.BOAT_IN_CLOSED_ZONE, NEAR, 0.001),)
    )


@pytest.fixture
def two_boats_as_one(store, make_log, make_sighting, place):
    """A flight in which one boat near an animal and one far off were taken for one."""
    log = make_log()
    seen = make_sighting("s2", ObjectClass.BOAT, FAR)
    earlier = replace(
        seen.best,
        frame_sha256=CLOSE_BY,
        position=NEAR,
        score=0.5,
        taken_at_utc=seen.first_seen_utc - timedelta(seconds=20),
    )
    boat = replace(
        seen,
        detections=(earlier, seen.best),
        first_seen_utc=earlier.taken_at_utc,
        flight_id="flight1",
    )
    dugong = make_sighting("s1", ObjectClass.DUGONG, ANIMAL, seen_utc=earlier.taken_at_utc)
    sightings = (dugong, boat)
    incidents = open_incidents(judge(sightings, place), sightings, {"s2": "d" * 64})
    store.log_flight(
        replace(
            log,
            sightings=sightings,
            detections=(*dugong.detections, *boat.detections),
            incidents=incidents,
        )
    )
    return next(i for i in incidents if i.rule is RuleName.BOAT_NEAR_DUGONG)


@pytest.fixture
def moments(two_boats_as_one):
    """Signatures of somebody, each a minute after the other."""
    start = two_boats_as_one.occurred_at_utc + timedelta(days=1)
    times = (start + timedelta(minutes=minute) for minute in range(100))

    def sign(name: str = "mali", reason: str = "two boats") -> Signature:
        return Signature(name, reason, next(times))

    return sign


@pytest.fixture
def take(store, moments):
    def step(incident, what, *who):
        return store.take_step(incident.incident_id, what, moments(*who), expected_version=None)

    return step


@pytest.fixture
def split(take, store, two_boats_as_one, place):
    def apart():
        take(two_boats_as_one, Split(frozenset({CLOSE_BY}), place, "f" * 64))
        events = store.events(two_boats_as_one.incident_id)
        (last,) = [e for e in events if e.deed is Deed.SPLIT][-1:]
        return store.incident(last.split_off)

    return apart


def states(store) -> dict[tuple[str, str], tuple[str, bool]]:
    return {
        (i.rule.value, i.frame_sha256[0]): (i.state.value, i.joined_to is not None)
        for i in store.incidents()
        if i.object_class is ObjectClass.BOAT
    }


WHOLE = {("boat_near_dugong", "0"): ("new", False)}
APART = {
    ("boat_near_dugong", "0"): ("dismissed", False),
    ("boat_near_dugong", "a"): ("new", False),
    ("boat_in_closed_zone", "a"): ("new", False),
}
TOGETHER = {
    ("boat_near_dugong", "0"): ("new", False),
    ("boat_near_dugong", "a"): ("new", True),
    ("boat_in_closed_zone", "a"): ("new", True),
}


def test_each_part_is_judged_by_its_own_pictures(store, two_boats_as_one, split):
    assert states(store) == WHOLE
    part = split()
    assert states(store) == APART
    # what it rests on is a verdict of its own
    assert (part.certainty, part.position) == (Certainty.INSIDE, NEAR)
    assert "11 ±" in part.reason_en
    assert "mali split it off" in part.reason_en
    assert part.grounds.sightings == ("s1",)
    (other,) = [i for i in store.incidents() if i.rule is RuleName.BOAT_IN_CLOSED_ZONE]
    assert (other.split_from, other.crop_sha256) == (part.split_from, "f" * 64)
    for incident in (part, other, two_boats_as_one):
        shown = store.sighting_of(incident.incident_id).detections
        assert len(shown) == 1
        assert store.case_file(incident.incident_id).sighting.detections == shown
    assert store.verify().faults == ()


def test_what_the_rules_did_is_told_with_its_reason(store, two_boats_as_one, split):
    part = split()
    *_, taken_back = store.events(two_boats_as_one.incident_id)
    assert (taken_back.actor, taken_back.deed) == ("libong", Deed.MOVED)
    assert f"since {part.incident_id} was split off" in taken_back.reason
    (other,) = [i for i in store.incidents() if i.rule is RuleName.BOAT_IN_CLOSED_ZONE]
    (opened,) = store.events(other.incident_id)
    assert opened.actor == "libong"
    assert "boat_in_closed_zone, judged anew" in opened.reason


def test_undoing_takes_all_of_it_back_and_splitting_again_does_it_again(
    store, two_boats_as_one, split, take
):
    part = split()
    take(two_boats_as_one, Undo())
    assert states(store) == TOGETHER
    assert len(store.sighting_of(two_boats_as_one.incident_id).detections) == 2
    assert split().incident_id == part.incident_id
    assert states(store) == APART
    take(two_boats_as_one, Undo())
    assert states(store) == TOGETHER
    assert store.verify().faults == ()


def test_joining_the_part_and_separating_it_again_does_the_same(
    store, two_boats_as_one, split, take
):
    part = split()
    take(part, Join(two_boats_as_one.incident_id))
    assert states(store) == TOGETHER
    take(part, Separate())
    assert states(store) == APART
    take(part, Join(two_boats_as_one.incident_id))
    assert states(store) == TOGETHER
    assert store.verify().faults == ()


def test_what_was_confirmed_is_retracted_and_is_confirmed_again(
    store, two_boats_as_one, split, take
):
    take(two_boats_as_one, Move(State.CONFIRMED))
    split()
    assert store.incident(two_boats_as_one.incident_id).state is State.RETRACTED
    take(two_boats_as_one, Undo())
    assert store.incident(two_boats_as_one.incident_id).state is State.CONFIRMED


def test_what_a_person_decided_since_stays(store, two_boats_as_one, split, take):
    part = split()
    (other,) = [i for i in store.incidents() if i.rule is RuleName.BOAT_IN_CLOSED_ZONE]
    take(other, Move(State.CONFIRMED), "som")
    take(other, Comment(), "som")
    take(part, Join(two_boats_as_one.incident_id))
    assert store.incident(other.incident_id).state is State.CONFIRMED
    assert store.incident(other.incident_id).joined_to is None


def test_a_resolved_incident_stays_resolved(store, two_boats_as_one, split, take):
    for state in (State.CONFIRMED, State.RESPONDING, State.RESOLVED):
        take(two_boats_as_one, Move(state))
    split()
    assert store.incident(two_boats_as_one.incident_id).state is State.RESOLVED


def test_a_part_of_which_no_rule_says_anything_waits_for_a_person(
    store, two_boats_as_one, take, place, moments
):
    quiet = replace(
        place, zones=(), rule_parameters=replace(place.rule_parameters, boat_near_dugong_m=1.0)
    )
    take(two_boats_as_one, Split(frozenset({CLOSE_BY}), quiet))
    (part,) = store.split_off(two_boats_as_one.incident_id)
    assert part.state is State.NEW
    assert part.certainty is Certainty.UNKNOWN
    assert part.reason_en.startswith("No rule says anything of it by itself")
    # nothing but the split decides: judged by this site, the boat was near no animal before either
    assert store.incident(two_boats_as_one.incident_id).state is State.NEW
