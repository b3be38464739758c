"""The sea without its objects: bottom seen through water, then the surface above it."""

from math import cos, radians, sin

import cv2
import numpy as np

from detection.training.noise import Grid, Image, NoiseField, smooth_step
from detection.training.sea_bottom import bottom_colour, colour_of, depth_m, field
from detection.training.sun_glint import Eye, mirrored_sun, random_eye, sun_haze
from detection.training.world import World

_UNSEEN = 5.0  # optical depth under which less than 1 % of the bottom's colour comes up
_SKY_GREY = 0.72
# Sparkles of a sea of middling glint, far from where the sun is mirrored and right there
_FAR_GLINT, _NEAR_GLINT = 0.7, 5.0


def through_water(world: World, grid: Grid) -> Image:
    """The bottom as it looks through the water, before the surface adds its light."""
    depth = depth_m(world, grid)
    water = world.water
    silt = field(world, 10, 2.4, 120.0).sample(grid, coarse=16)
    turbid = (1 + 0.5 * water.cloudiness * silt).clip(0.3, 3)
    milky = 1 + 0.10 * water.cloudiness * silt
    if water.front > 0:
        beyond = _beyond_front(world, grid)
        turbid *= 1 + 1.6 * water.front * beyond
        milky += 0.16 * water.front * beyond
    way = np.maximum(depth, 0) * turbid
    loss = colour_of(water.attenuation_per_m)
    deep = colour_of(water.deep_colour) * milky[..., None]
    if float((way * loss.min()).min()) > _UNSEEN:
        return np.asarray(deep, dtype=np.float32)
    bottom = bottom_colour(world, grid)
    if world.surface.caustics > 0:
        bottom *= _caustics(world, grid, depth)[..., None]
    if world.bottom.mean_depth_m < 4 * world.bottom.relief_m:
        bottom *= (1 - 0.22 * _wet(depth))[..., None]
    left = np.exp(-way[..., None] * loss)
    picture = deep + (bottom - deep) * left
    # film and sensors bend bright sand towards white instead of cutting it off
    over = np.maximum(picture - 0.72, 0)
    picture -= over * over / (over + 0.35)
    return np.asarray(picture, dtype=np.float32)


def _beyond_front(world: World, grid: Grid) -> Image:
    """1 on the murky side of a mixing front, 0 on the clear one, curled at the seam."""
    wide = field(world, 29, 3.2, 260.0).sample(grid, coarse=16)
    curls = field(world, 30, 2.6, 30.0).sample(grid, coarse=4)
    return smooth_step(wide + 0.12 * curls, -0.12, 0.18)


def _caustics(world: World, grid: Grid, depth: Image) -> Image:
    """Light on the bottom under wavelets: a net of bright lines, widest meshed where deep."""
    mesh_m = 0.25 + 0.12 * world.surface.wave_length_m
    waves = field(world, 9, 0.0, 24 * mesh_m, cycles=24.0).sample(grid, coarse=2)
    bent = field(world, 31, 0.0, 15 * mesh_m, cycles=24.0).sample(grid, coarse=2)
    net = np.exp(-3.5 * np.abs(waves + 0.5 * bent)) - 0.3
    shallow = np.clip(depth / 0.3, 0, 1) * np.clip(1.3 - 0.35 * depth, 0, 1)
    seen = min(1.0, mesh_m / (4 * grid.gsd_m))
    return np.asarray(1 + 0.38 * seen * world.surface.caustics * net * shallow, dtype=np.float32)


def _wet(depth: Image) -> Image:
    """1 where ground out of the water shines wet at the edge, 0 under water and where it is dry."""
    return smooth_step(-depth, -0.02, 0.01) * (1 - 0.7 * smooth_step(-depth, 0.05, 0.4))


def _afloat(world: World, grid: Grid) -> Image | None:
    """Share of each point that has water to carry waves; None where all of the world has."""
    if world.bottom.mean_depth_m > 4 * world.bottom.relief_m:
        return None
    return smooth_step(depth_m(world, grid), 0.0, 0.25)


def refract(world: World, grid: Grid, under: Image, time_s: float) -> Image:
    """Shift what lies under water by a few centimetres, as wavelets do."""
    size_m = 0.035 * world.surface.ripples
    if size_m < 0.25 * grid.gsd_m:
        return under
    east = field(world, 11, 2.0, 12.0).sample(grid, coarse=4, shift_m=0.8 * time_s)
    north = field(world, 12, 2.0, 12.0).sample(grid, coarse=4, shift_m=0.8 * time_s)
    columns = np.arange(grid.width_px, dtype=np.float32)[None, :]
    rows = np.arange(grid.height_px, dtype=np.float32)[:, None]
    scale = np.float32(size_m / grid.gsd_m)
    return np.asarray(
        cv2.remap(
            under, columns + scale * east, rows + scale * north,
            cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
        )
    )  # fmt: skip


def surface_light(
    world: World, grid: Grid, time_s: float, eye: Eye | None = None
) -> tuple[Image, Image]:
    """What the surface does to the picture: a factor and a whiteness, each height x width.

    Without an `eye` the picture is a piece of a frame, its place in it fixed by the world's seed.
    """
    surface = world.surface
    slope, steep, ruffled = _slopes(world, grid, time_s)
    factor = 1 + 0.06 * slope
    # mirrored sky: a grey share of the picture, more of it where wavelets lean to the bright side
    share = surface.sky * (0.8 + 0.35 * ruffled + 0.45 * slope).clip(0, 2.2)
    white = _SKY_GREY * share
    factor *= (1 - share) / (1 - white)
    if surface.glint > 0:
        patch = smooth_step(field(world, 15, 2.6, 150.0).sample(grid, coarse=16), -0.5, 1.8)
        spark = NoiseField(
            world.seed * 64 + 16, 0.9, 13.0, surface.wind_deg + 90, 1.8
        ).sample(grid, shift_m=0.9 * time_s)  # fmt: skip
        eye = eye or random_eye(world)
        mirrored = mirrored_sun(world, grid, eye)
        # sparkles need a steep wavelet on a patch of ruffled water, the less so the nearer to where
        # level water mirrors the sun
        strength = surface.glint * (0.25 + patch) * (0.7 + 0.5 * ruffled)
        strength *= _FAR_GLINT + (_NEAR_GLINT - _FAR_GLINT) * mirrored
        need = 3.3 - 2.0 * np.minimum(strength, 1.1)
        glitter = smooth_step(np.asarray(0.8 * spark + 0.5 * steep - need), 0.0, 0.7)
        white += 0.9 * glitter * np.minimum(2.5 * strength, 1)
        white += 0.09 * strength * np.maximum(slope, 0)  # a milky sheen on slopes to the sun
        # too many sparkles to be told apart, where even level water mirrors the sun
        haze = sun_haze(world, grid, eye) * (1 + 0.6 * slope + 0.3 * ruffled).clip(0.1, 1.7)
        white += haze * (1 - white.clip(0, 1))
    afloat = _afloat(world, grid)
    if afloat is not None:
        factor = 1 + (factor - 1) * afloat
        white *= afloat
    return np.asarray(factor, dtype=np.float32), np.asarray(white, dtype=np.float32)


def _slopes(world: World, grid: Grid, time_s: float) -> tuple[Image, Image, Image]:
    """Slope of the surface to the sun, its steepness, and how ruffled it is, each about -2..2.

    Two trains of wavelets cross at an angle; smooth and ruffled lanes lie along the wind.
    """
    surface, light = world.surface, world.light
    across = surface.wind_deg + 90
    seed = world.seed * 64
    long_m = surface.wave_length_m
    waves = NoiseField(seed + 13, 0.0, 18 * long_m, across, 2.5, 22.0).sample(
        grid, coarse=2, shift_m=1.5 * time_s
    )
    crossing = NoiseField(seed + 32, 2.2, 9 * long_m, across + 40, 2.0).sample(
        grid, coarse=2, shift_m=1.2 * time_s
    )
    ripples = NoiseField(seed + 14, 1.5, 10.0, across + 12, 2.2).sample(grid, shift_m=0.7 * time_s)
    lanes = NoiseField(seed + 33, 2.0, 90.0, surface.wind_deg, 9.0).sample(grid, coarse=8)
    patches = field(world, 34, 2.6, 110.0).sample(grid, coarse=16)
    ruffled = surface.streaks * lanes + 0.5 * patches
    facing = cos(radians(surface.wind_deg - light.sun_azimuth_deg))
    breath = (1 + 0.35 * ruffled).clip(0.25, 2)
    steep = 0.55 * waves + 0.45 * crossing
    slope = (
        (0.6 + 0.4 * abs(facing))
        * breath
        * (surface.waves * steep + 0.5 * surface.ripples * ripples)
    )
    if surface.swell > 0:
        swell = NoiseField(seed + 35, 0.0, 180.0, across + 25, 3.0, 14.0).sample(
            grid, coarse=8, shift_m=2.5 * time_s
        )
        slope += 0.4 * surface.swell * swell
    return np.asarray(slope), np.asarray(0.6 * steep + 0.2 * ripples), np.asarray(ruffled)


def foam_texture(world: World, grid: Grid, time_s: float) -> Image:
    """How closed foam is at each point, 0..1; wakes and white caps are drawn through it."""
    bubbles = field(world, 17, 1.2, 12.0).sample(grid, coarse=2, shift_m=0.2 * time_s)
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
    clouds = field(world, 19, 3.0, 400.0).sample(grid, coarse=16)
    return 1 - 0.35 * smooth_step(clouds, 0.2, 1.5)


def sun_direction(world: World) -> tuple[float, float]:
    """East and north metres a shadow reaches per metre of height (away from the sun)."""
    azimuth = radians(world.light.sun_azimuth_deg)
    reach = 1 / max(0.3, sin(radians(world.light.sun_elevation_deg))) - 0.7
    return -sin(azimuth) * reach, -cos(azimuth) * reach
