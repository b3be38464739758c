"""The view of a frame as it was logged comes back, and measures as the frame does."""

import sqlalchemy

from ingest.projection import SeaView


def test_a_logged_frame_can_be_measured_later(store, make_log):
    log = make_log()
    store.log_flight(log)
    frame = log.flight.frames[0]
    view = store.views.of_frame(log.flight.flight_id, frame.sha256)
    assert view == SeaView(frame.camera, frame.pose)
    middle = (frame.width_px / 2, frame.height_px / 2)
    assert view.to_ground(middle) == SeaView(frame.camera, frame.pose).to_ground(middle)


def test_the_views_of_a_flight_are_those_of_its_frames(store, make_log):
    log = make_log()
    store.log_flight(log)
    flight_id = log.flight.flight_id
    assert store.views.of_flight(flight_id) == {
        frame.sha256: store.views.of_frame(flight_id, frame.sha256) for frame in log.flight.frames
    }
    assert store.views.of_flight("nothing") == {}


def test_an_unknown_frame_has_no_view(store, make_log):
    store.log_flight(make_log())
    assert store.views.of_frame("flight1", "f" * 64) is None
    assert store.views.of_frame("nothing", "0" * 64) is None


def test_a_record_that_cannot_be_read_is_no_view(store, make_log):
    log = make_log()
    store.log_flight(log)
    with store._database.writer.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE frame_views SET document = '{}'"))
    assert store.views.of_frame("flight1", log.flight.frames[0].sha256) is None
    assert store.views.of_flight("flight1") == {}


def test_logging_a_flight_twice_keeps_its_views(store, make_log):
    log = make_log()
    assert store.log_flight(log)
    assert not store.log_flight(log)
    assert store.views.of_frame("flight1", log.flight.frames[0].sha256) is not None
