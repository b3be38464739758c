"""Land and shores: fixed by seed, varied, and of the size asked for."""

import numpy as np
import pytest

from detection.training.canvas import Canvas
from detection.training.land import random_land
from detection.training.land_things import paint_car, paint_domes, placed, rectangle
from detection.training.noise import Grid


@pytest.mark.parametrize("seed", range(8))
def test_land_is_a_picture_of_its_size_with_structure(seed):
    picture = random_land(seed, 96, 0.06)
    assert picture.shape == (96, 96, 3)
    assert picture.dtype == np.uint8
    assert picture.std() > 3
    assert np.array_equal(picture, random_land(seed, 96, 0.06))


def test_seeds_give_lands_of_different_colours():
    means = np.array([random_land(seed, 64, 0.08).mean(axis=(0, 1)) for seed in range(16)])
    assert means.std(axis=0).min() > 10


def test_shapes_are_turned_clockwise_from_north():
    corners = placed(rectangle(2.0, 6.0), (10.0, 20.0), 90.0)
    assert np.ptp(corners, axis=0) == pytest.approx([6.0, 2.0])
    assert corners.mean(axis=0) == pytest.approx([10.0, 20.0])


def grey_canvas():
    return Canvas(Grid(-5.0, 5.0, 200, 200, 0.05), np.full((200, 200, 3), 0.5, np.float32))


def test_a_car_changes_about_its_own_area():
    canvas = grey_canvas()
    paint_car(canvas, np.random.default_rng(2), (0.0, 0.0), 30.0, (0.0, 0.0))
    changed_m2 = (np.abs(canvas.rgb - 0.5).max(axis=2) > 0.03).sum() * 0.05**2
    assert 4.0 < changed_m2 < 11.5


def test_domes_stay_near_their_centres():
    canvas = grey_canvas()
    paint_domes(
        canvas, np.random.default_rng(1), np.array([[0.0, 0.0], [400.0, 0.0]]), (1.0, 1.0),
        ((0.2, 0.3, 0.1),), (0.3, 0.3), bump=0.3, rough=0.05, ragged=1.7,
    )  # fmt: skip
    rows, columns = np.nonzero(np.abs(canvas.rgb - 0.5).max(axis=2) > 0.03)
    reach_m = np.hypot(rows - 99.5, columns - 99.5).max() * 0.05
    assert 0.7 < reach_m < 3.0
