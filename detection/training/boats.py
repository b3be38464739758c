"""Boats from above: from jet-skis to ferries, shaded by the sun, moored or under way."""

from collections.abc import Callable
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
_HULLS: dict[Build, Points] = {
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
_WOOD: tuple[Colour, ...] = (
    (0.45, 0.30, 0.18),
    (0.55, 0.40, 0.25),
    (0.36, 0.25, 0.18),
    (0.62, 0.50, 0.36),
)
_PAINT: tuple[Colour, ...] = (
    (0.90, 0.90, 0.88), (0.20, 0.42, 0.72), (0.15, 0.52, 0.36), (0.80, 0.22, 0.18),
    (0.92, 0.72, 0.20), (0.35, 0.65, 0.75), (0.70, 0.70, 0.68), (0.12, 0.20, 0.38),
    (0.85, 0.48, 0.20),
)  # fmt: skip
_CLOTH: tuple[Colour, ...] = (
    (0.20, 0.35, 0.70), (0.88, 0.88, 0.85), (0.75, 0.18, 0.18), (0.15, 0.50, 0.35),
    (0.90, 0.55, 0.15), (0.55, 0.58, 0.60), (0.30, 0.60, 0.80), (0.78, 0.72, 0.55),
)  # fmt: skip
_PLASTIC: tuple[Colour, ...] = (
    (0.95, 0.45, 0.1), (0.9, 0.15, 0.15), (0.95, 0.85, 0.15), (0.2, 0.5, 0.85), (0.3, 0.7, 0.3),
    (0.92, 0.92, 0.9),
)  # fmt: skip
_FIBREGLASS: tuple[Colour, ...] = (
    (0.93, 0.93, 0.92), (0.88, 0.88, 0.85), (0.85, 0.86, 0.9), (0.2, 0.3, 0.5),
)  # fmt: skip
_PEOPLE: tuple[Colour, ...] = (
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
_DARK: Colour = (0.13, 0.13, 0.14)


def _pick(rng: np.random.Generator, colours: tuple[Colour, ...]) -> Colour:
    return scaled(colours[int(rng.integers(len(colours)))], float(rng.uniform(0.8, 1.1)))


def _plate(width_m: float, back_m: float, front_m: float, right_m: float = 0.0) -> Points:
    """A rectangle across the boat, from `back_m` to `front_m` along its axis."""
    left, right = right_m - width_m / 2, right_m + width_m / 2
    return np.array([[left, back_m], [right, back_m], [right, front_m], [left, front_m]])


def _roof(width_m: float, back_m: float, front_m: float, bend: float = 0.08) -> Points:
    """A plate with its corners cut."""
    cut = bend * min(width_m, front_m - back_m)
    half = width_m / 2
    right = np.array(
        [[half - cut, front_m], [half, front_m - cut], [half, back_m + cut], [half - cut, back_m]]
    )
    return np.concatenate([right, (right * [-1, 1])[::-1]])


@dataclass(frozen=True)
class _Brush:
    """Paints parts of one boat, given in its own axes."""

    canvas: Canvas
    boat: SceneObject
    rng: np.random.Generator
    shadow_m: tuple[float, float]  # right and forward metres of shadow for a metre of height

    @property
    def length(self) -> float:
        return self.boat.length_m

    @property
    def width(self) -> float:
        return self.boat.width_m

    def pick(self, colours: tuple[Colour, ...]) -> Colour:
        return _pick(self.rng, colours)

    def between(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def fill(
        self, part: Points, colour: Colour, *,
        alpha: float = 1.0, grain: float = 0.0, solid: bool = False, blur_m: float = 0.0,
    ) -> None:  # fmt: skip
        self.canvas.fill(
            Body(self.boat).world(part), colour,
            alpha=alpha, grain=grain, solid=solid, blur_m=blur_m,
        )  # fmt: skip

    def shade(self, part: Points, factor: float, blur_m: float = 0.05) -> None:
        self.canvas.shade(Body(self.boat).world(part), factor, blur_m)

    def half(self, share: float = 1.0) -> Points:
        """The right side of the hull from bow to stern, its width shrunk by `share`."""
        size = [self.width / 2 * share, self.length * (1 - (1 - share) * 0.35)]
        return _HULLS[build_of(self.boat)] * size

    def hull(self, share: float = 1.0) -> Points:
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
            seam = _plate(0.035, back * self.length, front * self.length, float(right))
            self.fill(seam, (0.1, 0.07, 0.05), alpha=0.35)

    def canopy(self, part: Points, cloth: Colour, bars: int) -> None:
        """Stretched cloth: its ribs, the side away from the sun darker, a sheen on the other."""
        self.fill(part, cloth, grain=0.02, solid=True)
        low, high = part.min(axis=0), part.max(axis=0)
        width, lit = high[0] - low[0], -np.sign(self.shadow_m[0]) or 1.0
        for share, factor, alpha in ((0.30, 1.22, 0.55), (-0.33, 0.74, 0.6)):
            strip = _plate(0.34 * width, low[1], high[1], lit * share * width)
            self.fill(strip, scaled(cloth, factor), alpha=alpha, blur_m=0.06)
        for at in np.linspace(low[1], high[1] - 0.07, bars):
            self.fill(_plate(width, at, at + 0.07), scaled(cloth, 0.78), alpha=0.7)
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
        turn = self.between(-0.6, 0.6)
        facing = np.array([[cos(turn), -sin(turn)], [sin(turn), cos(turn)]])
        place = np.array([right, forward])
        cloth = self.pick(_PEOPLE)
        self.shade(ellipse(0, 0, 0.26, 0.2) + place + np.array(self.shadow_m) * 0.4, 0.65)
        self.fill(ellipse(0, 0.22, 0.16, 0.2) @ facing.T + place, self.pick(_PEOPLE))
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
                    self.fill(dot, self.pick(_PLASTIC))
            elif draw < 0.75:  # boxes and baskets
                size = self.between(0.3, 0.65)
                box = _plate(size * 1.3, forward, forward + size, right)
                self.shade(box + np.array(self.shadow_m) * 0.3, 0.7)
                lid = self.pick((*_CLOTH, (0.93, 0.93, 0.9), (0.93, 0.93, 0.9)))
                self.fill(box, lid)
                self.fill(box * 0.8 + box.mean(axis=0) * 0.2, scaled(lid, 0.85))
            else:  # barrel or coil of rope
                size = self.between(0.2, 0.35)
                colour = self.pick((*_PLASTIC, *_TWINE))
                self.fill(ellipse(right, forward, size, size), colour)
                self.fill(ellipse(right, forward, size * 0.5, size * 0.5), scaled(colour, 0.55))

    def outboards(self, count: int, stern: float = -0.5) -> None:
        for number in range(count):
            right = (number - (count - 1) / 2) * 0.62
            motor = _roof(0.42, stern * self.length - 0.45, stern * self.length + 0.28, 0.3)
            cover = self.pick((_DARK, _DARK, (0.85, 0.85, 0.86), (0.25, 0.26, 0.28)))
            self.fill(motor + np.array([right, 0]), cover, solid=True)
            self.fill(ellipse(right, stern * self.length, 0.1, 0.16), (0.8, 0.8, 0.82), alpha=0.35)


def paint_boat(canvas: Canvas, boat: SceneObject, world: World) -> None:
    """A boat with its shadow; hull, canopy and shaft are solid, wake and shadow are not."""
    rng = np.random.default_rng(boat.look_seed)
    east, north = sun_direction(world)
    heading = radians(boat.heading_deg)
    shadow_m = (
        east * cos(heading) - north * sin(heading), east * sin(heading) + north * cos(heading)
    )  # fmt: skip
    brush = _Brush(canvas, boat, rng, shadow_m)
    build = build_of(boat)
    if boat.speed_m_s < 0.3 and boat.width_m > 1.3 and rng.random() < 0.6:
        _mooring(brush)
    _PAINTERS[build](brush)


def _mooring(brush: _Brush) -> None:
    """Ropes from bow, and now and then stern, that run down into the water."""
    for end in (0.49, -0.49) if brush.rng.random() < 0.4 else (0.49,):
        way = np.sign(end) * brush.between(1.5, 5)
        aside = brush.between(-0.3, 0.3) * way
        for share in (0.35, 0.7, 1.0):  # it fades as it goes down
            rope = np.array([[0, end * brush.length], [aside, end * brush.length + way]])
            rope[1] = rope[0] + (rope[1] - rope[0]) * share
            brush.fill(ribbon(rope, 0.045), (0.78, 0.76, 0.68), alpha=0.35)


def _long_tail(brush: _Brush) -> None:
    rng, length, width = brush.rng, brush.length, brush.width
    roofed = rng.random() < 0.7
    back = brush.between(-0.36, -0.24) * length
    roof = _roof(
        brush.between(0.98, 1.15) * width, back, back + brush.between(0.22, 0.46) * length, 0.03
    )
    prow = ribbon(np.array([[0, 0.36 * length], [0, 0.5 * length]]), 0.16)
    brush.afloat((prow, 1.1), *([(roof, 1.9)] if roofed else []))
    # engine on the stern, its shaft slanting into the water metres astern
    swing = float(rng.normal(0, 0.25))
    engine = np.array([0.0, -0.46 * length])
    tip = engine + brush.between(2.0, 3.6) * np.array([np.sin(swing), -np.cos(swing)])
    brush.fill(ribbon(np.array([engine, tip]), 0.09), (0.35, 0.35, 0.36), solid=True)
    deck = brush.pick(_WOOD)
    rim = brush.pick(_WOOD + _PAINT)
    brush.shell(rim, 0.84, scaled(deck, 0.7), open_inside=True)
    band = brush.pick(_PAINT) if rng.random() < 0.6 else scaled(rim, 1.25)
    for side in (-1, 1):
        brush.fill(ribbon(brush.half(0.97)[3:] * [side, 1], 0.06), band)
    brush.fill(ribbon(np.array([[0, 0.30 * length], [0, 0.5 * length]]), 0.15), scaled(rim, 1.2))
    fore = brush.hull(0.74)
    brush.fill(fore[fore[:, 1] > 0.17 * length], scaled(deck, 1.2), grain=0.03)  # fore deck
    brush.planks(0.17, 0.30, 4)
    if rng.random() < 0.45:
        brush.fill(_plate(0.62 * width, -0.36 * length, 0.16 * length), scaled(deck, 1.05))
        brush.planks(-0.36, 0.16, 5)
    for forward in np.linspace(-0.36, 0.14, int(rng.integers(4, 8))):
        brush.fill(
            _plate(0.82 * width, forward * length, forward * length + 0.2), scaled(deck, 1.3)
        )
    brush.clutter(int(rng.integers(0, 5)), -0.34, 0.2)
    brush.people(6)
    if roofed:
        brush.shade(roof + np.array(brush.shadow_m) * 0.25, 0.7)
        brush.canopy(roof, brush.pick(_CLOTH), int(rng.integers(3, 7)))
    motor = brush.pick((_DARK, (0.45, 0.2, 0.15), (0.4, 0.41, 0.42)))
    brush.fill(_plate(0.45, -0.47 * length, -0.37 * length), motor)
    brush.fill(ellipse(0.05, -0.42 * length, 0.12, 0.16), (0.62, 0.62, 0.62))
    if rng.random() < 0.6:
        brush.person(brush.between(-0.2, 0.2), -0.34 * length)
    if rng.random() < 0.75:  # the garlands of cloth on the bow, their ends hanging
        for number in range(int(rng.integers(2, 6))):
            at = (0.485 - 0.011 * number) * length
            brush.fill(ellipse(0, at, 0.17, 0.075), brush.pick(_PEOPLE + _PLASTIC))
            end = ellipse(brush.between(-0.3, 0.3), at - 0.1, 0.06, 0.17)
            brush.fill(end, brush.pick(_PEOPLE + _PLASTIC))


def _speedboat(brush: _Brush) -> None:
    rng, length, width = brush.rng, brush.length, brush.width
    hull = brush.pick(_FIBREGLASS)
    back = brush.between(-0.40, -0.2) * length
    roof = _roof(0.88 * width, back, back + brush.between(0.2, 0.5) * length)
    roofed = rng.random() < (0.75 if length > 9 else 0.45)
    brush.afloat(*([(roof, 2.1)] if roofed else []))
    brush.outboards(1 if width < 2.1 else int(rng.integers(2, 4)))
    brush.shell(hull, 0.93, scaled(hull, 1.05), open_inside=False)
    if rng.random() < 0.4:  # a stripe along the sides
        stripe = brush.pick(_PAINT)
        for side in (-1, 1):
            brush.fill(ribbon(brush.half(0.98)[2:] * [side, 1], 0.1), stripe)
    floor = brush.pick(
        ((0.72, 0.70, 0.66), (0.55, 0.56, 0.58), (0.80, 0.78, 0.72), (0.62, 0.50, 0.38))
    )
    front = brush.between(0.06, 0.22)
    pit = brush.hull(0.74)
    pit = pit[pit[:, 1] < front * length]
    brush.fill(pit, scaled(floor, 0.85), grain=0.02)
    brush.shade(pit + np.array(brush.shadow_m) * 0.3, 0.9)
    if rng.random() < 0.5:  # seats in the bow
        bow = brush.hull(0.6)
        brush.fill(bow[bow[:, 1] > (front + 0.08) * length], floor, alpha=0.9)
    for row in np.arange(-0.44, front - 0.08, brush.between(0.08, 0.16)):
        brush.fill(_plate(0.66 * width, row * length, row * length + 0.42), brush.pick(_CLOTH))
    brush.people(7, -0.42, front - 0.05)
    bent = np.array([[-0.4, -0.03], [-0.3, 0.03], [0, 0.05], [0.3, 0.03], [0.4, -0.03]])
    screen = ribbon(bent * [width, length] + [0, front * length], 0.3)
    brush.fill(screen, (0.16, 0.20, 0.25), alpha=0.9)
    brush.fill(screen + np.array(brush.shadow_m) * -0.06, (0.9, 0.95, 1), alpha=0.25)
    if roofed:
        brush.shade(roof + np.array(brush.shadow_m) * 0.3, 0.7)
        brush.canopy(roof, brush.pick((*_CLOTH, *_FIBREGLASS)), int(rng.integers(2, 5)))


def _dinghy(brush: _Brush) -> None:
    """An inflatable: two tubes joined at the bow, a floor, one outboard."""
    tube = brush.pick(((0.42, 0.43, 0.45), (0.75, 0.76, 0.77), (0.15, 0.16, 0.18), (0.8, 0.3, 0.1)))
    brush.afloat()
    brush.outboards(int(brush.rng.random() < 0.85), -0.46)
    brush.shell(tube, 0.56, brush.pick(((0.5, 0.5, 0.5), *_WOOD)), open_inside=True)
    rope = ribbon(brush.half(0.72), 0.05)
    brush.fill(rope, scaled(tube, 1.5), alpha=0.5)
    for row in (-0.22, 0.08):
        brush.fill(
            _plate(0.7 * brush.width, row * brush.length, row * brush.length + 0.24),
            scaled(tube, 0.8),
        )
    brush.people(4, -0.35, 0.2)


def _jet_ski(brush: _Brush) -> None:
    paint = brush.pick(_PLASTIC + _FIBREGLASS)
    brush.afloat()
    brush.shell(paint, 0.8, brush.pick((_DARK, (0.9, 0.9, 0.9), *_PLASTIC)), open_inside=False)
    length = brush.length
    brush.fill(_roof(0.42, -0.38 * length, 0.08 * length, 0.3), _DARK)
    brush.fill(_plate(0.75, 0.12 * length, 0.12 * length + 0.09), (0.2, 0.2, 0.2))
    brush.fill(ellipse(0, 0.27 * length, 0.2, 0.3), scaled(paint, 1.3), alpha=0.7)
    if brush.boat.speed_m_s > 0 or brush.rng.random() < 0.5:
        for seat in (-0.05, -0.25)[: int(brush.rng.integers(1, 3))]:
            brush.person(0, seat * length)


def _ferry(brush: _Brush) -> None:
    """A tour boat with a long light roof, an open bow, and people astern."""
    rng, length, width = brush.rng, brush.length, brush.width
    back, front = brush.between(-0.46, -0.36) * length, brush.between(0.16, 0.28) * length
    roof = _roof(0.94 * width, back, front, 0.12)
    brush.afloat((roof, 3.2))
    paint = brush.pick((*_FIBREGLASS, *_PAINT))
    brush.shell(
        paint, 0.88, brush.pick((*_WOOD, (0.6, 0.62, 0.6), (0.3, 0.5, 0.42))), open_inside=True
    )
    brush.people(9, -0.47, 0.40)
    brush.shade(roof + np.array(brush.shadow_m) * 0.4, 0.65, 0.1)
    white = brush.pick((*_FIBREGLASS[:3], (0.85, 0.86, 0.82), (0.75, 0.78, 0.8), (0.25, 0.42, 0.6)))
    brush.canopy(roof, white, int(rng.integers(3, 9)))
    house_m = brush.between(0.1, 0.2) * length
    house = _roof(0.6 * width, front - house_m, front - 0.6, 0.15)
    brush.shade(house + np.array(brush.shadow_m) * 0.9, 0.7)
    brush.fill(house, scaled(white, 1.08))
    brush.fill(_plate(0.52 * width, front - 1.0, front - 0.65), (0.15, 0.2, 0.25))
    for _ in range(int(rng.integers(2, 9))):  # rafts, ducts and luggage up there
        right, at = brush.between(-0.38, 0.38) * width, brush.between(back + 1, front - house_m)
        size = brush.between(0.35, 0.9)
        thing = _roof(size, at, at + size * brush.between(0.7, 1.6), 0.2) + np.array([right, 0])
        brush.shade(thing + np.array(brush.shadow_m) * 0.4, 0.7)
        brush.fill(thing, brush.pick((*_PLASTIC, (0.9, 0.9, 0.9), (0.5, 0.5, 0.5))))


def _yacht(brush: _Brush) -> None:
    length, width = brush.length, brush.width
    mast = ribbon(np.array([[0, 0.08 * length], [0, 0.09 * length]]), 0.2)
    shadow = np.array(brush.shadow_m) * 1.05 * length
    foot = np.array([0, 0.08 * length])
    brush.shade(ribbon(np.array([foot, foot + shadow]), 0.18), 0.75, 0.06)  # the mast's shadow
    brush.afloat()
    white = brush.pick((*_FIBREGLASS, (0.93, 0.93, 0.92)))
    brush.shell(white, 0.92, scaled(white, 0.94), open_inside=False)
    if brush.rng.random() < 0.5:
        aft = brush.hull(0.86)
        brush.fill(aft, (0.60, 0.46, 0.30), alpha=0.8, grain=0.03)
    house = _roof(0.55 * width, -0.16 * length, 0.24 * length, 0.35)
    brush.shade(house + np.array(brush.shadow_m) * 0.4, 0.75)
    brush.fill(house, scaled(white, 1.1))
    brush.fill(_roof(0.6 * width, -0.44 * length, -0.18 * length, 0.2), (0.5, 0.42, 0.33))
    for at in (0.02, 0.14, 0.33):
        brush.fill(_plate(0.5, at * length, at * length + 0.5), (0.2, 0.24, 0.28))
    brush.people(4, -0.42, -0.2)
    if brush.rng.random() < 0.5:
        brush.canopy(_roof(0.7 * width, -0.32 * length, -0.15 * length), brush.pick(_CLOTH), 3)
    sail = brush.pick((*_CLOTH, (0.92, 0.92, 0.9)))
    brush.fill(
        ribbon(np.array([[0, 0.08], [0.02, -0.34]]) * length, 0.3), sail
    )  # boom, furled sail
    brush.fill(mast, (0.85, 0.85, 0.85))


def _catamaran(brush: _Brush) -> None:
    """Two hulls under a broad deck, nets between the bows, a long house."""
    length, width = brush.length, brush.width
    brush.afloat((_roof(0.8 * width, -0.3 * length, 0.15 * length, 0.3), 2.4))
    white = brush.pick((*_FIBREGLASS[:3], (0.93, 0.93, 0.92)))
    slim = _HULLS[Build.YACHT] * [0.13 * width, length]
    for side in (-1, 1):
        hull = np.concatenate([slim, (slim * [-1, 1])[::-1]]) + np.array([side * 0.37 * width, 0])
        brush.fill(hull, scaled(white, 1.05 if side * brush.shadow_m[0] < 0 else 0.82), solid=True)
    net = _plate(0.52 * width, 0.18 * length, 0.40 * length)
    brush.fill(net, (0.75, 0.77, 0.77), alpha=brush.between(0.35, 0.8), grain=0.05)
    brush.fill(_roof(0.9 * width, -0.45 * length, 0.2 * length, 0.06), white, solid=True)
    house = _roof(0.7 * width, -0.28 * length, 0.16 * length, 0.35)
    brush.shade(house + np.array(brush.shadow_m) * 0.7, 0.72)
    brush.fill(house, scaled(white, 1.1))
    brush.fill(_plate(0.5 * width, 0.08 * length, 0.12 * length), (0.15, 0.2, 0.26))
    brush.people(8, -0.44, 0.38)
    if brush.rng.random() < 0.7:
        brush.canopy(_roof(0.6 * width, -0.43 * length, -0.2 * length), brush.pick(_CLOTH), 3)
    boom = np.array([[0, 0.06], [0, -0.36]]) * length
    brush.fill(ribbon(boom, 0.34), brush.pick((*_CLOTH, (0.92, 0.92, 0.9))))


def _fishing_boat(brush: _Brush) -> None:
    rng, length, width = brush.rng, brush.length, brush.width
    back = brush.between(-0.34, -0.05) * length
    front = back + brush.between(0.2, 0.36) * length
    house = _roof(0.64 * width, back, front)
    squid = rng.random() < 0.22  # booms with green or white lamps to draw squid
    reach = brush.between(0.7, 1.1) * width
    booms = [
        np.array([[0.0, at * length], [side * reach, at * length]])
        for side in (-1, 1)
        for at in ((-0.38, -0.12, 0.2) if squid else (float(rng.uniform(-0.3, 0.1)),))
    ]
    has_booms = squid or rng.random() < 0.3
    brush.afloat((house, 2.3), *((ribbon(boom, 0.12), 2.2) for boom in booms if has_booms))
    paint = brush.pick(_PAINT)
    deck = brush.pick((*_WOOD, (0.55, 0.55, 0.52), (0.35, 0.5, 0.48)))
    brush.shell(paint, 0.86, deck, open_inside=True)
    band = brush.pick(_PAINT)
    for side in (-1, 1):
        brush.fill(ribbon(brush.half(0.96)[2:] * [side, 1], 0.09), band)
    brush.planks(-0.4, 0.3, 7)
    brush.fill(_plate(0.5 * width, 0.26 * length, 0.31 * length), scaled(deck, 0.5))  # fish hold
    brush.clutter(int(rng.integers(4, 13)), -0.42, 0.32)
    brush.people(5)
    roof = brush.pick((*_PAINT, *_FIBREGLASS))
    brush.shade(house + np.array(brush.shadow_m) * 1.0, 0.62)
    brush.canopy(house, roof, int(rng.integers(2, 6)))
    if rng.random() < 0.5:
        shelter = _roof(0.8 * width, back - 0.2 * length, back - 0.2)
        brush.canopy(shelter, brush.pick(_CLOTH), 4)
    lamp: Colour = (0.55, 0.95, 0.75) if rng.random() < 0.5 else (0.95, 0.95, 0.95)
    if has_booms:
        for boom in booms:
            brush.fill(ribbon(boom, 0.10), (0.72, 0.72, 0.70), solid=True)
            if squid:
                for share in np.linspace(0.5, 1, 5):
                    brush.fill(ellipse(boom[1, 0] * share, boom[1, 1], 0.11, 0.16), lamp)
    mast = ribbon(np.array([[0, front], [0, front + 0.05]]), 0.25)
    brush.fill(mast, (0.85, 0.85, 0.82))


def _kayak(brush: _Brush) -> None:
    paint = brush.pick(_PLASTIC)
    brush.afloat()
    brush.shell(paint, 0.7, scaled(paint, 1.12), open_inside=False)
    for forward in (-0.16, 0.12)[: int(brush.rng.integers(1, 3))]:
        at = forward * brush.length
        brush.fill(ellipse(0, at, 0.32 * brush.width, 0.09 * brush.length), _DARK)
        brush.fill(ellipse(0, at + 0.45, 0.13, 0.4), (0.45, 0.32, 0.24))  # legs
        if brush.boat.speed_m_s > 0 or brush.rng.random() < 0.8:
            _paddler(brush, at)


def _paddle_board(brush: _Brush) -> None:
    paint = brush.pick((*_PLASTIC, (0.92, 0.92, 0.9)))
    brush.afloat()
    brush.shell(paint, 0.82, brush.pick((*_PLASTIC, (0.3, 0.32, 0.34))), open_inside=False)
    brush.fill(_plate(0.5, -0.3 * brush.length, 0.12 * brush.length), (0.4, 0.41, 0.42), alpha=0.7)
    if brush.boat.speed_m_s > 0 or brush.rng.random() < 0.8:
        _paddler(brush, 0.0)


def _paddler(brush: _Brush, at_m: float) -> None:
    turn = float(brush.rng.normal(0.0, 0.5))
    blade = 1.05 * np.array([np.cos(turn), np.sin(turn)])
    paddle = np.array([[0, at_m], [0, at_m]]) + np.array([-blade, blade])
    colour = brush.pick((_DARK, (0.9, 0.9, 0.2), (0.9, 0.9, 0.9)))
    brush.fill(ribbon(paddle, 0.05), _DARK, solid=True)
    for end in (-1, 1):
        brush.fill(ribbon(np.array([0.78, 1.0])[:, None] * end * blade + [0, at_m], 0.16), colour)
    brush.person(0, at_m)


_PAINTERS: dict[Build, Callable[[_Brush], None]] = {
    Build.LONG_TAIL: _long_tail, Build.SPEEDBOAT: _speedboat, Build.DINGHY: _dinghy,
    Build.JET_SKI: _jet_ski, Build.FERRY: _ferry, Build.YACHT: _yacht,
    Build.CATAMARAN: _catamaran, Build.FISHING_BOAT: _fishing_boat, Build.KAYAK: _kayak,
    Build.PADDLE_BOARD: _paddle_board,
}  # fmt: skip
