"""Two sightings that an officer finds to be one are judged by the rules as one; undone, as two."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from detection.types import ObjectClass
from ingest.lonlat import LonLat
from patrol.incident import State, open_incidents
from patrol.incident_step import Join, Move, Separate, Signature, Split, Undo
from patrol.rules import judge
from patrol.site import Parameter, shipped_site
from patrol.zones import AdvisedSpeed, RuleName, Zone
from tests.patrol.round_zone import round_zone

# a metre is 9e-6 degrees of latitude; the animals lie 20 m apart, one to the north of the other
NORTH, SOUTH = LonLat(99.4560, 7.2561), LonLat(99.4560, 7.2559)
WEST, EAST = LonLat(99.4555, 7.2560), LonLat(99.4565, 7.2560)
FAR = LonLat(99.4600, 7.2560)
FRAME = {"early": "a" * 64, "late": "b" * 64, "later": "c" * 64}


def zone(zone_id: str, rule: RuleName, lon_lat: LonLat = NORTH, degrees: float = 0.01) -> Zone:
    """A zone of one rule about a place; by itself it holds all of them but the far one."""
    return round_zone(zone_id, rule, lon_lat, degrees)


@pytest.fixture
def place():
    """A place where little is asked for but of boats near animals; tests add zones."""
    shipped = shipped_site()
    told = replace(
        shipped.rule_parameters,
        boat_near_dugong_m=30.0,
        boat_near_dugong_gap_s=60.0,
        dugong_pair_m=Parameter(30.0, "tests"),
        boats_around_dugong=Parameter(1.0, "tests"),
        boats_around_m=Parameter(100.0, "tests"),
        advised_speed=AdvisedSpeed(5.0, "tests"),
    )
    return replace(shipped, zones=(), rule_parameters=told)


@pytest.fixture
def seen(make_sighting):
    """A sighting in one frame, some seconds after noon."""

    def make(sighting_id, object_class, position, frame, seconds=0.0, *, error_m=2.0, **more):
        one = make_sighting(sighting_id, object_class, position, error_m=error_m, **more)
        at_utc = one.first_seen_utc + timedelta(seconds=seconds)
        best = replace(one.best, frame_sha256=FRAME[frame], taken_at_utc=at_utc)
        return replace(
            one, detections=(best,), best=best, first_seen_utc=at_utc, last_seen_utc=at_utc
        )

    return make


@pytest.fixture
def log(store, make_log, make_frame):
    """Log a flight with these sightings, as the rules of a site judge them; its incidents."""

    def logged(site, *sightings, flight_id="flight1"):
        sightings = tuple(replace(each, flight_id=flight_id) for each in sightings)
        incidents = open_incidents(judge(sightings, site), sightings, {})
        base = make_log(flight_id)
        frames = tuple(make_frame(sha256=sha) for sha in FRAME.values())
        store.log_flight(
            replace(
                base,
                flight=replace(base.flight, frames=frames),
                sightings=sightings,
                detections=tuple(d for each in sightings for d in each.detections),
                incidents=incidents,
            )
        )
        return {(i.rule.value, i.sighting_id): i for i in incidents}

    return logged


@pytest.fixture
def take(store):
    """Somebody's steps, each a minute after the other."""
    minutes = count(1)

    def step(incident, what, reason="one and the same"):
        at_utc = incident.occurred_at_utc + timedelta(days=1, minutes=next(minutes))
        by = Signature("mali", reason, at_utc)
        return store.take_step(incident.incident_id, what, by, expected_version=None)

    return step


def standing(store) -> dict[tuple[str, str], str]:
    """How the incidents about boats stand, by their rules and sightings."""
    return {
        (i.rule.value, i.sighting_id): "joined" if i.joined_to else i.state.value
        for i in store.incidents()
        if i.rule is not RuleName.DUGONG_SIGHTING
    }


@pytest.fixture
def animals(seen):
    return (
        seen("north", ObjectClass.DUGONG, NORTH, "early"),
        seen("south", ObjectClass.DUGONG, SOUTH, "early"),
    )


@pytest.fixture
def boats(seen):
    """A boat to the west of the animals and one to the east of them, ten seconds later."""
    return (
        seen("boat1", ObjectClass.BOAT, WEST, "early", -5.0),
        seen("boat2", ObjectClass.BOAT, EAST, "late", 5.0),
    )


@pytest.fixture
def closed(place):
    """The place with a small closed zone about each boat."""
    rule = RuleName.BOAT_IN_CLOSED_ZONE
    return replace(
        place, zones=(zone("west", rule, WEST, 0.0002), zone("east", rule, EAST, 0.0002))
    )


@pytest.fixture
def crossing(log, closed, animals, boats):
    """Two incidents of one boat that went between two animals and was logged as two."""
    incidents = log(closed, *animals, *boats)
    return incidents["boat_in_closed_zone", "boat1"], incidents["boat_in_closed_zone", "boat2"]


AS_TWO = {
    ("boat_in_closed_zone", "boat1"): "new",
    ("boat_in_closed_zone", "boat2"): "new",
    ("boats_around_dugong", "north"): "new",
}
AS_ONE = {
    ("boat_in_closed_zone", "boat1"): "new",
    ("boat_in_closed_zone", "boat2"): "joined",
    ("boats_around_dugong", "north"): "dismissed",
    ("boat_through_pair", "boat2"): "new",
    ("boat_near_dugong", "boat2"): "new",
}
AS_TWO_AGAIN = AS_TWO | {
    ("boat_through_pair", "boat2"): "dismissed",
    ("boat_near_dugong", "boat2"): "dismissed",
}


def test_the_two_are_judged_by_all_their_pictures(store, closed, crossing, take) -> None:
    first, second = crossing
    assert standing(store) == AS_TWO
    take(second, Join(first.incident_id, closed))
    assert standing(store) == AS_ONE
    assert store.verify().faults == ()


def test_what_the_rules_did_is_told_with_its_reason(store, closed, crossing, take) -> None:
    first, second = crossing
    take(second, Join(first.incident_id, closed))
    since = f"since {second.incident_id} was joined to {first.incident_id}"
    by_rule = {i.rule: i for i in store.incidents()}
    (opened,) = store.events(by_rule[RuleName.BOAT_THROUGH_PAIR].incident_id)
    assert (opened.actor, opened.reason) == (
        "libong",
        f"เปิดเมื่อกฎตัดสินใหม่ · opened by the rule boat_through_pair, judged anew {since}",
    )
    *_, dismissed = store.events(by_rule[RuleName.BOATS_AROUND_DUGONG].incident_id)
    assert (dismissed.actor, dismissed.to_state) == ("libong", State.DISMISSED)
    assert dismissed.reason.endswith(f"the rule says nothing of it any more {since}")


@pytest.mark.parametrize("apart", [Undo(), Separate()])
def test_what_is_two_again_stands_as_before_and_joining_again_does_it_again(
    store, closed, crossing, take, apart
) -> None:
    first, second = crossing
    for _ in range(2):
        take(second, Join(first.incident_id, closed))
        assert standing(store) == AS_ONE
        take(second, apart)
        assert standing(store) == AS_TWO_AGAIN
    (raised,) = (i for i in store.incidents() if i.rule is RuleName.BOAT_THROUGH_PAIR)
    assert "apart again" in store.events(raised.incident_id)[-1].reason
    assert store.verify().faults == ()


def test_what_a_person_decided_since_stays(store, closed, crossing, take) -> None:
    first, second = crossing
    take(second, Join(first.incident_id, closed))
    (raised,) = (i for i in store.incidents() if i.rule is RuleName.BOAT_THROUGH_PAIR)
    take(raised, Move(State.CONFIRMED))
    take(second, Separate())
    assert standing(store) == AS_TWO_AGAIN | {("boat_through_pair", "boat2"): "confirmed"}


def test_boats_that_turn_out_to_be_a_slow_one_are_let_go(store, log, place, seen, take) -> None:
    rule = RuleName.BOAT_IN_GO_SLOW_ZONE
    slow = replace(place, zones=(zone("slow", rule),))
    fast = {"error_m": 0.2, "speed_m_s": 8.0}
    incidents = log(
        slow,
        seen("boat1", ObjectClass.BOAT, NORTH, "early", **fast),
        seen("boat2", ObjectClass.BOAT, SOUTH, "late", 20.0, **fast),
    )
    first, second = incidents[rule, "boat1"], incidents[rule, "boat2"]
    take(second, Join(first.incident_id, slow))
    assert standing(store) == {(rule, "boat1"): "dismissed", (rule, "boat2"): "joined"}
    take(second, Undo())
    assert standing(store) == {(rule, "boat1"): "new", (rule, "boat2"): "new"}


def test_what_a_rule_says_otherwise_is_told_where_it_is_looked_at(
    store, log, closed, boats, take
) -> None:
    rule = RuleName.BOAT_IN_CLOSED_ZONE
    incidents = log(closed, *boats)
    first, second = incidents[rule, "boat1"], incidents[rule, "boat2"]
    assert "speed not known" in first.reason_en
    take(second, Join(first.incident_id, closed))
    _, *told = store.events(first.incident_id)
    assert [(event.actor, event.deed) for event in told] == [("libong", "commented")] * 2
    assert not any("speed not known" in event.reason for event in told)
    assert [event.deed for event in store.events(second.incident_id)] == ["opened", "joined"]


def test_what_a_rule_tells_of_both_is_told_once(store, log, closed, animals, seen, take) -> None:
    """The officer joins the two of one rule; those of another follow, if nobody decided on them."""
    near, shut = RuleName.BOAT_NEAR_DUGONG, RuleName.BOAT_IN_CLOSED_ZONE
    site = replace(closed, zones=(zone("all", shut),))
    incidents = log(
        site,
        *animals,
        seen("boat1", ObjectClass.BOAT, NORTH, "early", 1.0),
        seen("boat2", ObjectClass.BOAT, SOUTH, "late", 9.0),
    )
    take(incidents[near, "boat2"], Move(State.CONFIRMED))
    take(incidents[shut, "boat2"], Join(incidents[shut, "boat1"].incident_id, site))
    now = standing(store)
    assert now[shut, "boat2"] == now[near, "boat1"] == "joined"
    assert (now[shut, "boat1"], now[near, "boat2"]) == ("new", "confirmed")
    take(incidents[shut, "boat2"], Separate())
    assert standing(store)[near, "boat1"] == "new"


def test_an_animal_counted_twice_stays_where_the_officer_keeps_it(
    store, log, place, seen, animals, take
) -> None:
    """Its best picture lies in the other zone; a boat between the two of it was between none."""
    rule = RuleName.DUGONG_SIGHTING
    shut = zone("shut", RuleName.BOAT_IN_CLOSED_ZONE, WEST, 0.0002)
    pair = zone("north", rule, NORTH, 0.00005), zone("south", rule, SOUTH, 0.00005)
    site = replace(place, zones=(shut, *pair))
    west = seen("boat1", ObjectClass.BOAT, WEST, "early", -5.0)
    east = seen("boat1", ObjectClass.BOAT, EAST, "late", 5.0, score=0.5)
    boat = replace(west, detections=(west.best, east.best), last_seen_utc=east.last_seen_utc)
    north, south = animals
    north = replace(
        north,
        best=replace(north.best, score=0.99),
        detections=(replace(north.best, score=0.99),),
        score=0.99,
    )
    incidents = log(site, north, south, boat)
    assert standing(store)["boat_through_pair", "boat1"] == "new"
    take(incidents[rule, "north"], Join(incidents[rule, "south"].incident_id, site))
    assert standing(store)["boat_through_pair", "boat1"] == "dismissed"
    kept = store.incident(incidents[rule, "south"].incident_id)
    assert (kept.zone_id, kept.state) == ("south", State.NEW)
    assert store.verify().faults == ()


def test_what_two_flights_saw_stays_judged_as_it_was(store, log, closed, animals, boats, take):
    first = log(closed, *animals, boats[0])["boat_in_closed_zone", "boat1"]
    other = replace(boats[1], sighting_id="boat2")
    second = log(closed, other, flight_id="flight2")["boat_in_closed_zone", "boat2"]
    take(second, Join(first.incident_id, closed))
    assert standing(store) == {
        ("boat_in_closed_zone", "boat1"): "new",
        ("boat_in_closed_zone", "boat2"): "joined",
    }
    take(second, Separate())
    assert [e.deed for e in store.events(first.incident_id)] == ["opened"]


def test_what_is_joined_is_split_as_it_stands(store, log, closed, animals, boats, seen, take):
    """A picture that is split off from the one that stands for two leaves the others together."""
    stray = seen("boat2", ObjectClass.BOAT, FAR, "later", 6.0, score=0.5)
    both = replace(
        boats[1],
        detections=(boats[1].best, stray.best),
        last_seen_utc=stray.last_seen_utc,
    )
    incidents = log(closed, *animals, boats[0], both)
    first, second = (incidents["boat_in_closed_zone", boat] for boat in ("boat1", "boat2"))
    take(first, Join(second.incident_id, closed))
    assert standing(store)["boat_through_pair", "boat2"] == "new"
    take(second, Split(frozenset({FRAME["later"]}), closed))
    assert standing(store)["boat_through_pair", "boat2"] == "new"
    (part,) = store.split_off(second.incident_id)
    assert (part.position, part.state) == (FAR, State.NEW)
    assert store.verify().faults == ()
