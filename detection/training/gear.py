"""Fishing gear at the surface: float lines, rings of net, trap buoys and stake traps."""

import numpy as np

from detection.training.animals import tinted_by_water
from detection.training.canvas import Body, Canvas, Points, ellipse, ribbon, scaled
from detection.training.sea import sun_direction
from detection.training.world import Colour, Kind, SceneObject, World

_FLOATS: tuple[Colour, ...] = (
    (0.95, 0.95, 0.93), (0.95, 0.50, 0.10), (0.90, 0.85, 0.20), (0.85, 0.15, 0.12),
    (0.92, 0.92, 0.90), (0.15, 0.35, 0.70), (0.20, 0.55, 0.30), (0.10, 0.10, 0.10),
    (0.85, 0.30, 0.55),
)  # fmt: skip
_BAMBOO: Colour = (0.42, 0.36, 0.26)


def paint_gear(canvas: Canvas, gear: SceneObject, world: World) -> None:
    """One piece of gear; everything of it that shows is solid."""
    rng = np.random.default_rng(gear.look_seed)
    {
        Kind.FLOAT_LINE: _float_line,
        Kind.NET_RING: _net_ring,
        Kind.TRAP_BUOYS: _trap_buoys,
        Kind.STAKE_TRAP: _stake_trap,
    }[gear.kind](canvas, gear, world, rng)


def _float(canvas: Canvas, at_m: Points, size_m: float, colour: Colour, world: World) -> None:
    """One float: a shadow, a ball, and a lit side."""
    east, north = sun_direction(world)
    disc = ellipse(0, 0, size_m / 2, size_m / 2)
    canvas.shade(disc + at_m + np.array([east, north]) * size_m * 0.5, 0.75, 0.03)
    canvas.fill(disc + at_m, colour, solid=True)
    lit = 0.5 * disc + at_m - np.array([east, north]) * size_m * 0.12
    canvas.fill(lit, scaled(colour, 1.3), alpha=0.6)


def _along(path: Points, spacing_m: float) -> Points:
    """Points every `spacing_m` along a path."""
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    way = np.concatenate([[0], np.cumsum(steps)])
    at = np.arange(0, way[-1], spacing_m)
    return np.stack([np.interp(at, way, path[:, 0]), np.interp(at, way, path[:, 1])], axis=1)


def _string_of_floats(canvas: Canvas, path: Points, world: World, rng: np.random.Generator) -> None:
    """A head rope with floats at even distances, and now and then a flagged buoy at an end."""
    size = float(rng.uniform(0.12, 0.32))
    spacing = float(rng.uniform(0.5, 2.6)) if size > 0.18 else float(rng.uniform(0.35, 1.2))
    colour = _FLOATS[int(rng.integers(len(_FLOATS)))]
    other = _FLOATS[int(rng.integers(len(_FLOATS)))] if rng.random() < 0.3 else colour
    rope: Colour = (0.75, 0.78, 0.72) if rng.random() < 0.5 else (0.18, 0.30, 0.28)
    sunk_m = float(rng.uniform(0, 0.25))
    rope_width = float(rng.uniform(0.025, 0.06))
    for start in range(0, len(path) - 1, 4):  # short pieces keep the painted windows small
        piece = path[start : start + 5]
        shown = tinted_by_water(rope, sunk_m, world)
        canvas.fill(ribbon(piece, rope_width), shown, alpha=0.75, solid=True)
    for number, at in enumerate(_along(path, spacing)):
        jitter = rng.normal(0, 0.04, 2)
        _float(canvas, at + jitter, size, colour if number % 4 else other, world)
    for end in (path[0], path[-1]):
        if rng.random() < 0.5:
            _float(canvas, end, float(rng.uniform(0.35, 0.55)), (0.93, 0.45, 0.1), world)


def _float_line(canvas: Canvas, gear: SceneObject, world: World, rng: np.random.Generator) -> None:
    share = np.linspace(-0.5, 0.5, 41)
    sag = gear.width_m * (
        np.cos(np.pi * share) * rng.normal(0, 0.6) + 0.25 * np.sin(6 * share + rng.uniform(0, 6))
    )
    path = Body(gear).world(np.stack([sag, share * gear.length_m], axis=1))
    _string_of_floats(canvas, path, world, rng)


def _net_ring(canvas: Canvas, gear: SceneObject, world: World, rng: np.random.Generator) -> None:
    opening = float(rng.uniform(0.2, 2.5))
    turn = np.linspace(opening / 2, 2 * np.pi - opening / 2, 49)
    wobble = 1 + 0.06 * np.sin(3 * turn + rng.uniform(0, 6))
    ring = np.stack(
        [gear.width_m / 2 * wobble * np.sin(turn), gear.length_m / 2 * wobble * np.cos(turn)],
        axis=1,
    )
    _string_of_floats(canvas, Body(gear).world(ring), world, rng)


def _trap_buoys(canvas: Canvas, gear: SceneObject, world: World, rng: np.random.Generator) -> None:
    """Buoys of crab traps: one, or a few tied together."""
    body = Body(gear)
    colour = _FLOATS[int(rng.integers(len(_FLOATS)))]
    count = int(rng.choice([1, 1, 2, 2, 3, 4]))
    at = np.array([[rng.normal(0, 0.06), 0.0] for _ in range(count)])
    at[:, 1] = (np.arange(count) - (count - 1) / 2) * gear.length_m / max(count - 1, 1)
    if count > 1:
        canvas.fill(ribbon(body.world(at), 0.04), (0.7, 0.72, 0.66), alpha=0.8, solid=True)
    elif rng.random() < 0.6:  # slack rope beside a single buoy
        tail = np.array([[0, 0], [0.2, 0.25], [rng.uniform(-0.2, 0.4), rng.uniform(0.4, 0.9)]])
        canvas.fill(ribbon(body.world(tail), 0.035), (0.7, 0.72, 0.66), alpha=0.7, solid=True)
    for place in body.world(at):
        _float(canvas, place, gear.width_m * float(rng.uniform(0.8, 1.2)), colour, world)


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
    turn = np.linspace(0.3, 2 * np.pi - 0.3, 15)
    rows.append(
        np.stack([-chamber_m * np.sin(turn), tip[1] + chamber_m - chamber_m * np.cos(turn)], axis=1)
    )
    east, north = sun_direction(world)
    spacing, thick = float(rng.uniform(0.4, 1.1)), float(rng.uniform(0.07, 0.14))
    netting = scaled(_BAMBOO, float(rng.uniform(0.6, 1.5)))
    netted = rng.random() < 0.75
    for row in rows:
        path = body.world(row)
        if netted:
            for start in range(0, len(path) - 1, 3):
                canvas.fill(ribbon(path[start : start + 4], 0.09), netting, alpha=0.5, solid=True)
        stakes = _along(path, spacing)
        for stake in stakes:
            stake = stake + rng.normal(0, 0.05, 2)
            reach = np.array([east, north]) * float(rng.uniform(0.5, 1.1))
            canvas.shade(ribbon(np.array([stake, stake + reach]), thick), 0.75, 0.02)
            disc = ellipse(0, 0, thick / 2 + 0.02, thick / 2 + 0.02) + stake
            canvas.fill(disc, scaled(_BAMBOO, float(rng.uniform(0.5, 1.3))), solid=True)
