"""Tiles taken at another scale than they are searched at."""

import numpy as np
import pytest

from detection.limits import Taught
from detection.tiling import MAX_ENLARGEMENT
from detection.training import dataset
from detection.training.dataset import TARGET_GSD_M, TilePlan, make_tile
from detection.training.scene import Box
from detection.training.search_resampling import as_searched, random_enlargement, taken_size_px
from detection.training.world import Kind
from detection.types import ObjectClass


def test_half_of_the_tiles_are_resampled_by_what_searches_of_drone_pictures_do():
    rng = np.random.default_rng(4)
    drawn = np.array([random_enlargement(rng, 0.05) for _ in range(600)])
    resampled = drawn[drawn != 1]
    assert 0.4 < len(resampled) / len(drawn) < 0.6
    assert resampled.min() < 0.65
    assert 1.7 < resampled.max() <= MAX_ENLARGEMENT


def test_nothing_is_taken_coarser_than_drones_see():
    rng = np.random.default_rng(4)
    assert max(random_enlargement(rng, 0.09) for _ in range(300)) <= 0.12 / 0.09
    assert max(random_enlargement(rng, 0.15) for _ in range(300)) == 1


class ScaleKnownError(Exception):
    """Raised where a tile's scale is drawn, so that nothing needs to be rendered."""


def test_tiles_are_taken_at_scales_up_to_the_coarsest_that_frames_are_held_against(monkeypatch):
    taken_cm = []

    def noting(rng, gsd_m):
        taken_cm.append(100 * gsd_m * random_enlargement(rng, gsd_m))
        raise ScaleKnownError

    monkeypatch.setattr(dataset, "random_enlargement", noting)
    for number in range(800):
        with pytest.raises(ScaleKnownError):
            make_tile(TilePlan("train", 800, 96), number)
    coarsest_cm = Taught.at_gsd_cm(100 * TARGET_GSD_M).coarsest_gsd_cm
    assert 0.95 * coarsest_cm < max(taken_cm) <= coarsest_cm + 1e-9
    assert np.mean(np.array(taken_cm) > 7) > 0.1


@pytest.mark.parametrize("enlargement", [0.6, 1.7])
def test_boxes_stay_on_what_they_are_around(enlargement):
    side = taken_size_px(256, enlargement)
    taken = np.zeros((side, side, 3), np.uint8)
    taken[40:60, 30:80] = 220
    outline = np.array([(30, 40), (80, 40), (80, 60), (30, 60)], float)
    box = Box(1, Kind.DUGONG, ObjectClass.DUGONG, (30, 40, 80, 60), 0.0, 1.0, 1.0, (outline,))
    picture, (seen,) = as_searched(taken, (box,), 256, 90)
    assert picture.shape == (256, 256, 3)
    rows, columns = np.nonzero(picture[..., 0] > 110)
    shown = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert seen.xyxy_px == pytest.approx(shown, abs=1.5)
    assert seen.outlines_px[0].max(axis=0) == pytest.approx(seen.xyxy_px[2:])


def test_what_is_resampled_has_been_through_its_jpeg():
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (200, 200, 3), np.uint8)
    fine, coarse = (as_searched(noise, (), 200, quality)[0].astype(int) for quality in (95, 60))
    assert np.abs(fine - noise).mean() < np.abs(coarse - noise).mean()


@pytest.mark.parametrize("enlargement", [0.6, 1.0, 1.7])
def test_the_ground_a_tile_shows_is_that_of_its_scale_however_it_was_taken(
    monkeypatch, enlargement
):
    drawn = []
    render = dataset.random_tile

    def noting(seed, size_px, gsd_m, *more):
        drawn.append((size_px, size_px * gsd_m))
        return render(seed, size_px, gsd_m, *more)

    monkeypatch.setattr(dataset, "random_tile", noting)
    monkeypatch.setattr(dataset, "random_enlargement", lambda rng, gsd_m: enlargement)
    monkeypatch.setattr(dataset, "_OBLIQUE_SHARE", 0.0)
    plan = TilePlan("val", 6, 96)
    for number in range(6):
        drawn.clear()
        tile = make_tile(plan, number)
        for size_px, side_m in drawn:
            assert size_px == taken_size_px(96, enlargement)
            assert side_m == pytest.approx(96 * tile.gsd_m, rel=0.02)


def test_tiles_have_their_size_and_scale_however_they_were_taken():
    tiles = [make_tile(TilePlan("val", 12, 96), number) for number in range(12)]
    assert {tile.rgb.shape for tile in tiles} == {(96, 96, 3)}
    assert all(tile.rgb.flags.c_contiguous for tile in tiles)
    for tile in tiles:
        for box in tile.boxes:
            assert min(box.xyxy_px) >= -1e-6
            assert max(box.xyxy_px) <= 96 + 1e-6
