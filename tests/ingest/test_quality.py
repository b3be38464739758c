from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from math import log
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import PhotoError
from ingest.glitter import mirror_slopes_squared
from ingest.photo import read_frame
from ingest.pixels import decode_bgr
from ingest.projection import SeaView
from ingest.quality import FrameQuality, measure_pixels, measure_quality, read_quality
from ingest.sun import sun_position

SIZE = (1600, 900)
QUARTER = (225, 400, 3)
SEA = (110, 120, 40)  # blue, green, red
NOON_UTC = datetime(2026, 4, 8, 5, 24, tzinfo=UTC)  # the sun overhead at Ko Libong


@pytest.fixture
def frame(make_photo, site):
    """60 m up at noon, looking straight down: the middle of the picture can glitter."""
    dji = {"GimbalYawDegree": 0, "GimbalPitchDegree": -90, "GimbalRollDegree": 0}
    return replace(read_frame(make_photo(size=SIZE, dji=dji), site), taken_at_utc=NOON_UTC)


def pitched(frame, pitch_deg: float):
    pose = replace(frame.pose, pitch_deg=pitch_deg)
    footprint = SeaView(frame.camera, pose).footprint()
    return replace(frame, pose=pose, footprint=footprint)


def sea(colour=SEA) -> np.ndarray:
    return np.full(QUARTER, colour, np.uint8)


def codes(quality: FrameQuality) -> list[str]:
    return [note.code for note in quality.reasons]


def test_calm_water_is_usable_and_its_sharpness_unknown(frame):
    assert measure_quality(frame, sea()) == FrameQuality(None, 0.0, 0.0, False, ())
    assert measure_quality(frame, sea()).usable


@pytest.mark.parametrize(
    ("colour", "share", "expected"),
    [
        ((0, 0, 0), 0.24, []),
        ((0, 0, 0), 0.26, ["too_dark"]),
        ((15, 15, 90), 0.26, ["too_dark"]),
        ((15, 16, 90), 0.26, []),
        ((255, 255, 255), 0.24, []),
        ((255, 255, 100), 0.26, ["too_bright"]),  # two channels full
        ((255, 249, 100), 0.26, []),
    ],
)
def test_what_is_black_or_white_counts(frame, colour, share, expected):
    night = replace(frame, taken_at_utc=NOON_UTC.replace(hour=17))  # so that nothing glitters
    pixels = sea()
    pixels[: round(share * QUARTER[0])] = colour
    quality = measure_quality(night, pixels)
    assert codes(quality) == expected
    assert quality.usable == (not expected)
    clipped = sorted(colour)[1] in (*range(16), *range(250, 256))
    assert quality.clipped_share == pytest.approx(share if clipped else 0, abs=0.005)


def test_pixels_alone_tell_blur_and_light(frame):
    bright = np.full(QUARTER, 255, np.uint8)
    placed, alone = measure_quality(frame, bright), measure_pixels(bright, frame.width_px)
    assert (alone.sharpness, alone.clipped_share) == (placed.sharpness, placed.clipped_share)
    assert [note.code for note in alone.reasons] == ["too_bright"]
    assert codes(placed) == ["too_bright", "glare"]  # which takes knowing where the sun stood


@pytest.mark.parametrize(
    ("where", "colour", "glare_share"),
    [
        # the glitter reaches to tan^-1 sqrt(3 x 0.0388) = 18.8 degrees of tilt, 37.6 off the middle
        (np.s_[90:135, 160:240], (230, 235, 240), 0.04),
        (np.s_[90:135, 160:240], (230, 235, 160), 0.0),  # not white
        (np.s_[90:135, 160:240], (170, 170, 170), 0.0),  # not bright
        (np.s_[0:20, 0:30], (230, 235, 240), 0.0),  # where the sea cannot mirror the sun
    ],
)
def test_glare_is_white_where_the_sea_can_mirror_the_sun(frame, where, colour, glare_share):
    pixels = sea()
    pixels[where] = colour
    assert measure_quality(frame, pixels).glare_share == pytest.approx(glare_share)


def test_glare_over_a_quarter_of_the_picture_is_too_much(frame):
    pixels = sea()
    pixels[45:180, 100:300] = (240, 240, 240)
    assert codes(measure_quality(frame, pixels)) == ["glare"]
    pixels[45:180, 100:200] = SEA
    assert measure_quality(frame, pixels).usable


def test_there_is_no_glare_at_night_and_none_is_guessed_without_angles(frame):
    pixels = sea((240, 240, 240))
    night = replace(frame, taken_at_utc=NOON_UTC.replace(hour=17))
    assert measure_quality(night, pixels).glare_share == 0
    unknown = replace(frame, pose=replace(frame.pose, assumed_nadir=True))
    assert measure_quality(unknown, pixels).glare_share is None


@pytest.mark.parametrize(
    ("pitch_deg", "horizon", "expected"),
    [(-90, False, []), (-40, False, []), (-10, True, []), (10, True, []), (50, False, ["no_sea"])],
)
def test_the_horizon(frame, pitch_deg, horizon, expected):
    quality = measure_quality(pitched(frame, pitch_deg), sea())
    assert (quality.horizon_in_view, codes(quality)) == (horizon, expected)


def drawn(frame) -> np.ndarray:
    """A picture of the frame's size full of sharp edges."""
    rng = np.random.default_rng(5)
    squares = rng.integers(40, 170, (9, 16, 3), dtype=np.uint8)
    return cv2.resize(squares, (frame.width_px, frame.height_px), interpolation=cv2.INTER_NEAREST)


@pytest.mark.parametrize(("blur_px", "expected"), [(4, []), (12, ["too_blurred"])])
@pytest.mark.parametrize("denominator", [2, 4])
def test_blur_counts_in_pixels_of_the_whole_picture(frame, blur_px, denominator, expected):
    blurred = cv2.GaussianBlur(drawn(frame), (0, 0), blur_px)
    reduced = cv2.resize(
        blurred, None, fx=1 / denominator, fy=1 / denominator, interpolation=cv2.INTER_AREA
    )
    quality = measure_quality(frame, reduced)
    assert codes(quality) == expected
    measured_px = np.hypot(blur_px, 0.8 * denominator)  # the reduced picture's own pixels blur too
    assert quality.sharpness == pytest.approx(1 / (1 + (measured_px / 7) ** 2), abs=0.05)


def test_a_picture_too_small_to_judge_is_not_judged(frame):
    with pytest.raises(ValueError, match="at least 1/4 of the frame's 1600 px wide; got 200"):
        measure_quality(frame, sea()[::2, ::2])


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # it never changes
@given(
    pixels=st.builds(
        lambda seed, low, high: np.random.default_rng(seed).integers(
            min(low, high), max(low, high) + 1, QUARTER, dtype=np.uint8
        ),
        st.integers(0, 99),
        st.integers(0, 255),
        st.integers(0, 255),
    ),
    pitch_deg=st.floats(-90, 90),
)
def test_whatever_the_picture_shares_are_shares(frame, pixels, pitch_deg):
    quality = measure_quality(pitched(frame, pitch_deg), pixels)
    assert 0 <= quality.clipped_share <= 1
    assert quality.glare_share is not None
    assert 0 <= quality.glare_share <= 1
    assert quality.sharpness is None or 0 <= quality.sharpness <= 1
    assert quality.usable == (quality.reasons == ())


def test_a_file_is_decoded_and_measured(frame):
    assert read_quality(frame) == measure_quality(
        frame, decode_bgr(frame.path, scale_denominator=4)
    )
    frame.path.unlink()
    with pytest.raises(PhotoError):
        read_quality(frame)


# Real photos: sharp, and spoilt on purpose

PHOTOS = [
    "brighton_beach/DJI_0018.JPG",
    "brighton_beach/DJI_0025.JPG",
    "sea/DSC00316.jpg",
    "sea/DJI_20240213141303_0001.JPG",
]


@cache
def quarter(path: Path) -> np.ndarray:
    return decode_bgr(path, scale_denominator=4)


@pytest.fixture(params=PHOTOS)
def real(request, field_photos, site):
    frame = read_frame(field_photos / request.param, site)
    return frame, quarter(frame.path)


def spoilt(pixels: np.ndarray, *, blur_px: float = 0, light: float = 1) -> np.ndarray:
    """Blurred by pixels of the whole picture, and exposed so many times as long."""
    if blur_px:
        pixels = cv2.GaussianBlur(pixels, (0, 0), blur_px / 4)
    return np.clip(pixels * np.float32(light), 0, 255).astype(np.uint8)


def test_real_photos_are_sharp_and_well_exposed(real):
    quality = measure_quality(*real)
    assert quality.usable
    assert quality.sharpness is not None
    assert 0.7 < quality.sharpness < 0.9  # blur of 2.3 to 4.6 px, less than the 7 of the limit
    assert quality.clipped_share < 0.05
    assert not quality.horizon_in_view


@pytest.mark.parametrize(
    ("spoiling", "expected"),
    [
        ({"blur_px": 12}, ["too_blurred"]),
        ({"blur_px": 20}, ["too_blurred"]),
        ({"light": 3}, ["too_bright"]),
        ({"light": 0.05}, ["too_dark"]),
    ],
)
def test_spoilt_photos_are_not_usable(real, spoiling, expected):
    frame, pixels = real
    assert codes(measure_quality(frame, spoilt(pixels, **spoiling))) == expected


def test_real_glitter_is_where_the_sun_is_mirrored(field_photos, site):
    """White points thin out with the facet's slope as Cox and Munk say, for a light breeze.

    It checks sun, clock, yaw and lens together: turned by 30 degrees, they would not.
    """
    frame = read_frame(field_photos / "sea/DJI_20240213141303_0001.JPG", site)
    pixels = quarter(frame.path)
    height, width = pixels.shape[:2]
    rows, columns = np.mgrid[:height:2, :width:2]
    xy_px = (np.column_stack([columns.ravel(), rows.ravel()]) + 0.5) * 4.0
    directions = SeaView(frame.camera, frame.pose).directions_enu(xy_px)
    sun = sun_position(frame.taken_at_utc, frame.pose.position)
    squares = mirror_slopes_squared(directions, sun)
    white = pixels[::2, ::2].min(axis=2).ravel() >= 180
    shares = [
        white[(squares >= least) & (squares < least + 0.03)].mean()
        for least in (0.05, 0.08, 0.11, 0.14)
    ]
    assert shares == sorted(shares, reverse=True)
    mean_square = 0.09 / log(shares[0] / shares[-1])
    assert 0.003 + 0.00512 * 2 < mean_square < 0.003 + 0.00512 * 7
    assert measure_quality(frame, pixels).glare_share == pytest.approx(white.mean(), rel=0.2)
