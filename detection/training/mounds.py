"""Rocks, coral heads, trunks, islands of seagrass, schools of fish: blobs of a dugong's size."""

from math import cos, radians, sin

import numpy as np
import numpy.typing as npt

from detection.training.body_patch import BodyPatch, patch_of, seen_through_water
from detection.training.canvas import Body, Canvas, Points, ribbon, scaled
from detection.training.noise import Image, smooth_step
from detection.training.underwater import softness_m, tinted_by_water
from detection.training.world import Colour, SceneObject, World


def lump(rng: np.random.Generator, half_width_m: float, half_length_m: float) -> Points:
    """An uneven round outline in body axes."""
    turn = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    radius = 1 + sum(
        rng.normal(0, 0.22 / n) * np.cos(n * turn + rng.uniform(0, 6)) for n in range(2, 7)
    )
    return np.stack(
        [half_width_m * radius * np.cos(turn), half_length_m * radius * np.sin(turn)], axis=1
    )


def _reach_m(thing: SceneObject) -> float:
    return 0.85 * max(thing.length_m, thing.width_m)


def _mound(
    patch: BodyPatch,
    mask: Image,
    thing: SceneObject,
    world: World,
    colour: npt.ArrayLike,
    rough: float,
) -> None:
    """Paint a rounded, rough thing that rises from its edge, lit from the sun's side.

    `colour` is three numbers, or height x width x 3 set wherever the mask is above 0.
    """
    size_m = min(thing.width_m, thing.length_m)
    height = patch.blurred(mask, 0.16 * size_m) * mask
    coarse = patch.noise(thing.look_seed, 2.2, 3.0 * size_m + 1.5)
    fine = patch.noise(thing.look_seed + 1, 1.4, 5.0)
    height = height * (1 + 0.5 * rough * patch.blurred(coarse, 0.04 * size_m))
    down, right = np.gradient(height) if min(height.shape) > 1 else (0 * height, 0 * height)
    azimuth = radians(world.light.sun_azimuth_deg)
    steep = (right * sin(azimuth) - down * cos(azimuth)) * np.float32(0.16 * size_m / patch.gsd_m)
    light = (0.95 - 1.1 * np.clip(steep, -0.6, 0.6)) * (1 + rough * (0.35 * coarse + 0.18 * fine))
    depth = thing.depth_m + 0.3 * size_m * (1 - np.clip(height, 0, 1))
    shaded = np.asarray(colour, dtype=np.float32) * np.maximum(light, 0.1)[..., None]
    ragged = smooth_step(np.asarray(mask + 0.10 * rough * fine * (mask < 0.98)), 0.25, 0.75)
    patch.cover(ragged, seen_through_water(shaded, np.asarray(depth, dtype=np.float32), world))


def paint_rock(canvas: Canvas, rock: SceneObject, world: World) -> None:
    """A boulder, rough and lit from one side, its foot lost in deeper water."""
    rng = np.random.default_rng(rock.look_seed)
    patch = patch_of(canvas, rock, _reach_m(rock))
    if patch is None:
        return
    greys: tuple[Colour, ...] = (
        (0.30, 0.28, 0.24), (0.22, 0.21, 0.18), (0.42, 0.38, 0.30), (0.26, 0.27, 0.17),
        (0.48, 0.43, 0.36),
    )  # fmt: skip
    colour = scaled(greys[int(rng.integers(5))], float(rng.uniform(0.8, 1.3)))
    outline = Body(rock).world(lump(rng, rock.width_m / 2, rock.length_m / 2))
    soft = softness_m(rock.depth_m, world)
    mask = patch.blurred(patch.polygon(outline), 0.03)
    _mound(patch, mask, rock, world, colour, float(rng.uniform(0.1, 0.6)))
    patch.lay(soft)


def paint_coral(canvas: Canvas, coral: SceneObject, world: World) -> None:
    """Coral heads: a cluster of rough knolls, or one round one."""
    rng = np.random.default_rng(coral.look_seed)
    patch = patch_of(canvas, coral, _reach_m(coral))
    if patch is None:
        return
    browns: tuple[Colour, ...] = (
        (0.36, 0.27, 0.18), (0.28, 0.25, 0.16), (0.45, 0.33, 0.24), (0.24, 0.20, 0.14),
    )  # fmt: skip
    base = browns[int(rng.integers(4))]
    body, heads = Body(coral), 1 if rng.random() < 0.3 else int(rng.integers(3, 9))
    mask, colour = np.zeros_like(patch.right_m), np.zeros((*patch.right_m.shape, 3), np.float32)
    for _ in range(heads):
        offset = rng.normal(0, 0.24, 2) * [coral.width_m, coral.length_m] * (heads > 1)
        size = (rng.uniform(0.12, 0.3) if heads > 1 else 0.48) * coral.width_m
        longer = 1.0 if heads > 1 else coral.length_m / coral.width_m
        head = patch.polygon(body.world(lump(rng, size, size * longer) + offset))
        colour[head > 0] = scaled(base, float(rng.uniform(0.6, 1.4)))
        mask = np.maximum(mask, head)
    mask = patch.blurred(mask, 0.04)
    _mound(patch, mask, coral, world, patch.blurred(colour, 0.05), float(rng.uniform(0.4, 0.9)))
    patch.lay(softness_m(coral.depth_m, world))


def paint_log(canvas: Canvas, log: SceneObject, world: World) -> None:
    """A drifting or sunken trunk, round in section, with stumps of branches."""
    rng = np.random.default_rng(log.look_seed)
    patch = patch_of(canvas, log, _reach_m(log))
    if patch is None:
        return
    body = Body(log)
    bark = scaled((0.34, 0.26, 0.18), float(rng.uniform(0.6, 1.7)))
    bow, taper = rng.normal(0, 0.05) * log.length_m, float(rng.uniform(0.3, 0.8))
    share = np.linspace(-0.5, 0.5, 9)
    path = np.stack([bow * (1 - 4 * share**2), share * log.length_m], axis=1)
    widths = log.width_m * (1 - (1 - taper) * (share + 0.5)) * rng.normal(1, 0.04, 9)
    stump = tinted_by_water(scaled(bark, 0.9), log.depth_m + 0.1, world)
    for _ in range(int(rng.integers(0, 4))):
        root = path[int(rng.integers(1, 8))]
        branch = np.array([root, root + rng.normal(0, 0.16, 2) * log.length_m])
        thick = np.array([0.35, 0.12]) * log.width_m
        patch.cover(patch.polygon(body.world(ribbon(branch, thick))), stump)
    mask = patch.polygon(body.world(ribbon(path, widths)))
    _mound(patch, mask, log, world, bark, float(rng.uniform(0.15, 0.5)))
    patch.lay(softness_m(log.depth_m, world))


def paint_grass_clump(canvas: Canvas, clump: SceneObject, world: World) -> None:
    """A dark island of seagrass on the bottom, frayed at its edge."""
    rng = np.random.default_rng(clump.look_seed)
    patch = patch_of(canvas, clump, _reach_m(clump))
    if patch is None:
        return
    outline = Body(clump).world(lump(rng, clump.width_m / 2, clump.length_m / 2))
    island = patch.blurred(patch.polygon(outline), 0.08 * clump.width_m)
    frayed = patch.noise(clump.look_seed, 1.7, 6.0)
    mask = smooth_step(island + 0.16 * frayed * (island > 0.02), 0.2, 0.75)
    mask = patch.blurred(mask, softness_m(clump.depth_m, world))
    blades = 1 + 0.15 * patch.noise(clump.look_seed + 1, 1.6, 6.0)
    grass = scaled(world.bottom.grass_colour, float(rng.uniform(0.7, 1.5)))
    leaves = np.asarray(grass, dtype=np.float32) * blades[..., None]
    depth = np.full_like(mask, clump.depth_m)
    patch.tint(float(rng.uniform(0.6, 0.95)) * mask, seen_through_water(leaves, depth, world))


def paint_fish_school(canvas: Canvas, school: SceneObject, world: World) -> None:
    """Hundreds of small fish: a dark patch with a ragged edge, grainy where they part."""
    rng = np.random.default_rng(school.look_seed)
    patch = patch_of(canvas, school, _reach_m(school))
    if patch is None:
        return
    outline = Body(school).world(lump(rng, school.width_m / 2, school.length_m / 2))
    crowd = patch.blurred(patch.polygon(outline), 0.14 * school.width_m)
    fish = patch.noise(school.look_seed, 0.8, float(rng.uniform(10, 20)))
    ragged = patch.noise(school.look_seed + 1, 2.2, 8.0)
    mask = smooth_step(
        np.asarray(2.2 * crowd - 1.0 + (0.45 * ragged + 0.5 * fish) * (crowd > 0.05)), 0.0, 0.9
    )
    mask = patch.blurred(mask, softness_m(school.depth_m, world))
    back = scaled((0.20, 0.21, 0.20), float(rng.uniform(0.6, 1.6)))
    colour = tinted_by_water(back, school.depth_m, world)
    patch.tint(np.asarray(float(rng.uniform(0.35, 0.85)) * mask, dtype=np.float32), colour)
    if rng.random() < 0.5:  # flanks that flash as they turn
        flash = smooth_step(patch.noise(school.look_seed + 2, 0.4, 14.0), 2.2, 2.8) * crowd
        patch.tint(np.asarray(0.6 * flash, dtype=np.float32), (0.8, 0.82, 0.8))
