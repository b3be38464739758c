"""Tiles show what their boxes say, and nothing that nobody decided on."""

from dataclasses import replace
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from detection.labels.label import Label, LabelledFrame, Origin, Undecided, Verdict
from detection.labels.tool_box import CLASSES
from detection.resampling import PADDING_GREY
from detection.types import ObjectClass

pytest.importorskip("torch", reason="needs the extra `train`")

from detection.labels.located import Unusable
from detection.training.evaluate import RENDERED_SITE
from detection.training.flight import jpeg_bytes
from detection.training.frame_metadata import ShotTags
from detection.training.site_tiles import tiles_of_frame, why_no_tile
from ingest.flight import read_frame
from ingest.lonlat import LonLat
from ingest.projection import SeaView

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
    """Write a frame of plain sea in which each box is filled with its class's colour.

    Its lens is so long that looking straight down it has one scale.
    """

    def make(
        *labels, undecided=(), complete=True, gsd_cm=5.0, size=(1000, 800), pitch=-90.0, focal=300
    ):
        bgr = np.full((size[1], size[0], 3), SEA, np.uint8)
        shown = [(x.xyxy_px, COLOURS[x.object_class]) for x in labels if x.verdict != "false_alarm"]
        for box, colour in [*shown, *((u.xyxy_px, UNKNOWN) for u in undecided)]:
            left, top, right, bottom = (int(v) for v in box)
            bgr[top:bottom, left:right] = colour
        path = tmp_path / "x.jpg"
        tags = ShotTags(AT, LonLat(99.4, 7.25), 80.0, 0.0, pitch, 0.0, focal, "coloured boxes")
        path.write_bytes(jpeg_bytes(bgr[..., ::-1].copy(), tags, 100))
        frame = LabelledFrame(
            "0" * 64, "x.jpg", *size, AT, gsd_cm, complete, tuple(labels), tuple(undecided)
        )
        return path, frame

    return make


def cut(picture_and_frame, seed=0, tile_px=TILE):
    return tiles_of_frame(*picture_and_frame, RENDERED_SITE, tile_px, np.random.default_rng(seed))


ASLANT = {"pitch": -45.0, "focal": 24, "size": (1600, 1200), "gsd_cm": 4.0}
# A thing 2.5 m a side; rows from the far end of such a frame, 3.6 times as coarse, to the near one.
SIDE_M, TARGET_PX = 2.5, 50
ROWS = [180, 400, 600, 800, 1000, 1135]


@pytest.fixture
def aslant(picture):
    """Labels of things 2.5 m a side in the rows of a frame that looks 45 degrees ahead."""
    path, _ = picture(**ASLANT)
    read = read_frame(path, RENDERED_SITE)
    view, centre = SeaView(read.camera, read.pose), (800, 600)

    def at(number, x, y, object_class=DUGONG, verdict=Verdict.OBJECT):
        gsd_cm = ASLANT["gsd_cm"] * view.gsd_cm_at((800, y)) / view.gsd_cm_at(centre)
        half = 50 * SIDE_M / gsd_cm
        return label(number, object_class, (x - half, y - half, x + half, y + half), verdict)

    return at


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
    ("side_px", "tiles", "shown_px"), [(100.0, 1, TILE // 2), (110.0, 1, TILE), (230.0, 0, 0)]
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


def whole(tiles):
    """The longer sides of the boxes that no tile's edge cuts."""
    boxes = [box for tile in tiles for box in tile.boxes_px]
    return [
        max(x1 - x0, y1 - y0) for x0, y0, x1, y1 in boxes if 0 < min(x0, y0) < max(x1, y1) < TILE
    ]


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("y", ROWS)
def test_near_and_far_things_of_an_oblique_frame_come_out_at_one_size(picture, aslant, y, complete):
    made = cut(picture(aslant(0, 500, y), complete=complete, **ASLANT))
    assert sum(bool(t.classes) for t in made) >= 1
    assert whole(made) == pytest.approx([TARGET_PX] * len(whole(made)), rel=0.45)
    assert min(abs(side / TARGET_PX - 1) for side in whole(made)) < 0.37
    for tile in made:
        assert_boxes_hold_what_shows(tile)


def test_what_a_level_shows_at_another_size_is_hidden_in_it(picture, aslant):
    labels = [aslant(number, 300 + 150 * number, y, BOAT) for number, y in enumerate(ROWS)]
    made = cut(picture(*labels, **ASLANT))
    assert sum(len(tile.boxes_px) for tile in made) >= len(labels)
    for tile in made:
        near = np.abs(tile.rgb()[..., ::-1].astype(int) - COLOURS[BOAT]).max(axis=2) < 60
        _, _, blobs, _ = cv2.connectedComponentsWithStats(near.astype(np.uint8))
        things = [(x, y, x + w, y + h) for x, y, w, h, area in blobs[1:] if area >= 30]
        uncut = [t for t in things if min(t[:2]) > 0 and max(t[2:]) < TILE]
        assert len(uncut) == len(whole([tile]))


def test_things_that_touch_are_not_lost_to_each_other_between_levels(picture, aslant):
    for y in range(200, 1100, 180):
        far, near = aslant(0, 500, y), aslant(1, 520, y + 40, BOAT)
        made = cut(picture(far, near, **ASLANT))
        assert {c for tile in made for c in tile.classes} == {0, 1}


def test_what_lies_beside_a_ship_of_another_level_is_not_hidden_with_it(picture, aslant):
    ship = label(1, BOAT, (450.0, 240.0, 600.0, 1080.0))
    made = cut(picture(aslant(0, 560, 1060), ship, **ASLANT), tile_px=512)
    assert {c for tile in made for c in tile.classes} == {0, 1}


def test_a_false_alarm_of_an_oblique_frame_is_shown_at_its_size_alone(picture, aslant):
    # two levels show this place at its size, a third one at 0.6 of it
    made = cut(picture(aslant(0, 450, 640, verdict=Verdict.FALSE_ALARM), **ASLANT))
    showing = cut(picture(aslant(0, 450, 640), **ASLANT))
    assert len(made) == len(showing)  # both with two tiles of empty sea
    assert not any(t.classes for t in made)


@pytest.mark.parametrize("gsd_cm", [12.0, 13.0, 14.5])
def test_a_coarse_frame_that_is_searched_enlarged_gives_tiles(picture, gsd_cm):
    made = cut(picture(label(0, DUGONG, (200.0, 150.0, 225.0, 165.0)), gsd_cm=gsd_cm))
    assert 2 * 25 * 0.9 < max(whole(made)) <= 2 * 25
    for tile in made:
        assert_boxes_hold_what_shows(tile)


def test_a_large_boat_is_shown_where_four_tiles_meet(picture):
    # each of the four shows less of it than is asked for
    boat = label(0, BOAT, (280.0, 280.0, 680.0, 680.0))
    made = cut(picture(boat, size=(1400, 1400)), tile_px=512)
    assert [t.classes for t in made if t.classes] == [(1,)]


def test_the_same_seed_cuts_the_same_tiles(picture, aslant):
    made = picture(*(aslant(n, 300 + 150 * n, y) for n, y in enumerate(ROWS)), **ASLANT)
    assert cut(made, 3) == cut(made, 3)


def why_nothing(picture_and_frame):
    """Why a frame that gives no tile gives none."""
    assert cut(picture_and_frame) == ()
    return why_no_tile(*picture_and_frame, RENDERED_SITE, TILE)


def with_its_view(picture_and_frame):
    path, frame = picture_and_frame
    read = read_frame(path, RENDERED_SITE)
    return path, replace(frame, view=SeaView(read.camera, read.pose))


def without_tags(path):
    cv2.imwrite(str(path), cv2.imread(str(path)))


def test_a_frame_whose_picture_does_not_tell_how_it_was_taken_gives_nothing(picture):
    path, frame = picture(label(0, DUGONG, (400.0, 300.0, 450.0, 330.0)))
    without_tags(path)
    assert why_nothing((path, frame)) is Unusable.NO_POSE


@pytest.mark.parametrize(
    ("gsd_cm", "why"), [(None, Unusable.UNKNOWN_SCALE), (15.5, Unusable.TOO_COARSE)]
)
def test_a_frame_whose_scale_is_unknown_or_too_coarse_gives_nothing(picture, gsd_cm, why):
    dugong = label(0, DUGONG, (400.0, 300.0, 450.0, 330.0))
    assert why_nothing(picture(dugong, gsd_cm=gsd_cm)) is why


def test_a_frame_of_which_nothing_can_be_cut_out_gives_nothing(picture):
    boat = label(0, BOAT, (300.0, 300.0, 700.0, 700.0))
    assert why_nothing(picture(boat, complete=False)) is Unusable.NOT_CUT_OUT


def test_a_damaged_picture_gives_nothing(picture):
    path, frame = with_its_view(picture(label(0, DUGONG, (400.0, 300.0, 450.0, 330.0))))
    path.write_bytes(path.read_bytes()[:2000])
    assert why_nothing((path, frame)) is Unusable.DAMAGED


def test_a_frame_gives_the_same_by_its_view_as_by_its_picture(picture, aslant):
    labels = [aslant(number, 300 + 150 * number, y, BOAT) for number, y in enumerate(ROWS)]
    path, told = picture(*labels, **ASLANT | {"gsd_cm": None})
    told = replace(told, gsd_cm=read_frame(path, RENDERED_SITE).gsd_cm)
    path, logged = with_its_view((path, told))
    by_picture = cut((path, told))
    assert cut((path, logged)) == by_picture != ()
    without_tags(path)
    assert [t.classes for t in cut((path, logged))] == [t.classes for t in by_picture]


def test_a_frame_that_looks_at_the_horizon_teaches_below_it(picture):
    shot = {"pitch": 0.0, "focal": 24, "size": (1600, 1200), "gsd_cm": None}
    near, in_the_sky = (700.0, 1020.0, 760.0, 1060.0), (200.0, 100.0, 300.0, 140.0)
    path, frame = with_its_view(picture(label(0, BOAT, near), label(1, DUGONG, in_the_sky), **shot))
    low = replace(frame.view.pose, height_above_sea_m=20.0)
    frame = replace(frame, view=SeaView(frame.view.camera, low))
    assert frame.view.centre_gsd_cm is None
    made = cut((path, frame))
    assert {c for tile in made for c in tile.classes} == {CLASSES.index(BOAT)}
