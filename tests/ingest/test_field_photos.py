"""Three real cameras; figures are those of the files' own tags, read with ExifTool's names."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ingest.agreement import pair_disagreements
from ingest.flight import read_flight
from ingest.lonlat import LonLat, distance_m
from ingest.photo import read_frame
from ingest.pixels import decode_bgr
from ingest.pose import HeightSource


@pytest.fixture
def bare_site(site):
    return replace(site, launch_height_above_sea_m=0.0)


def codes(frame):
    return [note.code for note in frame.warnings]


def test_phantom_3(field_photos, bare_site):
    frame = read_frame(field_photos / "brighton_beach/DJI_0018.JPG", bare_site)
    assert (frame.camera.make, frame.camera.model) == ("DJI", "FC300S")
    assert (frame.width_px, frame.height_px) == (4000, 2250)
    assert frame.camera.source == "sensor_table"
    assert frame.pose.height_source is HeightSource.RELATIVE
    assert frame.pose.height_above_sea_m == pytest.approx(39.8)
    assert (frame.pose.yaw_deg, frame.pose.pitch_deg, frame.pose.roll_deg) == (45.0, -89.9, 0.0)
    expected = LonLat(-(91 + 59 / 60 + 101039 / 2500 / 3600), 46 + 50 / 60 + 66771 / 2000 / 3600)
    assert distance_m(frame.pose.position, expected) < 0.01
    assert frame.taken_at_utc == datetime(2016, 6, 23, 9, 31, 59, tzinfo=UTC)  # 16:31:59 at +7 h
    assert frame.gsd_cm == pytest.approx(1.70, abs=0.01)
    assert codes(frame) == []


def test_zenmuse_p1_over_the_sea(field_photos, bare_site):
    frame = read_frame(field_photos / "sea/DJI_20240213141303_0001.JPG", bare_site)
    assert frame.pose.height_source is HeightSource.RELATIVE
    assert frame.pose.height_above_sea_m == pytest.approx(149.938)
    assert frame.pose.position_sigma_m == pytest.approx(0.101, abs=0.001)  # RTK fixed
    assert frame.taken_at_utc == datetime(2024, 2, 13, 11, 13, 24, 526262, tzinfo=UTC)
    assert codes(frame) == ["clock_zone"]  # its clock ran on UTC+3, not on the site's time
    assert frame.gsd_cm == pytest.approx(1.88, abs=0.01)


def test_sony_rx1_with_pix4d_tags(field_photos, bare_site):
    frame = read_frame(field_photos / "sea/DSC00316.jpg", bare_site)
    assert frame.pose.height_source is HeightSource.ORTHOMETRIC  # VertCS EPSG:5773
    assert frame.pose.height_above_sea_m == pytest.approx(121.2344)
    # Pix4D yaw -85.95, pitch 1.60, roll -0.64: 1.72 degrees off nadir, the top of the picture to
    # the west and a little north of it
    assert frame.pose.pitch_deg == pytest.approx(-88.28, abs=0.01)
    assert frame.pose.yaw_deg + frame.pose.roll_deg == pytest.approx(-85.94, abs=0.02)
    assert frame.gsd_cm == pytest.approx(1.56, abs=0.01)
    assert codes(frame) == ["clock_never_set"]  # changed 2015-01-01, taken 2023


def test_overlapping_frames_agree_unless_someone_turned_them(field_photos, bare_site):
    flight = read_flight([field_photos / "brighton_beach"], bare_site)
    assert flight.refused == ()
    # 21 to 25, for time's sake; 24 and later were turned upside down in Windows Photo Viewer
    frames = flight.frames[3:8]
    assert [codes(frame) for frame in frames] == [[], [], [], ["edited"], ["edited"]]
    medians = [pair.median_m for pair in pair_disagreements(frames)]
    assert None not in medians
    assert max(medians[:2]) < 1.5
    assert min(medians[2:]) > 15
    upright = [
        replace(frame, pose=replace(frame.pose, yaw_deg=frame.pose.yaw_deg + 180))
        for frame in frames[3:]
    ]
    (turned_back,) = pair_disagreements(upright)
    assert turned_back.median_m is not None
    assert turned_back.median_m < 3


def test_pixels_of_a_large_photo_at_an_eighth(field_photos):
    pixels = decode_bgr(field_photos / "sea/DSC00316.jpg", scale_denominator=8)
    assert pixels.shape == (663, 994, 3)
