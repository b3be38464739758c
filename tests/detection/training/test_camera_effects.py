"""Camera effects: shape and type stay, the same dice give the same picture, mild on average."""

import numpy as np
import pytest

from detection.training.camera_effects import taken_by_camera


@pytest.mark.parametrize("shape", [(64, 64, 3), (33, 70, 3), (5, 9, 3)])
def test_shape_and_type_stay(shape):
    picture = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    for seed in range(25):
        taken = taken_by_camera(picture, np.random.default_rng(seed))
        assert taken.shape == shape
        assert taken.dtype == np.uint8
        assert np.array_equal(taken, taken_by_camera(picture, np.random.default_rng(seed)))


def test_the_picture_given_stays_as_it_is():
    picture = np.full((32, 32, 3), 120, np.uint8)
    taken_by_camera(picture, np.random.default_rng(3))
    assert (picture == 120).all()


def test_effects_are_mild_on_average_and_strong_in_a_few():
    picture = np.full((48, 48, 3), (90, 120, 115), np.uint8)
    shifts = np.array([
        np.abs(taken_by_camera(picture, np.random.default_rng(s)).mean(axis=(0, 1)) - picture[0, 0])
        for s in range(200)
    ]).max(axis=1)  # fmt: skip
    assert 4 < np.median(shifts) < 30
    assert shifts.max() > 35
