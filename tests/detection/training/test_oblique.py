"""Views aslant: boxes stay on their pixels, the scale holds, and margins suffice."""

import cv2
import numpy as np
import pytest

from detection.training.oblique import (
    MAX_TILT_DEG,
    ObliqueViewError,
    oblique_view,
    source_size_px,
)
from detection.training.scene import Box
from detection.training.world import CLASS_OF_KIND, Kind

SIZE, GSD_M = 256, 0.05
TILTS = (0.0, 8.0, 20.0, 33.0, MAX_TILT_DEG)
RED = (230, 20, 20)


def square(x, y, half, kind=Kind.DUGONG):
    """A picture's red square and its box."""
    corners = np.array([[x - half, y - half], [x + half, y - half],
                        [x + half, y + half], [x - half, y + half]], dtype=float)  # fmt: skip
    return Box(
        1, kind, CLASS_OF_KIND[kind], (x - half, y - half, x + half, y + half), 0.0, 1.0, 1.0,
        (corners,),
    )  # fmt: skip


def picture(size_px, boxes):
    rgb = np.full((size_px, size_px, 3), (20, 90, 80), np.uint8)
    for box in boxes:
        left, top, right, bottom = (round(v) for v in box.xyxy_px)
        cv2.rectangle(rgb, (left, top), (right - 1, bottom - 1), RED, -1)
    return rgb


def view(tilt_deg, places, seed=3, kind=Kind.DUGONG, half=8):
    source = source_size_px(SIZE, tilt_deg)
    boxes = tuple(square(source // 2 + x, source // 2 + y, half, kind) for x, y in places)
    return oblique_view(
        picture(source, boxes), boxes, np.random.default_rng(seed), tilt_deg,
        size_px=SIZE, gsd_m=GSD_M,
    )  # fmt: skip


def red_extent(rgb):
    rows, columns = np.nonzero(rgb[..., 0].astype(int) - rgb[..., 1] > 50)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


@pytest.mark.parametrize("tilt_deg", TILTS)
@pytest.mark.parametrize("place", [(0, 0), (60, -70), (-70, 60), (-80, -80)])
def test_boxes_follow_what_is_drawn(tilt_deg, place):
    for seed in range(4):
        rgb, (box,) = view(tilt_deg, [place], seed)
        assert rgb.shape == (SIZE, SIZE, 3)
        assert np.abs(np.subtract(box.xyxy_px, red_extent(rgb))).max() < 2


@pytest.mark.parametrize("tilt_deg", TILTS)
def test_scale_across_holds_at_the_centre_and_along_shrinks_by_the_cosine(tilt_deg):
    spans = []
    for seed in range(30):
        _, (box,) = view(tilt_deg, [(0, 0)], seed)
        left, top, right, bottom = box.xyxy_px
        spans.append((right - left, bottom - top))
    across, along = np.min(spans, axis=0)  # the views turned least
    assert across == pytest.approx(16, abs=0.9)
    assert along == pytest.approx(16 * np.cos(np.radians(tilt_deg)), abs=0.9)


def test_the_far_side_is_up_and_smaller():
    _, (far, near) = view(30.0, [(0, -80), (0, 80)])
    assert far.xyxy_px[3] < near.xyxy_px[1]
    assert far.xyxy_px[2] - far.xyxy_px[0] < near.xyxy_px[2] - near.xyxy_px[0]


@pytest.mark.parametrize("tilt_deg", TILTS)
def test_the_margin_fills_every_corner_of_the_view(tilt_deg):
    source = source_size_px(SIZE, tilt_deg)
    rgb = np.full((source, source, 3), (20, 90, 80), np.uint8)
    rgb[[0, -1]] = rgb[:, [0, -1]] = RED  # would be smeared into what lies beyond the picture
    for seed in range(12):
        seen, _ = oblique_view(
            rgb, (), np.random.default_rng(seed), tilt_deg, size_px=SIZE, gsd_m=GSD_M
        )
        assert not np.any(seen[..., 0].astype(int) - seen[..., 1] > 50)


def test_what_leaves_the_view_loses_its_box_and_what_is_cut_is_clipped():
    source = source_size_px(SIZE, 45.0)
    _, boxes = view(45.0, [(0, 0), (2 - source // 2, 2 - source // 2)])
    assert len(boxes) == 1
    _, (cut,) = view(0.0, [(SIZE // 2, 0)])
    assert cut.xyxy_px[2] == SIZE
    assert cut.visible_share == pytest.approx(0.5, abs=0.05)


def test_boats_stand_up_and_show_their_near_side():
    (flat, (low,)), (rgb, (tall,)) = (
        view(35.0, [(0, 0)], kind=kind, half=20) for kind in (Kind.DUGONG, Kind.FISHING_BOAT)
    )
    assert tall.xyxy_px[1] < low.xyxy_px[1] - 8
    assert tall.xyxy_px[3] == pytest.approx(low.xyxy_px[3], abs=0.5)
    x, y = round((low.xyxy_px[0] + low.xyxy_px[2]) / 2), round(low.xyxy_px[3]) - 4
    assert rgb[y, x, 0] < 0.75 * flat[y, x, 0]  # the side of the hull is darker than its deck
    assert rgb[round(tall.xyxy_px[1]) + 4, x, 0] == pytest.approx(flat[y, x, 0], abs=25)


def test_sky_veils_the_far_side_more():
    rgb, _ = view(40.0, [])
    change = np.abs(rgb.astype(int) - (20, 90, 80)).sum(axis=2)
    assert change[:20].mean() > change[-20:].mean() + 3


def test_a_view_is_fixed_by_its_seed_and_leaves_its_source():
    first, again, other = (view(25.0, [(10, 10)], seed)[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    source = source_size_px(SIZE, 30.0)
    boxes = (square(source // 2, source // 2, 20, Kind.LONG_TAIL),)
    rgb = picture(source, boxes)
    before = rgb.copy()
    oblique_view(rgb, boxes, np.random.default_rng(0), 30.0, size_px=SIZE, gsd_m=GSD_M)
    assert np.array_equal(rgb, before)


@pytest.mark.parametrize("tilt_deg", [-1.0, 46.0, float("nan")])
def test_tilts_out_of_range_are_refused(tilt_deg):
    with pytest.raises(ObliqueViewError, match=r"\[0, 45\]"):
        source_size_px(SIZE, tilt_deg)


def test_a_picture_without_margin_is_refused():
    small = np.zeros((SIZE, SIZE, 3), np.uint8)
    with pytest.raises(ObliqueViewError, match="at least"):
        oblique_view(small, (), np.random.default_rng(0), 30.0, size_px=SIZE, gsd_m=GSD_M)
