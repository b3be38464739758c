"""Random seas: fixed by seed, in range, and their families apart."""

from dataclasses import astuple, replace

import numpy as np
import pytest

from detection.training.noise import Grid
from detection.training.random_tile import random_tile
from detection.training.random_world import FAMILIES, HELD_OUT_FAMILIES, random_sea
from detection.training.scene import render_ortho
from detection.training.sea import surface_light, through_water
from detection.training.sea_bottom import grass_density, trails
from detection.training.world import Water

GRID = Grid(-6.4, 6.4, 256, 256, 0.05)
ALL_FAMILIES = FAMILIES + HELD_OUT_FAMILIES


def test_training_never_meets_a_held_out_family():
    assert not set(FAMILIES) & set(HELD_OUT_FAMILIES)
    met = {random_tile(seed, 32, 0.1)[0].family for seed in range(60)}
    assert met == set(FAMILIES)


@pytest.mark.parametrize("family", ALL_FAMILIES)
def test_a_sea_is_fixed_by_seed_and_family_and_in_range(family):
    for seed in range(40):
        sea = random_sea(seed, family)
        assert sea == random_sea(seed, family)
        strengths = (*astuple(sea.surface)[2:], *astuple(sea.bottom)[-5:], sea.bottom.grass_cover)
        assert all(0 <= value <= 1 for value in strengths)
        colours = (sea.water.deep_colour, sea.bottom.sand_colour, sea.bottom.grass_colour)
        assert all(0 < part < 1 for colour in colours for part in colour)
        assert min(sea.water.attenuation_per_m) > 0


@pytest.mark.parametrize("family", FAMILIES)
def test_most_waters_are_of_low_to_moderate_saturation(family):
    colours = np.array([random_sea(seed, family).water.deep_colour for seed in range(80)])
    saturation = 1 - colours.min(axis=1) / colours.max(axis=1)
    assert np.median(saturation) < 0.75
    assert (colours[:, 0] <= 1.09 * colours[:, 1]).all()  # no rosy water


@pytest.mark.parametrize("family", ALL_FAMILIES)
def test_less_of_the_bottom_comes_through_deeper_water(family):
    water = random_sea(5, family).water
    left = np.array([water.transmission(depth) for depth in (-1.0, 0.0, 0.5, 1.0, 3.0, 10.0)])
    assert left[0] == pytest.approx(1)
    assert (np.diff(left[1:], axis=0) < 0).all()


def test_held_out_families_look_unlike_each_other():
    brown, blue = (
        np.mean([random_sea(s, family).water.deep_colour for s in range(30)], axis=0)
        for family in HELD_OUT_FAMILIES
    )
    assert brown[0] > 1.2 * brown[2]  # tannin
    assert blue[2] > 1.1 * blue[0]  # sky


@pytest.mark.parametrize("family", ALL_FAMILIES)
def test_every_family_renders_the_same_picture_twice(family):
    picture = render_ortho(random_sea(2, family), GRID).rgb
    assert picture.shape == (256, 256, 3)
    assert np.array_equal(picture, render_ortho(random_sea(2, family), GRID).rgb)


def test_mirrored_sky_greys_the_picture():
    sea = random_sea(4, "reef")
    clear, overcast = (
        surface_light(replace(sea, surface=replace(sea.surface, sky=sky, glint=0.0)), GRID, 0.0)
        for sky in (0.02, 0.3)
    )
    assert overcast[1].mean() > clear[1].mean() + 0.1
    assert overcast[0].mean() < clear[0].mean()


def test_murky_water_hides_the_bottom():
    sea = random_sea(6, "seagrass")
    bottom = replace(sea.bottom, mean_depth_m=2.0, relief_m=0.05, grass_cover=0.5)
    spreads = [
        through_water(
            replace(sea, bottom=bottom, water=Water((0.3, 0.4, 0.4), (loss, loss, loss), 0.0)), GRID
        )
        .std(axis=(0, 1))
        .mean()
        for loss in (0.1, 0.5, 3.0)
    ]
    assert spreads[0] > spreads[1] > spreads[2]


def test_a_fuller_meadow_covers_more():
    sea = random_sea(8, "seagrass")
    grid = Grid(-40.0, 40.0, 320, 320, 0.25)
    covers = [
        grass_density(replace(sea, bottom=replace(sea.bottom, grass_cover=c)), grid).mean()
        for c in (0.1, 0.5, 0.9)
    ]
    assert covers == sorted(covers)
    assert covers[2] > covers[0] + 0.3


def test_feeding_trails_lie_at_the_same_place_in_every_picture():
    sea = random_sea(8, "seagrass")
    grazed = replace(sea, bottom=replace(sea.bottom, grazing=1.0))
    first = trails(grazed, GRID)
    other = trails(grazed, Grid(-6.4 + 3.2, 6.4 - 1.6, 256, 256, 0.05))
    assert 0.005 < (first > 0.3).mean() < 0.5
    inner = np.abs(first[32 + 8 : -8, 64 + 8 : -8] - other[8 : -32 - 8, 8 : -64 - 8])
    assert inner.max() < 0.05
    assert not trails(replace(sea, bottom=replace(sea.bottom, grazing=0.0)), GRID).any()
