"""Fishing gear of every sort: painted, boxed and the same every time."""

from dataclasses import replace

import numpy as np
import pytest

from detection.training.noise import Grid
from detection.training.random_world import random_object, random_sea
from detection.training.scene import render_ortho
from detection.training.world import Kind, SceneObject, Surface
from detection.types import ObjectClass

GRID = Grid(-12.0, 12.0, 400, 400, 0.06)
# what is told apart by its sizes: (kind, length, width)
SORTS = {
    "float line": (Kind.FLOAT_LINE, 20.0, 1.5),
    "heap of lost net": (Kind.FLOAT_LINE, 4.0, 3.0),
    "ring": (Kind.NET_RING, 16.0, 14.0),
    "buoys": (Kind.TRAP_BUOYS, 1.2, 0.4),
    "string of buoys": (Kind.TRAP_BUOYS, 8.0, 0.4),
    "stakes": (Kind.STAKE_TRAP, 18.0, 9.0),
    "raft of cages": (Kind.STAKE_TRAP, 8.0, 13.0),
}


def calm_sea():
    return replace(random_sea(3, "channel"), surface=Surface(0.0, 2.0, 0.2, 0.0, 0.0, 0.0, 0.0))


def gear(sort, look_seed=4):
    kind, length_m, width_m = SORTS[sort]
    return SceneObject(1, kind, 0.0, 0.0, 30.0, length_m, width_m, look_seed=look_seed)


@pytest.mark.parametrize("sort", SORTS)
def test_gear_shows_in_its_box_and_only_shadows_and_veils_outside(sort):
    sea = calm_sea()
    without = render_ortho(sea, GRID).rgb.astype(int)
    for look_seed in range(4):
        scene = render_ortho(replace(sea, objects=(gear(sort, look_seed),)), GRID)
        (box,) = scene.boxes
        assert box.object_class is ObjectClass.FISHING_GEAR
        brighter = (scene.rgb.astype(int) - without).max(axis=2) > 60
        left, top, right, bottom = (int(v) for v in box.xyxy_px)
        inside = brighter[max(0, top - 2) : bottom + 3, max(0, left - 2) : right + 3].sum()
        changed = np.abs(scene.rgb.astype(int) - without)[top : bottom + 1, left : right + 1]
        assert (changed.max(axis=2) > 12).sum() > 12
        assert brighter.sum() - inside <= 0.02 * brighter.sum()


@pytest.mark.parametrize("sort", SORTS)
def test_the_same_gear_is_painted_the_same_and_another_look_is_not(sort):
    sea = calm_sea()
    first, again, other = (
        render_ortho(replace(sea, objects=(gear(sort, look),)), GRID).rgb for look in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_raft_is_a_closed_block_and_a_trap_of_stakes_is_not():
    sea = calm_sea()
    without = render_ortho(sea, GRID).rgb.astype(int)
    cover = {}
    for sort in ("stakes", "raft of cages"):
        scene = render_ortho(replace(sea, objects=(replace(gear(sort), heading_deg=0.0),)), GRID)
        left, top, right, bottom = (int(v) for v in scene.boxes[0].xyxy_px)
        change = np.abs(scene.rgb.astype(int) - without)[top:bottom, left:right].max(axis=2)
        cover[sort] = (change > 6).mean()
    assert cover["raft of cages"] > 0.8
    assert cover["stakes"] < 0.5


def test_random_gear_is_of_every_sort():
    rng, sea = np.random.default_rng(1), calm_sea()
    lines = [random_object(rng, sea, Kind.FLOAT_LINE, 1, 0.0, 0.0) for _ in range(80)]
    traps = [random_object(rng, sea, Kind.STAKE_TRAP, 1, 0.0, 0.0) for _ in range(80)]
    assert 0 < sum(line.length_m < 7 for line in lines) < 30
    assert 0 < sum(trap.width_m > trap.length_m for trap in traps) < 50
