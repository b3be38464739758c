import hashlib
import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PIL import Image

from ingest.errors import PhotoError
from ingest.photo import read_frame, with_pose
from ingest.pose import HeightSource
from ingest.refusal import REMEDIES

NADIR = {"GimbalYawDegree": "+45.00", "GimbalPitchDegree": "-90.00", "GimbalRollDegree": "+0.00"}


def refusal_code(path, site) -> str:
    with pytest.raises(PhotoError) as refused:
        read_frame(path, site)
    return refused.value.code


def test_a_photo_becomes_a_frame(make_photo, site):
    path = make_photo(dji={"RelativeAltitude": "+58.50"} | NADIR)
    frame = read_frame(path, site)
    assert frame.path == path
    assert frame.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (frame.width_px, frame.height_px) == (160, 90)
    assert frame.taken_at_utc == datetime(2026, 2, 3, 3, tzinfo=UTC)  # 10:00 in Trang
    assert frame.pose.height_source is HeightSource.RELATIVE
    assert frame.pose.height_above_sea_m == pytest.approx(60.0)
    # 60 m over a 6.17 mm sensor behind 3.61 mm, 160 px wide
    assert frame.gsd_cm == pytest.approx(60 * 6.17 / 3.61 / 160 * 100)
    assert frame.footprint is not None
    assert frame.error_m is not None
    assert frame.error_m > frame.pose.position_sigma_m
    assert frame.warnings == ()


def test_another_pose_changes_all_that_hangs_on_it(make_photo, site):
    frame = read_frame(make_photo(dji={"RelativeAltitude": "+58.50"} | NADIR), site)
    assert with_pose(frame, frame.pose) == frame
    lower = with_pose(frame, replace(frame.pose, height_above_sea_m=30.0, position_sigma_m=20.0))
    assert lower.gsd_cm == pytest.approx(frame.gsd_cm / 2)
    assert lower.error_m > 20
    assert lower.footprint != frame.footprint
    sky = with_pose(frame, replace(frame.pose, pitch_deg=80.0))
    assert (sky.gsd_cm, sky.error_m, sky.footprint) == (None, None, None)


def test_a_photo_at_the_horizon_is_kept_and_noted(make_photo, site):
    frame = read_frame(make_photo(dji=NADIR | {"GimbalPitchDegree": "0.0"}), site)
    assert (frame.gsd_cm, frame.error_m) == (None, None)
    assert frame.footprint is not None  # its lower half sees the sea
    assert [note.code for note in frame.warnings] == ["looks_at_horizon"]


def test_a_photo_of_the_sky_sees_no_sea(make_photo, site):
    frame = read_frame(make_photo(dji=NADIR | {"GimbalPitchDegree": "80.0"}), site)
    assert frame.footprint is None


def test_plain_exif_is_enough_but_noted(make_photo, site):
    frame = read_frame(make_photo(), site)
    assert frame.pose.height_source is HeightSource.GPS
    assert [note.code for note in frame.warnings] == ["nadir_assumed"]


def test_broken_xmp_is_noted_and_exif_used(make_photo, site):
    frame = read_frame(make_photo(xmp=b"<x:xmpmeta"), site)
    assert [note.code for note in frame.warnings] == ["xmp_unreadable", "nadir_assumed"]


def test_a_photo_from_an_editor_is_noted(make_photo, site):
    software = "Microsoft Windows Photo Viewer 10.0.10240.16384"
    frame = read_frame(make_photo(dji=NADIR, software=software), site)
    assert [note.code for note in frame.warnings] == ["edited"]


def test_a_photo_turned_on_its_side_is_noted(make_photo, site):
    frame = read_frame(make_photo(dji=NADIR, size=(90, 160), width=160), site)
    assert [note.code for note in frame.warnings] == ["turned"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"lon": None, "lat": None}, "no_gps"),
        ({"lon": 0.0, "lat": 0.0}, "no_gps"),
        ({"taken": None}, "no_time"),
        ({"altitude": None}, "bad_height"),
        ({"altitude": -5.0}, "bad_height"),
        ({"dji": {"RelativeAltitude": "-30.0"}}, "bad_height"),
        ({"model": "Cam 5", "focal_35mm": None}, "no_camera"),
    ],
)
def test_photos_that_cannot_be_placed_are_refused(make_photo, site, changes, code):
    assert refusal_code(make_photo(**changes), site) == code


def test_a_photo_without_any_metadata_is_refused(tmp_path, site):
    Image.new("RGB", (16, 9)).save(tmp_path / "bare.jpg")
    assert refusal_code(tmp_path / "bare.jpg", site) == "no_gps"


def test_a_text_named_jpg_is_refused(tmp_path, site):
    path = tmp_path / "notes.jpg"
    path.write_text("dugong seen at noon")
    assert refusal_code(path, site) == "not_an_image"


def test_an_empty_file_is_refused(tmp_path, site):
    path = tmp_path / "empty.jpg"
    path.touch()
    assert refusal_code(path, site) == "truncated"


def test_a_cut_photo_is_refused(make_photo, site):
    path = make_photo()
    path.write_bytes(path.read_bytes()[:-100])
    assert refusal_code(path, site) == "truncated"


def test_a_missing_file_and_a_folder_are_refused(tmp_path, site):
    assert refusal_code(tmp_path / "none.jpg", site) == "unreadable"
    assert refusal_code(tmp_path, site) == "unreadable"


def test_broken_headers_are_refused_or_read_but_never_crash(make_photo, site):
    path = make_photo(dji=NADIR | {"RelativeAltitude": "+58.50"})
    sound = path.read_bytes()
    header_bytes = sound.index(b"\xff\xda")
    chance = random.Random(4)  # noqa: S311 - wants repeatable, not secret, bytes
    outcomes = set()
    for _ in range(150):
        broken = bytearray(sound)
        for _ in range(chance.choice([1, 5, 30])):
            broken[chance.randrange(2, header_bytes)] = chance.randrange(256)
        path.write_bytes(broken)
        try:
            read_frame(path, site)
            outcomes.add("read")
        except PhotoError as error:
            outcomes.add(error.code)
    assert {"read", "damaged"} <= outcomes <= {"read", *REMEDIES}
