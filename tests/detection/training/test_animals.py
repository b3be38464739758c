"""Animals and what is mistaken for them: shapes, postures, visibility, company."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from detection.training.dugongs import Posture, posture_of
from detection.training.noise import Grid
from detection.training.random_world import FAMILIES, calf_of, herd_of, random_object, random_sea
from detection.training.scene import Box, render_ortho
from detection.training.world import Kind, SceneObject, Surface, Water
from detection.types import ObjectClass

GRID = Grid(-3.2, 3.2, 256, 256, 0.025)
CALM = Surface(0.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0)
# green water over a bottom too deep to be seen: contrast is the animal's alone
PLAIN = replace(
    random_sea(3, "channel"), water=Water((0.1, 0.3, 0.3), (0.6, 0.3, 0.35), 0.0), surface=CALM
)
PLAIN = replace(PLAIN, bottom=replace(PLAIN.bottom, mean_depth_m=40.0, grass_cover=0.0))
DUGONG = SceneObject(1, Kind.DUGONG, 0.0, 0.0, 0.0, 2.8, 0.8, 0.5)


def in_posture(posture, depth_m=0.5):
    """The first dugong at a depth whose look gives the posture."""
    candidates = (replace(DUGONG, depth_m=depth_m, look_seed=seed) for seed in range(1000))
    return next(thing for thing in candidates if posture_of(thing) is posture)


def box_of(thing, world=PLAIN):
    (box,) = render_ortho(replace(world, objects=(thing,)), GRID).boxes
    return box


@pytest.mark.parametrize("posture", Posture)
def test_every_posture_is_painted_inside_its_box(posture):
    at_surface = posture in (Posture.RESTING, Posture.SURFACING)
    thing = in_posture(posture, 0.05 if at_surface else 0.3)
    scene = render_ortho(replace(PLAIN, objects=(thing,)), GRID)
    (box,) = scene.boxes
    changed = np.abs(scene.rgb.astype(int) - render_ortho(PLAIN, GRID).rgb).max(axis=2) > 12
    rows, columns = np.nonzero(changed)
    left, top, right, bottom = box.xyxy_px
    inside = (
        (columns >= left - 3) & (columns <= right + 3) & (rows >= top - 3) & (rows <= bottom + 3)
    )
    assert inside.sum() > 500
    # a snout that breaks the surface throws rings of water, one that feeds a cloud of silt
    assert inside.mean() > (0.5 if posture is Posture.SURFACING else 0.85)
    for outline in box.outlines_px:
        assert np.all(outline >= np.array([left, top]) - 1e-6)
        assert np.all(outline <= np.array([right, bottom]) + 1e-6)


def test_postures_change_the_shape():
    def sides(posture):
        left, top, right, bottom = box_of(in_posture(posture)).xyxy_px
        return right - left, bottom - top

    straight, diving, turning = (
        sides(p) for p in (Posture.STRAIGHT, Posture.DIVING, Posture.TURNING)
    )
    assert straight[1] == pytest.approx(2.8 / 0.025, rel=0.03)
    assert diving[1] < 0.96 * straight[1]
    assert turning[0] > straight[0]


def test_all_postures_occur_and_rest_and_breath_only_at_the_surface():
    deep = {posture_of(replace(DUGONG, look_seed=seed)) for seed in range(200)}
    shallow = {posture_of(replace(DUGONG, look_seed=seed, depth_m=0.05)) for seed in range(200)}
    assert deep | shallow == set(Posture)
    assert not deep & {Posture.RESTING, Posture.SURFACING}


@pytest.mark.parametrize("seed", range(6))
def test_visibility_falls_with_depth(seed):
    shown = [
        box_of(replace(DUGONG, look_seed=seed, depth_m=depth)).visibility
        for depth in (0.3, 1.0, 2.0, 4.0, 8.0)
    ]
    assert shown == sorted(shown, reverse=True)
    assert shown[0] > 2 * shown[-1]


@pytest.mark.parametrize(
    ("contrast", "inside_share", "uncovered_share", "visibility"),
    [
        (0.08, 1.0, 1.0, 0.5),
        (0.08, 0.5, 1.0, 0.25),
        (0.08, 1.0, 0.5, 0.25),
        (0.08, 0.5, 0.5, 0.125),
        (0.0, 1.0, 1.0, 0.0),
        (0.16, 1.0, 1.0, 0.75),
        (1.0, 1.0, 1.0, 1.0),
    ],
)
def test_visibility_is_what_shows_times_what_is_left(
    contrast, inside_share, uncovered_share, visibility
):
    box = Box(
        1, Kind.DUGONG, ObjectClass.DUGONG, (0, 0, 40, 20), 1.0, inside_share, contrast,
        uncovered_share=uncovered_share,
    )  # fmt: skip
    assert box.visibility == pytest.approx(visibility, abs=1e-3)


def test_dugongs_are_lighter_and_darker_than_what_lies_around_them():
    lighter = darker = 0
    for seed in range(40):
        sea = replace(random_sea(seed, FAMILIES[seed % 6]), surface=CALM)
        thing = replace(DUGONG, look_seed=seed, depth_m=0.2)
        without = render_ortho(sea, GRID).rgb.mean(axis=2)
        with_it = render_ortho(replace(sea, objects=(thing,)), GRID).rgb.mean(axis=2)
        change = (with_it - without)[108:148, 118:138].mean()
        lighter += change > 6
        darker += change < -6
    assert lighter >= 5
    assert darker >= 5


@pytest.mark.parametrize("seed", range(12))
def test_a_herd_is_three_to_eight_on_about_one_course(seed):
    rng = np.random.default_rng(seed)
    leader = replace(DUGONG, heading_deg=40.0, depth_m=0.4)
    herd = (leader, *herd_of(rng, leader, 2))
    assert 3 <= len(herd) <= 8
    assert [thing.object_id for thing in herd] == list(range(1, len(herd) + 1))
    turns = np.radians([thing.heading_deg for thing in herd])
    assert np.hypot(np.cos(turns).mean(), np.sin(turns).mean()) > 0.6
    grown = [thing for thing in herd if thing.length_m > 1.5]
    for a, b in combinations(grown, 2):
        assert np.hypot(a.east_m - b.east_m, a.north_m - b.north_m) > 0.8
    assert max(np.hypot(thing.east_m, thing.north_m) for thing in herd) < 15


def test_calves_swim_beside_or_over_the_back():
    rng = np.random.default_rng(0)
    away = [
        np.hypot(calf.east_m, calf.north_m)
        for calf in (calf_of(rng, DUGONG, 2) for _ in range(100))
    ]
    assert min(away) < 0.5 * DUGONG.width_m
    assert max(away) < 2.0


def test_nothing_lies_deeper_than_the_bottom():
    sea = random_sea(5, "sandbar")
    rng = np.random.default_rng(1)
    deepest = sea.bottom.mean_depth_m + 4 * sea.bottom.relief_m
    assert all(
        random_object(rng, sea, kind, 1, 0.0, 0.0).depth_m <= max(0.0, deepest)
        for kind in (Kind.DUGONG, Kind.CORAL, Kind.SHARK)
        for _ in range(50)
    )


@pytest.mark.parametrize(
    "kind", [Kind.ROCK, Kind.CORAL, Kind.WEED, Kind.GRASS_CLUMP, Kind.DARK_PATCH]
)
def test_many_lifeless_things_have_the_size_of_a_dugong(kind):
    rng = np.random.default_rng(2)
    things = [random_object(rng, PLAIN, kind, 1, 0.0, 0.0) for _ in range(200)]
    alike = [1.5 <= t.length_m <= 3.2 and 0.2 <= t.width_m / t.length_m <= 0.4 for t in things]
    assert 0.25 < np.mean(alike) < 0.8


def test_glints_of_a_photo_stay_above_an_animal():
    photo = np.full((256, 256, 3), (40, 110, 110), np.uint8)
    photo[120:130, 120:130] = 255
    scene = render_ortho(replace(PLAIN, objects=(DUGONG,)), GRID, photo=photo)
    assert scene.rgb[123:127, 123:127].min() > 240
    assert scene.rgb[140:150, 123:133].max() < 200
