"""Frames at the desk: pictures without metadata, lengths on the sea, labels for training."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from pyproj import Geod

from detection.labels.folder import LabelFormat, read_labels
from detection.labels.label import Origin, Verdict
from detection.types import Detection, ObjectClass
from ingest.frame import Flight
from ingest.photo import read_frame
from ingest.projection import SeaView
from libong.label_exchange import export_labels
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
    assert found["length_margin_m"] == pytest.approx(1.96 * found["length_error_m"])
    first = found["places"][0]
    assert first["lat"] == pytest.approx(a.lat)
    # a round normal error lies within √(2 ln 20) of its sigmas with 95 %
    assert first["radius_of_95_percent_m"] == pytest.approx(1.7308 * first["error_m"], rel=1e-4)


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


def say(desk, frame, *, complete, **more):
    """Send the form of the photo's page."""
    fields = {"csrf_token": desk.headers["X-CSRF-Token"], "complete": str(complete).lower()}
    return desk.client.post(f"/desk/frames/{frame.sha256}/review", data=fields | more)


def page(desk, frame, language="en"):
    return desk.get(f"/desk/frames/{frame.sha256}?lang={language}").text


NOBODY = {"en": "Nobody has said so yet.", "th": "ยังไม่มีใครยืนยัน"}
YES = {
    "en": "everything to be found in this photo is marked.",
    "th": "ทุกสิ่งที่มีให้พบในรูปนี้ตีกรอบไว้หมดแล้ว",
}
BACK = {"en": "No longer: it was taken back.", "th": "ถอนคืนแล้ว ไม่ถือว่าตรวจดูครบ"}
SAY, TAKE_BACK = 'name="complete" value="true"', 'name="complete" value="false"'


@pytest.mark.parametrize("language", ["en", "th"])
def test_an_officer_says_that_a_photo_was_looked_through_and_takes_it_back(
    desk, frame, world, language
):
    before = page(desk, frame, language)
    assert NOBODY[language] in before
    assert SAY in before
    assert TAKE_BACK not in before
    answer = say(desk, frame, complete=True, incident="a&b")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/desk/frames/{frame.sha256}?incident=a%26b#review"
    when = world.clock()
    world.clock.forward(timedelta(hours=2))
    said = page(Desk(world, "nid"), frame, language)
    who = {"en": "mali, 22 Nov 2026 12:30", "th": "mali, 22 พ.ย. 2569 12:30"}
    assert YES[language] in said
    assert who[language] in said
    assert TAKE_BACK in said
    assert SAY not in said
    assert say(Desk(world, "nid"), frame, complete=False).status_code == 303
    after = page(desk, frame, language)
    assert BACK[language] in after
    assert SAY in after
    review = world.store.frame_reviews(FLIGHT)[frame.sha256]
    assert (review.actor, review.role, review.complete) == ("nid", "admin", False)
    assert review.at_utc == when + timedelta(hours=2)


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "1 box in this photo is not decided."), ("th", "ยังมี 1 กรอบในรูปนี้ที่ยังไม่ตัดสิน")],
)
def test_a_photo_that_was_looked_through_counts_once_its_boxes_are_decided(
    desk, frame, world, tmp_path, language, told
):
    say(desk, frame, complete=True)
    assert told in page(desk, frame, language)
    assert YES[language] in page(desk, frame, language)
    assert not world.store.labelled_flight(FLIGHT).frames[0].complete
    desk.post(address(frame, "labels/removed"), {"key": "d0"})
    assert told not in page(desk, frame, language)
    exported = export(world, tmp_path / "said")
    assert (exported.complete, exported.partial) == (1, 0)
    ((kept,),) = [flight.frames for flight in read_labels(tmp_path / "said")]
    assert kept.complete
    say(desk, frame, complete=False)
    exported = export(world, tmp_path / "taken-back")
    assert (exported.complete, exported.partial) == (0, 1)


def export(world, folder):
    return export_labels(
        world.store, world.media, world.site.reference, folder, LabelFormat.YOLO,
        at_utc=world.clock(),
    )  # fmt: skip


def test_programs_say_it_too_and_are_told_who_said_it_first(desk, frame, world):
    nothing = {"complete": False, "by": None, "at_utc": None, "undecided": 1}
    assert desk.post(address(frame, "review"), {"complete": False}).json() == nothing
    assert world.store.frame_reviews(FLIGHT) == {}
    told = desk.post(address(frame, "review"), {"complete": True}).json()
    assert (told["complete"], told["by"], told["undecided"]) == (True, "mali", 1)
    world.clock.forward(timedelta(minutes=1))
    assert Desk(world, "nid").post(address(frame, "review"), {"complete": True}).json() == told
    back = Desk(world, "nid").post(address(frame, "review"), {"complete": False}).json()
    assert (back["complete"], back["by"]) == (False, "nid")
    assert desk.post(address(frame, "review"), {"complete": 1, "more": 2}).status_code == 422


def test_what_nobody_can_look_through_is_not_said_to_be(desk, frame, world, monkeypatch):
    monkeypatch.setattr(world.media, "has", lambda _: False)
    assert SAY not in page(desk, frame)
    assert say(desk, frame, complete=True).status_code == 404
    answer = desk.post(address(frame, "review"), {"complete": True})
    assert (answer.status_code, answer.json()["code"]) == (404, "no_picture")
    assert world.store.frame_reviews(FLIGHT) == {}


def test_only_officers_say_it_and_only_on_their_own_form_and_rangers_see_how_many(
    desk, frame, world
):
    ranger = Desk(world, "don")
    assert say(ranger, frame, complete=True).status_code == 403
    assert say(desk, frame, complete=True, csrf_token="x").status_code == 403
    assert world.store.frame_reviews(FLIGHT) == {}
    count = "<dt>Photos looked through as a whole</dt><dd>{}</dd>"
    assert count.format(0) in ranger.get(f"/flights/{FLIGHT}?lang=en").text
    assert say(desk, frame, complete=True).status_code == 303
    seen = ranger.get(f"/flights/{FLIGHT}?lang=en").text
    assert count.format(1) in seen
    assert "/review" not in seen
    assert "รูปที่ตรวจดูครบทั้งรูป" in ranger.get(f"/flights/{FLIGHT}?lang=th").text


@pytest.mark.parametrize(
    "xyxy", [[10, 10, 11, 300], [-50, -50, -10, -10], [1e4, 1e4, 1.1e4, 1.1e4]]
)
def test_a_slip_of_the_hand_is_no_box(desk, frame, world, xyxy):
    answer = desk.post(address(frame, "labels"), {"xyxy_px": xyxy, "object_class": "boat"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_label")
    assert labels(world) == {}


def test_frames_are_for_officers_and_changes_need_the_token(world, frame):
    ranger, nobody = Desk(world, "don"), world.client()
    for what in ("picture", "measure", "labels", "labels/removed", "review"):
        ask = "get" if what == "picture" else "post"
        assert nobody.request(ask, address(frame, what)).status_code == 401
        assert ranger.client.request(ask, address(frame, what)).status_code == 403
    officer = world.logged_in("mali")
    body = {"xyxy_px": [1, 1, 50, 50], "object_class": "boat"}
    assert officer.post(address(frame, "labels"), json=body).status_code == 403
    assert officer.post(address(frame, "review"), json={"complete": True}).status_code == 403
    assert world.store.frame_reviews(FLIGHT) == {}
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
