"""Noise fields and the grid that lays them on the ground."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.training.noise import Grid, NoiseField, noise_texture, smooth_step


@pytest.mark.parametrize(
    ("point_m", "pixel"),
    [
        ((10.0, 20.0), (0, 0)),
        ((10.5, 20.0), (10, 0)),
        ((10.0, 19.0), (0, 20)),
        ((9.0, 21.0), (-20, -20)),
    ],
)
def test_pixels_of_ground_points(point_m, pixel):
    grid = Grid(10.0, 20.0, 100, 80, 0.05)
    assert grid.to_px([point_m])[0] == pytest.approx(pixel)


def test_coarse_grid_covers_the_same_ground():
    coarse = Grid(1.0, 2.0, 101, 50, 0.1).coarse(8)
    assert (coarse.width_px, coarse.height_px) == (13, 7)
    assert (coarse.west_m, coarse.north_m, coarse.gsd_m) == (1.0, 2.0, pytest.approx(0.8))


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10**9),
    right=st.integers(0, 40),
    down=st.integers(0, 40),
    along=st.floats(0, 360),
    stretch=st.floats(1, 5),
)
def test_the_same_ground_has_the_same_noise_in_every_picture(seed, right, down, along, stretch):
    field = NoiseField(seed, 1.5, 30.0, along, stretch)
    first = field.sample(Grid(-300.0, 900.0, 64, 64, 0.1))
    other = field.sample(Grid(-300.0 + right * 0.1, 900.0 - down * 0.1, 64, 64, 0.1))
    # OpenCV rounds positions to 1/32 texel
    assert np.abs(first[down:, right:] - other[: 64 - down, : 64 - right]).max() < 0.2


def test_coarse_sampling_comes_close_to_the_fine_one():
    field = NoiseField(5, 3.0, 300.0)
    grid = Grid(0.0, 0.0, 128, 128, 0.1)
    assert np.abs(field.sample(grid) - field.sample(grid, coarse=8)).max() < 0.2


def test_textures_are_seamless_and_normalised():
    texture = noise_texture(1, 2.0)
    inner = np.abs(np.diff(texture, axis=1)).max()
    assert np.abs(texture[:, 0] - texture[:, -1]).max() <= inner
    assert texture.std() == pytest.approx(1, abs=1e-3)
    assert texture.mean() == pytest.approx(0, abs=1e-3)


def test_waves_move_by_their_shift():
    field = NoiseField(3, 1.5, 20.0, along_deg=0.0)
    grid = Grid(0.0, 0.0, 64, 64, 0.1)
    moved = field.sample(grid, shift_m=1.0)
    assert np.abs(moved[:, :54] - field.sample(grid)[:, 10:]).max() < 0.2
    assert np.abs(moved - field.sample(grid)).max() > 0.2


@pytest.mark.parametrize(("value", "expected"), [(-1, 0), (0, 0), (0.5, 0.5), (1, 1), (7, 1)])
def test_smooth_step(value, expected):
    assert smooth_step(np.array([value], np.float32), 0, 1)[0] == pytest.approx(expected)
