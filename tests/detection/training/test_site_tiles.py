"""Tiles show what their boxes say, and nothing that nobody decided on."""

from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from detection.labels.label import Label, LabelledFrame, Origin, Undecided, Verdict
from detection.labels.tool_box import CLASSES
from detection.resampling import PADDING_GREY
from detection.types import ObjectClass

pytest.importorskip("torch", reason="needs the extra `train`")

from detection.training.site_tiles import tiles_of_frame

DUGONG, BOAT, GEAR = ObjectClass
AT = datetime(2026, 3, 1, tzinfo=UTC)
SEA = (120, 90, 40)  # BGR
COLOURS = {DUGONG: (40, 60, 230), BOAT: (240, 240, 240), GEAR: (30, 220, 240)}
UNKNOWN = (200, 40, 220)
TILE = 256


def label(number, object_class, xyxy_px, verdict=Verdict.OBJECT):
    return Label(
        f"d{number}", 1, verdict, object_class, xyxy_px, Origin.CONFIRMED, "officer", AT, None
    )


@pytest.fixture
def picture(tmp_path):
    """Write a frame of plain sea in which each box is filled with its class's colour."""

    def make(*labels, undecided=(), complete=True, gsd_cm=5.0, size=(1000, 800)):
        bgr = np.full((size[1], size[0], 3), SEA, np.uint8)
        shown = [(x.xyxy_px, COLOURS[x.object_class]) for x in labels if x.verdict != "false_alarm"]
        for box, colour in [*shown, *((u.xyxy_px, UNKNOWN) for u in undecided)]:
            left, top, right, bottom = (int(v) for v in box)
            bgr[top:bottom, left:right] = colour
        path = tmp_path / "x.jpg"
        cv2.imwrite(str(path), bgr, [cv2.IMWRITE_JPEG_QUALITY, 100])
        frame = LabelledFrame(
            "0" * 64, "x.jpg", *size, AT, gsd_cm, complete, tuple(labels), tuple(undecided)
        )
        return path, frame

    return make


def cut(picture_and_frame, seed=0):
    return tiles_of_frame(*picture_and_frame, TILE, np.random.default_rng(seed))


def extent(rgb, colour_bgr):
    """The corners of what has a colour, or None."""
    near = np.abs(rgb[..., ::-1].astype(int) - colour_bgr).max(axis=2) < 60
    ys, xs = np.nonzero(near)
    return None if len(xs) < 30 else (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)


def assert_boxes_hold_what_shows(tile):
    for object_class, colour in COLOURS.items():
        boxes = [
            b for c, b in zip(tile.classes, tile.boxes_px, strict=True)
            if CLASSES[c] is object_class
        ]  # fmt: skip
        for box in boxes:
            assert extent(tile.rgb(), colour) == pytest.approx(box, abs=2.5)


@pytest.mark.parametrize("gsd_cm", [2.5, 5.0, 9.0])
def test_boxes_of_a_complete_frame_are_where_the_thing_shows(picture, gsd_cm):
    made = cut(picture(label(0, DUGONG, (400.0, 300.0, 450.0, 330.0)), gsd_cm=gsd_cm))
    holding = [t for t in made if t.classes]
    assert holding
    for tile in holding:
        assert tile.classes == (0,)
        assert tile.rgb().shape == (TILE, TILE, 3)
        assert_boxes_hold_what_shows(tile)
        left, top, right, bottom = tile.boxes_px[0]
        assert (right - left) <= 50 * gsd_cm / 5 + 1e-6
        assert 0 <= left < right <= TILE
        assert 0 <= top < bottom <= TILE


def test_little_empty_sea_is_kept_beside_what_holds_something(picture):
    made = cut(picture(label(0, DUGONG, (400.0, 300.0, 450.0, 330.0))))
    assert sum(not t.classes for t in made) == 2
    nothing = cut(picture(label(0, DUGONG, (20.0, 20.0, 70.0, 60.0), Verdict.FALSE_ALARM)))
    assert len(nothing) == 3  # the false alarm's tile and two more, all without a box
    assert not any(t.classes for t in nothing)


def test_gear_counts_wherever_a_tile_cuts_it(picture):
    made = cut(picture(label(0, GEAR, (10.0, 400.0, 990.0, 420.0))))
    assert sum(bool(t.classes) for t in made) >= 5


def test_a_broad_box_of_gear_is_shown_whole_or_not_at_all(picture):
    # across the edges of the tiles, as a line that runs aslant is boxed
    made = cut(picture(label(0, GEAR, (150.0, 150.0, 340.0, 330.0))))
    holding = [t for t in made if t.classes]
    assert holding
    for tile in made:
        if tile.classes:
            (left, top, right, bottom) = tile.boxes_px[0]
            assert (right - left, bottom - top) == pytest.approx((190, 180), rel=0.05)
            assert_boxes_hold_what_shows(tile)
        else:
            assert extent(tile.rgb(), COLOURS[GEAR]) is None


def test_gear_larger_than_a_tile_is_hidden(picture):
    made = cut(picture(label(0, GEAR, (100.0, 100.0, 800.0, 700.0))))
    assert made
    for tile in made:
        assert tile.classes == ()
        assert extent(tile.rgb(), COLOURS[GEAR]) is None


def test_a_tile_where_hidden_gear_would_cover_a_dugong_is_left_out(picture):
    gear = label(0, GEAR, (100.0, 100.0, 800.0, 700.0))
    dugong = label(1, DUGONG, (400.0, 300.0, 450.0, 330.0))
    assert not any(t.classes for t in cut(picture(gear, dugong)))


@pytest.mark.parametrize("seed", range(6))
def test_of_a_partial_frame_nothing_undecided_shows(picture, seed):
    undecided = (
        Undecided("d8", BOAT, (520.0, 300.0, 560.0, 330.0), "e" * 64),
        Undecided("d9", BOAT, (60.0, 600.0, 160.0, 640.0), "e" * 64),
    )
    made = cut(
        picture(
            label(0, DUGONG, (100.0, 100.0, 150.0, 130.0)),
            label(1, BOAT, (800.0, 500.0, 880.0, 520.0)),
            label(2, DUGONG, (485.0, 300.0, 515.0, 330.0)),  # beside one that is undecided
            undecided=undecided,
            complete=False,
        ),
        seed,
    )
    (tile,) = made
    assert extent(tile.rgb(), UNKNOWN) is None
    assert sorted(tile.classes) == [0, 1]
    assert_boxes_hold_what_shows(tile)


def test_of_a_partial_frame_a_false_alarm_shows_without_a_box(picture):
    alarm = label(0, DUGONG, (300.0, 300.0, 340.0, 340.0), Verdict.FALSE_ALARM)
    (tile,) = cut(picture(alarm, complete=False))
    assert tile.classes == ()
    assert extent(tile.rgb(), SEA) is not None
    assert extent(tile.rgb(), (PADDING_GREY,) * 3) is not None  # three quarters are free


@pytest.mark.parametrize(
    ("side_px", "tiles", "shown_px"), [(100.0, 1, TILE // 2), (110.0, 1, TILE), (210.0, 0, 0)]
)
def test_of_a_partial_frame_a_box_too_large_for_a_quarter_has_a_tile_to_itself(
    picture, side_px, tiles, shown_px
):
    boat = label(0, BOAT, (300.0, 300.0, 300.0 + side_px, 300.0 + side_px / 2))
    made = cut(picture(boat, complete=False))
    assert len(made) == tiles
    for tile in made:
        assert tile.classes == (1,)
        assert_boxes_hold_what_shows(tile)
        assert extent(tile.rgb(), SEA) == (0, 0, shown_px, shown_px)


@pytest.mark.parametrize("gsd_cm", [None, 15.0])
def test_a_frame_whose_scale_is_unknown_or_too_coarse_gives_nothing(picture, gsd_cm):
    assert cut(picture(label(0, DUGONG, (400.0, 300.0, 450.0, 330.0)), gsd_cm=gsd_cm)) == ()
