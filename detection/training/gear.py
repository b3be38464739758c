"""Fishing gear at the surface: float lines, rings and heaps of net, buoys, stakes, cage rafts."""

import numpy as np

from detection.training.canvas import Body, Canvas, ellipse, ribbon, scaled
from detection.training.floats import (
    BAMBOO,
    FLOATS,
    ROPES,
    TWINE,
    paint_flag,
    paint_float,
    pick,
    points_along,
    string_of_floats,
)
from detection.training.hauled_nets import paint_hauled_net
from detection.training.push_nets import paint_push_net
from detection.training.sea import sun_direction
from detection.training.underwater import tinted_by_water
from detection.training.world import Kind, SceneObject, World

HEAP_LENGTH_M = 7.0  # shorter float lines are heaps of lost net


def paint_gear(canvas: Canvas, gear: SceneObject, world: World) -> None:
    """One piece of gear; everything of it that shows is solid.

    A float line shorter than `HEAP_LENGTH_M` is a tangle of lost net; a trap that is wider than
    long is a raft of net cages.
    """
    rng = np.random.default_rng(gear.look_seed)
    if gear.kind is Kind.FLOAT_LINE:
        paint = _net_heap if gear.length_m < HEAP_LENGTH_M else _float_line
    elif gear.kind is Kind.STAKE_TRAP:
        paint = _cage_raft if gear.width_m > gear.length_m else _stake_trap
    else:
        paint = {
            Kind.NET_RING: _net_ring, Kind.TRAP_BUOYS: _trap_buoys, Kind.PUSH_NET: paint_push_net,
            Kind.HAULED_NET: paint_hauled_net,
        }[gear.kind]  # fmt: skip
    paint(canvas, gear, world, rng)


def _float_line(canvas: Canvas, gear: SceneObject, world: World, rng: np.random.Generator) -> None:
    share = np.linspace(-0.5, 0.5, 61)
    sag = gear.width_m * (
        np.cos(np.pi * share) * rng.normal(0, 0.6)
        + 0.25 * np.sin(6 * share + rng.uniform(0, 6))
        + 0.06 * np.sin(rng.uniform(15, 40) * share + rng.uniform(0, 6))
    )
    if rng.random() < 0.25:  # one end hooked back, as it was shot
        sag += np.maximum(0, share - 0.2) ** 2 * gear.length_m * float(rng.uniform(-3, 3))
    path = Body(gear).world(np.stack([sag, share * gear.length_m], axis=1))
    string_of_floats(canvas, path, world, rng)


def _net_ring(canvas: Canvas, gear: SceneObject, world: World, rng: np.random.Generator) -> None:
    """A net shot around fish: a ring of floats, open or closed, now and then a spiral."""
    opening = float(rng.uniform(0.05, 2.5))
    turn = np.linspace(opening / 2, 2 * np.pi - opening / 2, 65)
    wobble = 1 + 0.06 * np.sin(3 * turn + rng.uniform(0, 6)) + 0.02 * np.sin(11 * turn)
    if rng.random() < 0.3:
        wobble = wobble * np.linspace(0.6, 1, 65)
    ring = np.stack(
        [gear.width_m / 2 * wobble * np.sin(turn), gear.length_m / 2 * wobble * np.cos(turn)],
        axis=1,
    )
    path = Body(gear).world(ring)
    canvas.fill(path, tinted_by_water(pick(rng, TWINE), 0.8, world), alpha=0.08, blur_m=0.3)
    string_of_floats(canvas, path, world, rng)


def _net_heap(canvas: Canvas, gear: SceneObject, world: World, rng: np.random.Generator) -> None:
    """A tangle of lost net and rope with floats in it, its edges under water."""
    body, twine = Body(gear), pick(rng, TWINE)
    half = np.array([min(gear.width_m, gear.length_m), gear.length_m]) / 2
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    lumpy = np.clip(
        1 + 0.2 * np.sin(3 * turn + rng.uniform(0, 6)) + rng.normal(0, 0.05, 24), 0.5, 1.3
    )
    rim = 0.62 * half * lumpy[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    canvas.fill(body.world(rim * 1.2), tinted_by_water(twine, 0.5, world), alpha=0.45, blur_m=0.15)
    canvas.fill(
        body.world(rim), tinted_by_water(twine, 0.12, world), alpha=0.8, grain=0.06, solid=True
    )
    for _ in range(int(rng.integers(2, 6))):  # folds at the surface, dry and pale
        at = rng.normal(0, 0.2, 2) * half
        fold = ellipse(at[0], at[1], *(half * rng.uniform(0.08, 0.3, 2)))
        canvas.fill(body.world(fold), scaled(twine, 1.25), alpha=0.6, grain=0.08, blur_m=0.06)
    for _ in range(int(rng.integers(3, 9))):  # ropes through and out of it
        bend = np.cumsum(rng.normal(0, 0.28, (8, 2)), axis=0) * half * 0.55
        rope = np.clip(bend - bend.mean(axis=0) * 0.5, -half, half)
        canvas.fill(body.world(ribbon(rope, 0.05)), pick(rng, ROPES), alpha=0.75, solid=True)
    colour = pick(rng, FLOATS)
    for at in rng.normal(0, 0.3, (int(rng.integers(3, 22)), 2)):
        place = body.world(np.clip(at, -0.9, 0.9) * half)[0]
        under = max(0.0, float(rng.normal(0, 0.08)))
        paint_float(canvas, place, float(rng.uniform(0.1, 0.26)), colour, world, under)


def _trap_buoys(canvas: Canvas, gear: SceneObject, world: World, rng: np.random.Generator) -> None:
    """Buoys of crab traps: one, now and then with a flag, or a few tied together."""
    body = Body(gear)
    colour = pick(rng, FLOATS)
    rope = pick(rng, ROPES)
    count = int(rng.choice([1, 1, 2, 2, 3, 4])) if gear.length_m < 2 else int(rng.integers(3, 7))
    at = np.array([[rng.normal(0, 0.06 * gear.length_m), 0.0] for _ in range(count)])
    at[:, 1] = (np.arange(count) - (count - 1) / 2) * gear.length_m / max(count - 1, 1)
    if count > 1:
        canvas.fill(ribbon(body.world(at), 0.04), rope, alpha=0.8, solid=True)
    elif rng.random() < 0.6:  # slack rope beside a single buoy
        tail = np.array([[0, 0], [0.2, 0.25], [rng.uniform(-0.2, 0.4), rng.uniform(0.4, 0.9)]])
        canvas.fill(ribbon(body.world(tail), 0.035), rope, alpha=0.7, solid=True)
    for place in body.world(at):
        size = gear.width_m * float(rng.uniform(0.8, 1.2))
        draw = rng.random()
        if draw < 0.22:  # a plastic bottle or can
            turn = float(rng.uniform(0, np.pi))
            axis = size * np.array([np.cos(turn), np.sin(turn)]) * 0.8
            canvas.shade(ribbon(np.array([place - axis, place + axis]), size * 0.7), 0.75)
            bottle = ribbon(np.array([place - axis, place + axis]), size * 0.6)
            canvas.fill(
                bottle, pick(rng, ((0.8, 0.86, 0.86), (0.93, 0.93, 0.9), colour)), solid=True
            )
            shine = ribbon(np.array([place - axis * 0.7, place + axis * 0.6]), size * 0.15)
            canvas.fill(shine, (1, 1, 1), alpha=0.45)
        elif draw < 0.34:  # a block of foam
            block = ribbon(place + np.array([[0, -size], [0, size]]) * 0.5, size * 1.3)
            canvas.shade(block + np.array(sun_direction(world)) * 0.15, 0.7, 0.02)
            canvas.fill(block, (0.94, 0.94, 0.91), solid=True)
        else:
            paint_float(canvas, place, size, colour, world)
    if rng.random() < 0.35:
        paint_flag(canvas, body.world(at[:1])[0], world, rng)


def _cage_raft(canvas: Canvas, gear: SceneObject, world: World, rng: np.random.Generator) -> None:
    """A raft of square net cages on drums, with walkways and now and then a hut."""
    body, shadow = Body(gear), np.array(sun_direction(world))
    cell_m = float(rng.uniform(2.4, 4.2))
    wide = max(1, round(gear.width_m / cell_m))
    deep = max(1, round(gear.length_m / cell_m))
    half = np.array([wide, deep]) * cell_m / 2
    walk_m = float(rng.uniform(0.3, 0.65))
    frame = pick(
        rng, ((0.50, 0.42, 0.32), (0.62, 0.58, 0.52), (0.20, 0.36, 0.60), (0.16, 0.16, 0.17))
    )
    inside = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    canvas.shade(body.world(inside * (1 + 0.2 / half)) + shadow * 0.5, 0.62, 0.12)
    net = tinted_by_water(pick(rng, TWINE), 0.8, world)
    canvas.fill(body.world(inside), net, alpha=0.55)
    lefts, fronts = (np.linspace(-h, h, n + 1) for h, n in zip(half, (wide, deep), strict=True))
    for left in lefts[:-1]:
        for back in fronts[:-1]:
            cell = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * cell_m + [left, back]
            draw = rng.random()
            if draw < 0.3:  # a net or shade cloth over it
                canvas.fill(body.world(cell), pick(rng, TWINE), alpha=float(rng.uniform(0.25, 0.7)))
            canvas.shade(
                body.world(cell * 0.86 + cell.mean(axis=0) * 0.14), float(rng.uniform(0.7, 1))
            )
    drum = pick(rng, ((0.12, 0.30, 0.66), (0.12, 0.30, 0.66), (0.9, 0.9, 0.88), (0.12, 0.12, 0.13)))
    lines = [np.array([[x, -half[1]], [x, half[1]]]) for x in lefts]
    lines += [np.array([[-half[0], y], [half[0], y]]) for y in fronts]
    for line in lines:
        canvas.shade(body.world(ribbon(line, walk_m)) + shadow * 0.3, 0.7, 0.04)
        for at in points_along(line, 1.5):
            canvas.fill(body.world(ellipse(at[0], at[1], 0.36, 0.36)), drum)
    for line in lines:
        canvas.fill(
            body.world(ribbon(line, walk_m)),
            scaled(frame, float(rng.uniform(0.9, 1.1))),
            grain=0.03,
            solid=True,
        )
        canvas.fill(body.world(ribbon(line, 0.04)), scaled(frame, 0.5), alpha=0.6)
    if rng.random() < 0.55:
        corner = np.array([rng.choice(lefts[:-1]), rng.choice(fronts[:-1])])
        hut = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * cell_m * rng.uniform(0.7, 1.0) + corner
        roof = pick(
            rng, ((0.62, 0.64, 0.66), (0.55, 0.30, 0.22), (0.2, 0.4, 0.65), (0.5, 0.46, 0.36))
        )
        canvas.shade(body.world(hut) + shadow * 2.2, 0.6, 0.08)
        canvas.fill(body.world(hut), roof, grain=0.03, solid=True)
        low, high = hut.min(axis=0), hut.max(axis=0)
        side = np.array(
            [
                low,
                [(low[0] + high[0]) / 2, low[1]],
                [(low[0] + high[0]) / 2, high[1]],
                [low[0], high[1]],
            ]
        )
        canvas.fill(body.world(side), scaled(roof, 1.2), alpha=0.7)


def _stake_trap(canvas: Canvas, gear: SceneObject, world: World, rng: np.random.Generator) -> None:
    """Rows of stakes with netting that lead fish into a chamber: a V or an arrow."""
    body, length = Body(gear), gear.length_m
    half_angle = float(rng.uniform(0.3, 0.75))
    chamber_m = float(rng.uniform(0.10, 0.16)) * length
    tip = np.array([0.0, 0.5 * length - 2 * chamber_m])
    wing_m = length - 2 * chamber_m
    rows = [
        np.linspace(
            tip, tip + wing_m * np.array([side * np.sin(half_angle), -np.cos(half_angle)]), 12
        )
        for side in (-1, 1)
    ]
    if rng.random() < 0.5:  # a leader down the middle makes it an arrow
        rows.append(np.linspace(tip, tip - [0, wing_m], 12))
    if rng.random() < 0.3:  # an arm longer than the other, bent at its end
        rows[0] = rows[0] + np.linspace(0, 1, 12)[:, None] ** 3 * rng.normal(0, 0.12 * length, 2)
    turn = np.linspace(0.3, 2 * np.pi - 0.3, 15)
    for size in (1.0, 0.5)[: int(rng.integers(1, 3))]:
        radius = chamber_m * size
        rows.append(
            np.stack([-radius * np.sin(turn), tip[1] + chamber_m - radius * np.cos(turn)], axis=1)
        )
    east, north = sun_direction(world)
    spacing, thick = float(rng.uniform(0.4, 1.1)), float(rng.uniform(0.07, 0.14))
    netting = scaled(BAMBOO, float(rng.uniform(0.6, 1.5)))
    netted = rng.random() < 0.75
    for row in rows:
        path = body.world(row)
        if netted:
            for start in range(0, len(path) - 1, 3):
                piece = path[start : start + 4]
                canvas.shade(ribbon(piece + np.array([east, north]) * 0.35, 0.55), 0.82, 0.12)
                canvas.fill(ribbon(piece, 0.09), netting, alpha=0.55, solid=True)
        stakes = points_along(path, spacing)
        for stake in stakes:
            stake = stake + rng.normal(0, 0.05, 2)
            reach = np.array([east, north]) * float(rng.uniform(0.5, 1.1))
            canvas.shade(ribbon(np.array([stake, stake + reach]), thick), 0.75, 0.02)
            disc = ellipse(0, 0, thick / 2 + 0.02, thick / 2 + 0.02) + stake
            lean = stake + rng.normal(0, 0.07, 2)
            wood = scaled(BAMBOO, float(rng.uniform(0.5, 1.4)))
            canvas.fill(ribbon(np.array([stake, lean]), thick), scaled(wood, 0.8))
            canvas.fill(disc, wood, solid=True)
