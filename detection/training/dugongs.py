"""Dugongs from above: a body with a round back, in the postures of a swimming and feeding animal.

Shape and postures are drawn by hand from the animal's description (Marsh, O'Shea & Reynolds 2011,
Ecology and Conservation of the Sirenia): a spindle with a broad blunt snout and no neck, widest
before the middle, paddles far forward, and a fluke like a dolphin's on a narrow tail stock.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import cos, radians, sin, sqrt

import numpy as np

from detection.training.body_patch import BodyPatch, patch_of, patch_over, seen_through_water
from detection.training.canvas import Body, Canvas, Points, ellipse, mixed, ribbon, scaled
from detection.training.noise import Grid, Image, smooth_step
from detection.training.sea_bottom import depth_m as bottom_depth_m
from detection.training.underwater import softness_m, tinted_by_water
from detection.training.world import Colour, SceneObject, World

# Half widths from snout (0) to tail stock (0.95), as shares of the greatest half width.
_OUTLINE = np.array(
    [(0, 0.26), (0.012, 0.40), (0.035, 0.50), (0.08, 0.59), (0.14, 0.64), (0.20, 0.73),
     (0.28, 0.89), (0.38, 1.0), (0.48, 0.97), (0.58, 0.84), (0.68, 0.63), (0.78, 0.41),
     (0.86, 0.26), (0.91, 0.185), (0.95, 0.17)]
)  # fmt: skip
# Right half of the fluke: (share of length from the snout, share of length to the right).
_FLUKE = np.array(
    [(0.895, 0.018), (0.915, 0.05), (0.94, 0.10), (0.97, 0.15), (0.995, 0.178), (1.0, 0.172),
     (0.985, 0.115), (0.972, 0.06), (0.968, 0.025), (0.978, 0.0)]
)  # fmt: skip
_COATS: tuple[Colour, ...] = (
    (0.46, 0.40, 0.33), (0.55, 0.47, 0.37), (0.40, 0.37, 0.33), (0.33, 0.29, 0.25),
    (0.62, 0.55, 0.45), (0.44, 0.44, 0.42), (0.50, 0.41, 0.30), (0.27, 0.26, 0.25),
    (0.38, 0.37, 0.26), (0.68, 0.60, 0.48), (0.22, 0.20, 0.18), (0.52, 0.49, 0.45),
)  # fmt: skip
_FAINTEST_PART = 0.2  # of the animal's best lit part; what is fainter is no part of its box


class Posture(StrEnum):
    """How a dugong holds itself."""

    STRAIGHT = "straight"
    TURNING = "turning"
    DIVING = "diving"
    ROLLING = "rolling"
    STROKE = "stroke"
    SURFACING = "surfacing"
    RESTING = "resting"


_UNDER_WATER: dict[Posture, float] = {
    Posture.STRAIGHT: 0.42, Posture.TURNING: 0.24, Posture.DIVING: 0.12, Posture.ROLLING: 0.08,
    Posture.STROKE: 0.14,
}  # fmt: skip
_AT_SURFACE: dict[Posture, float] = {
    Posture.RESTING: 0.4, Posture.SURFACING: 0.4, Posture.ROLLING: 0.08, Posture.TURNING: 0.12,
}  # fmt: skip
_SURFACE_M = 0.15  # the back of one at most this deep breaks the surface


def posture_of(dugong: SceneObject) -> Posture:
    """The posture fixed by a dugong's look and depth."""
    shares = _AT_SURFACE if dugong.depth_m < _SURFACE_M else _UNDER_WATER
    rng = np.random.default_rng([dugong.look_seed, 1])
    return list(shares)[int(rng.choice(len(shares), p=list(shares.values())))]


@dataclass(frozen=True)
class _Look:
    """How one dugong looks: its shape in its own axes, and its colours.

    `shown` is the share of the length seen from above; `pitch` how much deeper a point lies for
    each metre towards the snout; `width` multiplies the body's width, `beat` the fluke's length.
    No part of it lies deeper than the bottom at `water_m`.
    """

    placed: SceneObject
    world: World
    posture: Posture
    coat: Colour
    bend: float
    shown: float
    pitch: float
    width: float
    beat: float
    roll: float
    water_m: float

    @property
    def half_m(self) -> float:
        return self.placed.width_m / 2 * self.width

    @property
    def length_m(self) -> float:
        return self.placed.length_m * self.shown

    def bent(self, shares: Points) -> Points:
        """World points of (share along, metres right), curved sideways like a swimmer's body."""
        along = shares[:, 0]
        right = shares[:, 1] + self.bend * self.length_m * (along - 0.45) ** 2
        return Body(self.placed).world(np.stack([right, (0.5 - along) * self.length_m], axis=1))

    def mirrored(self, half: Points, scale_m: float) -> Points:
        """A whole outline of its right half: (share along, share of `scale_m` to the right)."""
        return self.bent(np.concatenate([half * [1, scale_m], (half * [1, -scale_m])[::-1]]))

    def fluke(self) -> Points:
        """World points of the fluke, foreshortened in its beat."""
        shape = _FLUKE.copy()
        shape[:, 0] = 0.9 + (shape[:, 0] - 0.9) * (0.55 + 0.45 * self.beat)
        return self.mirrored(shape, self.placed.length_m * (1 - 0.75 * abs(self.roll)))

    def below_top_m(self, share: Image) -> Image:
        """How much deeper than the highest point of the animal its middle line lies."""
        slope = -self.pitch * self.length_m * share
        return np.asarray(slope - min(0.0, -self.pitch * self.length_m), dtype=np.float32)

    def faint(self, share: float) -> bool:
        """Whether the part at a share of the length is lost in the water."""
        below = float(self.below_top_m(np.array(share, dtype=np.float32)))
        return self.world.water.transmission(below)[1] < _FAINTEST_PART


def _look_of(dugong: SceneObject, world: World, rng: np.random.Generator) -> _Look:
    posture = posture_of(dugong)
    coat = scaled(_COATS[int(rng.integers(len(_COATS)))], float(rng.uniform(0.8, 1.15)))
    side, strength = float(rng.choice([-1, 1])), float(rng.uniform())
    bend = float(rng.normal(0, 0.06))
    shown, pitch, width, beat, roll = 1.0, float(rng.normal(0, 0.04)), 1.0, 0.95, 0.0
    if posture is Posture.TURNING:
        bend = side * (0.16 + 0.34 * strength)
    elif posture is Posture.DIVING:
        pitch = 0.35 + 0.75 * strength
        shown = 1 / sqrt(1 + pitch**2)
    elif posture is Posture.ROLLING:
        roll, bend = side * (0.4 + 0.6 * strength), bend + side * 0.1
        width, beat = 1 - 0.12 * abs(roll), 1 - 0.75 * abs(roll)
    elif posture is Posture.STROKE:
        beat, shown = 0.5 + 0.3 * strength, 0.94
    elif posture is Posture.SURFACING:
        pitch = -0.06 - 0.3 * strength
        shown = 1 / sqrt(1 + pitch**2)
    here = Grid(dugong.east_m, dugong.north_m, 1, 1, 0.05)
    water_m = max(0.1, float(bottom_depth_m(world, here)[0, 0]))
    return _Look(dugong, world, posture, coat, bend, shown, pitch, width, beat, roll, water_m)


def paint_dugong(canvas: Canvas, dugong: SceneObject, world: World) -> None:
    """A dugong from above; its outline, flippers and fluke are solid where the water shows them."""
    rng = np.random.default_rng(dugong.look_seed)
    look = _look_of(dugong, world, rng)
    feeding = look.posture not in (Posture.RESTING, Posture.SURFACING) and rng.random() < 0.22
    soft_m = softness_m(dugong.depth_m, world)
    whole = np.concatenate([look.mirrored(_OUTLINE, look.half_m), look.fluke()])
    patch = patch_over(canvas, dugong, whole, 0.12 * dugong.length_m + 3 * soft_m)
    if patch is None:
        return
    sweep = float(rng.uniform(0.35, 1.25))
    _shadow(canvas, look)
    if feeding:
        _silt(canvas, look, rng)
    _fluke(patch, look)
    for side in (-1, 1):
        _flipper(patch, look, side, sweep + float(rng.normal(0, 0.15)))
    _torso(patch, look, rng)
    patch.lay(soft_m)
    if look.posture is Posture.SURFACING:
        _breath(canvas, look, rng)


def _torso(patch: BodyPatch, look: _Look, rng: np.random.Generator) -> None:
    """The body from snout to tail stock, lit as the round back it is."""
    shares = _OUTLINE
    seen = np.array([not look.faint(float(share)) for share in shares[:, 0]])
    if seen.sum() >= 3:  # the rest of one that dives is lost in the water
        patch.canvas.outlines.append(
            patch.canvas.grid.to_px(look.mirrored(shares[seen], look.half_m))
        )
    along = np.float32(0.5) - patch.forward_m / np.float32(look.length_m)
    middle = np.float32(look.bend * look.length_m) * (along - np.float32(0.45)) ** 2
    half = np.float32(look.half_m) * np.interp(along, shares[:, 0], shares[:, 1]).astype(np.float32)
    right = patch.right_m - middle
    gsd = np.float32(patch.gsd_m)
    cover = np.clip(0.5 + (half - np.abs(right)) / gsd, 0, 1)
    cover *= np.clip(0.5 + along * look.length_m / gsd, 0, 1)
    cover *= np.clip(0.5 + (0.95 - along) * look.length_m / gsd, 0, 1)
    across = np.clip(right / np.maximum(half, 1e-3), -1, 1)
    height = np.sqrt(1 - across**2)
    depth = look.placed.depth_m + look.below_top_m(np.clip(along, 0, 1))
    depth = depth + 0.9 * (np.float32(look.half_m) - half * height)
    depth = np.minimum(depth, look.water_m)
    colour = np.asarray(look.coat, dtype=np.float32) * _skin(patch, look, across, along, rng)
    patch.cover(cover, seen_through_water(colour, depth, look.world))
    if look.placed.depth_m < _SURFACE_M:
        _wet_back(patch, look, cover * np.exp(-14 * np.maximum(depth - 0.04, 0)), across, rng)


def _skin(
    patch: BodyPatch, look: _Look, across: Image, along: Image, rng: np.random.Generator
) -> Image:
    """Factors on the coat, height x width x 3: light on a round back, mottling, a pale belly."""
    light = look.world.light
    turn = radians(light.sun_azimuth_deg - look.placed.heading_deg)
    high = radians(light.sun_elevation_deg)
    high = max(high, radians(42))  # under water the sun stands no lower (Snell)
    tilted = np.clip(across, -0.97, 0.97)
    facing = tilted * (sin(turn) * cos(high)) + np.sqrt(1 - tilted**2) * sin(high)
    factor = 0.52 + 0.62 * np.maximum(facing, 0)
    size = look.length_m
    mottle = patch.noise(look.placed.look_seed, 2.0, 1.6 * size)
    fine = patch.noise(look.placed.look_seed + 1, 0.8, 5.0)
    factor *= 1 + float(rng.uniform(0.03, 0.10)) * mottle + 0.03 * fine
    spine, muzzle = float(rng.uniform(-0.12, 0.12)), float(rng.uniform(-0.12, 0.18))
    factor *= 1 + spine * np.exp(-((across / 0.3) ** 2))
    factor *= 1 + muzzle * smooth_step(0.10 - along, 0.0, 0.08)
    if look.roll:  # the pale belly comes up on one side
        factor *= 1 + 0.45 * abs(look.roll) * smooth_step(np.sign(look.roll) * across, 0.0, 0.9)
    caustics = look.world.surface.caustics
    if caustics > 0 and look.placed.depth_m > _SURFACE_M:
        net = np.exp(-3.0 * np.abs(patch.noise(look.placed.look_seed + 2, 1.5, 7.0))) - 0.35
        factor *= 1 + 0.3 * caustics * float(np.exp(-0.5 * look.placed.depth_m)) * net
    for _ in range(int(rng.integers(1, 4)) if rng.random() < 0.45 else 0):
        start = np.array([rng.uniform(-0.5, 0.5) * look.half_m, rng.uniform(-0.2, 0.32) * size])
        scar = np.array([start, start + rng.normal(0, 0.08, 2) * size])
        line = Body(look.placed).world(ribbon(scar, float(rng.uniform(0.015, 0.035))))
        factor = factor + float(rng.uniform(0.1, 0.35)) * patch.polygon(line)
    return np.asarray(factor[..., None], dtype=np.float32)


def _part_colour(look: _Look, share: float, lower_m: float, factor: float) -> Colour:
    below = float(look.below_top_m(np.array(share, dtype=np.float32)))
    depth_m = min(look.placed.depth_m + below + lower_m, look.water_m)
    return tinted_by_water(scaled(look.coat, factor), depth_m, look.world)


def _fluke(patch: BodyPatch, look: _Look) -> None:
    fluke = look.fluke()
    if not look.faint(0.95):
        patch.canvas.outlines.append(patch.canvas.grid.to_px(fluke))
    lower_m = 0.7 * look.half_m - 0.25 * look.half_m * (1 - look.beat)
    patch.cover(patch.polygon(fluke), _part_colour(look, 0.95, lower_m, 0.8 + 0.3 * look.beat))


def _flipper(patch: BodyPatch, look: _Look, side: int, sweep: float) -> None:
    """A paddle laid back by `sweep` radians; one that rolls shows the upper one only."""
    if look.roll * side < -0.3:
        return
    long_m = (0.145 if look.roll == 0 else 0.17) * look.placed.length_m
    root = np.array([side * 0.66 * look.half_m, (0.5 - 0.235) * look.length_m])
    root[0] += look.bend * look.length_m * (0.235 - 0.45) ** 2
    tip = root + long_m * np.array([side * cos(sweep), -sin(sweep) * look.shown])
    widths = look.placed.length_m * np.array([0.05, 0.066, 0.068, 0.056, 0.024])
    paddle = Body(look.placed).world(ribbon(np.linspace(root, tip, 5), widths))
    if not look.faint(0.25):
        patch.canvas.outlines.append(patch.canvas.grid.to_px(paddle))
    colour = _part_colour(look, 0.25, 0.8 * look.half_m, 0.88)
    patch.cover(patch.polygon(paddle), colour)


def _shadow(canvas: Canvas, look: _Look) -> None:
    """Its shadow on the bottom, plain over shallow sand and lost in deep or murky water."""
    world, depth_m = look.world, look.placed.depth_m
    gap_m = max(0.05, world.bottom.mean_depth_m - depth_m - 1.6 * look.half_m)
    left = world.water.transmission(max(0.0, world.bottom.mean_depth_m))[1]
    strength = 0.55 * left * float(np.exp(-0.25 * gap_m))
    if strength < 0.03:
        return
    azimuth = radians(world.light.sun_azimuth_deg)
    slope = cos(radians(world.light.sun_elevation_deg)) / 1.33  # sine of the ray's angle below
    away_m = (gap_m + look.half_m) * slope / sqrt(1 - slope**2)
    shift = -away_m * np.array([sin(azimuth), cos(azimuth)])
    body, fluke = look.mirrored(_OUTLINE, look.half_m) + shift, look.fluke() + shift
    soft_m = 0.05 + 0.06 * gap_m
    patch = patch_over(canvas, look.placed, np.concatenate([body, fluke]), 3 * soft_m)
    if patch is not None:
        mask = np.maximum(patch.polygon(body), patch.polygon(fluke))
        patch.shade(patch.blurred(mask, soft_m), 1 - strength)


def _silt(canvas: Canvas, look: _Look, rng: np.random.Generator) -> None:
    """The cloud stirred up by one that feeds, drawn out behind it."""
    length_m = look.placed.length_m
    patch = patch_of(canvas, look.placed, 1.5 * length_m)
    if patch is None:
        return
    sand = mixed((0.62, 0.56, 0.44), look.world.bottom.sand_colour, 0.6)
    silt = scaled(sand, float(rng.uniform(0.75, 1.1)))
    drift = float(rng.normal(0, 0.25))
    cloud = np.zeros_like(patch.right_m)
    for step in np.linspace(-0.45, 0.95, 6):
        wide = length_m * (0.16 + 0.14 * (step + 0.45)) * float(rng.uniform(0.7, 1.3))
        spot = (patch.right_m - drift * length_m * max(step, 0.0)) ** 2
        spot = spot + (0.7 * (patch.forward_m + step * length_m)) ** 2
        cloud = cloud + np.float32(1.1 - 0.7 * step) * np.exp(-spot / wide**2)
    uneven = 1 + 0.45 * patch.noise(look.placed.look_seed + 3, 2.4, 2.5 * length_m)
    mask = float(rng.uniform(0.25, 0.75)) * np.clip(cloud * uneven * 0.6, 0, 1)
    colour = tinted_by_water(silt, look.placed.depth_m + 0.3, look.world)
    patch.tint(np.asarray(mask, dtype=np.float32), colour)


def _wet_back(
    patch: BodyPatch, look: _Look, dry: Image, across: Image, rng: np.random.Generator
) -> None:
    """Skin out of the water: a sheen of sky along the back, broken by the film of water."""
    turn = radians(look.world.light.sun_azimuth_deg - look.placed.heading_deg)
    ridge = 0.35 * sin(turn)
    film = patch.noise(look.placed.look_seed + 4, 1.4, 3.0)
    sheen = np.exp(-(((across - ridge) / 0.28) ** 2)) * smooth_step(film, -0.4, 1.6)
    strength = float(rng.uniform(0.2, 0.95))
    patch.cover(np.asarray(strength * sheen * dry, dtype=np.float32), (0.86, 0.88, 0.89))
    spark = patch.noise(look.placed.look_seed + 6, 1.1, 6.0) + 1.2 * sheen
    glitter = strength * smooth_step(np.asarray(spark), 1.9, 2.7) * dry * (np.abs(across) < 0.9)
    patch.cover(np.asarray(glitter, dtype=np.float32), (0.98, 0.98, 0.97))


def _breath(canvas: Canvas, look: _Look, rng: np.random.Generator) -> None:
    """Nostrils that break the surface: rings of ripples and a little white water at the snout."""
    snout = np.array([look.bend * look.length_m * 0.2, 0.48 * look.length_m])
    at = Body(look.placed).world(snout)
    patch = patch_over(canvas, look.placed, at, 0.7 * look.placed.length_m)
    if patch is None:
        return
    away = np.hypot(patch.right_m - snout[0], patch.forward_m - snout[1])
    ring_m = float(rng.uniform(0.10, 0.22)) * look.placed.length_m
    fade = np.exp(-((away / (2.2 * ring_m)) ** 2))
    ripple = 1 + 0.10 * np.cos(2 * np.pi * away / (0.55 * ring_m)) * fade
    patch.canvas.rgb[patch.rows, patch.columns] *= ripple[..., None].astype(np.float32)
    bubbles = smooth_step(patch.noise(look.placed.look_seed + 5, 1.9, 4.0), -0.2, 0.9)
    ring = np.exp(-(((away - 0.8 * ring_m) / (0.35 * ring_m)) ** 2))
    splash = np.clip(float(rng.uniform(0.15, 0.95)) * ring * bubbles, 0, 0.9)
    patch.tint(np.asarray(splash, dtype=np.float32), (0.92, 0.94, 0.94))
    nose = patch.polygon(Body(look.placed).world(ellipse(snout[0], snout[1] - 0.05, 0.05, 0.04)))
    patch.tint(0.6 * nose, scaled(look.coat, 0.5))
