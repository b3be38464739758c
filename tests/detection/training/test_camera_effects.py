"""Camera effects: shape and type stay, the same dice give the same picture, mild on average."""

import numpy as np
import pytest

from detection.training.camera_effects import in_flat_profile, taken_by_camera


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


def test_a_flat_profile_keeps_shapes_and_leaves_little_contrast_and_no_black():
    rng = np.random.default_rng(5)
    picture = rng.integers(0, 256, (40, 50, 3), dtype=np.uint8)
    flat = in_flat_profile(picture)
    assert flat.shape == picture.shape
    assert flat.dtype == np.uint8
    assert flat.min() > 70
    assert flat.max() < 190
    brightness = [x.astype(float).mean(axis=2) for x in (picture, flat)]
    assert brightness[1].std() == pytest.approx(0.3 * brightness[0].std(), rel=0.02)
    assert np.corrcoef(brightness[0].ravel(), brightness[1].ravel())[0, 1] > 0.99
