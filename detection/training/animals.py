"""Animals under the surface: dugongs, and turtles and rays that are not to be taken for them."""

from collections.abc import Callable

import numpy as np

from detection.training.canvas import Body, Canvas, Points, ellipse, mixed, ribbon, scaled
from detection.training.world import Colour, SceneObject, World

# Half widths of a dugong's outline from snout (0) to tail stock (0.93), as shares of its greatest
# half width; drawn after aerial photographs: blunt snout, no neck, widest before the middle, and a
# fluke like a dolphin's. Adults reach about 3 m (Marsh, O'Shea & Reynolds 2011).
_OUTLINE = np.array(
    [(0, 0.22), (0.03, 0.42), (0.10, 0.58), (0.17, 0.62), (0.25, 0.82), (0.36, 1.0), (0.48, 0.96),
     (0.60, 0.76), (0.72, 0.50), (0.82, 0.30), (0.90, 0.19), (0.93, 0.18)]
)  # fmt: skip
# Right half of the fluke: (share of length from the snout, share of length to the right).
_FLUKE = np.array(
    [(0.88, 0.02), (0.91, 0.07), (0.965, 0.155), (1.0, 0.165), (0.985, 0.09), (0.965, 0.0)]
)
_COATS: tuple[Colour, ...] = (
    (0.46, 0.40, 0.33), (0.55, 0.47, 0.37), (0.40, 0.37, 0.33), (0.33, 0.29, 0.25),
    (0.60, 0.54, 0.45), (0.44, 0.44, 0.42), (0.50, 0.41, 0.30), (0.27, 0.26, 0.25),
)  # fmt: skip


def tinted_by_water(colour: Colour, depth_m: float, world: World) -> Colour:
    """A colour at a depth as it looks from above."""
    deep, left = world.water.deep_colour, world.water.transmission(depth_m)
    red, green, blue = (d + (c - d) * t for c, d, t in zip(colour, deep, left, strict=True))
    return red, green, blue


def softness_m(depth_m: float, world: World) -> float:
    """How far water smears an edge at a depth: scattering grows with depth and turbidity."""
    green_loss = world.water.attenuation_per_m[1]
    return 0.01 + 0.035 * depth_m * (0.3 + green_loss)


def _mirrored(half: Points, scale_m: float) -> Points:
    """A whole outline of its right half: (share along, share of `scale_m` to the right)."""
    return np.concatenate([half * [1, scale_m], (half * [1, -scale_m])[::-1]])


def _bent(shares: Points, length_m: float, bend: float) -> Points:
    """Body points from (share along, metres right), the body curved sideways like a swimmer's."""
    along = shares[:, 0]
    right = shares[:, 1] + bend * length_m * (along - 0.45) ** 2
    return np.stack([right, (0.5 - along) * length_m], axis=1)


def paint_dugong(canvas: Canvas, dugong: SceneObject, world: World) -> None:
    """A dugong from above; its outline, flippers and fluke are solid."""
    rng = np.random.default_rng(dugong.look_seed)
    body, length, half = Body(dugong), dugong.length_m, dugong.width_m / 2
    bend = float(rng.normal(0, 0.10))
    coat = scaled(_COATS[int(rng.integers(len(_COATS)))], float(rng.uniform(0.85, 1.15)))
    soft = softness_m(dugong.depth_m, world)

    def colour(factor: float) -> Colour:
        return tinted_by_water(scaled(coat, factor), dugong.depth_m, world)

    if rng.random() < 0.2:  # silt stirred up while feeding
        cloud = ellipse(rng.normal(0, 0.4), -0.6 * length, 0.5 * length, 0.8 * length)
        silt = tinted_by_water((0.62, 0.56, 0.44), dugong.depth_m, world)
        canvas.fill(body.world(cloud), silt, alpha=0.45, blur_m=0.35)
    # the animal's own shadow on a bottom close under it
    shade = _mirrored(_OUTLINE, half)
    canvas.shade(body.world(_bent(shade, length, bend)) + 0.12, 0.85, 0.15)

    sweep = float(rng.uniform(0.5, 1.2))  # how far the flippers are laid back
    for side in (-1, 1):
        root = np.array([side * 0.75 * half, (0.5 - 0.24) * length])
        tip = root + 0.17 * length * np.array([side * np.cos(sweep), -np.sin(sweep)])
        path = np.linspace(root, tip, 5)
        widths = length * np.array([0.055, 0.07, 0.07, 0.055, 0.02])
        bend_here = bend * length * (0.24 - 0.45) ** 2
        paddle = ribbon(path, widths) + np.array([bend_here, 0.0])
        canvas.fill(body.world(paddle), colour(0.82), blur_m=soft, solid=True)
    beat = float(rng.uniform(0.75, 1.0))  # the fluke is foreshortened in its beat
    fluke = _mirrored(_FLUKE, beat * length)
    canvas.fill(body.world(_bent(fluke, length, bend)), colour(0.85), blur_m=soft, solid=True)
    canvas.fill(
        body.world(_bent(shade, length, bend)), colour(0.86), blur_m=soft, grain=0.05, solid=True
    )
    # a rounded back: lighter towards the sun
    light = np.radians(world.light.sun_azimuth_deg - dugong.heading_deg)
    shift = 0.22 * half * np.array([np.sin(light), np.cos(light)])
    for share, factor in ((0.72, 1.02), (0.45, 1.2)):
        inner = _OUTLINE[1:-1]
        core = _mirrored(inner, share * half)
        canvas.fill(
            body.world(_bent(core, length * 0.96, bend) + shift), colour(factor),
            alpha=0.65, blur_m=soft + 0.10 * half,
        )  # fmt: skip
    if rng.random() < 0.4:  # old scars and mottling
        for _ in range(int(rng.integers(1, 4))):
            start = np.array([rng.uniform(-0.4, 0.4) * half, rng.uniform(-0.15, 0.3) * length])
            scar = np.array([start, start + rng.normal(0, 0.10 * length, 2)])
            canvas.fill(
                body.world(ribbon(scar, np.full(2, 0.03))), colour(1.45),
                alpha=0.5, blur_m=soft,
            )  # fmt: skip
    if dugong.depth_m < 0.15:
        _wet_back(canvas, body, dugong, rng)


def _wet_back(canvas: Canvas, body: Body, dugong: SceneObject, rng: np.random.Generator) -> None:
    """A back at the surface: a glistening patch and a little foam at the snout."""
    spot = ellipse(
        0, rng.uniform(0.0, 0.2) * dugong.length_m, 0.10 * dugong.length_m, 0.16 * dugong.length_m
    )
    canvas.fill(
        body.world(spot), (0.85, 0.87, 0.88), alpha=float(rng.uniform(0.1, 0.4)), blur_m=0.06
    )
    if rng.random() < 0.5:
        ring = ellipse(0, 0.47 * dugong.length_m, 0.13 * dugong.length_m, 0.07 * dugong.length_m)
        canvas.froth(body.world(ring), 0.5, 0.08)


def paint_turtle(canvas: Canvas, turtle: SceneObject, world: World) -> None:
    """A sea turtle: an oval shell under 1.2 m, four flippers, a small head."""
    rng = np.random.default_rng(turtle.look_seed)
    body, length, soft = Body(turtle), turtle.length_m, softness_m(turtle.depth_m, world)
    shell: Colour = (0.34, 0.30, 0.20) if rng.random() < 0.5 else (0.25, 0.28, 0.18)
    skin = tinted_by_water(scaled(shell, 1.35), turtle.depth_m, world)
    for side in (-1, 1):
        front = np.array(
            [[0.3 * side, 0.28], [0.75 * side, 0.35], [0.85 * side, 0.05], [0.35 * side, 0.12]]
        )
        back = np.array([[0.2 * side, -0.32], [0.38 * side, -0.55], [0.3 * side, -0.3]])
        canvas.fill(body.world(front * length), skin, blur_m=soft)
        canvas.fill(body.world(back * length), skin, blur_m=soft)
    canvas.fill(
        body.world(ellipse(0, 0.5 * length, 0.09 * length, 0.14 * length)), skin, blur_m=soft
    )
    for size, factor in ((1.0, 0.9), (0.7, 1.2)):
        plate = ellipse(0, 0, 0.36 * length * size, 0.44 * length * size)
        canvas.fill(
            body.world(plate), tinted_by_water(scaled(shell, factor), turtle.depth_m, world),
            blur_m=soft, grain=0.15,
        )  # fmt: skip


def paint_ray(canvas: Canvas, ray: SceneObject, world: World) -> None:
    """A sting ray: a dark or sandy diamond with a long thin tail."""
    rng = np.random.default_rng(ray.look_seed)
    body, width, soft = Body(ray), ray.width_m, softness_m(ray.depth_m, world)
    coat: Colour = mixed((0.22, 0.20, 0.18), (0.5, 0.44, 0.34), float(rng.random()))
    colour = tinted_by_water(coat, ray.depth_m, world)
    disc = np.array(
        [
            [0, 0.45],
            [0.28, 0.3],
            [0.5, 0.02],
            [0.25, -0.25],
            [0, -0.38],
            [-0.25, -0.25],
            [-0.5, 0.02],
            [-0.28, 0.3],
        ]
    )
    tail = np.array([[0.0, -0.36], [0.03, -0.8], [0.0, -1.3]])
    canvas.fill(
        body.world(ribbon(tail * width, np.array([0.05, 0.03, 0.02]) * width)),
        colour,
        blur_m=soft,
    )
    canvas.fill(body.world(disc * width), colour, blur_m=soft, grain=0.08)


ANIMAL_PAINTERS: dict[str, Callable[[Canvas, SceneObject, World], None]] = {
    "dugong": paint_dugong,
    "turtle": paint_turtle,
    "ray": paint_ray,
}
