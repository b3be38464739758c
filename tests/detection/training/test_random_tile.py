"""Random tiles: what is in them, and what of it is a fair demand."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from detection.training.random_tile import (
    composite_tile,
    drawn_xyxy,
    random_contents,
    random_kind_of,
    random_tile,
    worth_labelling,
)
from detection.training.random_world import calf_of, random_object, random_sea
from detection.training.scene import Box
from detection.training.world import CLASS_OF_KIND, Kind
from detection.types import ObjectClass


def box(kind=Kind.DUGONG, xyxy=(100, 100, 150, 120), visible=1.0, contrast=0.3):
    return Box(1, kind, CLASS_OF_KIND[kind], xyxy, 0.5, visible, contrast)


@pytest.mark.parametrize(
    ("given", "worth"),
    [
        (box(), True),
        (box(contrast=0.02), False),
        (box(visible=0.1), False),
        (box(xyxy=(0, 0, 3, 2)), False),
        (box(Kind.FLOAT_LINE, (0, 0, 300, 200), visible=0.05), True),
        (box(Kind.FLOAT_LINE, (0, 0, 10, 8), visible=0.05), False),
        (box(Kind.LONG_TAIL, (0, 0, 200, 90), visible=0.5), True),
    ],
)
def test_worth_labelling(given, worth):
    assert worth_labelling(given) is worth


@pytest.mark.parametrize(
    ("xyxy", "drawn"),
    [
        ((100, 100, 150, 120), (100, 100, 150, 120)),
        ((100, 100, 106, 106), (97, 97, 109, 109)),
        ((50, 10, 52, 300), (45, 10, 57, 300)),
        ((0, 0, 4, 40), (0, 0, 8, 40)),
    ],
)
def test_thin_things_are_drawn_wide_enough_to_overlap(xyxy, drawn):
    assert drawn_xyxy(box(Kind.TRAP_BUOYS, xyxy), 512, 512) == pytest.approx(drawn)


def test_a_tile_is_fixed_by_its_seed():
    (world, first), (_, again), (other, _) = (random_tile(seed, 128, 0.05) for seed in (5, 5, 6))
    assert np.array_equal(first.rgb, again.rgb)
    assert world != other


@pytest.mark.deep
def test_tiles_hold_all_classes_and_many_hold_none():
    classes, empty = Counter(), 0
    for seed in range(60):
        _, render = random_tile(seed, 320, 0.05)
        labels = [b.object_class for b in render.boxes if worth_labelling(b)]
        classes.update(labels)
        empty += not labels
    assert set(classes) == set(ObjectClass)
    assert 0.1 < empty / 60 < 0.7


def test_a_composite_takes_its_water_from_the_photo():
    photo = np.full((96, 96, 3), (40, 120, 110), np.uint8)
    world, render = composite_tile(3, photo, 0.05)
    assert world.water.deep_colour == pytest.approx((40 / 255, 120 / 255, 110 / 255))
    assert render.rgb.shape == photo.shape


@pytest.mark.parametrize("group", ["boats", "gear", "distractors"])
def test_kinds_are_drawn_from_their_group(group):
    rng = np.random.default_rng(0)
    classes = {CLASS_OF_KIND.get(random_kind_of(group, rng)) for _ in range(50)}
    expected = {
        "boats": {ObjectClass.BOAT},
        "gear": {ObjectClass.FISHING_GEAR},
        "distractors": {None},
    }
    assert classes == expected[group]


def test_sizes_are_true():
    rng, sea = np.random.default_rng(1), random_sea(1, "seagrass")
    for _ in range(40):
        animal = random_object(rng, sea, Kind.DUGONG, 1, 0, 0)
        calf = calf_of(rng, animal, 2)
        boat = random_object(rng, sea, Kind.LONG_TAIL, 3, 0, 0)
        assert 1.5 <= animal.length_m <= 3.2
        assert 0 <= animal.depth_m <= 3.5
        assert 1.0 <= calf.length_m <= 1.5
        assert np.hypot(calf.east_m - animal.east_m, calf.north_m - animal.north_m) < 2.5
        assert 8 <= boat.length_m <= 14
        assert 1.5 <= boat.width_m <= 2.2


def test_long_tails_are_of_every_length_up_to_14_m():
    rng, sea = np.random.default_rng(1), random_sea(1, "seagrass")
    lengths = [random_object(rng, sea, Kind.LONG_TAIL, 1, 0, 0).length_m for _ in range(400)]
    assert min(lengths) < 8.2
    assert max(lengths) > 13.7
    assert 0.15 < np.mean(np.array(lengths) > 11) < 0.35


def test_no_dugong_is_left_on_dry_ground():
    dry = random_sea(1, "sandbar")
    dry = replace(dry, bottom=replace(dry.bottom, mean_depth_m=0.3, relief_m=0.0))
    wet = replace(dry, bottom=replace(dry.bottom, mean_depth_m=2.0))
    found = [
        [
            thing
            for seed in range(40)
            for thing in random_contents(np.random.default_rng(seed), world, 30.0)
            if thing.kind is Kind.DUGONG
        ]
        for world in (dry, wet)
    ]
    assert found[0] == []
    assert len(found[1]) > 10


def test_tiles_hold_herds_and_calves():
    world = random_sea(1, "channel")
    herds = [
        [t for t in random_contents(np.random.default_rng(s), world, 30.0) if t.kind is Kind.DUGONG]
        for s in range(150)
    ]
    assert max(len(herd) for herd in herds) >= 5
    assert sum(any(t.length_m <= 1.5 for t in herd) for herd in herds) >= 10
