"""Where the sun is mirrored in the sea: the eye, the sun and the slopes of the waves decide it."""

from dataclasses import dataclass
from math import cos, radians, sin, tan

import cv2
import numpy as np

from detection.training.noise import Grid, Image
from detection.training.world import World

_NUMBER = 61  # draws of its own, so that the rest of a world stays as it was
MAX_OFF_NADIR_DEG = 35.0  # the corners of a wide camera's frame taken straight down
_HEIGHTS_M = (25.0, 110.0)
_MOST_HAZE = 0.55  # where even level water mirrors the sun, on a day of the strongest glint
_STEP_PX = 8  # the patch is far wider than that


@dataclass(frozen=True)
class Eye:
    """Where the camera is, in world metres and metres above the sea."""

    east_m: float
    north_m: float
    height_m: float


def random_eye(world: World) -> Eye:
    """An eye for a tile around the world's origin: somewhere in a frame taken straight down."""
    rng = np.random.default_rng([world.seed, _NUMBER])
    # as likely as its part of a round frame's area is large
    off_nadir = radians(MAX_OFF_NADIR_DEG) * float(rng.uniform()) ** 0.5
    azimuth, height_m = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(*_HEIGHTS_M))
    away_m = height_m * tan(off_nadir)
    return Eye(away_m * sin(azimuth), away_m * cos(azimuth), height_m)


def tilted_eye(world: World, tilt_deg: float) -> Eye:
    """An eye that sees the world's origin from the south, so far off straight down."""
    height_m = random_eye(world).height_m
    return Eye(0.0, -height_m * tan(radians(tilt_deg)), height_m)


def slope_variance(world: World) -> float:
    """Mean square slope of the sea by its wind: 0.003 + 0.00512 per m/s (Cox and Munk 1954)."""
    wind_m_s = 1 + 9 * world.surface.waves
    return 0.003 + 0.00512 * wind_m_s


def mirrored_sun(world: World, grid: Grid, eye: Eye) -> Image:
    """How likely wavelets lean just so that they mirror the sun into the eye, height x width.

    1 where level water does, less the more slope it takes, by the normal spread of slopes.
    """
    columns = np.arange(0, grid.width_px + _STEP_PX, _STEP_PX)
    rows = np.arange(0, grid.height_px + _STEP_PX, _STEP_PX)
    to_east = eye.east_m - (grid.west_m + columns[None, :] * grid.gsd_m)
    to_north = eye.north_m - (grid.north_m - rows[:, None] * grid.gsd_m)
    away = np.sqrt(to_east**2 + to_north**2 + eye.height_m**2)
    azimuth = radians(world.light.sun_azimuth_deg)
    elevation = radians(world.light.sun_elevation_deg)
    # a facet mirrors the sun into the eye when it faces half way between the two
    up = sin(elevation) + eye.height_m / away
    east_slope = (cos(elevation) * sin(azimuth) + to_east / away) / up
    north_slope = (cos(elevation) * cos(azimuth) + to_north / away) / up
    likely = np.exp(-(east_slope**2 + north_slope**2) / slope_variance(world))
    size = (len(columns) * _STEP_PX, len(rows) * _STEP_PX)
    whole = cv2.resize(likely.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole[: grid.height_px, : grid.width_px], dtype=np.float32)


def sun_haze(world: World, grid: Grid, eye: Eye) -> Image:
    """Share of the picture that is sparkles too many to be told apart, on middling wavelets."""
    return np.asarray(_MOST_HAZE * world.surface.glint * mirrored_sun(world, grid, eye))
