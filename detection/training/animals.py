"""Animals under the surface: dugongs, and turtles and rays that are not to be taken for them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from detection.training.canvas import Body, Canvas, Points, ellipse, mixed, ribbon, scaled
from detection.training.world import Colour, SceneObject, World

# Half widths of a dugong's outline from snout (0) to tail stock (0.93), as shares of its greatest
# half width. Drawn by hand from the animal's description (Marsh, O'Shea & Reynolds 2011): a spindle
# with a blunt snout and no neck, widest before the middle, and a fluke like a dolphin's.
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


@dataclass(frozen=True)
class _Dugong:
    """How one dugong looks: its shape in its own axes, and its colour under water."""

    placed: SceneObject
    world: World
    coat: Colour
    bend: float
    soft_m: float

    @property
    def half_m(self) -> float:
        return self.placed.width_m / 2

    def bent(self, shares: Points, length_share: float = 1.0) -> Points:
        """World points of (share along, metres right), curved sideways like a swimmer's body."""
        length_m, along = self.placed.length_m * length_share, shares[:, 0]
        right = shares[:, 1] + self.bend * length_m * (along - 0.45) ** 2
        return Body(self.placed).world(np.stack([right, (0.5 - along) * length_m], axis=1))

    def colour(self, factor: float) -> Colour:
        """The coat, lighter or darker, through the water above it."""
        return tinted_by_water(scaled(self.coat, factor), self.placed.depth_m, self.world)


def paint_dugong(canvas: Canvas, dugong: SceneObject, world: World) -> None:
    """A dugong from above; its outline, flippers and fluke are solid."""
    rng = np.random.default_rng(dugong.look_seed)
    bend = float(rng.normal(0, 0.10))
    coat = scaled(_COATS[int(rng.integers(len(_COATS)))], float(rng.uniform(0.85, 1.15)))
    look = _Dugong(dugong, world, coat, bend, softness_m(dugong.depth_m, world))
    outline = look.bent(_mirrored(_OUTLINE, look.half_m))
    if rng.random() < 0.2:
        _silt(canvas, look, rng)
    canvas.shade(outline + 0.12, 0.85, 0.15)  # its shadow on a bottom close under it
    _flippers(canvas, look, sweep=float(rng.uniform(0.5, 1.2)))
    beat = float(rng.uniform(0.75, 1.0))  # the fluke is foreshortened in its beat
    fluke = look.bent(_mirrored(_FLUKE, beat * dugong.length_m))
    canvas.fill(fluke, look.colour(0.85), blur_m=look.soft_m, solid=True)
    canvas.fill(outline, look.colour(0.86), blur_m=look.soft_m, grain=0.05, solid=True)
    _rounded_back(canvas, look)
    if rng.random() < 0.4:
        _scars(canvas, look, rng)
    if dugong.depth_m < 0.15:
        _wet_back(canvas, Body(dugong), dugong, rng)


def _silt(canvas: Canvas, look: _Dugong, rng: np.random.Generator) -> None:
    """The cloud stirred up by one that feeds."""
    length_m = look.placed.length_m
    cloud = ellipse(rng.normal(0, 0.4), -0.6 * length_m, 0.5 * length_m, 0.8 * length_m)
    silt = tinted_by_water((0.62, 0.56, 0.44), look.placed.depth_m, look.world)
    canvas.fill(Body(look.placed).world(cloud), silt, alpha=0.45, blur_m=0.35)


def _flippers(canvas: Canvas, look: _Dugong, sweep: float) -> None:
    """Two paddles, laid back by `sweep` radians."""
    length_m = look.placed.length_m
    bend_m = look.bend * length_m * (0.24 - 0.45) ** 2
    widths = length_m * np.array([0.055, 0.07, 0.07, 0.055, 0.02])
    for side in (-1, 1):
        root = np.array([side * 0.75 * look.half_m, (0.5 - 0.24) * length_m])
        tip = root + 0.17 * length_m * np.array([side * np.cos(sweep), -np.sin(sweep)])
        paddle = ribbon(np.linspace(root, tip, 5), widths) + np.array([bend_m, 0.0])
        shown = Body(look.placed).world(paddle)
        canvas.fill(shown, look.colour(0.82), blur_m=look.soft_m, solid=True)


def _rounded_back(canvas: Canvas, look: _Dugong) -> None:
    """A back lighter towards the sun."""
    light = np.radians(look.world.light.sun_azimuth_deg)
    shift_m = 0.22 * look.half_m * np.array([np.sin(light), np.cos(light)])
    for share, factor in ((0.72, 1.02), (0.45, 1.2)):
        core = look.bent(_mirrored(_OUTLINE[1:-1], share * look.half_m), 0.96)
        soft_m = look.soft_m + 0.10 * look.half_m
        canvas.fill(core + shift_m, look.colour(factor), alpha=0.65, blur_m=soft_m)


def _scars(canvas: Canvas, look: _Dugong, rng: np.random.Generator) -> None:
    """One to three pale lines."""
    for _ in range(int(rng.integers(1, 4))):
        right, forward = rng.uniform(-0.4, 0.4), rng.uniform(-0.15, 0.3)
        start = np.array([right * look.half_m, forward * look.placed.length_m])
        scar = np.array([start, start + rng.normal(0, 0.10 * look.placed.length_m, 2)])
        line = Body(look.placed).world(ribbon(scar, 0.03))
        canvas.fill(line, look.colour(1.45), alpha=0.5, blur_m=look.soft_m)


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
        [(0, 0.45), (0.28, 0.3), (0.5, 0.02), (0.25, -0.25), (0, -0.38), (-0.25, -0.25),
         (-0.5, 0.02), (-0.28, 0.3)]
    )  # fmt: skip
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
