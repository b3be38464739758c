from itertools import pairwise
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.errors import TilingError
from detection.tiling import (
    LEVEL_STEP,
    MAX_ENLARGEMENT,
    MIN_SCALE,
    MOST_COARSER,
    Tile,
    decode_denominator,
    grid,
    level_scales,
    plan_levels,
    plan_unknown_scale,
    starts,
)


@pytest.mark.parametrize(
    ("length", "tile", "overlap", "expected"),
    [
        (640, 640, 128, (0,)),
        (100, 640, 128, (0,)),
        (641, 640, 128, (0, 1)),
        (1152, 640, 128, (0, 512)),
        (1153, 640, 128, (0, 256, 513)),
        (1600, 640, 128, (0, 480, 960)),
        (1280, 640, 0, (0, 640)),
    ],
)
def test_starts_are_exact(length, tile, overlap, expected):
    assert starts(length, tile, overlap) == expected


@pytest.mark.parametrize("overlap", [-1, 640, 700])
def test_an_impossible_overlap_is_named(overlap):
    with pytest.raises(TilingError, match=rf"in \[0, 640\).*got {overlap}"):
        starts(2000, 640, overlap)


@given(st.integers(1, 9000), st.integers(32, 900), st.data())
def test_tiles_cover_everything_and_overlap_enough(length, tile, data):
    overlap = data.draw(st.integers(0, tile - 1))
    at = starts(length, tile, overlap)
    assert at[0] == 0
    assert at[-1] == max(0, length - tile)
    for a, b in pairwise(at):
        assert 0 < b - a <= tile - overlap


def test_grid_goes_row_by_row():
    assert grid(1152, 700, 640, 128) == (Tile(0, 0), Tile(512, 0), Tile(0, 60), Tile(512, 60))


def test_a_20_mp_frame_at_100_m_needs_few_tiles():
    # Phantom 4 Pro: 5472 x 3648, 13.2 mm sensor, 8.8 mm lens: 2.74 cm per pixel at 100 m
    levels = plan_levels(5472, 3648, lambda _y: 2.74, 5.0, 640, 128)
    assert [round(level.scale, 3) for level in levels] == [0.548]
    assert len(levels[0].tiles) == 6 * 4


def test_an_oblique_frame_gets_several_scales_and_no_tile_above_the_horizon():
    def gsd(y):
        return None if y < 1000 else 2.0 * 3000 / (y - 990)

    levels = plan_levels(4000, 3000, gsd, 5.0, 640, 128)
    assert len(levels) >= 3
    scales = [level.scale for level in levels]
    assert scales == sorted(scales, reverse=True)
    for level in levels:
        for tile in level.tiles:
            assert (tile.y_px + 640) / level.scale >= 1000
    seen_rows = [
        y
        for y in range(1020, 3000, 10)
        if gsd(y) / 5.0 <= MAX_ENLARGEMENT
        and any(
            max(level.scale / (gsd(y) / 5.0), gsd(y) / 5.0 / level.scale) <= LEVEL_STEP
            and any(t.y_px <= y * level.scale <= t.y_px + 640 for t in level.tiles)
            for level in levels
        )
    ]
    servable = [y for y in range(1020, 3000, 10) if gsd(y) / 5.0 <= MAX_ENLARGEMENT]
    assert seen_rows == servable


@pytest.mark.parametrize(("gsd_cm", "scale"), [(9.0, 1.8), (12.0, 2.0), (15.0, 2.0), (15.1, None)])
def test_a_picture_too_coarse_is_searched_enlarged_as_far_as_that_helps(gsd_cm, scale):
    levels = plan_levels(1280, 960, lambda _y: gsd_cm, 5.0, 640, 80)
    assert [level.scale for level in levels] == (
        [] if scale is None else [pytest.approx(scale, rel=0.08)]
    )


@given(st.floats(0.01, 2), st.floats(1, 30))
def test_level_scales_are_near_every_wanted_scale(smallest, factor):
    scales = level_scales(smallest, smallest * factor)
    for i in range(21):
        want = smallest * factor ** (i / 20)
        assert min(max(s / want, want / s) for s in scales) <= LEVEL_STEP**0.5 * 1.001


def test_a_picture_without_sea_has_no_levels():
    assert plan_levels(4000, 3000, lambda _y: None, 5.0, 640, 128) == ()


def test_unknown_scale_searches_steps_of_the_root_of_two_and_enlarges_no_large_picture():
    def scales(width, height):
        return [level.scale for level in plan_unknown_scale(width, height, 640, 128)]

    steps = [2**0.5, 1, 2**-0.5, 0.5, 2**-1.5, 0.25, 2**-2.5]
    assert scales(1920, 1080) == pytest.approx(steps)
    assert scales(4000, 3000) == pytest.approx(steps[1:])
    assert scales(500, 400) == pytest.approx(steps)
    assert scales(200, 150) == pytest.approx(steps[:4])  # smaller ones fill no eighth of a tile
    assert scales(90, 60) == pytest.approx(steps[:2])
    assert {1.0, 0.5, 0.25} <= set(scales(4000, 3000))  # exactly: the boat network looks there


@pytest.mark.parametrize(
    ("scale", "denominator"),
    [
        (2.0, 1),
        (1.0, 1),
        (0.51, 1),
        (0.5, 2),
        (0.3, 2),
        (0.25, 4),
        (0.13, 4),
        (0.125, 8),
        (0.01, 8),
    ],
)
def test_jpegs_are_decoded_no_larger_than_needed(scale, denominator):
    assert decode_denominator(scale) == denominator
    assert denominator == 1 or scale <= 1 / denominator or isclose(scale, 1 / denominator)


def test_a_slightly_coarser_level_that_saves_tiles_is_taken():
    # 20 MP at 100 m: 2911 x 2181 px would need 6 columns of tiles, 1 % less needs 5
    (level,) = plan_levels(5280, 3956, lambda _y: 2.7565, 5.0, 640, 80)
    assert (level.width_px, level.height_px) == (2880, 2158)
    assert len(level.tiles) == 20


def test_a_level_just_above_half_is_looked_at_as_the_jpeg_decodes_at_half():
    (level,) = plan_levels(4000, 3000, lambda _y: 2.55, 5.0, 640, 80)
    assert level.scale == 0.5


@given(st.integers(700, 9000), st.integers(700, 6000), st.floats(0.3, 9.9))
def test_saving_tiles_costs_little_resolution_and_never_adds_any(width, height, gsd_cm):
    (level,) = plan_levels(width, height, lambda _y: gsd_cm, 5.0, 640, 80)
    wanted = max(gsd_cm / 5.0, MIN_SCALE)
    assert (1 - MOST_COARSER) * wanted * 0.999 <= level.scale <= wanted * 1.001
    plain = grid(round(width * wanted), round(height * wanted), 640, 80)
    assert len(level.tiles) <= len(plain)
    assert max(t.x_px for t in level.tiles) + 640 >= level.width_px
    assert max(t.y_px for t in level.tiles) + 640 >= level.height_px
