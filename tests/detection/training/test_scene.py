"""Rendered pictures: true to scale, the same every time, and boxes that fit the pixels."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.training.noise import Grid
from detection.training.random_world import FAMILIES, HELD_OUT_FAMILIES, random_object, random_sea
from detection.training.scene import Box, clip_outlines, render_ortho
from detection.training.world import CLASS_OF_KIND, Bottom, Kind, SceneObject, Surface, Water
from detection.types import ObjectClass

GRID = Grid(-6.4, 6.4, 256, 256, 0.05)


def sea(seed=3, family="seagrass"):
    return random_sea(seed, family)


def clear_sea():
    return replace(
        sea(),
        water=Water((0.3, 0.5, 0.5), (0.5, 0.3, 0.3), 0.0),
        bottom=Bottom(8.0, 0.0, (0.7, 0.65, 0.5), (0.2, 0.25, 0.1), 0.0, 10.0),
    )


def dugong(**changes):
    return replace(SceneObject(1, Kind.DUGONG, 0.0, 0.0, 0.0, 3.0, 0.9, 0.2, 0.0, 6), **changes)


def sides(box):
    left, top, right, bottom = box.xyxy_px
    return right - left, bottom - top


@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_world_renders_the_same_picture(family):
    world = replace(sea(9, family), objects=(dugong(),))
    first, second = render_ortho(world, GRID), render_ortho(world, GRID)
    assert np.array_equal(first.rgb, second.rgb)
    assert first.boxes == second.boxes
    assert first.rgb.shape == (256, 256, 3)


def test_other_seeds_are_other_seas():
    assert not np.array_equal(render_ortho(sea(1), GRID).rgb, render_ortho(sea(2), GRID).rgb)


@pytest.mark.parametrize("gsd_m", [0.025, 0.05, 0.1])
def test_a_dugong_of_three_metres_has_three_metres_of_pixels(gsd_m):
    size = round(12.8 / gsd_m)
    world = replace(sea(), objects=(dugong(),))
    (box,) = render_ortho(world, Grid(-6.4, 6.4, size, size, gsd_m)).boxes
    width, height = sides(box)
    assert height == pytest.approx(3.0 / gsd_m, rel=0.03)
    assert 0.25 < width / height < 0.7  # flippers and fluke reach beyond the body


@pytest.mark.parametrize(("heading_deg", "long_side"), [(0, 1), (90, 0), (180, 1), (270, 0)])
def test_heading_is_clockwise_from_north(heading_deg, long_side):
    boat = SceneObject(1, Kind.SPEEDBOAT, 0.0, 0.0, heading_deg, 8.0, 2.2, look_seed=5)
    (box,) = render_ortho(replace(sea(), objects=(boat,)), GRID).boxes
    assert np.argmax(sides(box)) == long_side


@pytest.mark.parametrize("kind", sorted(CLASS_OF_KIND))
def test_the_box_holds_what_the_object_changed(kind):
    calm = replace(clear_sea(), surface=Surface(0.0, 2.0, 0.2, 0.0, 0.0, 0.0, 0.0))
    grid = Grid(-20.0, 20.0, 800, 800, 0.05)
    thing = random_object(np.random.default_rng(4), calm, kind, 1, 0.0, 0.0)
    # near enough to the surface to be seen in water of any turbidity
    depth_m, length_m = min(thing.depth_m, 0.1), min(thing.length_m, 20.0)
    thing = replace(thing, speed_m_s=0.0, length_m=length_m, depth_m=depth_m)
    without = render_ortho(calm, grid).rgb.astype(int)
    scene = render_ortho(replace(calm, objects=(thing,)), grid)
    (box,) = scene.boxes
    assert box.object_class is CLASS_OF_KIND[kind]
    changed = np.abs(scene.rgb.astype(int) - without).max(axis=2) > 25
    rows, columns = np.nonzero(changed)
    left, top, right, bottom = box.xyxy_px
    inside = (
        (columns >= left - 2) & (columns <= right + 2) & (rows >= top - 2) & (rows <= bottom + 2)
    )
    # shadows on the water fall outside
    assert inside.mean() > (0.9 if kind is Kind.DUGONG else 0.45)
    if kind is not Kind.DUGONG:  # what floats is strong enough to reach its box's edges
        assert columns[inside].min() <= left + 6
        assert columns[inside].max() >= right - 6
        assert rows[inside].min() <= top + 6
        assert rows[inside].max() >= bottom - 6


@pytest.mark.parametrize("kind", sorted(set(Kind) - set(CLASS_OF_KIND)))
def test_what_is_no_target_changes_the_picture_but_has_no_box(kind):
    world = sea()
    thing = random_object(np.random.default_rng(1), world, kind, 1, 0.0, 0.0)
    scene = render_ortho(replace(world, objects=(thing,)), GRID)
    assert scene.boxes == ()
    assert not np.array_equal(scene.rgb, render_ortho(world, GRID).rgb)


def test_the_same_ground_looks_the_same_in_overlapping_pictures():
    world = replace(sea(21), objects=(dugong(),))
    first = render_ortho(world, GRID)
    other = render_ortho(world, Grid(-6.4 + 1.6, 6.4 - 0.8, 256, 256, 0.05))
    a, b = first.rgb[16:, 32:].astype(int), other.rgb[:-16, :-32].astype(int)
    assert np.percentile(np.abs(a - b), 99) <= 12
    moved = np.array(first.boxes[0].xyxy_px) - [32, 16, 32, 16]
    assert other.boxes[0].xyxy_px == pytest.approx(tuple(moved))


def test_things_move_with_time():
    boat = SceneObject(1, Kind.KAYAK, 0.0, 0.0, 90.0, 4.0, 0.7, speed_m_s=1.0, look_seed=2)
    world = replace(sea(), objects=(boat,))
    start, later = (render_ortho(world, GRID, time_s=t).boxes[0].xyxy_px for t in (0.0, 2.0))
    assert np.subtract(later, start) == pytest.approx([40, 0, 40, 0], abs=1e-6)


def test_a_deep_dugong_stands_out_less():
    clear = clear_sea()
    shallow, deep = (
        render_ortho(replace(clear, objects=(dugong(depth_m=d),)), GRID).boxes[0].contrast
        for d in (0.3, 3.0)
    )
    assert deep < 0.6 * shallow


@pytest.mark.parametrize("family", [*FAMILIES, *HELD_OUT_FAMILIES])
def test_contrast_is_what_the_picture_shows_of_it(family):
    """Beside the same picture without the animal, and whatever sky and sun the sea mirrors."""
    for seed in range(3):
        without = random_sea(seed, family)
        animal = dugong(depth_m=0.2)
        (box,) = (shown := render_ortho(replace(without, objects=(animal,)), GRID)).boxes
        change = np.abs(shown.rgb.astype(float) - render_ortho(without, GRID).rgb).max(axis=2)
        inside = np.zeros(change.shape, np.uint8)
        for outline in box.outlines_px:
            cv2.fillPoly(inside, [np.rint(outline - 0.5).astype(np.int32)], 1)
        assert box.contrast == pytest.approx(np.median(change[inside > 0]) / 255, abs=0.012)


def test_what_has_few_pixels_is_hard_to_make_out():
    """Half of all people tell what kind a thing is whose area is 6 pixels squared."""

    def square(side_px, kind=Kind.DUGONG):
        outline = np.array([[10.0, 10], [10 + side_px, 10], [10 + side_px, 10 + side_px]])
        outline = np.vstack([outline, [10, 10 + side_px]])
        of_kind = CLASS_OF_KIND[kind]
        return Box(1, kind, of_kind, (10, 10, 60, 60), 0.2, 1.0, 1.0, (outline, outline))

    shares = [square(side).recognised_by for side in (2, 4, 6, 9, 12, 24)]
    assert shares == pytest.approx([0.038, 0.217, 0.5, 0.821, 0.945, 1.0], abs=0.01)
    assert square(6).visibility == pytest.approx(0.5, abs=0.001)
    assert square(2, Kind.KAYAK).visibility == pytest.approx(1.0, abs=0.001)


def test_the_higher_up_the_fewer_tell_what_it_is():
    world = replace(clear_sea(), objects=(dugong(),))
    near, far = (
        render_ortho(world, Grid(-6.4, 6.4, round(12.8 / gsd), round(12.8 / gsd), gsd)).boxes[0]
        for gsd in (0.02, 0.2)
    )
    assert near.recognised_by > 0.99
    assert far.recognised_by < 0.7
    assert far.contrast == pytest.approx(near.contrast, rel=0.3)


def test_what_the_border_cuts_is_boxed_as_far_as_it_shows():
    world = replace(sea(), objects=(dugong(east_m=-6.4, heading_deg=90.0),))
    (box,) = render_ortho(world, GRID).boxes
    assert box.xyxy_px[0] == 0
    assert 0.3 < box.visible_share < 0.7


@pytest.mark.parametrize("towards", [(-1, 0), (1, 0), (0, -1), (0, 1), (1, 1)])
def test_an_animal_beside_the_picture_is_in_none_of_it(towards):
    """However near to its border it ends."""
    for away_m in np.arange(6.6, 8.6, 0.1):
        east_m, north_m = (away_m * side for side in towards)
        world = replace(sea(), objects=(dugong(east_m=east_m, north_m=north_m),))
        boxes = render_ortho(world, GRID).boxes
    assert boxes == ()


def test_an_animal_under_another_shows_as_far_as_it_is_not_covered():
    calf = replace(dugong(depth_m=0.6), object_id=2, length_m=1.2, width_m=0.35)
    world = replace(clear_sea(), objects=(dugong(depth_m=0.2), calf))
    below, mother = render_ortho(world, GRID).boxes
    (alone,) = render_ortho(replace(world, objects=(calf,)), GRID).boxes
    assert below.object_id == 2
    assert below.uncovered_share < 0.3
    assert below.visibility < 0.3 * alone.visibility
    assert mother.uncovered_share == alone.uncovered_share == 1.0
    assert below.xyxy_px == alone.xyxy_px


def test_a_boat_over_an_animal_covers_it():
    boat = SceneObject(2, Kind.KAYAK, 0.0, 0.0, 0.0, 4.0, 0.8, look_seed=2)
    world = replace(clear_sea(), objects=(dugong(depth_m=0.6), boat))
    below, _ = render_ortho(world, GRID).boxes
    assert below.object_class is ObjectClass.DUGONG
    assert below.uncovered_share < 0.7


def test_what_lies_outside_the_picture_has_no_box():
    world = replace(sea(), objects=(dugong(east_m=30.0), dugong(north_m=-9.0)))
    assert render_ortho(world, GRID).boxes == ()


def test_a_photo_as_background_stays_as_it_is_but_for_the_objects():
    photo = np.random.default_rng(1).integers(60, 120, (256, 256, 3), dtype=np.uint8)
    world = replace(sea(), objects=(dugong(),))
    scene = render_ortho(world, GRID, photo=photo)
    left, top, right, bottom = (round(v) for v in scene.boxes[0].xyxy_px)
    changed = np.any(scene.rgb != photo, axis=2)
    assert changed[top:bottom, left:right].mean() > 0.3
    assert not changed[:60].any()
    assert scene.boxes[0].object_class is ObjectClass.DUGONG


# eighths of a pixel: shapely's own intersection goes wrong with corners 1e-250 off an edge
coordinates = st.integers(-1200, 2000).map(lambda eighths: eighths / 8)
corners = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=12, unique=True)


@settings(max_examples=80)
@given(points=corners)
def test_clipping_agrees_with_shapely(points):
    hull = shapely.MultiPoint(points).convex_hull
    if hull.geom_type != "Polygon" or hull.area < 1:
        return
    outline = np.array(hull.exterior.coords)[:-1]
    found = clip_outlines([outline], 100, 80)
    expected = hull.intersection(shapely.box(0, 0, 100, 80))
    if expected.area < 1e-6:
        assert found is None or found[1] < 1e-6
    else:
        assert found is not None
        assert found[0] == pytest.approx(expected.bounds, abs=1e-6)
        assert found[1] == pytest.approx(expected.area / hull.area, rel=1e-3, abs=1e-4)
