"""The sea without its objects: bottom seen through water, then the surface above it."""

from math import cos, radians, sin

import cv2
import numpy as np
import numpy.typing as npt

from detection.training.noise import Grid, Image, NoiseField, smooth_step
from detection.training.world import Colour, World


def _field(world: World, number: int, falloff: float, period_m: float) -> NoiseField:
    return NoiseField(world.seed * 64 + number, falloff, period_m)


def _colour(colour: Colour) -> npt.NDArray[np.float32]:
    return np.asarray(colour, dtype=np.float32)


def depth_m(world: World, grid: Grid) -> Image:
    """Depth of the bottom under the surface, metres; negative where it stands out of the water."""
    relief = _field(world, 1, 3.0, 300.0).sample(grid, coarse=16)
    hummocks = _field(world, 2, 2.2, 40.0).sample(grid, coarse=8)
    bottom = world.bottom
    return np.asarray(bottom.mean_depth_m + bottom.relief_m * (relief + 0.15 * hummocks))


def _grass_mask(world: World, grid: Grid) -> Image:
    """Share of the bottom covered with seagrass, 0..1."""
    cover = world.bottom.grass_cover
    if cover <= 0:
        return np.zeros((grid.height_px, grid.width_px), dtype=np.float32)
    wide = _field(world, 3, 2.6, world.bottom.grass_patch_m * 6).sample(grid, coarse=8)
    edge = _field(world, 4, 1.6, 14.0).sample(grid, coarse=2)
    threshold = 2.4 * (0.5 - cover)
    return smooth_step(wide + 0.45 * edge, threshold - 0.25, threshold + 0.25)


def bottom_colour(world: World, grid: Grid) -> Image:
    """The bare bottom in daylight, height x width x 3: sand with ripple marks, and seagrass."""
    bottom = world.bottom
    grain = _field(world, 5, 0.8, 18.0).sample(grid)
    blotch = _field(world, 6, 2.2, 60.0).sample(grid, coarse=8)
    ripple_marks = NoiseField(world.seed * 64 + 7, 1.4, 16.0, world.surface.wind_deg, 5.0)
    marks = ripple_marks.sample(grid, coarse=2)
    sand = 1 + 0.05 * grain + 0.07 * blotch + 0.03 * marks
    picture = sand[..., None] * _colour(bottom.sand_colour)
    mask = _grass_mask(world, grid)
    if mask.any():
        blades = _field(world, 8, 1.0, 11.0).sample(grid)
        grass = (1 + 0.22 * blades + 0.12 * blotch)[..., None] * _colour(bottom.grass_colour)
        picture += mask[..., None] * (grass - picture)
    return np.asarray(picture, dtype=np.float32)


def through_water(world: World, grid: Grid) -> Image:
    """The bottom as it looks through the water, before the surface adds its light."""
    depth = depth_m(world, grid)
    bottom = bottom_colour(world, grid)
    surface, water = world.surface, world.water
    if surface.caustics > 0:
        waves = _field(world, 9, 1.5, 9.0).sample(grid, coarse=2)
        net = (
            np.exp(-3.0 * np.abs(waves)) - 0.35
        )  # bright where the field crosses zero: a net of lines
        shallow = np.clip(1.5 - 0.4 * depth, 0, 1) * (depth > 0)
        bottom *= (1 + 0.35 * surface.caustics * net * shallow)[..., None]
    silt = _field(world, 10, 2.4, 120.0).sample(grid, coarse=16)
    way = np.maximum(depth, 0) * (1 + 0.5 * water.cloudiness * silt).clip(0.3, 3)
    left = np.exp(-way[..., None] * _colour(water.attenuation_per_m))
    deep = _colour(water.deep_colour) * (1 + 0.10 * water.cloudiness * silt)[..., None]
    return np.asarray(deep + (bottom - deep) * left, dtype=np.float32)


def refract(world: World, grid: Grid, under: Image, time_s: float) -> Image:
    """Shift what lies under water by a few centimetres, as wavelets do."""
    size_m = 0.035 * world.surface.ripples
    if size_m < 0.25 * grid.gsd_m:
        return under
    east = _field(world, 11, 2.0, 12.0).sample(grid, coarse=4, shift_m=0.8 * time_s)
    north = _field(world, 12, 2.0, 12.0).sample(grid, coarse=4, shift_m=0.8 * time_s)
    columns = np.arange(grid.width_px, dtype=np.float32)[None, :]
    rows = np.arange(grid.height_px, dtype=np.float32)[:, None]
    scale = np.float32(size_m / grid.gsd_m)
    return np.asarray(
        cv2.remap(
            under, columns + scale * east, rows + scale * north,
            cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
        )
    )  # fmt: skip


def surface_light(world: World, grid: Grid, time_s: float) -> tuple[Image, Image]:
    """What the surface does to the picture: a factor and a whiteness, each height x width."""
    surface, light = world.surface, world.light
    waves = NoiseField(
        world.seed * 64 + 13, 2.0, 14 * surface.wave_length_m, surface.wind_deg + 90, 3.0
    ).sample(grid, coarse=2, shift_m=1.5 * time_s)
    ripples = NoiseField(world.seed * 64 + 14, 1.6, 10.0, surface.wind_deg + 90, 2.0).sample(
        grid, shift_m=0.7 * time_s
    )
    facing = cos(radians(surface.wind_deg - light.sun_azimuth_deg))
    slope = (0.6 + 0.4 * abs(facing)) * (surface.waves * waves + 0.5 * surface.ripples * ripples)
    factor = 1 + 0.07 * slope
    white = np.zeros_like(factor)
    if surface.glint > 0:
        # sparkles need a steep wavelet on a patch of ruffled water
        patch = smooth_step(_field(world, 15, 2.6, 150.0).sample(grid, coarse=16), -0.6, 1.6)
        spark = _field(world, 16, 0.9, 13.0).sample(grid, shift_m=0.9 * time_s)
        steep = 0.75 * spark + 0.45 * waves + 0.2 * ripples
        strength = surface.glint * (0.3 + patch)
        white += (
            0.9
            * smooth_step(steep, 3.4 - 2.3 * surface.glint, 4.0 - 2.3 * surface.glint)
            * (np.minimum(2 * strength, 1))
        )
        white += 0.10 * strength * np.maximum(slope, 0)  # a milky sheen on the slopes to the sun
    return np.asarray(factor, dtype=np.float32), np.asarray(white, dtype=np.float32)


def foam_texture(world: World, grid: Grid, time_s: float) -> Image:
    """How closed foam is at each point, 0..1; wakes and white caps are drawn through it."""
    bubbles = _field(world, 17, 1.2, 12.0).sample(grid, shift_m=0.2 * time_s)
    return smooth_step(bubbles, -1.3, 1.0)


def white_caps(world: World, grid: Grid, time_s: float) -> Image:
    """Share of the surface whitened by breaking wavelets, 0..1."""
    if world.surface.foam <= 0:
        return np.zeros((grid.height_px, grid.width_px), dtype=np.float32)
    crests = NoiseField(world.seed * 64 + 18, 1.9, 30.0, world.surface.wind_deg + 90, 2.5)
    steep = crests.sample(grid, shift_m=1.5 * time_s)
    return 0.8 * smooth_step(steep, 3.2 - 1.2 * world.surface.foam, 3.8 - 1.2 * world.surface.foam)


def cloud_shade(world: World, grid: Grid) -> Image:
    """Brightness factor under drifting clouds, about 0.6..1."""
    clouds = _field(world, 19, 3.0, 400.0).sample(grid, coarse=16)
    return 1 - 0.35 * smooth_step(clouds, 0.2, 1.5)


def sun_direction(world: World) -> tuple[float, float]:
    """East and north metres a shadow reaches per metre of height (away from the sun)."""
    azimuth = radians(world.light.sun_azimuth_deg)
    reach = 1 / max(0.3, sin(radians(world.light.sun_elevation_deg))) - 0.7
    return -sin(azimuth) * reach, -cos(azimuth) * reach
