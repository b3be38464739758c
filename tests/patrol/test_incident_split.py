"""A sighting that officers find to be two things: split, counted, undone, and vouched for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy

from detection.types import ObjectClass
from patrol.database import StoreError
from patrol.incident import State, TransitionError
from patrol.incident_records import StaleVersion
from patrol.incident_step import Comment, Join, Move, Signature, Split, Undo
from patrol.site import shipped_site
from patrol.verdict import Certainty
from patrol.zones import RuleName

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
FIRST, SECOND, THIRD = "a" * 64, "b" * 64, "c" * 64
BEST = "0" * 64
# a place without zones, where no boat and animal are seen near enough in time: no rule says a word
QUIET = replace(
    shipped_site(),
    zones=(),
    rule_parameters=replace(shipped_site().rule_parameters, boat_near_dugong_gap_s=-1.0),
)


def by(name: str, reason: str = "two boats side by side") -> Signature:
    return Signature(name, reason, NOW)


@pytest.fixture
def four_pictures(make_log, make_sighting):
    """A flight in which a boat was seen in four pictures, the last of them the best."""
    log = make_log()
    seen = make_sighting("s2", ObjectClass.BOAT)
    earlier = tuple(
        replace(
            seen.best,
            frame_sha256=frame,
            score=0.5 + place / 10,
            taken_at_utc=seen.first_seen_utc - timedelta(seconds=10 - place),
        )
        for place, frame in enumerate((FIRST, SECOND, THIRD))
    )
    boat = replace(seen, detections=(*earlier, seen.best), first_seen_utc=earlier[0].taken_at_utc)
    incidents = tuple(
        replace(each, frame_sha256=BEST) if each.sighting_id == "s2" else each
        for each in log.incidents
    )
    dugong = log.sightings[0]
    return replace(
        log,
        sightings=(dugong, boat),
        detections=(*boat.detections, *dugong.detections),
        incidents=incidents,
    )


@pytest.fixture
def boat(store, four_pictures):
    store.log_flight(four_pictures)
    return next(i for i in store.incidents() if i.object_class is ObjectClass.BOAT)


def split(store, incident, *frames, name="mali", **more):
    step = Split(frozenset(frames), QUIET, **more)
    store.take_step(incident.incident_id, step, by(name), expected_version=None)
    return next(
        each
        for each in reversed(store.split_off(incident.incident_id))
        if each.split_from.frames == tuple(f for f in (FIRST, SECOND, THIRD) if f in frames)
    )


def shown_in(store, incident) -> list[str]:
    return [d.frame_sha256 for d in store.sighting_of(incident.incident_id).detections]


def test_the_pictures_of_another_thing_become_an_incident_of_their_own(store, boat) -> None:
    part = split(store, boat, FIRST, SECOND, crop_sha256="f" * 64)
    assert (part.state, part.rule, part.zone_id) == (State.NEW, boat.rule, boat.zone_id)
    assert (part.frame_sha256, part.score, part.crop_sha256) == (SECOND, 0.6, "f" * 64)
    assert part.certainty is Certainty.UNKNOWN  # no rule says anything of it
    assert shown_in(store, part) == [FIRST, SECOND]
    assert shown_in(store, boat) == [THIRD, BEST]
    assert store.sightings("flight1")[1].detections[0].frame_sha256 == FIRST, "logged for good"
    assert {i.incident_id for i in store.alerts()} >= {part.incident_id, boat.incident_id}
    *_, last = store.events(boat.incident_id)
    assert (last.deed, last.actor, last.split_off) == ("split", "mali", part.incident_id)
    (opened,) = store.events(part.incident_id)
    assert (opened.deed, opened.actor, opened.reason) == (
        "opened",
        "mali",
        "two boats side by side",
    )
    assert store.verify().faults == ()


def test_undoing_it_joins_them_and_splitting_again_sets_them_apart(store, boat) -> None:
    part = split(store, boat, FIRST, SECOND)
    store.take_step(boat.incident_id, Undo(), by("mali", ""), expected_version=2)
    assert store.incident(part.incident_id).joined_to == boat.incident_id
    assert part.incident_id not in {i.incident_id for i in store.alerts()}
    assert shown_in(store, boat) == [FIRST, SECOND, THIRD, BEST]
    again = split(store, boat, FIRST, SECOND)
    assert (again.incident_id, again.joined_to) == (part.incident_id, None)
    assert shown_in(store, boat) == [THIRD, BEST]
    assert [e.deed for e in store.events(part.incident_id)] == ["opened", "joined", "separated"]
    assert store.verify().faults == ()


def test_what_somebody_else_split_is_joined_again_only_with_a_reason(store, boat) -> None:
    part = split(store, boat, FIRST)
    with pytest.raises(TransitionError, match="say why"):
        store.take_step(boat.incident_id, Undo(), by("som", ""), expected_version=None)
    assert store.incident(part.incident_id).joined_to is None


def test_parts_are_split_again(store, boat) -> None:
    part = split(store, boat, FIRST, SECOND)
    smaller = split(store, part, FIRST)
    assert (shown_in(store, part), shown_in(store, smaller)) == ([SECOND], [FIRST])
    assert shown_in(store, boat) == [THIRD, BEST]
    assert store.verify().faults == ()


@pytest.mark.parametrize(
    ("frames", "told"),
    [
        ((), "choose the pictures"),
        ((BEST,), "stays with it"),
        ((FIRST, SECOND, THIRD, BEST), "stays with it"),
        (("e" * 64,), "shows nothing of this incident"),
    ],
)
def test_frames_that_make_no_part_are_refused(store, boat, frames, told) -> None:
    with pytest.raises(TransitionError, match=told):
        split(store, boat, *frames)
    assert store.split_off(boat.incident_id) == ()
    assert store.incident(boat.incident_id).version == 1


def test_it_needs_a_reason_and_the_version_that_was_seen(store, boat) -> None:
    step = Split(frozenset({FIRST}), QUIET)
    with pytest.raises(TransitionError, match="what tells the two things apart"):
        store.take_step(boat.incident_id, step, by("mali", " "), expected_version=1)
    store.take_step(boat.incident_id, Comment(), by("som"), expected_version=None)
    with pytest.raises(StaleVersion):
        store.take_step(boat.incident_id, step, by("mali"), expected_version=1)


def test_a_picture_is_split_off_once(store, boat) -> None:
    split(store, boat, FIRST)
    with pytest.raises(TransitionError, match="shows nothing of this incident"):
        split(store, boat, FIRST)


def test_what_was_joined_is_separated_first(store, boat, four_pictures) -> None:
    part = split(store, boat, FIRST, SECOND)
    store.take_step(part.incident_id, Join(boat.incident_id), by("mali"), expected_version=None)
    with pytest.raises(TransitionError, match="separate them first"):
        split(store, part, FIRST)


def test_a_dismissed_part_labels_its_own_boxes_alone(store, make_log, four_pictures) -> None:
    """What an officer finds to be nothing must not be taught as a dugong, nor the other way."""
    animal = replace(
        four_pictures,
        sightings=tuple(
            replace(
                s,
                object_class=ObjectClass.DUGONG,
                detections=tuple(replace(d, object_class=ObjectClass.DUGONG) for d in s.detections),
                best=replace(s.best, object_class=ObjectClass.DUGONG),
            )
            for s in four_pictures.sightings
        ),
        detections=tuple(
            replace(d, object_class=ObjectClass.DUGONG)
            for s in four_pictures.sightings
            for d in s.detections
        ),
        incidents=tuple(
            replace(i, rule=RuleName.DUGONG_SIGHTING, object_class=ObjectClass.DUGONG)
            for i in four_pictures.incidents
        ),
    )
    frames = animal.flight.frames
    shown = tuple(replace(frames[0], sha256=sha) for sha in (BEST, FIRST, SECOND, THIRD))
    store.log_flight(replace(animal, flight=replace(animal.flight, frames=shown)))
    first = next(i for i in store.incidents() if i.sighting_id == "s2")
    part = split(store, first, FIRST)
    for each, to in ((first, State.CONFIRMED), (part, State.DISMISSED)):
        store.take_step(each.incident_id, Move(to), by("mali"), expected_version=None)
    labels = {
        frame.sha256: [label.verdict for label in frame.labels]
        for frame in store.labelled_flight("flight1").frames
    }
    assert labels[FIRST] == ["false_alarm"]
    assert labels[SECOND] == labels[THIRD] == ["object"]


def test_the_evidence_is_of_the_part(store, boat) -> None:
    part = split(store, boat, FIRST, SECOND)
    case = store.case_file(part.incident_id)
    assert [d.frame_sha256 for d in case.sighting.detections] == [FIRST, SECOND]
    assert case.sighting.sighting_id == part.sighting_id
    rest = store.case_file(boat.incident_id).sighting
    assert [d.frame_sha256 for d in rest.detections] == [THIRD, BEST]


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE incidents SET split_from = NULL WHERE split_from IS NOT NULL",
        "UPDATE incidents SET split_from = replace(split_from, 'aaaa', 'bbbb')",
    ],
)
def test_an_edit_of_what_was_split_shows(store, boat, database_url, edit) -> None:
    part = split(store, boat, FIRST)
    engine = sqlalchemy.create_engine(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(edit)
    engine.dispose()
    faults = [fault.what for fault in store.verify().faults]
    assert faults == [f"incident {part.incident_id} is not as this entry says"]
    with pytest.raises(StoreError, match="damaged"):
        store.case_file(part.incident_id)
