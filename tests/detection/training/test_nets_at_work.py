"""Push nets and nets being hauled: drawn, boxed, in their share, and nothing else changed."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from detection.training.nets_at_work import HAULED_SHARE, PUSHED_SHARE, with_nets_at_work
from detection.training.noise import Grid
from detection.training.random_tile import random_contents, random_kind_of
from detection.training.random_world import random_object, random_sea
from detection.training.scene import render_ortho
from detection.training.world import Kind, SceneObject, Surface
from detection.types import ObjectClass

GRID = Grid(-16.0, 16.0, 640, 640, 0.05)
# told apart by their length: (kind, length, width)
SORTS = {
    "pushed by hand": (Kind.PUSH_NET, 5.0, 3.5),
    "pushed by a boat": (Kind.PUSH_NET, 11.0, 7.0),
    "hauled": (Kind.HAULED_NET, 16.0, 2.0),
}


def calm_sea(depth_m=1.0):
    sea = replace(random_sea(3, "reef"), surface=Surface(0.0, 2.0, 0.2, 0.0, 0.0, 0.0, 0.0))
    return replace(sea, bottom=replace(sea.bottom, mean_depth_m=depth_m, relief_m=0.0))


def net(sort, look_seed=4):
    kind, length_m, width_m = SORTS[sort]
    return SceneObject(1, kind, 0.0, 0.0, 30.0, length_m, width_m, look_seed=look_seed)


def lone_gear(look_seed):
    rng = np.random.default_rng([look_seed, 1])
    kind = random_kind_of("gear", rng)
    return replace(random_object(rng, calm_sea(), kind, 7, 0.0, 0.0), look_seed=look_seed)


def worked(kind, count=12, depth_m=1.0):
    """So many groups of things that hold a net of a kind."""
    groups = (with_nets_at_work(calm_sea(depth_m), (lone_gear(look),)) for look in range(2000))
    found = [group for group in groups if group[-1].kind is kind]
    assert len(found) >= count
    return found[:count]


@pytest.mark.parametrize("sort", SORTS)
def test_a_net_shows_in_its_box(sort):
    sea = calm_sea()
    without = render_ortho(sea, GRID).rgb.astype(int)
    for look_seed in range(6):
        scene = render_ortho(replace(sea, objects=(net(sort, look_seed),)), GRID)
        (box,) = scene.boxes
        assert box.object_class is ObjectClass.FISHING_GEAR
        change = np.abs(scene.rgb.astype(int) - without).max(axis=2) > 25
        left, top, right, bottom = (round(v) for v in box.xyxy_px)
        inside = change[top - 2 : bottom + 2, left - 2 : right + 2].sum()
        assert inside > 150
        if sort != "hauled":  # of a hauled one, what lies aboard is not in its box
            brighter = (scene.rgb.astype(int) - without).max(axis=2) > 40
            kept = brighter[top - 2 : bottom + 2, left - 2 : right + 2].sum()
            assert brighter.sum() - kept <= 0.02 * brighter.sum() + 8
        # the box is no larger than what is drawn
        rows, columns = np.nonzero(change[top:bottom, left:right])
        assert min(left, rows.min(), columns.min()) <= 6
        assert bottom - top - rows.max() <= 6
        assert right - left - columns.max() <= 6


@pytest.mark.deep
def test_water_hides_the_poles_that_it_covers():
    sea, deep_net = calm_sea(3.0), net("pushed by a boat", 3)
    lengths = []
    for loss in (0.05, 6.0):
        water = replace(sea.water, attenuation_per_m=(loss, loss, loss))
        boxes = [
            render_ortho(
                replace(sea, water=water, objects=(replace(deep_net, look_seed=look),)), GRID
            )
            .boxes[0]
            .xyxy_px
            for look in range(8)
        ]
        lengths.append(min(bottom - top for _, top, _, bottom in boxes))
    assert lengths[1] < 0.7 * lengths[0]


@pytest.mark.parametrize("sort", SORTS)
def test_the_same_net_is_painted_the_same_and_another_look_is_not(sort):
    sea = calm_sea()
    first, again, other = (
        render_ortho(replace(sea, objects=(net(sort, look),)), GRID).rgb for look in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_share_of_the_gear_is_at_work():
    kinds = Counter(
        with_nets_at_work(calm_sea(), (lone_gear(look),))[-1].kind for look in range(1500)
    )
    assert kinds[Kind.PUSH_NET] / 1500 == pytest.approx(PUSHED_SHARE, abs=0.025)
    assert kinds[Kind.HAULED_NET] / 1500 == pytest.approx(HAULED_SHARE, abs=0.025)


def test_tiles_hold_both_sorts_at_about_their_share():
    gear = Counter(
        thing.kind
        for seed in range(900)
        for thing in random_contents(np.random.default_rng(seed), calm_sea(), 40.0)
        if thing.object_class is ObjectClass.FISHING_GEAR
    )
    for kind in (Kind.PUSH_NET, Kind.HAULED_NET):
        assert 0.05 < gear[kind] / gear.total() < 0.11


@pytest.mark.deep
def test_nobody_wades_in_deep_water_and_a_boat_carries_the_net_there():
    shallow = worked(Kind.PUSH_NET, 12, depth_m=0.8)
    assert any(len(group) == 1 and 3 <= group[0].length_m <= 6 for group in shallow)
    for boat, pushed in worked(Kind.PUSH_NET, 12, depth_m=4.0):
        assert boat.kind is Kind.LONG_TAIL
        assert 8 <= pushed.length_m <= 14
        # both go the same way at the same speed, the net ahead
        assert (boat.heading_deg, boat.speed_m_s) == (pushed.heading_deg, pushed.speed_m_s)
        heading = np.radians(boat.heading_deg)
        ahead = (pushed.east_m - boat.east_m) * np.sin(heading) + (
            pushed.north_m - boat.north_m
        ) * np.cos(heading)
        assert ahead > 0.5 * boat.length_m


@pytest.mark.deep
def test_a_hauled_line_ends_at_the_side_of_its_boat():
    for boat, hauled in worked(Kind.HAULED_NET):
        assert boat.object_class is ObjectClass.BOAT
        assert boat.speed_m_s == hauled.speed_m_s == 0
        heading = np.radians(hauled.heading_deg)
        end = np.array([hauled.east_m, hauled.north_m]) - hauled.length_m / 2 * np.array(
            [np.sin(heading), np.cos(heading)]
        )
        turn = np.radians(boat.heading_deg)
        off = end - [boat.east_m, boat.north_m]
        right = off @ [np.cos(turn), -np.sin(turn)]
        assert 0.15 * boat.width_m < abs(right) < 0.56 * boat.width_m
        grid = Grid(float(end[0]) - 8, float(end[1]) + 8, 320, 320, 0.05)
        boxes = render_ortho(replace(calm_sea(), objects=(boat, hauled)), grid).boxes
        assert {box.object_class for box in boxes} == {ObjectClass.BOAT, ObjectClass.FISHING_GEAR}


def test_a_world_without_them_stays_as_it_was_and_others_keep_all_else():
    for seed in range(200):
        rng = np.random.default_rng([seed, 3])
        things = tuple(
            random_object(rng, calm_sea(), random_kind_of(group, rng), number, 30.0 * number, 0.0)
            for number, group in enumerate(("distractors", "gear", "boats", "gear"))
        )
        after = with_nets_at_work(calm_sea(), things)
        assert after == with_nets_at_work(calm_sea(), things)
        new = [thing for thing in after if thing not in things]
        if not new:
            assert after == things
        ids = [thing.object_id for thing in after]
        assert len(set(ids)) == len(ids)
        assert {0, 1, 2, 3} <= set(ids)
        kept = [thing for thing in things if thing.object_class is not ObjectClass.FISHING_GEAR]
        assert all(thing in after for thing in kept)
