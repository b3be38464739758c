"""Frames at the desk: pictures without metadata, lengths on the sea, labels for training."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from pyproj import Geod

from detection.labels.label import Origin, Verdict
from detection.types import Detection, ObjectClass
from ingest.frame import Flight
from ingest.photo import read_frame
from ingest.projection import SeaView
from patrol.store import FlightLog

SAMPLE = Path(__file__).parents[2] / "sample_flights" / "with_faults" / "LIBONG_0001.JPG"
FLIGHT = "f" * 16


class Desk:
    """A client of an officer, with the token of the login for changes."""

    def __init__(self, world, name="mali"):
        self.client = world.logged_in(name)
        session = self.client.get("/api/v1/session").json()
        self.headers = {"X-CSRF-Token": session.get("csrf_token", "")}

    def get(self, address, **more):
        return self.client.get(address, **more)

    def post(self, address, body):
        return self.client.post(address, json=body, headers=self.headers)


@pytest.fixture
def frame(world):
    """A frame that is logged with a boat in it, its original kept."""
    read = read_frame(SAMPLE, world.site.reference)
    box = (100.0, 200.0, 160.0, 240.0)
    boat = Detection(
        ObjectClass.BOAT, 0.8, box, read.sha256, read.taken_at_utc, None, None, "e" * 64
    )
    world.store.log_flight(
        FlightLog(
            flight=Flight(FLIGHT, (read,), ()),
            sightings=(),
            detections=(boat,),
            incidents=(),
            surveyed=(),
            model_sha256="e" * 64,
            site_id=world.site.site_id,
            received_at_utc=world.clock() - timedelta(hours=1),
        )
    )
    world.media.put(SAMPLE.read_bytes())
    return read


@pytest.fixture
def desk(world, frame):
    return Desk(world)


def address(frame, what):
    return f"/api/v1/frames/{frame.sha256}/{what}"


def size_of(answer):
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert not picture.getexif()
        return picture.size


@pytest.mark.parametrize("width", [160, 700, 4096])
def test_a_picture_is_as_wide_as_asked_and_never_wider_than_the_photo(desk, frame, width):
    answer = desk.get(address(frame, f"picture?width={width}"))
    assert answer.headers["content-type"] == "image/jpeg"
    wide, high = size_of(answer)
    assert wide == min(width, frame.width_px)
    assert high == pytest.approx(wide * frame.height_px / frame.width_px, abs=1)


def test_a_piece_is_cut_where_it_was_asked_for(desk, frame):
    whole = Image.open(io.BytesIO(desk.get(address(frame, "picture?width=4096")).content))
    answer = desk.get(address(frame, "picture?width=300&piece=400,300,200,100"))
    assert size_of(answer) == (200, 100)
    piece = Image.open(io.BytesIO(answer.content)).convert("L")
    expected = whole.convert("L").crop((400, 300, 600, 400))
    apart = [abs(a - b) for a, b in zip(piece.tobytes(), expected.tobytes(), strict=True)]
    assert sum(apart) / len(apart) < 4


def test_a_picture_seen_before_is_not_sent_again(desk, frame):
    first = desk.get(address(frame, "picture"))
    again = desk.get(address(frame, "picture"), headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("query", "status"),
    [("piece=9000,0,10,10", 404), ("piece=a", 422), ("piece=0,0,0,5", 404), ("width=5000", 422)],
)
def test_pieces_that_are_none_are_refused(desk, frame, query, status):
    assert desk.get(address(frame, f"picture?{query}")).status_code == status


def test_a_length_is_that_of_the_logged_pose(desk, frame):
    ends = [(200.0, 300.0), (900.0, 500.0)]
    found = desk.post(address(frame, "measure"), {"xy_px": ends}).json()
    view = SeaView(frame.camera, frame.pose)
    (a, b) = (view.to_ground(end).position for end in ends)
    _, _, metres = Geod(ellps="WGS84").inv(a.lon, a.lat, b.lon, b.lat)
    assert found["length_m"] == pytest.approx(metres, rel=1e-9)
    # at nadir a length is its pixels times the scale
    pixels = ((900 - 200) ** 2 + (500 - 300) ** 2) ** 0.5
    assert found["length_m"] == pytest.approx(pixels * frame.gsd_cm / 100, rel=0.02)
    assert 0 < found["length_error_m"] < 0.2 * found["length_m"]
    assert found["places"][0]["lat"] == pytest.approx(a.lat)


def test_what_has_no_place_is_not_measured(desk, frame, world, monkeypatch):
    monkeypatch.setattr(world.store.views, "of_frame", lambda *_: None)
    answer = desk.post(address(frame, "measure"), {"xy_px": [[1, 1]]})
    assert (answer.status_code, answer.json()["code"]) == (422, "unmeasurable")


def labels(world):
    (frame,) = world.store.labelled_flight(FLIGHT).frames
    return {label.key: label for label in frame.labels}


def test_a_missed_box_becomes_a_label(desk, frame, world):
    body = {"xyxy_px": [500, 400, 450, 380], "object_class": "dugong"}  # from corner to corner
    key = desk.post(address(frame, "labels"), body).json()["key"]
    label = labels(world)[key]
    assert label.xyxy_px == (450, 380, 500, 400)
    assert (label.verdict, label.origin) == (Verdict.OBJECT, Origin.DRAWN)
    assert (label.object_class, label.role) == (ObjectClass.DUGONG, "officer")
    assert label.model_sha256 is None
    removed = desk.post(address(frame, "labels/removed"), {"key": key, "version": 1})
    assert removed.json()["verdict"] == "withdrawn"


def test_a_detection_is_corrected_confirmed_and_refused_version_by_version(desk, frame, world):
    box = {"xyxy_px": [100, 200, 160, 240], "object_class": "boat", "key": "d0"}
    assert desk.post(address(frame, "labels"), box).status_code == 200
    assert labels(world)["d0"].origin is Origin.CONFIRMED
    other = {**box, "object_class": "fishing_gear", "version": 1}
    assert desk.post(address(frame, "labels"), other).json()["version"] == 2
    assert labels(world)["d0"].object_class is ObjectClass.FISHING_GEAR
    stale = desk.post(address(frame, "labels"), other)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_label")
    gone = desk.post(address(frame, "labels/removed"), {"key": "d0", "version": 2})
    assert gone.json()["verdict"] == "false_alarm"
    again = desk.post(address(frame, "labels/removed"), {"key": "d0", "version": 3})
    assert (again.status_code, again.json()["code"]) == (400, "bad_label")


@pytest.mark.parametrize(
    "xyxy", [[10, 10, 11, 300], [-50, -50, -10, -10], [1e4, 1e4, 1.1e4, 1.1e4]]
)
def test_a_slip_of_the_hand_is_no_box(desk, frame, world, xyxy):
    answer = desk.post(address(frame, "labels"), {"xyxy_px": xyxy, "object_class": "boat"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_label")
    assert labels(world) == {}


def test_frames_are_for_officers_and_changes_need_the_token(world, frame):
    ranger, nobody = Desk(world, "don"), world.client()
    for what in ("picture", "measure", "labels", "labels/removed"):
        ask = "get" if what == "picture" else "post"
        assert nobody.request(ask, address(frame, what)).status_code == 401
        assert ranger.client.request(ask, address(frame, what)).status_code == 403
    officer = world.logged_in("mali")
    body = {"xyxy_px": [1, 1, 50, 50], "object_class": "boat"}
    assert officer.post(address(frame, "labels"), json=body).status_code == 403
    assert labels(world) == {}


def test_the_viewer_and_the_replay_show_the_box(desk, frame):
    page = desk.get(f"/desk/frames/{frame.sha256}?lang=en")
    assert page.status_code == 200
    assert 'data-key-of-box="d0"' in page.text
    replay = desk.get(f"/desk/flights/{FLIGHT}?lang=en")
    assert '"class": "boat"' in replay.text


def test_a_frame_that_is_not_logged_is_not_found(desk):
    for path in (f"/desk/frames/{'0' * 64}", f"/api/v1/frames/{'0' * 64}/picture"):
        assert desk.get(path).status_code == 404
    assert desk.get("/desk/flights/nothing").status_code == 404
