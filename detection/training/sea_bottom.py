"""The sea bed in daylight: sand and mud, seagrass with its grazed trails, rock and coral."""

from math import cos, floor, sin

import cv2
import numpy as np
import numpy.typing as npt

from detection.training.noise import Grid, Image, NoiseField, smooth_step
from detection.training.world import Colour, SceneObject, World

_TRAIL_CELL_M = 7.0  # trails are drawn cell by cell, so that every picture finds the same ones
_TRAIL_REACH_M = 9.0
_MUD = (0.86, 0.87, 0.90)  # what silt does to the colour of sand: darker and greyer


def field(
    world: World, number: int, falloff: float, period_m: float, *, cycles: float = 0.0
) -> NoiseField:
    """The world's noise field of a number; each number is one property of the sea."""
    return NoiseField(world.seed * 64 + number, falloff, period_m, cycles=cycles)


def colour_of(colour: Colour) -> npt.NDArray[np.float32]:
    """A colour to calculate with."""
    return np.asarray(colour, dtype=np.float32)


def depth_m(world: World, grid: Grid) -> Image:
    """Depth of the bottom under the surface, metres; negative where it stands out of the water."""
    relief = field(world, 1, 3.0, 300.0).sample(grid, coarse=16)
    hummocks = field(world, 2, 2.2, 40.0).sample(grid, coarse=8)
    bottom = world.bottom
    depth = bottom.mean_depth_m + bottom.relief_m * (relief + 0.15 * hummocks)
    if bottom.runnels > 0:  # winding drains, cut where a field crosses zero
        drains = np.abs(field(world, 22, 2.8, 70.0).sample(grid, coarse=4))
        depth += 0.35 * bottom.runnels * (1 - smooth_step(drains, 0.0, 0.16))
    return np.asarray(depth, dtype=np.float32)


def bottom_colour(world: World, grid: Grid) -> Image:
    """The bare bottom in daylight, height x width x 3."""
    bottom = world.bottom
    grain = field(world, 5, 0.8, 18.0).sample(grid)
    blotch = field(world, 6, 2.2, 60.0).sample(grid, coarse=8)
    sand = 1 + 0.035 * grain + 0.06 * blotch
    if bottom.sand_ripples > 0:
        sand += _ripple_marks(world, grid)
    mud = smooth_step(field(world, 20, 2.6, 90.0).sample(grid, coarse=8), -0.8, 1.6)
    tone = colour_of(bottom.sand_colour)
    picture = sand[..., None] * (tone + mud[..., None] * (tone * colour_of(_MUD) - tone))
    if bottom.rock_cover > 0:
        _lay_rock(world, grid, picture)
    if bottom.grass_cover > 0:
        _lay_grass(world, grid, picture, grain, blotch)
    return np.asarray(picture, dtype=np.float32)


def _ripple_marks(world: World, grid: Grid) -> Image:
    """Brightness of wave marks 20 to 70 cm apart, in fields of their own."""
    apart_m = 0.2 + 0.5 * ((world.seed * 0.618034) % 1)
    seen = float(np.clip(apart_m / (3 * grid.gsd_m) - 0.3, 0, 1))  # finer marks blur to nothing
    marks = NoiseField(
        world.seed * 64 + 7, 0.0, 48 * apart_m, world.surface.wind_deg, 3.5, 48.0
    ).sample(grid)
    where = smooth_step(field(world, 21, 2.2, 35.0).sample(grid, coarse=8), -0.6, 0.9)
    return np.asarray(0.055 * world.bottom.sand_ripples * seen * where * marks, dtype=np.float32)


def grass_density(world: World, grid: Grid) -> Image:
    """How dense the meadow stands, 0..1: patches with soft or sharp edges, and holes."""
    bottom = world.bottom
    wide = field(world, 3, 2.6, bottom.grass_patch_m * 6).sample(grid, coarse=8)
    edge = field(world, 4, 2.3, 16.0).sample(grid, coarse=2)
    threshold = 2.4 * (0.5 - bottom.grass_cover)
    half = 0.3 + 1.0 * bottom.grass_softness
    density = smooth_step(wide + 0.35 * edge, threshold - half, threshold + half)
    blowouts = field(world, 23, 2.7, 30.0).sample(grid, coarse=4)
    thin = 1 - 0.9 * smooth_step(blowouts + 0.2 * edge, 1.1, 1.7)
    return np.asarray(density * thin, dtype=np.float32)


def _lay_grass(world: World, grid: Grid, picture: Image, grain: Image, blotch: Image) -> None:
    """Grow seagrass on the picture: tufts where it is thin, mottled canopy where it is dense."""
    bottom = world.bottom
    density = grass_density(world, grid)
    if density.max() < 0.02:
        return
    tufts = field(world, 24, 1.7, 9.0).sample(grid)
    mask = smooth_step(2.4 * density - 1.2 + 0.34 * tufts + 0.22 * grain, -0.9, 0.9)
    if bottom.grazing > 0:
        mask *= 1 - 0.85 * trails(world, grid)
    # bare, bright sand around a meadow
    picture *= (1 + 0.22 * density * (1 - density))[..., None]
    shade = 1.12 - 0.2 * density + 0.15 * grain + 0.10 * tufts + 0.10 * blotch
    grass = colour_of(bottom.grass_colour)
    brown = grass * colour_of((1.3, 1.12, 1.0))  # overgrown and dying blades
    old = smooth_step(field(world, 25, 2.4, 25.0).sample(grid, coarse=8), -0.5, 1.8)
    canopy = shade[..., None] * (grass + old[..., None] * (brown - grass))
    picture += mask[..., None] * (canopy - picture)


def trails(world: World, grid: Grid) -> Image:
    """Dugong feeding trails, 0..1: winding strips 10 to 25 cm wide and 1 to 8 m long.

    Sizes: feeding trails of the dugong are 10 to 25 cm wide and mostly a few metres long.
    """
    mask = np.zeros((grid.height_px, grid.width_px), dtype=np.uint8)
    east = (grid.west_m - _TRAIL_REACH_M, grid.west_m + grid.width_px * grid.gsd_m + _TRAIL_REACH_M)
    north = (
        grid.north_m - grid.height_px * grid.gsd_m - _TRAIL_REACH_M,
        grid.north_m + _TRAIL_REACH_M,
    )
    for column in range(floor(east[0] / _TRAIL_CELL_M), floor(east[1] / _TRAIL_CELL_M) + 1):
        for row in range(floor(north[0] / _TRAIL_CELL_M), floor(north[1] / _TRAIL_CELL_M) + 1):
            rng = np.random.default_rng([world.seed, 31, column & 0xFFFF, row & 0xFFFF])
            corner = np.array([column, row]) * _TRAIL_CELL_M
            for _ in range(int(rng.poisson(2.5 * world.bottom.grazing))):
                start = corner + rng.uniform(0, _TRAIL_CELL_M, 2)
                _draw_trail(mask, grid, start, rng)
    soft = cv2.GaussianBlur(mask, (0, 0), max(0.5, 0.03 / grid.gsd_m))
    return np.asarray(soft.astype(np.float32) / np.float32(255))


def _draw_trail(
    mask: npt.NDArray[np.uint8],
    grid: Grid,
    start_m: npt.NDArray[np.float64],
    rng: np.random.Generator,
) -> None:
    """One winding strip, its strength by how thoroughly it was grazed."""
    heading = rng.uniform(0, 2 * np.pi)
    length, width = float(rng.uniform(1, 8)), float(rng.uniform(0.10, 0.25))
    bend = float(rng.normal(0, 0.08))
    point, path = start_m, [start_m]
    for _ in range(int(length / 0.4) + 1):
        heading += float(rng.normal(bend, 0.16))
        point = point + 0.4 * np.array([sin(heading), cos(heading)])
        path.append(point)
    corners = np.rint((grid.to_px(path) - 0.5) * 16).astype(np.int32)
    thick = max(1, round(width / grid.gsd_m))
    faint = min(1.0, width / grid.gsd_m) * float(rng.uniform(0.35, 1.0))
    cv2.polylines(mask, [corners], False, round(255 * faint), thick, cv2.LINE_AA, 4)


def _lay_rock(world: World, grid: Grid, picture: Image) -> None:
    """Set heads and platforms of rock and coral on the picture, brown-grey and rough."""
    gate = field(world, 26, 2.6, 80.0).sample(grid, coarse=8)
    heads = field(world, 27, 1.9, 34.0).sample(grid, coarse=2)
    rough = field(world, 28, 1.4, 12.0).sample(grid)
    rise = 0.8 * gate + 0.8 * heads + 0.25 * rough
    threshold = 2.6 - 2.8 * world.bottom.rock_cover
    mask = smooth_step(rise, threshold - 0.25, threshold + 0.35)
    rim = smooth_step(rise, threshold - 0.9, threshold) - mask  # scree and shade at the foot
    tone = colour_of((0.33, 0.29, 0.22)) + 0.06 * smooth_step(gate, -1, 2)[..., None]
    texture = (0.95 + 0.22 * rough + 0.12 * heads)[..., None] * tone
    picture *= (1 - 0.25 * np.maximum(rim, 0))[..., None]
    picture += mask[..., None] * (texture - picture)


def water_m(world: World, thing: SceneObject) -> float:
    """Depth of the bottom where a thing is."""
    return float(depth_m(world, Grid(thing.east_m, thing.north_m, 1, 1, 0.05))[0, 0])
