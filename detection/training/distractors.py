"""What lies or drifts in the sea and must not be reported: rocks, weed, logs, people, birds."""

from collections.abc import Callable

import numpy as np

from detection.training.canvas import Body, Canvas, ellipse, mixed, ribbon, scaled
from detection.training.mounds import (
    lump,
    paint_coral,
    paint_fish_school,
    paint_grass_clump,
    paint_log,
    paint_rock,
)  # fmt: skip
from detection.training.sea import sun_direction
from detection.training.underwater import softness_m, tinted_by_water
from detection.training.world import Colour, Kind, SceneObject, World


def paint_distractor(canvas: Canvas, thing: SceneObject, world: World) -> None:
    """One thing that is no detection."""
    if thing.kind in _MOUNDS:
        _MOUNDS[thing.kind](canvas, thing, world)
    else:
        _OTHERS[thing.kind](canvas, thing, world, np.random.default_rng(thing.look_seed))


def _weed(canvas: Canvas, thing: SceneObject, world: World, rng: np.random.Generator) -> None:
    body = Body(thing)
    colour: Colour = ((0.30, 0.26, 0.10), (0.20, 0.25, 0.10), (0.40, 0.34, 0.16))[
        int(rng.integers(3))
    ]
    for _ in range(int(rng.integers(4, 14))):
        offset = rng.normal(0, 0.25, 2) * [thing.width_m, thing.length_m]
        size = rng.uniform(0.1, 0.3, 2) * thing.width_m
        canvas.fill(
            body.world(lump(rng, size[0], size[1]) + offset),
            scaled(colour, float(rng.uniform(0.6, 1.3))),
            alpha=float(rng.uniform(0.5, 0.95)), blur_m=0.03, grain=0.25,
        )  # fmt: skip


def _swimmer(canvas: Canvas, thing: SceneObject, world: World, rng: np.random.Generator) -> None:
    """A swimmer, or a snorkeller with fins; some in a suit over arms and legs."""
    body = Body(thing)
    skin = scaled((0.70, 0.50, 0.38), float(rng.uniform(0.5, 1.15)))
    clothes: Colour = (
        (0.9, 0.4, 0.1), (0.1, 0.1, 0.15), (0.8, 0.1, 0.2), (0.9, 0.9, 0.2), (0.15, 0.2, 0.4),
        (0.3, 0.3, 0.32), (0.85, 0.86, 0.85),
    )[int(rng.integers(7))]  # fmt: skip
    limbs = mixed(clothes, (0.1, 0.1, 0.12), 0.6) if rng.random() < 0.3 else skin
    limbs = tinted_by_water(limbs, 0.15, world)
    flap = float(rng.uniform(-0.2, 0.2))
    for side in (-1, 1):
        arm = np.array([[side * 0.18, 0.35], [side * 0.5, 0.35 + rng.uniform(-0.4, 0.45)]])
        knee = np.array([side * rng.uniform(0.08, 0.22), -0.45])
        leg = np.array([[side * 0.09, -0.1], knee, [side * rng.uniform(0.05, 0.3), -0.85]])
        canvas.fill(body.world(ribbon(arm, 0.10)), limbs, alpha=0.9, blur_m=0.02)
        canvas.fill(body.world(ribbon(leg, 0.14)), limbs, alpha=0.75, blur_m=0.03)
    if rng.random() < 0.45:  # a snorkeller's fins
        red, green, blue = (float(c) for c in rng.uniform(0.08, 0.9, 3))
        for side in (-1, 1):
            blade = np.array([[side * 0.15, -0.8], [side * 0.2, -1.3 + side * flap]])
            fin = ribbon(blade, np.array([0.1, 0.22]))
            canvas.fill(body.world(fin), (red, green, blue), alpha=0.85, blur_m=0.02)
    canvas.fill(body.world(ellipse(0, 0.15, 0.21, 0.32)), clothes, blur_m=0.02)
    canvas.fill(body.world(ellipse(0, 0.2, 0.12, 0.2)), scaled(clothes, 1.15), blur_m=0.03)
    hair: Colour = (0.10, 0.08, 0.07) if rng.random() < 0.7 else clothes
    canvas.fill(body.world(ellipse(0, 0.58, 0.10, 0.12)), hair)
    if rng.random() < 0.4:
        canvas.froth(body.world(ellipse(0, -0.9, 0.3, 0.3)), 0.7, 0.08)


def _bird(canvas: Canvas, thing: SceneObject, world: World, rng: np.random.Generator) -> None:
    body, span = Body(thing), thing.width_m
    colour: Colour = (
        (0.95, 0.95, 0.94), (0.86, 0.87, 0.88), (0.62, 0.60, 0.57), (0.40, 0.32, 0.24),
        (0.15, 0.14, 0.14),
    )[int(rng.choice(5, p=[0.4, 0.15, 0.15, 0.15, 0.15]))]  # fmt: skip
    wings = np.array(
        [(-0.5, -0.12), (-0.25, 0.10), (0, 0.05), (0.25, 0.10), (0.5, -0.12), (0.2, -0.02),
         (-0.2, -0.02)]
    )  # fmt: skip
    east, north = sun_direction(world)
    wings[:, 1] += float(rng.uniform(-0.5, 0.5)) * np.abs(wings[:, 0])  # laid back or stretched
    height_m = float(rng.uniform(0.5, 9.0))
    away = np.array([east, north]) * height_m
    canvas.shade(body.world(wings * span) + away, 0.78, 0.03 + 0.02 * height_m)
    canvas.fill(body.world(wings * span), colour)
    canvas.fill(body.world(ellipse(0, -0.02, 0.06 * span, 0.22 * span)), scaled(colour, 0.93))


def _navigation_buoy(
    canvas: Canvas, thing: SceneObject, world: World, rng: np.random.Generator
) -> None:
    body, size = Body(thing), thing.length_m / 2
    colour: Colour = ((0.95, 0.80, 0.10), (0.85, 0.15, 0.12), (0.12, 0.45, 0.25))[
        int(rng.integers(3))
    ]
    east, north = sun_direction(world)
    disc = body.world(ellipse(0, 0, size, size))
    canvas.shade(disc + np.array([east, north]) * 1.2, 0.7, 0.1)
    canvas.fill(disc, scaled(colour, 0.8))
    canvas.fill(body.world(ellipse(0, 0, 0.75 * size, 0.75 * size)), colour)
    mast = np.array([[0, 0], [0.0, 0.9 * size]])
    canvas.fill(body.world(ribbon(mast, 0.25 * size)), scaled(colour, 1.2))
    canvas.fill(body.world(ellipse(0, 0, 0.25 * size, 0.25 * size)), (0.2, 0.2, 0.2))


def _feeding_trail(
    canvas: Canvas, thing: SceneObject, world: World, rng: np.random.Generator
) -> None:
    """The bare furrow a dugong leaves in seagrass, 1 to 5 m long and a snout wide."""
    turn = np.cumsum(rng.normal(0, 0.12, 14))
    path = np.cumsum(np.stack([np.sin(turn), np.cos(turn)], axis=1) * thing.length_m / 14, axis=0)
    sand = tinted_by_water(world.bottom.sand_colour, thing.depth_m, world)
    canvas.fill(
        Body(thing).world(ribbon(path, thing.width_m)),
        sand,
        alpha=0.55,
        blur_m=softness_m(thing.depth_m, world) + 0.03,
    )


def _foam_line(canvas: Canvas, thing: SceneObject, world: World, rng: np.random.Generator) -> None:
    share = np.linspace(-0.5, 0.5, 30)
    sway = np.cumsum(rng.normal(0, 0.03, 30)) * thing.length_m * 0.3
    path = np.stack([sway, share * thing.length_m], axis=1)
    widths = thing.width_m * rng.uniform(0.2, 1.0, 30)
    canvas.froth(Body(thing).world(ribbon(path, widths)), float(rng.uniform(0.4, 0.95)), 0.06)


def _dark_patch(canvas: Canvas, thing: SceneObject, world: World, rng: np.random.Generator) -> None:
    """The shadow of a boat, a kite or a cloud, or a smooth dark patch of deeper water."""
    if rng.random() < 0.35:  # the straight sides and point of a hull's shadow
        hull = np.array([(0, 0.5), (0.35, 0.3), (0.5, -0.1), (0.4, -0.5), (-0.4, -0.5),
                         (-0.5, -0.1), (-0.35, 0.3)])  # fmt: skip
        outline = hull * [thing.width_m, thing.length_m]
    else:
        outline = lump(rng, thing.width_m / 2, thing.length_m / 2)
    canvas.shade(
        Body(thing).world(outline), float(rng.uniform(0.6, 0.85)), float(rng.uniform(0.1, 0.8))
    )


def _jellyfish(canvas: Canvas, thing: SceneObject, world: World, rng: np.random.Generator) -> None:
    """A pale see-through bell with a ring, and arms trailing from it."""
    body, size, soft = Body(thing), thing.length_m / 2, softness_m(thing.depth_m, world)
    pale: Colour = ((0.85, 0.86, 0.88), (0.80, 0.66, 0.62), (0.62, 0.52, 0.44))[
        int(rng.integers(3))
    ]
    colour = tinted_by_water(pale, thing.depth_m, world)
    trail = np.array([[0.0, 0.0], [rng.normal(0, 0.5), -1.0], [rng.normal(0, 0.7), -1.9]]) * size
    canvas.fill(body.world(ribbon(trail, 0.5 * size)), colour, alpha=0.3, blur_m=soft + 0.03)
    for share, alpha in ((1.0, 0.35), (0.8, 0.3), (0.3, 0.5)):
        bell = ellipse(0, 0, share * size, share * size)
        canvas.fill(body.world(bell), colour, alpha=alpha, blur_m=soft)


def _debris(canvas: Canvas, thing: SceneObject, world: World, rng: np.random.Generator) -> None:
    """Drifting plastic: bags, bottles and sheets in plain colours."""
    body = Body(thing)
    colours: tuple[Colour, ...] = (
        (0.93, 0.94, 0.95), (0.75, 0.82, 0.86), (0.15, 0.40, 0.75), (0.85, 0.20, 0.18),
        (0.20, 0.20, 0.21), (0.90, 0.80, 0.25), (0.55, 0.50, 0.42),
    )  # fmt: skip
    colour = colours[int(rng.integers(len(colours)))]
    for _ in range(int(rng.integers(1, 5))):
        size = rng.uniform(0.15, 0.5, 2) * [thing.width_m, thing.length_m]
        piece = lump(rng, size[0], size[1]) + rng.normal(0, 0.25, 2) * thing.length_m
        canvas.fill(
            body.world(piece), scaled(colour, float(rng.uniform(0.75, 1.1))),
            alpha=float(rng.uniform(0.5, 0.95)), blur_m=0.01, grain=0.08,
        )  # fmt: skip


_MOUNDS: dict[Kind, Callable[[Canvas, SceneObject, World], None]] = {
    Kind.ROCK: paint_rock,
    Kind.CORAL: paint_coral,
    Kind.LOG: paint_log,
    Kind.GRASS_CLUMP: paint_grass_clump,
    Kind.FISH_SCHOOL: paint_fish_school,
}
_OTHERS: dict[Kind, Callable[[Canvas, SceneObject, World, np.random.Generator], None]] = {
    Kind.WEED: _weed,
    Kind.SWIMMER: _swimmer,
    Kind.BIRD: _bird,
    Kind.NAVIGATION_BUOY: _navigation_buoy,
    Kind.FEEDING_TRAIL: _feeding_trail,
    Kind.FOAM_LINE: _foam_line,
    Kind.DARK_PATCH: _dark_patch,
    Kind.JELLYFISH: _jellyfish,
    Kind.DEBRIS: _debris,
}
