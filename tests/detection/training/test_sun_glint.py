"""Sun glint lies where the sun is mirrored into the eye, and spreads with the waves."""

from dataclasses import replace

import numpy as np
import pytest

from detection.training.noise import Grid
from detection.training.random_tile import random_tile
from detection.training.random_world import random_object, random_sea
from detection.training.scene import render_ortho
from detection.training.sea import surface_light
from detection.training.sun_glint import (
    MAX_OFF_NADIR_DEG,
    Eye,
    mirrored_sun,
    random_eye,
    slope_variance,
    tilted_eye,
)
from detection.training.world import Kind, Light

WIDE = Grid(-100.0, 100.0, 1000, 1000, 0.2)


def sunny(azimuth_deg=90.0, elevation_deg=60.0, waves=0.4, glint=0.8):
    sea = random_sea(4, "channel")
    surface = replace(sea.surface, waves=waves, glint=glint, foam=0.0)
    return replace(sea, surface=surface, light=Light(azimuth_deg, elevation_deg, 1.0))


@pytest.mark.parametrize("elevation_deg", [45.0, 60.0, 80.0])
@pytest.mark.parametrize(
    ("azimuth_deg", "side"), [(0, (0, 1)), (90, (1, 0)), (225, (-0.71, -0.71))]
)
def test_the_patch_lies_towards_the_sun_as_far_off_as_the_sun_is_off_the_zenith(
    azimuth_deg, elevation_deg, side
):
    eye = Eye(10.0, -5.0, 50.0)
    likely = mirrored_sun(sunny(azimuth_deg, elevation_deg), WIDE, eye)
    row, column = np.unravel_index(np.argmax(likely), likely.shape)
    away_m = 50.0 / np.tan(np.radians(elevation_deg))
    assert WIDE.west_m + column * 0.2 == pytest.approx(10 + side[0] * away_m, abs=2.5)
    assert WIDE.north_m - row * 0.2 == pytest.approx(-5 + side[1] * away_m, abs=2.5)
    assert likely.max() == pytest.approx(1, abs=0.01)


def test_rougher_water_spreads_the_patch():
    eye = Eye(0.0, 0.0, 50.0)
    smooth, rough = (
        (mirrored_sun(sunny(waves=waves), WIDE, eye) > 0.5).sum() for waves in (0.0, 0.8)
    )
    ratio = slope_variance(sunny(waves=0.8)) / slope_variance(sunny(waves=0.0))
    assert ratio > 4
    assert rough > 2.5 * smooth
    # Cox and Munk 1954: 0.003 + 0.00512 per m/s of wind
    assert slope_variance(sunny(waves=0.0)) == pytest.approx(0.00812)


def test_the_picture_is_brightest_in_the_patch():
    sea = sunny()
    eye = Eye(0.0, 0.0, 80.0)
    likely = mirrored_sun(sea, WIDE, eye)
    _, white = surface_light(sea, WIDE, 0.0, eye)
    assert white[likely > 0.8].mean() > white[likely < 0.05].mean() + 0.2
    _, plain = surface_light(sunny(glint=0.0), WIDE, 0.0, eye)
    assert np.array_equal(plain, surface_light(sunny(glint=0.0), WIDE, 0.0)[1])


def test_a_tile_is_seen_from_somewhere_in_a_frame_and_always_from_there():
    seas = [random_sea(seed, "reef") for seed in range(300)]
    eyes = [random_eye(sea) for sea in seas]
    assert eyes == [random_eye(sea) for sea in seas]
    off = np.degrees([np.arctan(np.hypot(e.east_m, e.north_m) / e.height_m) for e in eyes])
    assert off.max() <= MAX_OFF_NADIR_DEG
    assert (off > 25).mean() > 0.3
    tilted = tilted_eye(seas[0], 40.0)
    assert tilted.east_m == 0
    assert -tilted.north_m / tilted.height_m == pytest.approx(np.tan(np.radians(40.0)))


def test_glint_takes_contrast_from_an_animal_under_it():
    sea = sunny()
    animal = random_object(np.random.default_rng(2), sea, Kind.DUGONG, 1, 0.0, 0.0)
    sea = replace(sea, objects=(replace(animal, depth_m=0.1),))
    grid = Grid(-4.0, 4.0, 160, 160, 0.05)
    under_sun = Eye(-50 / np.tan(np.radians(60)), 0.0, 50.0)
    shown, veiled = (
        render_ortho(sea, grid, eye=eye).boxes[0].contrast
        for eye in (Eye(60.0, 0.0, 50.0), under_sun)
    )
    assert veiled == pytest.approx(shown * (1 - 0.55 * 0.8), rel=0.04)


def test_a_tilted_tile_has_its_glint_elsewhere():
    for seed in range(60):
        world, straight = random_tile(seed, 96, 0.08)
        _, tilted = random_tile(seed, 96, 0.08, tilt_deg=35.0)
        if world.surface.glint == 0:
            assert np.array_equal(straight.rgb, tilted.rgb)
        elif not np.array_equal(straight.rgb, tilted.rgb):
            break
    else:
        pytest.fail("no tile with glint looks otherwise when tilted")
