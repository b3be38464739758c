"""One boat's build and outline, and the strokes that boats are painted with."""

from dataclasses import dataclass
from enum import StrEnum
from math import cos, radians, sin

import cv2
import numpy as np

from detection.training.canvas import Body, Canvas, Points, ellipse, ribbon, scaled
from detection.training.sea import sun_direction
from detection.training.world import Colour, Kind, SceneObject, World


class Build(StrEnum):
    """How a boat is built: finer than its kind, told by its size."""

    LONG_TAIL = "long_tail"
    SPEEDBOAT = "speedboat"
    DINGHY = "dinghy"
    JET_SKI = "jet_ski"
    FERRY = "ferry"
    YACHT = "yacht"
    CATAMARAN = "catamaran"
    FISHING_BOAT = "fishing_boat"
    KAYAK = "kayak"
    PADDLE_BOARD = "paddle_board"


def build_of(boat: SceneObject) -> Build:
    """The build that a boat of this kind and size has."""
    length, slender = boat.length_m, boat.width_m / boat.length_m
    if boat.kind is Kind.KAYAK:
        return Build.PADDLE_BOARD if length < 3.45 else Build.KAYAK
    if boat.kind is not Kind.SPEEDBOAT:
        return Build(boat.kind.value)
    if boat.width_m < 1.3:
        return Build.JET_SKI
    if length < 4.6:
        return Build.DINGHY
    if length > 14.5:
        return Build.FERRY
    if slender > 0.43:
        return Build.CATAMARAN
    return Build.YACHT if length > 8.5 and slender > 0.305 else Build.SPEEDBOAT


def _smooth(*corners: tuple[float, float]) -> Points:
    """Half an outline, (share of half width, share of length forward of the middle), rounded."""
    points = np.array(corners)
    for _ in range(2):  # Chaikin's corner cutting, ends kept
        cut = np.stack(
            [0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]], axis=1
        ).reshape(-1, 2)
        points = np.concatenate([points[:1], cut, points[-1:]])
    return points


_BLUNT = _smooth((0, 0.5), (0.5, 0.5), (0.85, 0.38), (1, 0.1), (1, -0.2), (0.97, -0.5))
HULLS: dict[Build, Points] = {
    # narrow, drawn out to a long raised bow, cut off astern
    Build.LONG_TAIL: _smooth(
        (0.05, 0.5), (0.09, 0.44), (0.22, 0.37), (0.62, 0.22), (0.95, 0.05),
        (1.05, -0.12), (0.95, -0.30), (0.72, -0.45), (0.6, -0.5),
    ),
    Build.SPEEDBOAT: _smooth(
        (0, 0.5), (0.22, 0.46), (0.62, 0.34), (0.95, 0.13), (1.02, -0.1), (0.99, -0.35),
        (0.93, -0.5),
    ),
    Build.FERRY: _smooth(
        (0, 0.5), (0.3, 0.45), (0.75, 0.33), (1, 0.18), (1, 0), (1, -0.3), (0.95, -0.5)
    ),
    Build.YACHT: _smooth(
        (0, 0.5), (0.25, 0.38), (0.7, 0.18), (1.04, -0.05), (1, -0.25), (0.8, -0.5)
    ),
    Build.FISHING_BOAT: _smooth(
        (0, 0.5), (0.35, 0.44), (0.8, 0.30), (1.02, 0.1), (1, -0.15), (0.95, -0.36), (0.72, -0.5)
    ),
    Build.KAYAK: _smooth(
        (0, 0.5), (0.3, 0.38), (0.8, 0.18), (1.05, 0), (0.8, -0.2), (0.3, -0.4), (0, -0.5)
    ),
    Build.PADDLE_BOARD: _smooth(
        (0, 0.5), (0.5, 0.48), (0.95, 0.25), (1.02, 0), (0.95, -0.3), (0.55, -0.5)
    ),
    Build.JET_SKI: _smooth(
        (0, 0.5), (0.4, 0.46), (0.9, 0.2), (1.05, -0.1), (0.95, -0.35), (0.8, -0.5)
    ),
    Build.DINGHY: _BLUNT,
    Build.CATAMARAN: _BLUNT,
}  # fmt: skip
_FREEBOARD_M: dict[Build, float] = {
    Build.KAYAK: 0.25, Build.PADDLE_BOARD: 0.12, Build.JET_SKI: 0.6, Build.DINGHY: 0.45,
    Build.LONG_TAIL: 0.7, Build.SPEEDBOAT: 0.9, Build.FISHING_BOAT: 1.3, Build.YACHT: 1.2,
    Build.CATAMARAN: 1.5, Build.FERRY: 1.8,
}  # fmt: skip
WOOD: tuple[Colour, ...] = (
    (0.45, 0.30, 0.18),
    (0.55, 0.40, 0.25),
    (0.36, 0.25, 0.18),
    (0.62, 0.50, 0.36),
)
PAINT: tuple[Colour, ...] = (
    (0.90, 0.90, 0.88), (0.20, 0.42, 0.72), (0.15, 0.52, 0.36), (0.80, 0.22, 0.18),
    (0.92, 0.72, 0.20), (0.35, 0.65, 0.75), (0.70, 0.70, 0.68), (0.12, 0.20, 0.38),
    (0.85, 0.48, 0.20),
)  # fmt: skip
CLOTH: tuple[Colour, ...] = (
    (0.20, 0.35, 0.70), (0.88, 0.88, 0.85), (0.75, 0.18, 0.18), (0.15, 0.50, 0.35),
    (0.90, 0.55, 0.15), (0.55, 0.58, 0.60), (0.30, 0.60, 0.80), (0.78, 0.72, 0.55),
)  # fmt: skip
PLASTIC: tuple[Colour, ...] = (
    (0.95, 0.45, 0.1), (0.9, 0.15, 0.15), (0.95, 0.85, 0.15), (0.2, 0.5, 0.85), (0.3, 0.7, 0.3),
    (0.92, 0.92, 0.9),
)  # fmt: skip
FIBREGLASS: tuple[Colour, ...] = (
    (0.93, 0.93, 0.92), (0.88, 0.88, 0.85), (0.85, 0.86, 0.9), (0.2, 0.3, 0.5),
)  # fmt: skip
PEOPLE: tuple[Colour, ...] = (
    (0.85, 0.25, 0.2),
    (0.95, 0.6, 0.1),
    (0.2, 0.3, 0.6),
    (0.9, 0.9, 0.9),
    (0.15, 0.15, 0.15),
    (0.8, 0.75, 0.3),
)
_TWINE: tuple[Colour, ...] = (
    (0.16, 0.36, 0.32), (0.20, 0.45, 0.50), (0.75, 0.78, 0.74), (0.45, 0.42, 0.35),
    (0.15, 0.25, 0.42), (0.55, 0.25, 0.20),
)  # fmt: skip
_SKIN_OR_HAT: tuple[Colour, ...] = (
    (0.12, 0.09, 0.07), (0.10, 0.08, 0.07), (0.75, 0.68, 0.50), (0.88, 0.87, 0.84)
)  # fmt: skip
DARK: Colour = (0.13, 0.13, 0.14)


def _pick(rng: np.random.Generator, colours: tuple[Colour, ...]) -> Colour:
    return scaled(colours[int(rng.integers(len(colours)))], float(rng.uniform(0.8, 1.1)))


def plate_of(width_m: float, back_m: float, front_m: float, right_m: float = 0.0) -> Points:
    """A rectangle across the boat, from `back_m` to `front_m` along its axis."""
    left, right = right_m - width_m / 2, right_m + width_m / 2
    return np.array([[left, back_m], [right, back_m], [right, front_m], [left, front_m]])


def roof_of(width_m: float, back_m: float, front_m: float, bend: float = 0.08) -> Points:
    """A plate with its corners cut."""
    cut = bend * min(width_m, front_m - back_m)
    half = width_m / 2
    right = np.array(
        [[half - cut, front_m], [half, front_m - cut], [half, back_m + cut], [half - cut, back_m]]
    )
    return np.concatenate([right, (right * [-1, 1])[::-1]])


@dataclass(frozen=True)
class Brush:
    """Paints parts of one boat, given in its own axes."""

    canvas: Canvas
    boat: SceneObject
    rng: np.random.Generator
    shadow_m: tuple[float, float]  # right and forward metres of shadow for a metre of height

    @property
    def length(self) -> float:
        """Metres from bow to stern."""
        return self.boat.length_m

    @property
    def width(self) -> float:
        """Metres across the widest place."""
        return self.boat.width_m

    def pick(self, colours: tuple[Colour, ...]) -> Colour:
        """One of the colours, a little lighter or darker."""
        return _pick(self.rng, colours)

    def between(self, low: float, high: float) -> float:
        """A number between two, all alike likely."""
        return float(self.rng.uniform(low, high))

    def fill(
        self, part: Points, colour: Colour, *,
        alpha: float = 1.0, grain: float = 0.0, solid: bool = False, blur_m: float = 0.0,
    ) -> None:  # fmt: skip
        """Fill a part, corners in metres to the right and forward; see `Canvas.fill`."""
        self.canvas.fill(
            Body(self.boat).world(part), colour,
            alpha=alpha, grain=grain, solid=solid, blur_m=blur_m,
        )  # fmt: skip

    def shade(self, part: Points, factor: float, blur_m: float = 0.05) -> None:
        """Darken or lighten what a part covers."""
        self.canvas.shade(Body(self.boat).world(part), factor, blur_m)

    def half(self, share: float = 1.0) -> Points:
        """The right side of the hull from bow to stern, its width shrunk by `share`."""
        size = [self.width / 2 * share, self.length * (1 - (1 - share) * 0.35)]
        return HULLS[build_of(self.boat)] * size

    def hull(self, share: float = 1.0) -> Points:
        """The whole outline, shrunk like `half`."""
        half = self.half(share)
        return np.concatenate([half, (half * [-1, 1])[::-1]])

    def afloat(self, *raised: tuple[Points, float]) -> None:
        """The shadow of hull and raised parts (corners, metres up) on the water, the waterline."""
        shift = np.array(self.shadow_m)
        hull = self.hull()
        swept = np.concatenate([hull, hull + shift * _FREEBOARD_M[build_of(self.boat)]])
        cast = [cv2.convexHull(swept.astype(np.float32))[:, 0].astype(np.float64)]
        cast += [part + shift * height_m for part, height_m in raised]
        world = [Body(self.boat).world(part) for part in cast]
        self.canvas.shade_together(world, self.between(0.5, 0.68), 0.12)
        self.shade(hull * 1.02 + np.sign(hull) * 0.05, 0.6, 0.08)

    def shell(self, paint: Colour, share: float, deck: Colour, *, open_inside: bool) -> None:
        """The hull, its gunwales lit by the sun, and what it holds up to `share` of its width."""
        self.fill(self.hull(), paint, grain=0.02, solid=True)
        edge_m = max(0.06, self.width * (1 - share) / 2)
        lit_side = -np.sign(self.shadow_m[0])
        for side in (-1, 1):
            rail = ribbon(self.half((1 + share) / 2) * [side, 1], edge_m)
            self.fill(rail, scaled(paint, 1.18 if side == lit_side else 0.72), alpha=0.8)
        self.fill(self.hull(share), deck, grain=0.025)
        for _ in range(int(self.rng.integers(0, 5))):  # stains, wet and worn places
            right, forward = self.rng.uniform(-0.32, 0.32, 2) * [self.width, self.length]
            half_m = np.minimum(self.rng.uniform(0.15, 0.9, 2), 0.12 * self.width)
            stain = ellipse(right, forward, half_m[0], 2 * half_m[1])
            self.shade(stain, self.between(0.72, 1.15), 0.12)
        if open_inside:  # the wall towards the sun shades the inside
            reach_m = min(0.3 * self.width, 0.5 * abs(self.shadow_m[0]) + 0.06)
            inside = self.half(share) * [lit_side, 1] - [lit_side * reach_m / 2, 0]
            self.shade(ribbon(inside[2:], reach_m), 0.58)

    def planks(self, back: float, front: float, count: int) -> None:
        """Seams along a wooden deck, from and to shares of the length."""
        for right in np.linspace(-0.3, 0.3, count) * self.width:
            seam = plate_of(0.035, back * self.length, front * self.length, float(right))
            self.fill(seam, (0.1, 0.07, 0.05), alpha=0.35)

    def canopy(self, part: Points, cloth: Colour, bars: int) -> None:
        """Stretched cloth: its ribs, the side away from the sun darker, a sheen on the other."""
        self.fill(part, cloth, grain=0.02, solid=True)
        low, high = part.min(axis=0), part.max(axis=0)
        width, lit = high[0] - low[0], -np.sign(self.shadow_m[0]) or 1.0
        for share, factor, alpha in ((0.30, 1.22, 0.55), (-0.33, 0.74, 0.6)):
            strip = plate_of(0.34 * width, low[1], high[1], lit * share * width)
            self.fill(strip, scaled(cloth, factor), alpha=alpha, blur_m=0.06)
        for at in np.linspace(low[1], high[1] - 0.07, bars):
            self.fill(plate_of(width, at, at + 0.07), scaled(cloth, 0.78), alpha=0.7)
        if self.rng.random() < 0.4:
            spot = ellipse(lit * 0.2 * width, self.between(low[1], high[1]), 0.12 * width, 0.5)
            self.fill(spot, (1, 1, 0.98), alpha=self.between(0.2, 0.6), blur_m=0.12)

    def people(self, most: int, back: float = -0.38, front: float = 0.22) -> None:
        """Up to `most` people, at least one under way: shoulders, head or hat, and legs."""
        least = int(self.boat.speed_m_s > 0)
        for _ in range(int(self.rng.integers(least, most + 1))):
            right = self.between(-0.27, 0.27) * self.width
            self.person(right, self.between(back, front) * self.length)

    def person(self, right: float, forward: float) -> None:
        """One person and the shadow, metres from the middle of the boat."""
        turn = self.between(-0.6, 0.6)
        facing = np.array([[cos(turn), -sin(turn)], [sin(turn), cos(turn)]])
        place = np.array([right, forward])
        cloth = self.pick(PEOPLE)
        self.shade(ellipse(0, 0, 0.26, 0.2) + place + np.array(self.shadow_m) * 0.4, 0.65)
        self.fill(ellipse(0, 0.22, 0.16, 0.2) @ facing.T + place, self.pick(PEOPLE))
        self.fill(ellipse(0, 0, 0.25, 0.15) @ facing.T + place, cloth)
        head = 0.17 if self.rng.random() < 0.3 else 0.11
        self.fill(ellipse(0, 0.03, head, head) @ facing.T + place, self.pick(_SKIN_OR_HAT))

    def clutter(self, count: int, back: float, front: float) -> None:
        """Heaps of net, boxes of foam, coils and barrels on deck."""
        for _ in range(count):
            right = self.between(-0.30, 0.30) * self.width
            forward = self.between(back, front) * self.length
            draw = self.rng.random()
            if draw < 0.4:  # a heap of net with a few floats on it
                half = self.rng.uniform(0.3, 0.75, 2) * min(1.0, self.width / 2.5)
                turn = np.linspace(0, 2 * np.pi, 14, endpoint=False)
                lumpy = (1 + self.rng.normal(0, 0.13, 14))[:, None]
                heap = lumpy * np.stack([half[0] * np.cos(turn), half[1] * np.sin(turn)], axis=1)
                twine = self.pick(_TWINE)
                self.fill(heap + np.array([right, forward]), scaled(twine, 0.7), grain=0.06)
                self.fill(0.65 * heap + np.array([right, forward]), twine, grain=0.08, blur_m=0.05)
                for spot in self.rng.normal(0, 0.25, (int(self.rng.integers(0, 6)), 2)):
                    dot = ellipse(right + spot[0], forward + spot[1], 0.06, 0.06)
                    self.fill(dot, self.pick(PLASTIC))
            elif draw < 0.75:  # boxes and baskets
                size = self.between(0.3, 0.65)
                box = plate_of(size * 1.3, forward, forward + size, right)
                self.shade(box + np.array(self.shadow_m) * 0.3, 0.7)
                lid = self.pick((*CLOTH, (0.93, 0.93, 0.9), (0.93, 0.93, 0.9)))
                self.fill(box, lid)
                self.fill(box * 0.8 + box.mean(axis=0) * 0.2, scaled(lid, 0.85))
            else:  # barrel or coil of rope
                size = self.between(0.2, 0.35)
                colour = self.pick((*PLASTIC, *_TWINE))
                self.fill(ellipse(right, forward, size, size), colour)
                self.fill(ellipse(right, forward, size * 0.5, size * 0.5), scaled(colour, 0.55))

    def outboards(self, count: int, stern: float = -0.5) -> None:
        """So many motors side by side, at a share of the length."""
        for number in range(count):
            right = (number - (count - 1) / 2) * 0.62
            motor = roof_of(0.42, stern * self.length - 0.45, stern * self.length + 0.28, 0.3)
            cover = self.pick((DARK, DARK, (0.85, 0.85, 0.86), (0.25, 0.26, 0.28)))
            self.fill(motor + np.array([right, 0]), cover, solid=True)
            self.fill(ellipse(right, stern * self.length, 0.1, 0.16), (0.8, 0.8, 0.82), alpha=0.35)


def brush_for(canvas: Canvas, boat: SceneObject, world: World, rng: np.random.Generator) -> Brush:
    """The brush of a boat, with the world's sun turned into its axes."""
    east, north = sun_direction(world)
    heading = radians(boat.heading_deg)
    shadow_m = (
        east * cos(heading) - north * sin(heading), east * sin(heading) + north * cos(heading)
    )  # fmt: skip
    return Brush(canvas, boat, rng, shadow_m)
