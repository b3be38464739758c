"""Boats of every build: the size tells the build, and the box holds what is painted."""

from dataclasses import replace

import numpy as np
import pytest

from detection.training.boat_brush import Build, build_of
from detection.training.noise import Grid
from detection.training.random_world import random_object, random_sea
from detection.training.scene import render_ortho
from detection.training.world import Kind, SceneObject, Surface

BOATS = (Kind.LONG_TAIL, Kind.SPEEDBOAT, Kind.FISHING_BOAT, Kind.KAYAK)
GRID = Grid(-16.0, 16.0, 400, 400, 0.08)
SIZES = {
    Build.LONG_TAIL: (Kind.LONG_TAIL, 10.0, 1.8),
    Build.SPEEDBOAT: (Kind.SPEEDBOAT, 7.0, 2.2),
    Build.DINGHY: (Kind.SPEEDBOAT, 3.6, 1.6),
    Build.JET_SKI: (Kind.SPEEDBOAT, 3.1, 1.1),
    Build.FERRY: (Kind.SPEEDBOAT, 22.0, 5.5),
    Build.YACHT: (Kind.SPEEDBOAT, 10.0, 3.6),
    Build.CATAMARAN: (Kind.SPEEDBOAT, 12.0, 6.5),
    Build.FISHING_BOAT: (Kind.FISHING_BOAT, 12.0, 3.4),
    Build.KAYAK: (Kind.KAYAK, 4.2, 0.7),
    Build.PADDLE_BOARD: (Kind.KAYAK, 3.2, 0.8),
}


def calm_sea():
    return replace(random_sea(3, "seagrass"), surface=Surface(0.0, 2.0, 0.2, 0.0, 0.0, 0.0, 0.0))


def boat(build, look_seed=4, **changes):
    kind, length_m, width_m = SIZES[build]
    return SceneObject(1, kind, 0.0, 0.0, 30.0, length_m, width_m, look_seed=look_seed, **changes)


@pytest.mark.parametrize("build", Build)
def test_the_size_tells_the_build(build):
    assert build_of(boat(build)) is build


def test_random_boats_are_of_every_build():
    rng, sea = np.random.default_rng(2), calm_sea()
    drawn = {
        build_of(random_object(rng, sea, kind, 1, 0.0, 0.0)) for kind in BOATS for _ in range(150)
    }
    assert drawn == set(Build)


@pytest.mark.parametrize("build", Build)
def test_a_boat_fills_its_box_and_no_brighter_part_lies_outside(build):
    sea = calm_sea()
    without = render_ortho(sea, GRID).rgb.astype(int)
    for look_seed in range(4):
        # at 0.4 m/s there is neither a rope nor a wake, which are no part of the boat
        scene = render_ortho(replace(sea, objects=(boat(build, look_seed, speed_m_s=0.4),)), GRID)
        (box,) = scene.boxes
        change = scene.rgb.astype(int) - without
        left, top, right, bottom = (round(v) for v in box.xyxy_px)
        inside = np.abs(change[top:bottom, left:right]).max(axis=2) > 12
        assert inside.mean() > 0.2
        outside = change.max(axis=2) > 40  # shadows only darken
        outside[top - 2 : bottom + 2, left - 2 : right + 2] = False
        assert outside.sum() < 0.05 * inside.sum()


@pytest.mark.parametrize("build", Build)
def test_a_boat_is_as_long_as_it_says(build):
    upright = replace(boat(build), heading_deg=0.0)
    (box,) = render_ortho(replace(calm_sea(), objects=(upright,)), GRID).boxes
    length_px = box.xyxy_px[3] - box.xyxy_px[1]
    # engines and shafts reach beyond the stern, a paddle beyond the side
    assert upright.length_m - 0.2 < length_px * GRID.gsd_m < upright.length_m + 4.0


@pytest.mark.parametrize("build", Build)
def test_the_same_boat_is_painted_the_same_and_another_look_is_not(build):
    sea = calm_sea()
    first, again, other = (
        render_ortho(replace(sea, objects=(boat(build, look),)), GRID).rgb for look in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("build", [Build.LONG_TAIL, Build.SPEEDBOAT, Build.JET_SKI, Build.FERRY])
def test_a_boat_under_way_whitens_the_water_astern_only(build):
    sea = calm_sea()
    north = replace(boat(build), heading_deg=0.0, speed_m_s=7.0)
    still, moving = (
        render_ortho(replace(sea, objects=(replace(north, speed_m_s=speed),)), GRID).rgb.astype(int)
        for speed in (0.4, 7.0)
    )
    whiter = (moving - still).min(axis=2) > 25
    stern_row = 200 + round(north.length_m / 2 / GRID.gsd_m)
    bow_row = 200 - round(north.length_m / 2 / GRID.gsd_m)
    assert whiter[stern_row + 6 : stern_row + 40].sum() > 60
    assert whiter[: bow_row - 10].sum() == 0


def sea_over_sand(depth_m):
    sea = calm_sea()
    bottom = replace(sea.bottom, mean_depth_m=depth_m, relief_m=0.0, grass_cover=0.0, runnels=0.0)
    return replace(sea, bottom=bottom)


def test_a_propeller_stirs_up_brown_silt_astern_where_the_bottom_is_near():
    grid = Grid(-8.0, 4.0, 200, 320, 0.08)  # from amidships to some 20 m astern
    north = replace(boat(Build.LONG_TAIL), heading_deg=0.0, speed_m_s=1.5)
    paddled = replace(boat(Build.KAYAK), heading_deg=0.0, speed_m_s=1.5)
    browner = {}
    for depth_m in (0.6, 1.2, 3.0):
        sea = sea_over_sand(depth_m)
        bare = render_ortho(sea, grid).rgb.astype(int)
        for name, thing in (("motor", north), ("paddle", paddled)):
            seen = [
                render_ortho(replace(sea, objects=(replace(thing, look_seed=look),)), grid)
                for look in range(4)
            ]
            shift = np.mean([s.rgb.astype(int)[160:] - bare[160:] for s in seen], axis=0)
            browner[name, depth_m] = float((shift[..., 0] - shift[..., 2]).mean())
    assert browner["motor", 0.6] > 1.0
    assert browner["motor", 0.6] > browner["motor", 1.2] > browner["motor", 3.0]
    assert all(abs(browner["paddle", depth_m]) < 0.3 for depth_m in (0.6, 1.2))
