"""Sharks, dolphins, rays and turtles: of a dugong's size or colour, but of another shape."""

from dataclasses import dataclass
from math import radians, sin

import numpy as np

from detection.training.body_patch import BodyPatch, patch_of, seen_through_water
from detection.training.canvas import Body, Canvas, Points, ellipse, mixed, ribbon, scaled
from detection.training.noise import smooth_step
from detection.training.underwater import softness_m, tinted_by_water
from detection.training.world import Colour, SceneObject, World


@dataclass(frozen=True)
class _Shape:
    """A swimmer: half widths along it as shares of its greatest, and its fins.

    `half_width` rows are (share along, share of the half width); `fins` are right halves of pairs,
    (share along, share of the length to the right); `depth_of_fins_m` is how much lower they lie.
    """

    half_width: Points
    fins: tuple[Points, ...]
    fins_below_share: float = 0.05


_SHARK = _Shape(
    np.array([(0, 0.1), (0.03, 0.42), (0.08, 0.66), (0.18, 0.9), (0.3, 1.0), (0.45, 0.9),
              (0.6, 0.6), (0.75, 0.32), (0.88, 0.16), (1.0, 0.06)]),
    (np.array([(0.26, 0.05), (0.36, 0.20), (0.40, 0.21), (0.36, 0.05)]),
     np.array([(0.6, 0.03), (0.66, 0.08), (0.67, 0.025)])),
)  # fmt: skip
_DOLPHIN = _Shape(
    np.array([(0, 0.10), (0.03, 0.17), (0.07, 0.2), (0.085, 0.4), (0.14, 0.68), (0.25, 0.95),
              (0.38, 1.0), (0.52, 0.85), (0.68, 0.5), (0.82, 0.22), (0.93, 0.11), (0.95, 0.1)]),
    (np.array([(0.24, 0.06), (0.34, 0.15), (0.38, 0.145), (0.32, 0.05)]),
     np.array([(0.92, 0.01), (0.95, 0.05), (0.995, 0.125), (0.985, 0.07), (0.97, 0.0)])),
)  # fmt: skip


def paint_shark(canvas: Canvas, shark: SceneObject, world: World) -> None:
    """A shark: slim, pointed, wide pectoral fins, an upright tail that bends with its stroke."""
    rng = np.random.default_rng(shark.look_seed)
    coats: tuple[Colour, ...] = ((0.36, 0.35, 0.32), (0.46, 0.40, 0.30), (0.28, 0.30, 0.32))
    coat = scaled(coats[int(rng.integers(3))], float(rng.uniform(0.7, 1.2)))
    patch = patch_of(canvas, shark, 0.8 * shark.length_m)
    if patch is None:
        return
    _swimmer(patch, shark, world, _SHARK, coat, float(rng.normal(0, 0.25)))
    patch.lay(softness_m(shark.depth_m, world))


def paint_dolphin(canvas: Canvas, dolphin: SceneObject, world: World) -> None:
    """A dolphin: slimmer and darker than a dugong, with a beak and a fin on its back."""
    rng = np.random.default_rng(dolphin.look_seed)
    coats: tuple[Colour, ...] = (
        (0.24, 0.26, 0.29), (0.34, 0.36, 0.38), (0.20, 0.20, 0.22), (0.62, 0.54, 0.52),
    )  # fmt: skip
    coat = scaled(coats[int(rng.integers(4))], float(rng.uniform(0.8, 1.2)))
    patch = patch_of(canvas, dolphin, 0.8 * dolphin.length_m)
    if patch is None:
        return
    bend = float(rng.normal(0, 0.08))
    _swimmer(patch, dolphin, world, _DOLPHIN, coat, bend)
    lean = float(rng.normal(0, 0.03))
    back = np.array([(0.0, 0.04), (lean - 0.012, -0.06), (lean, -0.09), (0.012, -0.05)])
    fin = Body(dolphin).world(back * dolphin.length_m)
    patch.cover(
        patch.polygon(fin), tinted_by_water(scaled(coat, 0.55), dolphin.depth_m - 0.15, world)
    )
    if dolphin.depth_m < 0.15:
        film = smooth_step(patch.noise(dolphin.look_seed + 4, 1.4, 3.0), 0.0, 1.6)
        ridge = (patch.right_m / (0.2 * dolphin.width_m)) ** 2
        long = (patch.forward_m / (0.25 * dolphin.length_m)) ** 2
        patch.cover(np.asarray(0.6 * film * np.exp(-ridge - long), dtype=np.float32), (0.9,) * 3)
    patch.lay(softness_m(dolphin.depth_m, world))


def _swimmer(
    patch: BodyPatch, placed: SceneObject, world: World, shape: _Shape, coat: Colour, bend: float
) -> None:
    length_m, half_m = placed.length_m, placed.width_m / 2

    def world_points(shares: Points) -> Points:
        right = shares[:, 1] * length_m + bend * length_m * (shares[:, 0] - 0.4) ** 2
        return Body(placed).world(np.stack([right, (0.5 - shares[:, 0]) * length_m], axis=1))

    low_m = placed.depth_m + shape.fins_below_share * length_m
    for fin in shape.fins:
        for side in (-1, 1):
            corners = world_points(fin * [1, side])
            patch.cover(patch.polygon(corners), tinted_by_water(scaled(coat, 0.85), low_m, world))
    along = np.float32(0.5) - patch.forward_m / np.float32(length_m)
    right = patch.right_m - np.float32(bend * length_m) * (along - np.float32(0.4)) ** 2
    table = shape.half_width
    half = np.float32(half_m) * np.interp(along, table[:, 0], table[:, 1]).astype(np.float32)
    cover = np.clip(0.5 + (half - np.abs(right)) / patch.gsd_m, 0, 1)
    end = float(table[-1, 0])
    cover *= np.clip(0.5 + np.minimum(along, end - along) * length_m / patch.gsd_m, 0, 1)
    across = np.clip(right / np.maximum(half, 1e-3), -1, 1)
    turn = radians(world.light.sun_azimuth_deg - placed.heading_deg)
    light = 0.75 + 0.3 * np.sqrt(1 - across**2) + 0.15 * sin(turn) * across
    light *= 1 + 0.05 * patch.noise(placed.look_seed, 2.0, 1.6 * length_m)
    depth = placed.depth_m + 0.9 * half_m * (1 - np.sqrt(1 - across**2))
    colour = np.asarray(coat, dtype=np.float32) * light[..., None]
    patch.cover(np.asarray(cover, dtype=np.float32), seen_through_water(colour, depth, world))


def paint_turtle(canvas: Canvas, turtle: SceneObject, world: World) -> None:
    """A sea turtle: an oval shell under 1.2 m, four flippers, a small head."""
    rng = np.random.default_rng(turtle.look_seed)
    body, length, soft = Body(turtle), turtle.length_m, softness_m(turtle.depth_m, world)
    shells: tuple[Colour, ...] = ((0.34, 0.30, 0.20), (0.25, 0.28, 0.18), (0.42, 0.33, 0.22))
    shell = scaled(shells[int(rng.integers(3))], float(rng.uniform(0.75, 1.3)))
    skin = tinted_by_water(scaled(shell, float(rng.uniform(1.1, 1.5))), turtle.depth_m, world)
    stroke = float(rng.uniform(-0.25, 0.2))
    for side in (-1, 1):
        front = np.array(
            [[0.3 * side, 0.28], [0.75 * side, 0.35 + stroke], [0.85 * side, 0.05 + 1.5 * stroke],
             [0.35 * side, 0.12]]
        )  # fmt: skip
        back = np.array([[0.2 * side, -0.32], [0.38 * side, -0.55], [0.3 * side, -0.3]])
        canvas.fill(body.world(front * length), skin, blur_m=soft)
        canvas.fill(body.world(back * length), skin, blur_m=soft)
    head = ellipse(0, 0.5 * length, 0.09 * length, 0.14 * length)
    canvas.fill(body.world(head), skin, blur_m=soft)
    for size, factor in ((1.0, 0.9), (0.7, float(rng.uniform(1.0, 1.3)))):
        plate = ellipse(0, 0, 0.36 * length * size, 0.44 * length * size)
        canvas.fill(
            body.world(plate), tinted_by_water(scaled(shell, factor), turtle.depth_m, world),
            blur_m=soft, grain=0.07,
        )  # fmt: skip


_STING_RAY = np.array(
    [(0, 0.45), (0.28, 0.3), (0.5, 0.02), (0.25, -0.25), (0, -0.38), (-0.25, -0.25), (-0.5, 0.02),
     (-0.28, 0.3)]
)  # fmt: skip
_EAGLE_RAY = np.array(
    [(0, 0.38), (0.07, 0.36), (0.12, 0.22), (0.3, 0.12), (0.5, -0.08), (0.28, -0.1), (0.1, -0.28),
     (-0.1, -0.28), (-0.28, -0.1), (-0.5, -0.08), (-0.3, 0.12), (-0.12, 0.22), (-0.07, 0.36)]
)  # fmt: skip
_MANTA = np.array(
    [(0.05, 0.22), (0.09, 0.33), (0.12, 0.2), (0.3, 0.1), (0.5, -0.15), (0.26, -0.12),
     (0.08, -0.27), (-0.08, -0.27), (-0.26, -0.12), (-0.5, -0.15), (-0.3, 0.1), (-0.12, 0.2),
     (-0.09, 0.33), (-0.05, 0.22)]
)  # fmt: skip


def paint_ray(canvas: Canvas, ray: SceneObject, world: World) -> None:
    """A sting ray, an eagle ray, or, from 1.8 m across, a manta: a flat disc and a thin tail."""
    rng = np.random.default_rng(ray.look_seed)
    body, width, soft = Body(ray), ray.width_m, softness_m(ray.depth_m, world)
    coat: Colour = mixed((0.17, 0.16, 0.15), (0.52, 0.45, 0.34), float(rng.random()))
    disc, tail_share = (_STING_RAY, 1.3) if rng.random() < 0.6 else (_EAGLE_RAY, 1.5)
    if width >= 1.8:
        disc, tail_share, coat = _MANTA, 0.65, scaled(coat, 0.6)
    colour = tinted_by_water(coat, ray.depth_m, world)
    raised = np.array([1.0, 1.0]) * [float(rng.uniform(0.75, 1.0)), 1.0]  # wings in their beat
    whip = float(rng.normal(0, 0.12))
    tail = np.array([[0.0, -0.26], [0.4 * whip, -0.5 * tail_share], [whip, -tail_share]])
    thin = np.array([0.05, 0.03, 0.02]) * width
    canvas.shade(body.world(disc * raised * width) + 0.1, 0.85, 0.08)
    canvas.fill(body.world(ribbon(tail * width, thin)), colour, blur_m=soft)
    canvas.fill(body.world(disc * raised * width), colour, blur_m=soft, grain=0.03)
    ridge = tinted_by_water(scaled(coat, float(rng.uniform(0.8, 1.4))), ray.depth_m, world)
    middle = ellipse(0, 0.02 * width, 0.11 * width, 0.26 * width)
    canvas.fill(body.world(middle), ridge, alpha=0.6, blur_m=soft + 0.05 * width)
