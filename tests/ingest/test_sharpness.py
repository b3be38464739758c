from math import inf, sqrt

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.sharpness import edge_blur_px

SIZE = 400


@pytest.fixture(scope="module")
def scene():
    """Dark shapes with straight edges in all directions, on a light ground, without blur."""
    rng = np.random.default_rng(3)
    picture = np.full((SIZE * 4, SIZE * 4), 170, np.float32)
    for _ in range(60):
        corners = rng.integers(0, SIZE * 4, 2) + rng.integers(-150, 150, (3, 2))
        cv2.fillPoly(picture, [corners.astype(np.int32)], float(rng.integers(40, 140)))
    return cv2.resize(picture, (SIZE, SIZE), interpolation=cv2.INTER_AREA)


def blurred(picture, sigma_px: float):
    return cv2.GaussianBlur(picture, (0, 0), sigma_px)


@pytest.mark.parametrize("sigma_px", [1.0, 1.5, 2.0, 3.0, 4.0])
def test_a_known_blur_is_measured(scene, sigma_px):
    # a pixel's own square, and the gradient's three, blur a little more
    assert edge_blur_px(blurred(scene, sigma_px)) == pytest.approx(sqrt(sigma_px**2 + 0.6), rel=0.1)


@settings(max_examples=30)
@given(contrast=st.floats(0.4, 1.4), shift=st.floats(-30, 30), sigma_px=st.sampled_from([1, 2, 3]))
def test_contrast_and_light_do_not_count(scene, contrast, shift, sigma_px):
    picture = blurred(scene, sigma_px)
    assert edge_blur_px(picture * np.float32(contrast) + np.float32(shift)) == pytest.approx(
        edge_blur_px(picture), rel=0.1
    )


@pytest.mark.parametrize("turned", [0, 45, 90, 135])
def test_motion_is_found_in_any_direction(scene, turned):
    """Edges along the motion stay sharp; those across it tell."""
    length = 15
    line = np.zeros((length, length), np.float32)
    line[length // 2] = 1
    middle = (length - 1) / 2
    line = cv2.warpAffine(
        line, cv2.getRotationMatrix2D((middle, middle), turned, 1), (length, length)
    )
    moved = cv2.filter2D(scene, -1, line / line.sum())
    found = edge_blur_px(moved)
    assert found is not None
    assert found > 2.5 > 2 * edge_blur_px(scene)


def test_noise_is_no_sharpness(scene):
    noise = np.random.default_rng(4).normal(0, 3, scene.shape).astype(np.float32)
    soft = blurred(scene, 3)
    assert edge_blur_px(soft + noise) == pytest.approx(edge_blur_px(soft), rel=0.25)
    assert edge_blur_px(np.full_like(scene, 90) + noise) is None


def test_a_picture_of_nothing_is_not_judged():
    assert edge_blur_px(np.zeros((200, 300), np.float32)) is None


def test_slopes_that_no_blur_makes_less_steep_are_blur():
    ramp = np.tile(np.arange(0, 256, 4, dtype=np.float32), (200, 4))
    assert edge_blur_px(np.abs(ramp - 128)) == inf
