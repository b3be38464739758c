"""Push nets: a fine net between two long crossed poles, pushed by a wader or a boat's bow."""

from itertools import pairwise

import numpy as np

from detection.training.boat_brush import PEOPLE
from detection.training.canvas import Body, Canvas, Points, ellipse, mixed, ribbon, scaled
from detection.training.floats import BAMBOO, FLOATS, ROPES, paint_float, pick
from detection.training.sea import sun_direction
from detection.training.sea_bottom import water_m
from detection.training.underwater import softness_m, tinted_by_water
from detection.training.world import Colour, SceneObject, World

BOAT_LENGTH_M = 7.0  # longer poles are carried by a boat, shorter ones by somebody wading
ABOARD_SHARE = 0.17  # so much of the poles lies behind their crossing, over the bow
_SEEN = 0.14  # of a pole's colour that water must leave for it to be told
_MESH: tuple[Colour, ...] = (
    (0.16, 0.36, 0.34), (0.15, 0.30, 0.44), (0.40, 0.44, 0.40), (0.30, 0.27, 0.20),
    (0.12, 0.22, 0.20), (0.56, 0.60, 0.58),
)  # fmt: skip
_WOOD: tuple[Colour, ...] = (
    BAMBOO, (0.58, 0.50, 0.34), (0.66, 0.60, 0.46), (0.34, 0.28, 0.21), (0.74, 0.72, 0.66),
)  # fmt: skip
_HATS: tuple[Colour, ...] = (
    (0.80, 0.71, 0.50), (0.72, 0.62, 0.42), (0.88, 0.86, 0.80), (0.24, 0.30, 0.44),
    (0.16, 0.15, 0.14),
)  # fmt: skip


def paint_push_net(
    canvas: Canvas, gear: SceneObject, world: World, rng: np.random.Generator
) -> None:
    """Two poles that cross behind, the net between them, and the wader at the apex of a short one.

    The poles run down to the bottom in front, and end for the eye where water hides them; those
    of a boat on its way are held up clear of the water.
    """
    by_hand = gear.length_m < BOAT_LENGTH_M
    depth = max(0.15, water_m(world, gear))
    held_m = float(rng.uniform(0.6, 1.0)) if by_hand else float(rng.uniform(0.7, 1.3))
    raised = not by_hand and rng.random() < 0.45
    tip_m = float(rng.uniform(1.0, 2.6)) if raised else -min(depth, 0.3 * gear.length_m)
    poles = _Poles(gear, held_m, tip_m)
    mesh = pick(rng, _MESH)
    if by_hand:
        _stirred(canvas, gear, world, rng, depth)
    _net(canvas, poles, world, rng, mesh)
    _frame(canvas, poles, world, rng)
    if by_hand:
        _wader(canvas, gear, world, rng)


class _Poles:
    """Where the two poles run: plan and height, from their butts (0) to their tips (1)."""

    def __init__(self, gear: SceneObject, held_m: float, tip_m: float) -> None:
        self.gear = gear
        self.held_m, self.tip_m = held_m, tip_m
        self._apex = (ABOARD_SHARE - 0.5) * gear.length_m
        self._slope = gear.width_m / 2 / (0.5 * gear.length_m - self._apex)

    def at(self, share: float, side: float) -> Points:
        """A point in body axes on the pole of a side, or between the poles for |side| < 1."""
        forward = (share - 0.5) * self.gear.length_m
        return np.array([side * self._slope * (forward - self._apex), forward])

    def height_m(self, share: float) -> float:
        """Metres above the water, negative under it."""
        return self.held_m + (self.tip_m - self.held_m) * share

    def seen(self, share: float, world: World) -> bool:
        """Whether water leaves enough of a pole there for the eye."""
        return world.water.transmission(-self.height_m(share))[1] > _SEEN


def _through(colour: Colour, height_m: float, world: World) -> Colour:
    return tinted_by_water(colour, max(0.0, -height_m), world)


def _net(
    canvas: Canvas, poles: _Poles, world: World, rng: np.random.Generator, mesh: Colour
) -> None:
    """The net between the poles: a fine veil, folded above the water, a bag at its back."""
    body, sun = Body(poles.gear), np.array(sun_direction(world))
    start = float(rng.uniform(0.26, 0.42))
    # one piece in the air, where seams would show; in strips down into the water
    shares = np.linspace(start, 1.0, 2 if poles.tip_m > 0 else 9)
    sag_m = float(rng.uniform(0.1, 0.3)) * min(1.0, 0.2 * poles.gear.width_m)
    dense = float(rng.uniform(0.35, 0.8))
    if poles.tip_m > 0:
        outline = np.array(
            [poles.at(start, -1), poles.at(1, -1), poles.at(1, 1), poles.at(start, 1)]
        )
        canvas.shade(body.world(outline) + sun * poles.height_m(0.6), 1 - 0.35 * dense, 0.15)
    for back, front in pairwise(shares):
        height = poles.height_m((back + front) / 2) - sag_m
        across = np.linspace(-1, 1, 5)
        hang = 0.025 * (1 - across**2)[:, None] * [0, poles.gear.length_m]
        near = np.array([poles.at(back, a) for a in across]) - hang
        far = np.array([poles.at(front, a) for a in across]) - hang
        shown = _through(scaled(mesh, float(rng.uniform(0.88, 1.12))), height, world)
        under_m = max(0.0, -height)
        soft = softness_m(under_m, world)
        canvas.fill(
            body.world(np.concatenate([near, far[::-1]])), shown,
            alpha=dense, blur_m=soft, grain=0.05 * world.water.transmission(under_m)[1],
        )  # fmt: skip
    for _ in range(int(rng.integers(4, 10))):  # folds that run down to the bag
        side = float(rng.uniform(-0.9, 0.9))
        to = float(rng.uniform(0.6, 1.0))
        fold = np.array([poles.at(start, 0.4 * side), poles.at(to, side)])
        height = poles.height_m((start + to) / 2) - sag_m
        tone = scaled(mesh, float(rng.choice([0.6, 1.35])))
        canvas.fill(
            body.world(ribbon(fold, np.array([0.16, 0.05]))), _through(tone, height, world),
            alpha=0.4, blur_m=0.04,
        )  # fmt: skip
    bag = poles.at(start, 0.0)
    half = np.array([0.10, 0.12]) * poles.gear.width_m * rng.uniform(0.8, 1.5, 2)
    colour = _through(scaled(mesh, 0.75), poles.height_m(start) - 2 * sag_m, world)
    canvas.fill(
        body.world(ellipse(bag[0], bag[1], half[0], half[1])), colour,
        alpha=0.85, blur_m=0.05, grain=0.06,
    )  # fmt: skip


def _frame(canvas: Canvas, poles: _Poles, world: World, rng: np.random.Generator) -> None:
    """The poles with shadows, their shoes, the bar that spreads them and the rope in front."""
    body, sun = Body(poles.gear), np.array(sun_direction(world))
    by_hand = poles.gear.length_m < BOAT_LENGTH_M
    thick = float(rng.uniform(0.06, 0.09) if by_hand else rng.uniform(0.12, 0.2))
    wood = pick(rng, _WOOD)
    shares = np.linspace(0, 1, 13)
    if poles.seen(1.0, world):
        rope = np.array([poles.at(1.0 - 0.05 * (1 - a * a), a) for a in np.linspace(-1, 1, 9)])
        shown = _through(pick(rng, ROPES), poles.tip_m, world)
        canvas.fill(body.world(ribbon(rope, 0.06)), shown, alpha=0.75, blur_m=0.02, solid=True)
    for side in (-1, 1):
        for back, front in pairwise(shares):
            piece = body.world(np.array([poles.at(back, side), poles.at(front, side)]))
            middle = (back + front) / 2
            height = poles.height_m(middle)
            if height > 0:
                canvas.shade(ribbon(piece + sun * height, thick * 1.2), 0.68, 0.03)
            if not poles.seen(middle, world):
                continue
            tone = scaled(wood, float(rng.uniform(0.85, 1.1)))
            taper = thick * (1.15 - 0.4 * middle)
            soft = softness_m(-height, world) if height < 0 else 0.0
            canvas.fill(
                ribbon(piece, taper), _through(scaled(tone, 0.75), height, world),
                blur_m=soft, solid=True,
            )  # fmt: skip
            lit = -sun / max(float(np.hypot(*sun)), 1e-6) * taper * 0.2
            canvas.fill(
                ribbon(piece + lit, taper * 0.5), _through(scaled(tone, 1.25), height, world),
                alpha=0.8, blur_m=soft,
            )  # fmt: skip
        if poles.seen(1.0, world):  # the shoe that glides over the bottom
            tip = poles.at(1.0, side)
            shoe = ellipse(tip[0], tip[1] - 0.1, 1.1 * thick, 2.6 * thick)
            canvas.fill(
                body.world(shoe), _through(scaled(wood, 0.7), poles.tip_m, world), solid=True
            )
    at = float(rng.uniform(0.3, 0.42))
    bar = body.world(np.array([poles.at(at, -1.05), poles.at(at, 1.05)]))
    shown = _through(scaled(wood, 0.95), poles.height_m(at), world)
    canvas.fill(ribbon(bar, thick * 0.8), shown, solid=True)
    if not by_hand:  # stays from the spreader to the bow
        for side in (-1, 1):
            stay = body.world(np.array([poles.at(0.05, 0.0), poles.at(0.62, side)]))
            shown = _through(pick(rng, ROPES), poles.height_m(0.4), world)
            canvas.fill(ribbon(stay, 0.035), shown, alpha=0.55)


def _stirred(
    canvas: Canvas, gear: SceneObject, world: World, rng: np.random.Generator, depth: float
) -> None:
    """Silt that feet and poles stir up: a pale trail behind, the denser the shallower."""
    strength = float(rng.uniform(0.1, 0.55)) * max(0.0, 1.4 - depth)
    silt = mixed(world.water.deep_colour, world.bottom.sand_colour, 0.6)
    way = float(rng.uniform(2.5, 7)) * np.linspace(0, 1, 7)
    sway = np.cumsum(rng.normal(0, 0.25, 7))
    path = np.stack([sway - sway[0], -0.4 * gear.length_m - way], axis=1)
    for share in (1.0, 0.6, 0.35):
        widths = (0.5 + 1.3 * np.linspace(0, 1, 7)) * share
        canvas.fill(Body(gear).world(ribbon(path, widths)), silt, alpha=0.4 * strength, blur_m=0.35)


def _wader(canvas: Canvas, gear: SceneObject, world: World, rng: np.random.Generator) -> None:
    """Somebody to the waist in water behind the crossing, a pole's butt in each hand."""
    body, sun = Body(gear), np.array(sun_direction(world))
    back = (float(rng.uniform(0.03, 0.1)) - 0.5) * gear.length_m
    cloth = pick(rng, PEOPLE)
    canvas.shade(body.world(ellipse(0, back, 0.3, 0.22)) + sun * 0.55, 0.6, 0.05)
    legs = tinted_by_water(scaled(cloth, 0.5), 0.35, world)
    canvas.fill(body.world(ellipse(0, back - 0.05, 0.24, 0.22)), legs, alpha=0.6, blur_m=0.06)
    for side in (-1, 1):
        arm = np.array([[side * 0.2, back], [side * 0.24, back + 0.22], [0.1 * side, back + 0.45]])
        skin = (0.46, 0.32, 0.23) if rng.random() < 0.4 else scaled(cloth, 0.9)
        canvas.fill(body.world(ribbon(arm, 0.1)), skin)
    canvas.fill(body.world(ellipse(0, back, 0.25, 0.15)), cloth, solid=True)
    canvas.fill(body.world(ellipse(0, back + 0.03, 0.16, 0.09)), scaled(cloth, 1.2), alpha=0.6)
    brim = float(rng.uniform(0.19, 0.27)) if rng.random() < 0.6 else 0.12
    hat = pick(rng, _HATS)
    disc = ellipse(0, back + 0.06, brim, brim)
    canvas.shade(body.world(disc) + sun * 0.25, 0.75, 0.02)
    canvas.fill(body.world(disc), scaled(hat, 0.85), solid=True)
    lit = -sun / max(float(np.hypot(*sun)), 1e-6) * brim * 0.25
    canvas.fill(
        body.world(ellipse(0, back + 0.06, 0.6 * brim, 0.6 * brim)) + lit, scaled(hat, 1.15)
    )
    if rng.random() < 0.45:  # a box or bucket for the catch, floating on a cord
        at = np.array([float(rng.normal(0, 0.5)), back - float(rng.uniform(0.8, 1.6))])
        cord = body.world(np.array([[0, back], at]))
        canvas.fill(ribbon(cord, 0.03), pick(rng, ROPES), alpha=0.6)
        if rng.random() < 0.5:
            half = float(rng.uniform(0.18, 0.3))
            box = body.world(at + half * np.array([[-1, -0.7], [1, -0.7], [1, 0.7], [-1, 0.7]]))
            canvas.shade(box + sun * 0.25, 0.7, 0.03)
            canvas.fill(box, (0.93, 0.93, 0.90), solid=True)
        else:
            paint_float(canvas, body.world(at)[0], 0.36, pick(rng, FLOATS), world)
