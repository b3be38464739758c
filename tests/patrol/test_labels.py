"""Officers' decisions become labels of the boxes they were about, in all frames."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy

from detection.labels.errors import LabelError
from detection.labels.label import Label, Origin, Undecided, Verdict
from detection.types import ObjectClass
from patrol.flight_log import LoggedFrame
from patrol.incident import State
from patrol.labels import FlightLabels, FrameReview, StoredLabel, labelled_flight
from patrol.user import Role

DUGONG, BOAT, GEAR = ObjectClass
DECIDED = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
FIRST, SECOND = "0" * 64, "1" * 64  # the dugong and a boat are in the first, the boat in both
BOX = (10.5, 20.0, 30.25, 40.0)


@pytest.fixture
def decide(store):
    store.add_user("somchai", "hash", Role.OFFICER, DECIDED)

    def take(object_class, *states, at=DECIDED):
        (found,) = [i for i in store.incidents() if i.object_class is object_class]
        for state in states:
            store.transition(
                found.incident_id, state, actor="somchai", reason="seen",
                expected_version=None, at_utc=at,
            )  # fmt: skip

    return take


@pytest.fixture
def logged(store, make_log):
    log = make_log()
    store.log_flight(log)
    return log


def labels_of(store, frame=FIRST):
    (found,) = [f for f in store.labelled_flight("flight1").frames if f.sha256 == frame]
    return found


def label(key="d0", version=1, verdict=Verdict.OBJECT, at=DECIDED, **changes):
    made = Label(key, version, verdict, DUGONG, BOX, Origin.DRAWN, "officer", at, None)
    return replace(made, **changes)


def stored(made, frame=FIRST):
    return StoredLabel(frame, "somchai", made)


def test_before_any_decision_all_detections_are_undecided(store, logged):
    frame = labels_of(store)
    assert frame.labels == ()
    assert not frame.complete
    assert not frame.decided
    assert frame.undecided == tuple(
        Undecided(f"d{n}", c, BOX, "e" * 64) for n, c in ((0, DUGONG), (1, BOAT), (3, DUGONG))
    )


@pytest.mark.parametrize(
    "states", [(State.CONFIRMED,), (State.CONFIRMED, State.RESPONDING, State.RESOLVED)]
)
def test_a_confirmed_incident_labels_its_sighting_in_every_frame(store, logged, decide, states):
    decide(BOAT, *states)
    for frame in (FIRST, SECOND):
        (found,) = labels_of(store, frame).labels
        assert (found.verdict, found.object_class) == (Verdict.OBJECT, BOAT)
        assert (found.xyxy_px, found.origin) == (BOX, Origin.CONFIRMED)
        assert (found.role, found.at_utc, found.model_sha256) == ("officer", DECIDED, "e" * 64)


def test_deciding_all_that_was_detected_says_nothing_of_what_was_missed(store, logged, decide):
    decide(BOAT, State.CONFIRMED)
    frame = labels_of(store, SECOND)  # the boat is all that was detected in it
    assert frame.decided
    assert frame.undecided == ()
    assert not frame.complete


@pytest.mark.parametrize("states", [(State.DISMISSED,), (State.CONFIRMED, State.RETRACTED)])
def test_a_dismissed_dugong_is_a_false_alarm(store, logged, decide, states):
    decide(DUGONG, *states)
    (found,) = labels_of(store).labels
    assert (found.key, found.verdict, found.object_class) == ("d0", Verdict.FALSE_ALARM, DUGONG)
    assert found.origin is Origin.DISMISSED


@pytest.mark.parametrize("states", [(State.DISMISSED,), (State.CONFIRMED, State.RETRACTED)])
def test_a_boat_whose_incident_was_dismissed_may_still_be_a_boat(store, logged, decide, states):
    decide(BOAT, *states)
    assert labels_of(store, SECOND).labels == ()


def test_a_decision_taken_back_decides_nothing(store, logged, decide):
    decide(DUGONG, State.DISMISSED, State.NEW)
    assert labels_of(store).labels == ()


def test_someone_without_an_account_has_no_known_role(store, logged):
    (found,) = [i for i in store.incidents() if i.object_class is DUGONG]
    store.transition(
        found.incident_id, State.CONFIRMED, actor="a visitor", reason="",
        expected_version=None, at_utc=DECIDED,
    )  # fmt: skip
    assert labels_of(store).labels[0].role == "unknown"


def test_what_is_said_of_a_box_goes_before_the_incident(store, logged, decide):
    decide(DUGONG, State.CONFIRMED)
    said = label(verdict=Verdict.FALSE_ALARM, model_sha256="e" * 64)
    store.add_labels("flight1", [stored(said)])
    assert labels_of(store).labels == (said,)


@pytest.mark.parametrize(
    ("said_class", "days_later", "expected"),
    [
        (DUGONG, 1, Verdict.FALSE_ALARM),
        (DUGONG, -1, Verdict.OBJECT),
        (BOAT, 1, Verdict.OBJECT),  # that it is no dugong was known: it is a boat
    ],
)
def test_a_box_confirmed_and_then_dismissed_is_a_false_alarm(
    store, logged, decide, said_class, days_later, expected
):
    said = label(object_class=said_class, model_sha256="e" * 64)
    store.add_labels("flight1", [stored(said)])
    decide(DUGONG, State.DISMISSED, at=DECIDED + timedelta(days=days_later))
    (found,) = labels_of(store).labels
    assert (found.verdict, found.version) == (expected, 1)


def test_versions_follow_each_other_and_all_are_kept(store, logged):
    first, second = label("b1"), label("b1", 2, Verdict.WITHDRAWN)
    store.add_labels("flight1", [stored(first)])
    store.add_labels("flight1", [stored(second)])
    assert labels_of(store).labels == (second,)
    assert store.label_history("flight1") == (stored(first), stored(second))


@pytest.mark.parametrize("version", [0, 1, 3])
def test_a_version_that_does_not_follow_is_refused_with_the_whole(store, logged, version):
    store.add_labels("flight1", [stored(label("b1"))])
    with pytest.raises(LabelError, match="is at version 1"):
        store.add_labels("flight1", [stored(label("b2")), stored(label("b1", version))])
    assert store.label_history("flight1") == (stored(label("b1")),)


def test_labels_of_several_flights_are_kept_together_or_not_at_all(store, logged):
    good = FlightLabels("flight1", (stored(label("b1")),))
    with pytest.raises(LabelError, match="must be of a frame of its flight"):
        store.add_labels_of_flights([good, FlightLabels("flight2", (stored(label("b2")),))])
    assert store.label_history("flight1") == ()
    store.add_labels_of_flights([good])
    assert store.label_history("flight1") == good.labels


def test_a_label_of_another_flights_frame_is_refused(store, logged):
    with pytest.raises(LabelError, match="must be of a frame of its flight"):
        store.add_labels("flight1", [stored(label(), "9" * 64)])
    with pytest.raises(LabelError, match="must be of a frame of its flight"):
        store.add_labels("flight1", [], [FrameReview("9" * 64, True, "x", "officer", DECIDED)])


def test_a_frame_is_complete_when_an_officer_says_so_and_no_longer_when_taken_back(
    store, logged, decide
):
    decide(BOAT, State.CONFIRMED)
    review = FrameReview(SECOND, True, "somchai", "officer", DECIDED)
    store.add_labels("flight1", [], [review])
    assert store.frame_reviews("flight1") == {SECOND: review}
    assert labels_of(store, SECOND).complete
    back = replace(review, complete=False)
    store.add_labels("flight1", [], [back])
    assert store.frame_reviews("flight1") == {SECOND: back}
    assert not labels_of(store, SECOND).complete


def test_a_frame_with_anything_undecided_is_complete_only_once_that_is_decided(
    store, logged, decide
):
    store.add_labels("flight1", [], [FrameReview(SECOND, True, "somchai", "officer", DECIDED)])
    assert not labels_of(store, SECOND).complete
    assert not labels_of(store, SECOND).decided
    decide(BOAT, State.CONFIRMED)
    assert labels_of(store, SECOND).complete
    decide(BOAT, State.DISMISSED, State.NEW)
    assert not labels_of(store, SECOND).complete


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE labels SET verdict = 'object'",
        "DELETE FROM labels",
        "UPDATE frame_reviews SET complete = (1 = 1)",
        "DELETE FROM frame_reviews",
    ],
)
def test_the_database_itself_keeps_every_version(store, logged, database_url, change):
    review = FrameReview(FIRST, False, "somchai", "officer", DECIDED)
    store.add_labels("flight1", [stored(label("b1"))], [review])
    engine = sqlalchemy.create_engine(database_url)
    with engine.connect() as connection, pytest.raises(sqlalchemy.exc.DBAPIError, match="kept in"):
        connection.exec_driver_sql(change)
    engine.dispose()


def test_labels_survive_the_migration_of_a_database_of_the_first_version(
    empty_database_url, make_log, monkeypatch, tmp_path
):
    import alembic.command
    import sqlalchemy

    from patrol.store import Store

    new = Store(f"sqlite:///{tmp_path}/new.sqlite3")
    new.migrate()
    new.log_flight(replace(make_log(), efforts=()))
    old = Store(empty_database_url)
    plain = alembic.command.upgrade
    with monkeypatch.context() as patch:
        patch.setattr(alembic.command, "upgrade", lambda config, _: plain(config, "0001"))
        old.migrate()
    # what a database of that version held: of each of its tables the columns it had
    tables = sqlalchemy.MetaData()
    tables.reflect(old._database.reader)
    with old._database.writer.begin() as to, new._database.reader.connect() as of:
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                rows = of.execute(sqlalchemy.select(table)).mappings().all()
                if table.name == "ledger_head":  # is there from the beginning
                    to.execute(table.update(), dict(rows[0]))
                elif rows:
                    to.execute(table.insert(), [dict(row) for row in rows])
    new.close()
    old.migrate()
    old.add_labels("flight1", [stored(label("b1"))])
    assert len(old.flights()) == 1
    assert old.verify().faults == ()
    assert len(old.label_history("flight1")) == 1
    old.close()


def test_labels_change_nothing_that_the_ledger_vouches_for(store, logged):
    before = store.verify()
    store.add_labels("flight1", [stored(label("b1"))])
    assert store.verify() == before


def test_a_box_drawn_where_nothing_was_detected_says_nothing_of_the_rest_of_the_frame():
    frame = LoggedFrame(**{field.name: None for field in fields(LoggedFrame)} | {"sha256": FIRST})
    (drawn,) = labelled_flight(
        "flight1", [frame], [], [], [label("b1")], {"b1": FIRST}, {}, {}
    ).frames
    assert drawn.objects == (label("b1"),)
    assert not drawn.complete
