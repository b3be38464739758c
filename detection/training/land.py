"""Land and shores seen from above, so that the detector learns silence over them."""

from collections.abc import Callable
from itertools import pairwise
from math import cos, radians, sin

import numpy as np
import numpy.typing as npt

from detection.training.canvas import Canvas, Points, ribbon, scaled
from detection.training.land_things import (
    CROWNS,
    STONES,
    paint_car,
    paint_domes,
    paint_furniture,
    paint_log,
    paint_palm,
    paint_person,
    paint_roof,
    pick,
    placed,
    rectangle,
)
from detection.training.noise import Grid, Image, NoiseField, smooth_step
from detection.training.random_world import FAMILIES, random_sea
from detection.training.sea import surface_light, through_water
from detection.training.world import Colour

_GROUNDS: dict[str, tuple[Colour, ...]] = {
    "sand": ((0.74, 0.69, 0.58), (0.66, 0.60, 0.49), (0.82, 0.78, 0.70), (0.58, 0.53, 0.44)),
    "grass": ((0.37, 0.42, 0.22), (0.45, 0.46, 0.26), (0.30, 0.36, 0.18)),
    "earth": ((0.50, 0.41, 0.30), (0.43, 0.36, 0.27), (0.56, 0.44, 0.33), (0.36, 0.32, 0.26)),
    "asphalt": ((0.40, 0.40, 0.41), (0.32, 0.32, 0.34), (0.50, 0.49, 0.48)),
    "concrete": ((0.63, 0.62, 0.59), (0.55, 0.54, 0.52)),
    "mud": ((0.42, 0.39, 0.34), (0.36, 0.35, 0.31), (0.48, 0.43, 0.36)),
}
_SHORE_SHARE = 0.6  # of beaches, rocks and groves are half under water


class _Site:
    """A square of ground being built up: its canvas, dice and sun."""

    def __init__(self, seed: int, size_px: int, gsd_m: float) -> None:
        self.rng = np.random.default_rng([seed, 79])
        self.seed = seed
        self.half_m = size_px * gsd_m / 2
        self.grid = Grid(-self.half_m, self.half_m, size_px, size_px, gsd_m)
        sun, reach = self.rng.uniform(0, 2 * np.pi), self.rng.uniform(0.2, 1.3)
        self.shadow_m = (float(reach * np.sin(sun)), float(reach * np.cos(sun)))
        self.canvas = Canvas(self.grid, np.empty((size_px, size_px, 3), dtype=np.float32))

    def places(self, mean_per_100_m2: float) -> Points:
        """Points strewn over the square in clumps."""
        count = int(self.rng.poisson(mean_per_100_m2 * (2 * self.half_m) ** 2 / 100))
        clumps = self.rng.uniform(-self.half_m, self.half_m, (max(1, count // 6), 2))
        near = clumps[self.rng.integers(len(clumps), size=count)]
        points = near + self.rng.normal(0, 0.2 * self.half_m, (count, 2))
        return np.asarray(points, dtype=np.float64)

    def field(self, number: int, falloff: float, period_m: float, coarse: int = 1) -> Image:
        """Noise over the square."""
        return NoiseField(self.seed * 64 + 40 + number, falloff, period_m).sample(
            self.grid, coarse=coarse
        )

    def line(self, offset_m: float, heading_deg: float, bend: float) -> Points:
        """A bent line across the square, from edge to edge."""
        along = np.linspace(-1.6, 1.6, 24) * self.half_m
        aside = offset_m + bend * self.half_m * np.sin(along / self.half_m * 1.5)
        return placed(np.stack([aside, along], axis=1), (0.0, 0.0), heading_deg)


def random_land(seed: int, size_px: int, gsd_m: float) -> npt.NDArray[np.uint8]:
    """A square picture of a beach, a grove, a village, a road or a rocky shore, RGB."""
    site = _Site(seed, size_px, gsd_m)
    rng = site.rng
    paint = _SCENES[int(rng.choice(len(_SCENES), p=_SHARES))]
    paint(site)
    if paint in (_beach, _rocky, _grove) and rng.random() < _SHORE_SHARE:
        _flood(site)
    picture = site.canvas.rgb * (np.float32(1) - 0.04 * site.field(9, 2.6, 60.0, 16))[..., None]
    picture *= np.float32(rng.uniform(0.8, 1.15))
    return np.asarray(np.clip(picture * 255, 0, 255), dtype=np.uint8)


def _ground(site: _Site, first: str, second: str) -> None:
    """Two kinds of ground in patches, each mottled."""
    tones = [
        np.asarray(pick(site.rng, _GROUNDS[name], 0.1), dtype=np.float32)
        for name in (first, second)
    ]
    patches = site.field(1, 2.4, 60.0, 4) + 0.2 * site.field(2, 1.6, 12.0)
    split = float(site.rng.normal(0.3, 0.7))
    width = float(site.rng.uniform(0.1, 0.9))
    share = smooth_step(patches, split - width, split + width)
    mottle = 1 + 0.08 * site.field(3, 2.0, 25.0, 2) + 0.07 * site.field(4, 0.9, 14.0)
    site.canvas.rgb = mottle[..., None] * (tones[0] + share[..., None] * (tones[1] - tones[0]))


def _strew(
    site: _Site, mean_per_100_m2: float, paint: Callable[..., None], *, with_shadow: bool = True
) -> None:
    for point in site.places(mean_per_100_m2):
        if with_shadow:
            paint(site.canvas, site.rng, point, site.shadow_m)
        else:
            paint(site.canvas, site.rng, point)


def _trees(site: _Site, mean_per_100_m2: float) -> None:
    large = float(site.rng.uniform(1.2, 4.5))
    paint_domes(
        site.canvas, site.rng, site.places(mean_per_100_m2), (0.4 * large, large), CROWNS,
        site.shadow_m, bump=0.35, rough=0.10, ragged=1.7,
    )  # fmt: skip
    if site.rng.random() < 0.3:
        for point in site.places(0.3 * mean_per_100_m2):
            paint_palm(site.canvas, site.rng, point)


def _stones(site: _Site, mean_per_100_m2: float, largest_m: float) -> None:
    tones = tuple(pick(site.rng, STONES) for _ in range(3))
    paint_domes(
        site.canvas, site.rng, site.places(mean_per_100_m2), (0.2 * largest_m, largest_m), tones,
        site.shadow_m, bump=0.3, rough=0.06, ragged=2.7,
    )  # fmt: skip


def _road(site: _Site) -> tuple[float, float]:
    """A road or path across the square; its offset and heading."""
    rng = site.rng
    offset, heading = float(rng.uniform(-0.7, 0.7)) * site.half_m, float(rng.uniform(0, 360))
    line = site.line(offset, heading, float(rng.normal(0, 0.1)))
    wide = float(rng.choice([1.2, 2.2, 4.0, 6.0]))
    colour = pick(rng, _GROUNDS["asphalt"] + _GROUNDS["concrete"] + _GROUNDS["earth"])
    site.canvas.fill(ribbon(line, wide * 1.12), scaled(colour, 1.15), blur_m=0.15, alpha=0.7)
    site.canvas.fill(ribbon(line, wide), colour, grain=0.04)
    if wide >= 4 and rng.random() < 0.7:
        for start in range(0, 22, 2):
            site.canvas.fill(ribbon(line[start : start + 2], 0.13), (0.86, 0.85, 0.80), alpha=0.8)
    return offset, heading


def _beach(site: _Site) -> None:
    _ground(site, "sand", str(site.rng.choice(["sand", "grass", "earth", "mud"])))
    if site.rng.random() < 0.5:
        _stones(site, float(site.rng.uniform(1, 15)), float(site.rng.uniform(0.2, 1.8)))
    if site.rng.random() < 0.5:
        _trees(site, float(site.rng.uniform(0.5, 4)))
    _strew(site, float(site.rng.uniform(0, 1.5)), paint_log)
    _strew(site, float(site.rng.uniform(0, 0.9)), paint_furniture)
    _strew(site, float(site.rng.uniform(0, 1.0)), paint_person)


def _rocky(site: _Site) -> None:
    _ground(site, str(site.rng.choice(["sand", "mud", "earth"])), "mud")
    for largest in (0.3, float(site.rng.uniform(0.5, 1.4)), float(site.rng.uniform(0.8, 3.0))):
        _stones(site, float(site.rng.uniform(3, 14)) / max(largest, 0.5), largest)
    _strew(site, float(site.rng.uniform(0, 0.6)), paint_log)


def _grove(site: _Site) -> None:
    _ground(site, str(site.rng.choice(["earth", "grass", "sand"])), "grass")
    if site.rng.random() < 0.4:
        _road(site)
    _strew(site, 0.5, paint_log)
    _stones(site, 0.6, 1.3)
    _trees(site, float(site.rng.uniform(1.0, 12)))


def _village(site: _Site) -> None:
    rng = site.rng
    _ground(site, "earth", str(rng.choice(["grass", "sand", "concrete"])))
    _, heading = _road(site)
    for point in site.places(0.5):
        size = (float(rng.uniform(1.8, 7)), float(rng.uniform(2.5, 11)))
        turn = heading + 90 * float(rng.integers(2)) + float(rng.normal(0, 4))
        paint_roof(site.canvas, rng, point, turn, size, site.shadow_m)
    _strew(site, 0.5, paint_furniture)
    for point in site.places(0.3):
        paint_car(site.canvas, rng, point, heading + float(rng.normal(0, 25)), site.shadow_m)
    _strew(site, 0.3, paint_person)
    _trees(site, float(rng.uniform(0.3, 2)))


def _parking(site: _Site) -> None:
    """Rows of cars on a lot, with lines, a road and trees beside it."""
    rng = site.rng
    _ground(
        site,
        str(rng.choice(["asphalt", "concrete", "earth"])),
        str(rng.choice(["grass", "asphalt"])),
    )
    offset, heading = _road(site)
    filled, apart = float(rng.uniform(0.1, 0.9)), float(rng.uniform(2.4, 3.2))
    for row in range(int(rng.integers(1, 4))):
        aside = offset + 5 + 8.5 * row
        for along in np.arange(-site.half_m * 1.2, site.half_m * 1.2, apart):
            if rng.random() < 0.8:
                line = placed(rectangle(4.8, 0.1, aside, along + apart / 2), (0, 0), heading)
                site.canvas.fill(line, (0.85, 0.85, 0.82), alpha=0.6)
            if rng.random() < filled:
                centre = placed([[aside, along]], (0, 0), heading)[0]
                turn = heading + 90 + 180 * float(rng.integers(2)) + float(rng.normal(0, 2))
                paint_car(site.canvas, rng, centre, turn, site.shadow_m)
    for along in rng.uniform(-site.half_m, site.half_m, int(rng.integers(0, 4))):
        centre = placed([[offset + rng.normal(0, 1), along]], (0, 0), heading)[0]
        paint_car(site.canvas, rng, centre, heading + 180 * float(rng.integers(2)), site.shadow_m)
    if rng.random() < 0.6:
        _trees(site, float(rng.uniform(0.2, 1.5)))
    _strew(site, 0.3, paint_person)


_SCENES: tuple[Callable[[_Site], None], ...] = (_beach, _rocky, _grove, _village, _parking)
_SHARES = (0.30, 0.20, 0.18, 0.16, 0.16)


def _flood(site: _Site) -> None:
    """Put a part of the square under water: wet ground at the edge, surf, then the sea."""
    rng = site.rng
    sea = random_sea(site.seed, str(rng.choice(FAMILIES)))
    turn = radians(float(rng.uniform(0, 360)))
    across = (np.arange(site.grid.width_px) + 0.5) * site.grid.gsd_m - site.half_m
    out = across[None, :] * sin(turn) - across[:, None] * cos(turn)
    winding = float(rng.uniform(0.5, 4.0))
    out = out + winding * site.field(5, 2.8, 70.0, 4) + 0.25 * site.field(6, 2.0, 8.0)
    out = np.asarray(out + rng.uniform(-0.6, 0.6) * site.half_m, dtype=np.float32)
    slope = float(rng.uniform(0.03, 0.35))
    wet = smooth_step(out, -float(rng.uniform(0.5, 4)), 0.0)
    rgb = site.canvas.rgb
    rgb *= (1 - 0.28 * wet)[..., None]
    loss = np.asarray(sea.water.attenuation_per_m, dtype=np.float32)
    left = np.exp(-(np.maximum(out, 0) * slope)[..., None] * loss)
    factor, white = surface_light(sea, site.grid, 0.0)
    deep = through_water(sea, site.grid)
    under = deep + (rgb - deep) * left
    water = under * factor[..., None]
    water += white[..., None] * (1 - water)
    afloat = smooth_step(out, 0.0, 0.3)
    rgb += afloat[..., None] * (water - rgb)
    if rng.random() < 0.7:  # lines of surf, torn by the noise of the waves
        torn = smooth_step(site.field(7, 1.5, 10.0), -0.7, 1.2)
        for line in np.cumsum(rng.exponential(1.6, int(rng.integers(1, 5)))) - 1:
            wide = float(rng.uniform(0.15, 0.9))
            crest = np.exp(-(((out - line + 0.5 * site.field(8, 2.2, 9.0, 2)) / wide) ** 2))
            rgb += (0.85 * crest * torn)[..., None] * (np.float32(0.93) - rgb)
    if rng.random() < 0.2:
        _pier(site)


def _pier(site: _Site) -> None:
    """A jetty of planks over land and water."""
    rng = site.rng
    line = site.line(float(rng.uniform(-0.5, 0.5)) * site.half_m, float(rng.uniform(0, 360)), 0.0)
    line = line[: int(rng.integers(10, 24))]
    wide = float(rng.uniform(1.2, 3.5))
    colour = pick(rng, (*_GROUNDS["concrete"], (0.48, 0.40, 0.31), (0.38, 0.33, 0.28)))
    site.canvas.shade(ribbon(line + np.asarray(site.shadow_m), wide), 0.6, 0.15)
    site.canvas.fill(ribbon(line, wide), colour, grain=0.08)
    steps = np.arange(0, 1, 0.35 / (site.half_m * 0.14))
    for first, last in pairwise(line):
        along = last - first
        side = np.array([-along[1], along[0]]) / np.linalg.norm(along) * wide / 2
        for step in steps:
            middle = first + step * along
            plank = ribbon(np.array([middle - side, middle + side]), 0.05)
            site.canvas.fill(plank, scaled(colour, 0.6), alpha=0.5)
