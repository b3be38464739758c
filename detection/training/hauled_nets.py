"""Nets being hauled: a float line that ends bunched at a boat's side, its net in a heap on deck."""

import numpy as np

from detection.training.boat_brush import brush_for
from detection.training.canvas import Body, Canvas, ellipse, ribbon, scaled
from detection.training.floats import FLOATS, ROPES, TWINE, paint_float, pick, string_of_floats
from detection.training.underwater import tinted_by_water
from detection.training.world import SceneObject, World


def paint_hauled_net(
    canvas: Canvas, gear: SceneObject, world: World, rng: np.random.Generator
) -> None:
    """The line in the water is the gear; what already lies aboard is not part of its outline.

    The back end of the net's axis is where it comes over the gunwale, the boat lies behind it.
    """
    body, side = Body(gear), -gear.length_m / 2
    share = np.linspace(0, 1, 61)
    pull = np.minimum(1, share / 0.12) ** 1.5  # taut and straight near the boat
    sway = gear.width_m * pull * (
        rng.normal(0, 0.6) * share**1.5 * 1.5
        + 0.25 * np.sin(5 * share + rng.uniform(0, 6)) * share
        + 0.05 * np.sin(rng.uniform(15, 40) * share)
    )  # fmt: skip
    line = np.stack([sway, side + share * gear.length_m], axis=1)
    twine, colour = pick(rng, TWINE), pick(rng, FLOATS)
    # the netting rises to the gunwale: a veil that narrows and dries towards it
    reach_m = min(0.3 * gear.length_m, float(rng.uniform(2.0, 5.0)))
    for back, front in ((0.0, 0.3), (0.25, 0.65), (0.55, 1.0)):
        path = np.array([[0.0, side + back * reach_m], [0.05, side + front * reach_m]])
        widths = np.array([0.35 + 0.8 * back, 0.35 + 0.8 * front])
        shown = tinted_by_water(twine, 0.5 * front, world)
        canvas.fill(
            body.world(ribbon(path, widths)), shown, alpha=0.75 - 0.5 * front, blur_m=0.08,
            grain=0.06,
        )  # fmt: skip
    string_of_floats(canvas, body.world(line), world, rng, marked=(-1,))
    for _ in range(int(rng.integers(5, 14))):  # floats bunched at the side
        at = np.array([rng.normal(0, 0.28), side + abs(rng.normal(0, 0.45))])
        paint_float(canvas, body.world(at)[0], float(rng.uniform(0.1, 0.22)), colour, world)
    _over_the_gunwale(canvas, gear, world, rng)


def _over_the_gunwale(
    canvas: Canvas, gear: SceneObject, world: World, rng: np.random.Generator
) -> None:
    """The bunch of net over the side, the heap behind it, and who hauls."""
    brush = brush_for(canvas, gear, world, rng)
    side = -gear.length_m / 2
    twine, colour = pick(rng, TWINE), pick(rng, FLOATS)
    turn = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    half = rng.uniform([0.55, 0.38], [1.1, 0.6])
    lumpy = 1 + 0.14 * np.sin(3 * turn + rng.uniform(0, 6)) + rng.normal(0, 0.07, 20)
    rim = lumpy[:, None] * half * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    heap = rim + np.array([float(rng.normal(0, 0.2)), side - 0.3 - half[1]])
    bunch = np.array([[0, side + 0.25], [0.05, side - 0.1], [0.0, side - 0.5]])
    brush.shade(heap + np.array(brush.shadow_m) * 0.25, 0.66)
    brush.fill(heap, scaled(twine, 0.7), grain=0.06)
    middle = heap.mean(axis=0)
    brush.fill(0.7 * (heap - middle) + middle, twine, grain=0.09, blur_m=0.06)
    for _ in range(int(rng.integers(3, 7))):  # folds and ropes in the heap
        bend = np.clip(np.cumsum(rng.normal(0, 0.2, (6, 2)), axis=0), -0.8, 0.8) * half + middle
        rope = pick(rng, (*ROPES, scaled(twine, 1.3), scaled(twine, 0.6)))
        brush.fill(ribbon(bend, 0.05), rope, alpha=0.6)
    for spot in rng.normal(0, 0.42, (int(rng.integers(8, 26)), 2)):
        at = np.clip(spot, -0.9, 0.9) * half + middle
        brush.fill(ellipse(at[0], at[1], 0.07, 0.07), colour)
    brush.fill(ribbon(bunch, np.array([0.5, 0.32, 0.4])), scaled(twine, 0.85), grain=0.08)
    brush.fill(ribbon(bunch + np.array([0.08, 0]), 0.06), scaled(twine, 1.4), alpha=0.6)
    for hauler in range(int(rng.integers(1, 3))):
        brush.person((-1) ** hauler * float(rng.uniform(0.45, 0.8)), side - 0.42)
