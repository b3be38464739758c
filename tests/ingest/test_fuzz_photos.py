"""A few hundred mutated photos; `make fuzz` tries as many as time allows."""

import random
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pillow_heif import register_heif_opener

from ingest.errors import PhotoError
from ingest.photo import read_frame
from ingest.pixels import decode_bgr
from ingest.projection import SeaView
from ingest.refusal import REMEDIES
from ingest.report import frame_document
from tests.fuzz_photos import mutated, outcome, seeds

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax'
    '-ns#"><rdf:Description xmlns:s="https://www.skydio.com/drone-skydio/1.0/" s:Latitude="7.25" '
    's:Longitude="99.4"><s:CameraOrientationNED {0}/></rdf:Description></rdf:RDF></x:xmpmeta>'
)
ANGLES = 's:Yaw="12.5" s:Pitch="-60" s:Roll="0.5"'
ENDS = {"frame", "frame with warnings", *REMEDIES}


def codes(frame):
    return [note.code for note in frame.warnings]


@pytest.fixture(scope="module")
def originals():
    return seeds()


@settings(max_examples=200)
@given(seed=st.integers(0, 2**32))
def test_mutated_photos_end_in_a_frame_or_one_refusal(originals, tmp_path_factory, seed):
    chance = random.Random(seed)  # noqa: S311 - wants repeatable, not secret, bytes
    path = tmp_path_factory.getbasetemp() / "mutated.jpg"
    path.write_bytes(mutated(chance.choice(originals), chance))
    assert outcome(path) in ENDS


def test_a_picture_of_absurd_size_is_refused(make_photo, site):
    path = make_photo()
    data = path.read_bytes()
    path.write_bytes(data.replace(b"\x00\x5a\x00\xa0", b"\xff\xff\xff\xff", 1))
    with pytest.raises(PhotoError, match="claims 65535 x 65535"):
        read_frame(path, site)


@pytest.mark.parametrize("offset", ["+99:99", "-77:00"])
def test_an_offset_no_zone_has_is_passed_over(make_photo, site, offset):
    assert read_frame(make_photo(offset=offset), site).taken_at_utc.hour == 3


@pytest.mark.parametrize("taken", ["1970:01:01 00:00:00", "2099:12:31 23:59:59"])
def test_a_time_that_cannot_be_is_noted(make_photo, site, taken):
    assert "clock_wrong" in codes(read_frame(make_photo(taken=taken), site))


def test_a_clock_that_was_never_set_is_noted(make_photo, site):
    frame = read_frame(make_photo(changed="2015:01:01 00:18:33"), site)
    assert "clock_never_set" in codes(frame)


@pytest.mark.parametrize(
    "told",
    [
        {"dji": {"ImageSource": "InfraredCamera"}},
        {"make": "FLIR", "model": "Vue Pro R"},
        {"make": "DJI", "model": "MAVIC2-ENTERPRISE-ADVANCED", "size": (640, 512)},
        {"make": "DJI", "model": "M3T", "size": (512, 640)},
    ],
)
def test_a_thermal_picture_is_refused(make_photo, site, told):
    with pytest.raises(PhotoError, match="thermal") as refused:
        read_frame(make_photo(**told), site)
    assert refused.value.code == "thermal"
    assert "colour picture" in REMEDIES["thermal"]


@pytest.mark.parametrize("source", ["WideCamera", "ZoomCamera", "VisibleCamera"])
def test_other_lenses_beside_a_thermal_one_are_read(make_photo, site, source):
    assert read_frame(make_photo(dji={"ImageSource": source}), site).gsd_cm


@pytest.mark.parametrize("altitude", [3.0, None])
def test_a_phone_keeps_its_place_alone(make_photo, site, altitude):
    path = make_photo(make="Apple", model="iPhone 14", gps_error=12.0, altitude=altitude)
    frame = read_frame(path, site)
    assert frame.pose.position_only
    assert (frame.footprint, frame.gsd_cm, frame.error_m) == (None, None, None)
    assert frame.pose.position_sigma_m == pytest.approx(12)
    assert codes(frame) == ["position_only"]
    assert frame.warnings[0].text.startswith("position only: a phone took it, within 12 m")
    document = frame_document(frame)
    unknown = ("height_above_sea_m", "height_source", "yaw_deg", "pitch_deg", "roll_deg")
    unknown += ("gsd_cm", "footprint", "error_m")
    assert [document[name] for name in unknown] == [None] * len(unknown)
    assert (document["lon"], document["lat"]) == pytest.approx((99.4, 7.25))
    pixels = np.array([[0.0, 0.0], [80.0, 45.0], [160.0, 90.0], [80.0, 89.0]])
    assert np.isnan(SeaView(frame.camera, frame.pose).to_ground_many(pixels)[0]).all()


def test_skydios_camera_angles(make_photo, site):
    pose = read_frame(make_photo(xmp=XMP.format(ANGLES).encode()), site).pose
    assert (pose.yaw_deg, pose.pitch_deg, pose.roll_deg) == (12.5, -60, 0.5)
    assert pose.height_above_sea_m == 60


@pytest.mark.parametrize(
    ("tag", "code"),
    [({"GimbalReverse": 1}, "gimbal_reversed"), ({"GpsStatus": "Invalid"}, "gps_invalid")],
)
def test_what_a_drone_doubts_itself_is_noted(make_photo, site, tag, code):
    assert code in codes(read_frame(make_photo(dji=tag), site))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_places_are_in_the_picture_as_stored(make_photo, site, tmp_path, orientation):
    with Image.open(make_photo()) as picture:
        exif = picture.getexif()
        exif[0x0112] = orientation
        picture.save(tmp_path / "turned.jpg", exif=exif)
    frame = read_frame(tmp_path / "turned.jpg", site)
    assert (frame.width_px, frame.height_px) == (160, 90)
    assert decode_bgr(frame.path).shape == (90, 160, 3)


@pytest.mark.parametrize("kind", ["HEIF", "TIFF"])
def test_other_formats_give_the_same_place(make_photo, site, tmp_path, kind):
    register_heif_opener()
    path, jpeg = tmp_path / f"photo.{kind.lower()}", make_photo()
    with Image.open(jpeg) as picture:
        stream = BytesIO()
        picture.save(stream, kind, exif=picture.getexif())
    path.write_bytes(stream.getvalue())
    frame, same = read_frame(path, site), read_frame(jpeg, site)
    assert (frame.pose, frame.taken_at_utc, frame.width_px) == (same.pose, same.taken_at_utc, 160)
    assert decode_bgr(path, scale_denominator=2).shape == (45, 80, 3)
