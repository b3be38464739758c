"""What gear is made of at the surface: floats, flags, and ropes with floats on them."""

import numpy as np

from detection.training.canvas import Canvas, Points, ellipse, mixed, ribbon, scaled
from detection.training.sea import sun_direction
from detection.training.underwater import tinted_by_water
from detection.training.world import Colour, World

FLOATS: tuple[Colour, ...] = (
    (0.95, 0.95, 0.93), (0.95, 0.50, 0.10), (0.90, 0.85, 0.20), (0.85, 0.15, 0.12),
    (0.92, 0.92, 0.90), (0.15, 0.35, 0.70), (0.20, 0.55, 0.30), (0.10, 0.10, 0.10),
    (0.85, 0.30, 0.55),
)  # fmt: skip
BAMBOO: Colour = (0.42, 0.36, 0.26)
TWINE: tuple[Colour, ...] = (
    (0.14, 0.30, 0.27), (0.20, 0.45, 0.48), (0.70, 0.74, 0.70), (0.40, 0.36, 0.28),
    (0.12, 0.20, 0.36), (0.50, 0.24, 0.20),
)  # fmt: skip
ROPES: tuple[Colour, ...] = (
    (0.75, 0.78, 0.72), (0.18, 0.30, 0.28), (0.25, 0.45, 0.60), (0.80, 0.62, 0.25),
    (0.30, 0.55, 0.40),
)  # fmt: skip
_FLAGS: tuple[Colour, ...] = (
    (0.88, 0.15, 0.12), (0.12, 0.12, 0.12), (0.95, 0.55, 0.1), (0.95, 0.95, 0.92),
    (0.15, 0.3, 0.7), (0.95, 0.85, 0.2),
)  # fmt: skip


def pick(rng: np.random.Generator, colours: tuple[Colour, ...]) -> Colour:
    """One of the colours, a little lighter or darker."""
    return scaled(colours[int(rng.integers(len(colours)))], float(rng.uniform(0.8, 1.08)))


def paint_float(
    canvas: Canvas, at_m: Points, size_m: float, colour: Colour, world: World, under_m: float = 0.0
) -> None:
    """One float: a shadow, a ball dark below and lit towards the sun; `under_m` pulled under."""
    east, north = sun_direction(world)
    sun = -np.array([east, north]) / max(float(np.hypot(east, north)), 1e-6)
    disc = ellipse(0, 0, size_m / 2, size_m / 2)
    if under_m > 0.02:
        shown = tinted_by_water(colour, under_m, world)
        canvas.fill(disc + at_m, shown, alpha=max(0.35, 0.9 - 2 * under_m), blur_m=0.03, solid=True)
        return
    canvas.shade(disc * 1.15 + at_m - sun * size_m * 0.45, 0.68, 0.03)
    canvas.fill(disc + at_m, scaled(colour, 0.72), solid=True)
    canvas.fill(disc * 0.8 + at_m + sun * size_m * 0.1, colour)
    canvas.fill(disc * 0.32 + at_m + sun * size_m * 0.16, mixed(colour, (1, 1, 1), 0.6), alpha=0.8)


def paint_flag(canvas: Canvas, foot_m: Points, world: World, rng: np.random.Generator) -> None:
    """A leaning stick with a flag over a float, and its shadow on the water."""
    lean = rng.normal(0, 0.3, 2)
    height_m = float(rng.uniform(0.8, 2.0))
    tip = foot_m + lean * height_m
    shadow = np.array(sun_direction(world)) * height_m
    canvas.shade(ribbon(np.array([foot_m, tip + shadow]), 0.06), 0.72, 0.02)
    canvas.fill(
        ribbon(np.array([foot_m, tip]), 0.05), pick(rng, (BAMBOO, (0.8, 0.78, 0.7))), solid=True
    )
    wind = float(rng.uniform(0, 2 * np.pi))
    out = float(rng.uniform(0.25, 0.5)) * np.array([np.cos(wind), np.sin(wind)])
    across = np.array([-out[1], out[0]]) * 0.45
    cloth = np.array(
        [tip - across, tip + across, tip + out + across * 0.7, tip + out - across * 0.6]
    )
    canvas.shade(cloth + shadow, 0.75, 0.03)
    canvas.fill(cloth, pick(rng, _FLAGS), solid=True)


def points_along(path: Points, spacing_m: float) -> Points:
    """Points every `spacing_m` along a path."""
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    way = np.concatenate([[0], np.cumsum(steps)])
    at = np.arange(0, way[-1], spacing_m)
    return np.stack([np.interp(at, way, path[:, 0]), np.interp(at, way, path[:, 1])], axis=1)


def string_of_floats(
    canvas: Canvas,
    path: Points,
    world: World,
    rng: np.random.Generator,
    marked: tuple[int, ...] = (0, -1),
) -> None:
    """A head rope with floats at even distances, here and there pulled under.

    The ends in `marked` (0 the first, -1 the last) may carry a buoy or a flag.
    """
    size = float(rng.uniform(0.10, 0.32))
    spacing = float(rng.uniform(0.5, 2.6)) if size > 0.18 else float(rng.uniform(0.35, 1.2))
    colour = pick(rng, FLOATS)
    other = pick(rng, FLOATS) if rng.random() < 0.3 else colour
    rope = pick(rng, ROPES)
    rope_width = float(rng.uniform(0.025, 0.06))
    floats = points_along(path, spacing)
    # net that hangs heavy draws some floats under: a slow wave along the line, none in calm lines
    droop = float(rng.uniform(0, 0.35)) if rng.random() < 0.5 else 0.0
    wave = np.sin(np.arange(len(floats)) * spacing / rng.uniform(2, 7) + rng.uniform(0, 6))
    under = np.maximum(0, wave * 1.4 - 0.4) * droop
    net_m = float(rng.uniform(0.3, 1.6)) if rng.random() < 0.6 else 0.0
    drift = rng.normal(0, 1, 2)
    drift *= net_m / max(float(np.hypot(*drift)), 1e-6)
    shown = tinted_by_water(rope, float(under.mean()) + 0.05, world)
    twine = tinted_by_water(pick(rng, TWINE), 0.3, world)
    for start in range(0, len(path) - 1, 4):  # short pieces keep the painted windows small
        piece = path[start : start + 5]
        if net_m > 0:  # the net under the rope, leaning with the tide: a faint veil
            veil = np.concatenate([piece, (piece + drift)[::-1]])
            canvas.fill(veil, twine, alpha=0.22, blur_m=0.12)
            canvas.fill(ribbon(piece + drift * 0.2, 0.16), twine, alpha=0.4, blur_m=0.05)
        canvas.fill(ribbon(piece, rope_width), shown, alpha=0.75, solid=True)
    for number, at in enumerate(floats):
        if rng.random() < 0.03:  # lost
            continue
        place, grown = at + rng.normal(0, 0.05, 2), size * float(rng.uniform(0.85, 1.15))
        paint_float(
            canvas, place, grown, colour if number % 4 else other, world, float(under[number])
        )
    for end in (path[number] for number in marked):
        draw = rng.random()
        if draw < 0.6:
            paint_float(canvas, end, float(rng.uniform(0.3, 0.55)), pick(rng, FLOATS), world)
        if draw < 0.3:
            paint_flag(canvas, end, world, rng)
