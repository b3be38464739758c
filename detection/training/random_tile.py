"""Tiles for training: a small random world each, filled more densely than the real sea."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from detection.training.nets_at_work import with_nets_at_work
from detection.training.noise import Grid
from detection.training.random_world import (
    FAMILIES,
    calf_of,
    herd_of,
    random_object,
    random_sea,
)
from detection.training.scene import Box, Render, render_ortho
from detection.training.sea_bottom import water_m
from detection.training.sun_glint import tilted_eye
from detection.training.world import Colour, Kind, SceneObject, World

# How often each kind is met, by group.
_MIX: dict[str, dict[Kind, float]] = {
    "boats": {
        Kind.LONG_TAIL: 0.42, Kind.SPEEDBOAT: 0.29, Kind.FISHING_BOAT: 0.18, Kind.KAYAK: 0.11,
    },
    "gear": {
        Kind.FLOAT_LINE: 0.38, Kind.TRAP_BUOYS: 0.32, Kind.STAKE_TRAP: 0.19, Kind.NET_RING: 0.11,
    },
    "distractors": {
        Kind.TURTLE: 0.09, Kind.RAY: 0.08, Kind.SHARK: 0.07, Kind.DOLPHIN: 0.07,
        Kind.JELLYFISH: 0.03, Kind.FISH_SCHOOL: 0.05, Kind.ROCK: 0.09, Kind.CORAL: 0.07,
        Kind.GRASS_CLUMP: 0.08, Kind.LOG: 0.08, Kind.WEED: 0.07, Kind.DEBRIS: 0.03,
        Kind.SWIMMER: 0.04, Kind.BIRD: 0.04, Kind.NAVIGATION_BUOY: 0.02, Kind.FEEDING_TRAIL: 0.03,
        Kind.FOAM_LINE: 0.03, Kind.DARK_PATCH: 0.03,
    },
}  # fmt: skip

EMPTY_SHARE = 0.22  # tiles with nothing to find in them, only sea and distractors
MIN_CONTRAST = 0.035  # about 9 of 255: fainter dugongs cannot be told from the water
MIN_VISIBLE = 0.20
MIN_SIDE_PX = 12.0
LEAST_WATER_M = 0.6  # about the height of a dugong's body; none swims over shallower ground
# a part of a line is a line still, wherever the border cuts it
_CUT_ANYWHERE = (Kind.FLOAT_LINE, Kind.NET_RING, Kind.STAKE_TRAP, Kind.HAULED_NET)


def random_kind_of(group: str, rng: np.random.Generator) -> Kind:
    """A kind of object out of `boats`, `gear` or `distractors`, by how often it is met."""
    shares = _MIX[group]
    return list(shares)[int(rng.choice(len(shares), p=list(shares.values())))]


def random_contents(
    rng: np.random.Generator, world: World, extent_m: float
) -> tuple[SceneObject, ...]:
    """Objects around the world's origin, within a square of `extent_m`."""
    kinds = [random_kind_of("distractors", rng) for _ in range(int(rng.poisson(2.2)))]
    if rng.random() > EMPTY_SHARE:
        kinds += [Kind.DUGONG] * int(rng.choice([0, 1, 2, 3], p=[0.22, 0.36, 0.26, 0.16]))
        kinds += [
            random_kind_of("boats", rng)
            for _ in range(int(rng.choice([0, 1, 2, 3], p=[0.45, 0.36, 0.13, 0.06])))
        ]
        kinds += [
            random_kind_of("gear", rng)
            for _ in range(int(rng.choice([0, 1, 2, 3], p=[0.34, 0.42, 0.16, 0.08])))
        ]
    placed: list[SceneObject] = []
    taken: list[tuple[float, float, float]] = []
    for kind in kinds:
        east, north = rng.uniform(-0.55 * extent_m, 0.55 * extent_m, 2)
        thing = random_object(rng, world, kind, len(placed), float(east), float(north))
        reach = min(0.5 * max(thing.length_m, thing.width_m), 7.0)
        # solid things do not lie on top of each other
        if any(np.hypot(east - e, north - n) < 0.8 * (reach + r) for e, n, r in taken):
            continue
        taken.append((float(east), float(north), reach))
        if kind is Kind.DUGONG and water_m(world, thing) < LEAST_WATER_M:
            continue
        placed.append(thing)
        if kind is not Kind.DUGONG:
            continue
        company = rng.random()
        if company < 0.05:
            placed += herd_of(rng, thing, len(placed))
        elif company < 0.5:  # calves are the smallest animals, and most often missed
            placed.append(calf_of(rng, thing, len(placed)))
    return with_nets_at_work(world, tuple(placed))


def random_tile(
    seed: int,
    size_px: int,
    gsd_m: float,
    tilt_deg: float = 0.0,
    families: Sequence[str] = FAMILIES,
) -> tuple[World, Render]:
    """A tile of rendered sea of one of the families, wholly fixed by `seed`.

    The picture is from straight above, also for a view that is tilted later: the tilt tells where
    the sun is mirrored.
    """
    rng = np.random.default_rng([seed, 77])
    sea = random_sea(seed, families[int(rng.integers(len(families)))])
    extent_m = size_px * gsd_m
    world = replace(sea, objects=random_contents(rng, sea, extent_m))
    eye = tilted_eye(world, tilt_deg) if tilt_deg > 0 else None
    return world, render_ortho(world, _around_origin(size_px, gsd_m), eye=eye)


def composite_tile(seed: int, photo: npt.NDArray[np.uint8], gsd_m: float) -> tuple[World, Render]:
    """Objects painted into a square crop of real sea, in water of the crop's own colour."""
    rng = np.random.default_rng([seed, 78])
    sea = random_sea(seed, "seagrass")
    red, green, blue = (float(c) / 255 for c in np.median(photo.reshape(-1, 3), axis=0))
    deep: Colour = (red, green, blue)
    sea = replace(sea, water=replace(sea.water, deep_colour=deep))
    size_px = photo.shape[0]
    world = replace(sea, objects=random_contents(rng, sea, size_px * gsd_m))
    return world, render_ortho(world, _around_origin(size_px, gsd_m), photo=photo)


def _around_origin(size_px: int, gsd_m: float) -> Grid:
    half_m = size_px * gsd_m / 2
    return Grid(-half_m, half_m, size_px, size_px, gsd_m)


def worth_labelling(box: Box) -> bool:
    """Whether a box is a fair demand on the detector: it shows, and stands out from the water."""
    longer_side = max(box.xyxy_px[2] - box.xyxy_px[0], box.xyxy_px[3] - box.xyxy_px[1])
    if box.kind in _CUT_ANYWHERE:
        return longer_side >= 24
    return longer_side >= 4 and box.visible_share >= MIN_VISIBLE and box.contrast >= MIN_CONTRAST


def drawn_xyxy(box: Box, width_px: int, height_px: int) -> tuple[float, float, float, float]:
    """The box as the detector should draw it.

    Thin lines and single buoys get at least `MIN_SIDE_PX` to each side, as far as the picture goes:
    an overlap of boxes a few pixels wide says nothing.
    """
    left, top, right, bottom = box.xyxy_px
    wider, higher = (max(0.0, MIN_SIDE_PX - side) / 2 for side in (right - left, bottom - top))
    return (
        max(0.0, left - wider), max(0.0, top - higher),
        min(float(width_px), right + wider), min(float(height_px), bottom + higher),
    )  # fmt: skip
