"""Seamless noise, sampled by world metres, so that a place looks the same in every frame."""

from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians, sin

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.float32]
_TEXTURE_PX = 512
_TEXTURES = 4  # different squares of noise for each falloff; places in them are drawn at random


@dataclass(frozen=True)
class Grid:
    """The ground points of an orthogonal picture, north up.

    `west_m`, `north_m` are the picture's top left corner in world metres; the centre of pixel
    (column, row) lies at `west_m + (column + 0.5) * gsd_m`, `north_m - (row + 0.5) * gsd_m`.
    """

    west_m: float
    north_m: float
    width_px: int
    height_px: int
    gsd_m: float

    def to_px(self, east_north_m: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Pixels (x, y), N x 2, of world points, N x 2; (0, 0) is the top left corner."""
        points = np.asarray(east_north_m, dtype=np.float64)
        return np.stack(
            [(points[:, 0] - self.west_m) / self.gsd_m, (self.north_m - points[:, 1]) / self.gsd_m],
            axis=1,
        )

    def coarse(self, factor: int) -> "Grid":
        """The same ground in pixels `factor` times larger (rounded up to cover it)."""
        return Grid(
            self.west_m,
            self.north_m,
            -(-self.width_px // factor),
            -(-self.height_px // factor),
            self.gsd_m * factor,
        )


@lru_cache(maxsize=128)
def noise_texture(kind_seed: int, falloff: float, size_px: int = _TEXTURE_PX) -> Image:
    """A seamless square of Gaussian noise, mean 0 and deviation 1.

    `falloff` is the power of the spectrum's decline with frequency: 0 is white noise, 2 to 3 are
    clouds and coast lines.
    """
    spectrum = np.fft.rfft2(np.random.default_rng(kind_seed).standard_normal((size_px, size_px)))
    frequency = np.hypot(np.fft.fftfreq(size_px)[:, None], np.fft.rfftfreq(size_px)[None, :])
    frequency[0, 0] = np.inf  # no mean
    spectrum /= frequency ** (falloff / 2)
    texture = np.fft.irfft2(spectrum, s=(size_px, size_px))
    return np.asarray(texture / texture.std(), dtype=np.float32)


@lru_cache(maxsize=64)
def band_texture(kind_seed: int, cycles: float, size_px: int = _TEXTURE_PX) -> Image:
    """A seamless square of noise of one size, mean 0 and deviation 1.

    Its structures repeat about `cycles` times along a side: wavelets, tufts, the net of caustics.
    """
    spectrum = np.fft.rfft2(np.random.default_rng(kind_seed).standard_normal((size_px, size_px)))
    frequency = size_px * np.hypot(
        np.fft.fftfreq(size_px)[:, None], np.fft.rfftfreq(size_px)[None, :]
    )
    spectrum *= np.exp(-(((frequency - cycles) / (0.3 * cycles)) ** 2))
    spectrum[0, 0] = 0
    texture = np.fft.irfft2(spectrum, s=(size_px, size_px))
    return np.asarray(texture / texture.std(), dtype=np.float32)


@lru_cache(maxsize=256)
def _texture(kind_seed: int, falloff: float, cycles: float, halvings: int) -> Image:
    """A texture averaged to fewer texels, so that coarse pixels do not alias."""
    whole = band_texture(kind_seed, cycles) if cycles else noise_texture(kind_seed, falloff)
    size = whole.shape[0] >> halvings
    return np.asarray(cv2.resize(whole, (size, size), interpolation=cv2.INTER_AREA))


@dataclass(frozen=True)
class NoiseField:
    """A scalar field over the ground: a seamless texture laid out every `period_m` metres.

    `stretch` > 1 lengthens the structures along the direction `along_deg` (clockwise from north).
    `cycles` > 0 takes structures of one size, `period_m / cycles` metres, instead of the falling
    spectrum.
    """

    seed: int
    falloff: float
    period_m: float
    along_deg: float = 0.0
    stretch: float = 1.0
    cycles: float = 0.0

    def sample(self, grid: Grid, *, coarse: int = 1, shift_m: float = 0.0) -> Image:
        """The field on the grid, height x width; `coarse` > 1 computes fewer points between.

        `shift_m` moves the field across `along_deg`, as waves run.
        """
        small = grid.coarse(coarse) if coarse > 1 else grid
        texel_per_px = _TEXTURE_PX / self.period_m * small.gsd_m
        halvings = int(np.clip(np.log2(max(texel_per_px, 1.0)), 0, 5))
        kind_seed = (self.seed + self.seed // 64) % _TEXTURES
        texture = _texture(kind_seed, self.falloff, self.cycles, halvings)
        texel_per_m = texture.shape[0] / self.period_m
        angle = radians(self.along_deg)
        # rows: texture x runs across the direction, texture y along it
        turn = texel_per_m * np.array(
            [[cos(angle), -sin(angle)], [sin(angle) / self.stretch, cos(angle) / self.stretch]]
        )
        origin = np.random.default_rng(self.seed).uniform(0, _TEXTURE_PX, 2)
        origin = (origin + 0.5) / (1 << halvings) - 0.5  # the same place among fewer texels
        origin[0] += shift_m * texel_per_m
        corner = turn @ [small.west_m + small.gsd_m / 2, small.north_m - small.gsd_m / 2] + origin
        matrix = np.column_stack(
            [turn[:, 0] * small.gsd_m, -turn[:, 1] * small.gsd_m, corner % texture.shape[0]]
        )
        field = cv2.warpAffine(
            texture,
            matrix,
            (small.width_px, small.height_px),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_WRAP,
        )
        if coarse > 1:
            # a coarse sample stands at the centre of its block, which is what resize assumes
            size = (small.width_px * coarse, small.height_px * coarse)
            field = cv2.resize(field, size, interpolation=cv2.INTER_LINEAR)
            field = field[: grid.height_px, : grid.width_px]
        return np.asarray(field, dtype=np.float32)


def smooth_step(field: Image, low: float, high: float) -> Image:
    """0 below `low`, 1 above `high`, an S-shaped rise between."""
    ramp = np.clip((field - low) / (high - low), 0, 1)
    return np.asarray(ramp * ramp * (3 - 2 * ramp), dtype=np.float32)
