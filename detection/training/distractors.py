"""What lies or drifts in the sea and must not be reported: rocks, weed, logs, people, birds."""

import numpy as np

from detection.training.animals import softness_m, tinted_by_water
from detection.training.canvas import Body, Canvas, Points, ellipse, ribbon, scaled
from detection.training.sea import sun_direction
from detection.training.world import Colour, Kind, SceneObject, World


def _lump(rng: np.random.Generator, half_width_m: float, half_length_m: float) -> Points:
    """An uneven round outline in body axes."""
    turn = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    radius = 1 + sum(
        rng.normal(0, 0.22 / n) * np.cos(n * turn + rng.uniform(0, 6)) for n in range(2, 7)
    )
    return np.stack(
        [half_width_m * radius * np.cos(turn), half_length_m * radius * np.sin(turn)], axis=1
    )


def paint_distractor(canvas: Canvas, thing: SceneObject, world: World) -> None:
    """One thing that is no detection."""
    rng = np.random.default_rng(thing.look_seed)
    {
        Kind.ROCK: _rock,
        Kind.CORAL: _coral,
        Kind.LOG: _log,
        Kind.WEED: _weed,
        Kind.SWIMMER: _swimmer,
        Kind.BIRD: _bird,
        Kind.NAVIGATION_BUOY: _navigation_buoy,
        Kind.FEEDING_TRAIL: _feeding_trail,
        Kind.FOAM_LINE: _foam_line,
        Kind.DARK_PATCH: _dark_patch,
    }[thing.kind](canvas, thing, world, rng)


def _rock(canvas: Canvas, thing: SceneObject, world: World, rng: np.random.Generator) -> None:
    grey: Colour = ((0.30, 0.28, 0.24), (0.22, 0.21, 0.18), (0.42, 0.38, 0.30))[
        int(rng.integers(3))
    ]
    body, soft = Body(thing), softness_m(thing.depth_m, world)
    outline = _lump(rng, thing.width_m / 2, thing.length_m / 2)
    for share, factor in ((1.0, 0.8), (0.7, 1.1), (0.4, 1.3)):
        colour = tinted_by_water(scaled(grey, factor), thing.depth_m, world)
        canvas.fill(body.world(outline * share), colour, alpha=0.9, blur_m=soft, grain=0.2)


def _coral(canvas: Canvas, thing: SceneObject, world: World, rng: np.random.Generator) -> None:
    body, soft = Body(thing), softness_m(thing.depth_m, world)
    base: Colour = ((0.36, 0.27, 0.18), (0.28, 0.25, 0.16), (0.45, 0.33, 0.24))[
        int(rng.integers(3))
    ]
    for _ in range(int(rng.integers(3, 9))):
        offset = rng.normal(0, 0.28, 2) * [thing.width_m, thing.length_m]
        size = rng.uniform(0.12, 0.35) * thing.width_m
        colour = tinted_by_water(scaled(base, float(rng.uniform(0.6, 1.4))), thing.depth_m, world)
        canvas.fill(
            body.world(_lump(rng, size, size) + offset), colour, alpha=0.85, blur_m=soft, grain=0.25
        )


def _log(canvas: Canvas, thing: SceneObject, world: World, rng: np.random.Generator) -> None:
    body = Body(thing)
    bark = scaled((0.34, 0.26, 0.18), float(rng.uniform(0.6, 1.5)))
    bow = rng.normal(0, 0.05) * thing.length_m
    path = np.array([[0, -0.5], [0, 0.0], [0, 0.5]]) * thing.length_m + np.array(
        [[0, 0], [bow, 0], [0, 0]]
    )
    widths = thing.width_m * np.array([1.0, 0.85, float(rng.uniform(0.3, 0.8))])
    canvas.fill(body.world(ribbon(path, widths)), bark, grain=0.12)
    for _ in range(int(rng.integers(0, 4))):
        root = path[1] + [0, rng.uniform(-0.4, 0.4) * thing.length_m]
        branch = np.array([root, root + rng.normal(0, 0.18, 2) * thing.length_m])
        canvas.fill(body.world(ribbon(branch, 0.06)), scaled(bark, 0.9))


def _weed(canvas: Canvas, thing: SceneObject, world: World, rng: np.random.Generator) -> None:
    body = Body(thing)
    colour: Colour = ((0.30, 0.26, 0.10), (0.20, 0.25, 0.10), (0.40, 0.34, 0.16))[
        int(rng.integers(3))
    ]
    for _ in range(int(rng.integers(4, 14))):
        offset = rng.normal(0, 0.25, 2) * [thing.width_m, thing.length_m]
        size = rng.uniform(0.1, 0.3, 2) * thing.width_m
        canvas.fill(
            body.world(_lump(rng, size[0], size[1]) + offset),
            scaled(colour, float(rng.uniform(0.6, 1.3))),
            alpha=float(rng.uniform(0.5, 0.95)), blur_m=0.03, grain=0.25,
        )  # fmt: skip


def _swimmer(canvas: Canvas, thing: SceneObject, world: World, rng: np.random.Generator) -> None:
    body = Body(thing)
    skin = scaled((0.70, 0.50, 0.38), float(rng.uniform(0.6, 1.1)))
    clothes: Colour = ((0.9, 0.4, 0.1), (0.1, 0.1, 0.15), (0.8, 0.1, 0.2), (0.9, 0.9, 0.2))[
        int(rng.integers(4))
    ]
    for side in (-1, 1):
        arm = np.array([[side * 0.18, 0.35], [side * 0.5, 0.35 + rng.uniform(-0.2, 0.45)]])
        leg = np.array([[side * 0.09, -0.1], [side * rng.uniform(0.08, 0.3), -0.85]])
        canvas.fill(body.world(ribbon(arm, 0.10)), skin, alpha=0.9, blur_m=0.02)
        canvas.fill(body.world(ribbon(leg, 0.14)), skin, alpha=0.7, blur_m=0.03)
    canvas.fill(body.world(ellipse(0, 0.15, 0.21, 0.32)), clothes)
    canvas.fill(body.world(ellipse(0, 0.58, 0.10, 0.12)), (0.10, 0.08, 0.07))
    if rng.random() < 0.4:
        canvas.froth(body.world(ellipse(0, -0.9, 0.3, 0.3)), 0.7, 0.08)


def _bird(canvas: Canvas, thing: SceneObject, world: World, rng: np.random.Generator) -> None:
    body, span = Body(thing), thing.width_m
    colour: Colour = (0.95, 0.95, 0.94) if rng.random() < 0.7 else (0.15, 0.14, 0.14)
    wings = np.array(
        [(-0.5, -0.12), (-0.25, 0.10), (0, 0.05), (0.25, 0.10), (0.5, -0.12), (0.2, -0.02),
         (-0.2, -0.02)]
    )  # fmt: skip
    east, north = sun_direction(world)
    canvas.shade(body.world(wings * span) + np.array([east, north]) * 4.0, 0.85, 0.06)
    canvas.fill(body.world(wings * span), colour)
    canvas.fill(body.world(ellipse(0, -0.02, 0.06 * span, 0.22 * span)), colour)


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
    """The shadow of something overhead, or a smooth dark patch of deeper water."""
    outline = _lump(rng, thing.width_m / 2, thing.length_m / 2)
    canvas.shade(
        Body(thing).world(outline), float(rng.uniform(0.6, 0.85)), float(rng.uniform(0.1, 0.8))
    )
