"""Boats from above: long-tails, speedboats, fishing boats and kayaks, with wakes and shadows."""

import numpy as np

from detection.training.canvas import Body, Canvas, Points, ellipse, ribbon, scaled
from detection.training.sea import sun_direction
from detection.training.world import Colour, Kind, SceneObject, World

# Outlines of the right half, as (share of half width, share of length forward of the middle).
_HULLS: dict[Kind, Points] = {
    # narrow, drawn out to a long raised bow, cut off astern
    Kind.LONG_TAIL: np.array(
        [(0.0, 0.5), (0.10, 0.44), (0.45, 0.30), (0.85, 0.12),
         (1.0, -0.08), (0.95, -0.28), (0.72, -0.44), (0.55, -0.5)]
    ),
    Kind.SPEEDBOAT: np.array(
        [(0.0, 0.5), (0.25, 0.46), (0.62, 0.34), (0.9, 0.15),
         (1.0, -0.1), (0.98, -0.35), (0.92, -0.5)]
    ),
    Kind.FISHING_BOAT: np.array(
        [(0.0, 0.5), (0.35, 0.43), (0.75, 0.30), (0.97, 0.1),
         (1.0, -0.15), (0.92, -0.36), (0.7, -0.5)]
    ),
    Kind.KAYAK: np.array(
        [(0.0, 0.5), (0.3, 0.38), (0.8, 0.18), (1.0, 0.0), (0.8, -0.2), (0.3, -0.4), (0.0, -0.5)]
    ),
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


def _pick(rng: np.random.Generator, colours: tuple[Colour, ...]) -> Colour:
    return scaled(colours[int(rng.integers(len(colours)))], float(rng.uniform(0.8, 1.1)))


def _hull(boat: SceneObject, share: float = 1.0) -> Points:
    """Corners of the hull's outline in body axes, shrunk by `share`."""
    half = _HULLS[boat.kind] * [boat.width_m / 2 * share, boat.length_m * (1 - (1 - share) * 0.4)]
    return np.concatenate([half, (half * [-1, 1])[::-1]])


def _plate(width_m: float, back_m: float, front_m: float, right_m: float = 0.0) -> Points:
    """A rectangle across the boat, from `back_m` to `front_m` along its axis."""
    left, right = right_m - width_m / 2, right_m + width_m / 2
    return np.array([[left, back_m], [right, back_m], [right, front_m], [left, front_m]])


def paint_wake(canvas: Canvas, boat: SceneObject, world: World) -> None:
    """Propeller wash and the V of a boat under way; none for one at rest. Not part of its box."""
    speed = boat.speed_m_s
    if speed < 0.7:
        return
    rng = np.random.default_rng(boat.look_seed + 1)
    body, stern = Body(boat), -boat.length_m / 2
    strength = min(1.0, 0.35 + speed / 9)
    wash_m = 6 + 4.5 * speed
    along = np.linspace(0, 1, 9)
    sway = np.cumsum(rng.normal(0, 0.06, 9)) * boat.width_m
    wash = np.stack([sway * along, stern - wash_m * along], axis=1)
    for share in np.linspace(1, 0.1, 10):  # foam thins out astern
        path = np.stack([sway * share * along, stern - wash_m * share * along], axis=1)
        widths = boat.width_m * (0.35 + 1.3 * share * along)
        canvas.froth(body.world(ribbon(path, widths)), (1.05 - share) * strength, 0.2)
    canvas.fill(
        body.world(ribbon(wash, boat.width_m * (0.5 + 1.5 * along))), (0.62, 0.70, 0.68),
        alpha=0.18 * strength, blur_m=0.5,
    )  # fmt: skip
    # Kelvin's wedge is 19.5 degrees to each side for any speed in deep water; less when planing
    spread = np.tan(np.radians(19.5 if speed < 5 else 13.0))
    arm_m = 8 + 4 * speed
    for side in (-1, 1):
        for start, power in ((0.30, 0.75), (0.05, 0.45)):
            path = np.stack(
                [
                    side * (0.42 * boat.width_m + spread * arm_m * along),
                    start * boat.length_m - arm_m * along,
                ],
                axis=1,
            )
            arm = body.world(ribbon(path, 0.12 + 0.5 * along * min(speed / 4, 1.5)))
            canvas.froth(arm, power * strength * float(rng.uniform(0.4, 1)), 0.12)


def paint_boat(canvas: Canvas, boat: SceneObject, world: World) -> None:
    """A boat with its shadow; hull, canopy and shaft are solid, wake and shadow are not."""
    rng = np.random.default_rng(boat.look_seed)
    body = Body(boat)
    east, north = sun_direction(world)
    height_m = {Kind.KAYAK: 0.3, Kind.FISHING_BOAT: 2.0}.get(boat.kind, 1.0)
    canvas.shade(body.world(_hull(boat)) + np.array([east, north]) * height_m, 0.62, 0.15)
    {
        Kind.LONG_TAIL: _long_tail,
        Kind.SPEEDBOAT: _speedboat,
        Kind.FISHING_BOAT: _fishing_boat,
        Kind.KAYAK: _kayak,
    }[boat.kind](canvas, boat, rng)


def _people(canvas: Canvas, boat: SceneObject, rng: np.random.Generator, most: int) -> None:
    body = Body(boat)
    for _ in range(int(rng.integers(0, most + 1))):
        right = rng.uniform(-0.25, 0.25) * boat.width_m
        forward = rng.uniform(-0.38, 0.25) * boat.length_m
        canvas.fill(body.world(ellipse(right, forward, 0.24, 0.16)), _pick(rng, _PEOPLE))
        canvas.fill(body.world(ellipse(right, forward, 0.1, 0.1)), (0.12, 0.09, 0.07))


def _long_tail(canvas: Canvas, boat: SceneObject, rng: np.random.Generator) -> None:
    body, length, width = Body(boat), boat.length_m, boat.width_m
    # engine on the stern, its shaft slanting into the water metres astern
    swing = float(rng.normal(0, 0.25))
    shaft_m = float(rng.uniform(1.8, 3.2))
    engine = np.array([0.0, -0.46 * length])
    tip = engine + shaft_m * np.array([np.sin(swing), -np.cos(swing)])
    canvas.fill(body.world(ribbon(np.array([engine, tip]), 0.09)), (0.35, 0.35, 0.36), solid=True)
    rim = _pick(rng, _WOOD + _PAINT)
    deck = _pick(rng, _WOOD)
    canvas.fill(body.world(_hull(boat)), rim, grain=0.05, solid=True)
    canvas.fill(body.world(_hull(boat, 0.86)), scaled(deck, 0.75), grain=0.08)
    canvas.fill(body.world(_plate(0.5 * width, 0.22 * length, 0.33 * length)), scaled(deck, 1.15))
    for forward in np.linspace(-0.38, 0.18, int(rng.integers(4, 8))):
        canvas.fill(
            body.world(_plate(0.85 * width, forward * length, forward * length + 0.22)),
            scaled(deck, 1.2),
        )
    _people(canvas, boat, rng, 6)
    if rng.random() < 0.75:
        roof_m = float(rng.uniform(0.25, 0.5)) * length
        back = float(rng.uniform(-0.38, -0.2)) * length
        cloth = _pick(rng, _CLOTH)
        canvas.fill(
            body.world(_plate(1.08 * width, back, back + roof_m)), cloth, grain=0.04, solid=True
        )
        for edge in np.linspace(0, 1, int(rng.integers(3, 6))):
            at = back + edge * (roof_m - 0.06)
            canvas.fill(body.world(_plate(1.08 * width, at, at + 0.06)), scaled(cloth, 0.8))
        canvas.fill(
            body.world(_plate(0.4 * width, back, back + roof_m, 0.2 * width)),
            scaled(cloth, 1.12),
            alpha=0.5,
        )
    canvas.fill(body.world(_plate(0.4, -0.48 * length, -0.40 * length)), (0.16, 0.16, 0.17))
    if rng.random() < 0.7:  # the garlands of cloth on the bow
        for number in range(3):
            at = (0.40 + 0.012 * number) * length
            canvas.fill(body.world(ellipse(0, at, 0.16, 0.07)), _pick(rng, _PEOPLE))


def _speedboat(canvas: Canvas, boat: SceneObject, rng: np.random.Generator) -> None:
    body, length, width = Body(boat), boat.length_m, boat.width_m
    inflatable = rng.random() < 0.2
    hull: Colour = (0.42, 0.43, 0.45) if inflatable else _pick(rng, _FIBREGLASS)
    for side in (-1, 1) if width > 2.2 else (0,):
        motor = _plate(0.4, -0.56 * length, -0.48 * length, side * 0.22 * width)
        canvas.fill(body.world(motor), (0.14, 0.14, 0.15), solid=True)
    canvas.fill(body.world(_hull(boat)), hull, solid=True)
    floor = _pick(
        rng, ((0.72, 0.70, 0.66), (0.55, 0.56, 0.58), (0.80, 0.78, 0.72), (0.62, 0.50, 0.38))
    )
    canvas.fill(body.world(_hull(boat, 0.72) * [1, 0.8] - [0, 0.06 * length]), floor, grain=0.03)
    canvas.fill(
        body.world(_plate(0.72 * width, 0.06 * length, 0.14 * length)),
        (0.18, 0.22, 0.26),
        alpha=0.85,
    )
    for row in range(int(rng.integers(1, 4))):
        seat = -0.1 * length - 0.1 * row * length
        canvas.fill(body.world(_plate(0.65 * width, seat, seat + 0.45)), _pick(rng, _CLOTH))
    _people(canvas, boat, rng, 5)
    if not inflatable and rng.random() < 0.45:
        back = float(rng.uniform(-0.40, -0.2)) * length
        roof = _plate(0.88 * width, back, back + float(rng.uniform(0.2, 0.5)) * length)
        canvas.fill(body.world(roof), _pick(rng, _CLOTH), solid=True)


def _fishing_boat(canvas: Canvas, boat: SceneObject, rng: np.random.Generator) -> None:
    body, length, width = Body(boat), boat.length_m, boat.width_m
    canvas.fill(body.world(_hull(boat)), _pick(rng, _PAINT), solid=True)
    deck = _pick(rng, (*_WOOD, (0.55, 0.55, 0.52), (0.35, 0.5, 0.48)))
    canvas.fill(body.world(_hull(boat, 0.86)), deck, grain=0.10)
    for _ in range(int(rng.integers(4, 14))):  # crates, nets, barrels
        right, forward = rng.uniform(-0.33, 0.33) * width, rng.uniform(-0.42, 0.3) * length
        size = rng.uniform(0.2, 0.7, 2)
        canvas.fill(
            body.world(ellipse(right, forward, size[0], size[1])),
            _pick(rng, _CLOTH + _WOOD),
            grain=0.12,
        )
    back = float(rng.uniform(-0.30, 0.02)) * length
    house_m = float(rng.uniform(0.18, 0.35)) * length
    house = _pick(rng, _PAINT)
    canvas.fill(body.world(_plate(0.62 * width, back, back + house_m)), house, solid=True)
    canvas.fill(
        body.world(_plate(0.5 * width, back + 0.15, back + house_m - 0.15)), scaled(house, 1.12)
    )
    if rng.random() < 0.5:
        reach = float(rng.uniform(0.6, 1.1)) * width
        for side in (-1, 1):
            boom = np.array([[0.0, back], [side * reach, back - rng.uniform(-0.1, 0.25) * length]])
            canvas.fill(body.world(ribbon(boom, 0.10)), (0.75, 0.75, 0.72))
    _people(canvas, boat, rng, 4)


def _kayak(canvas: Canvas, boat: SceneObject, rng: np.random.Generator) -> None:
    body, length, width = Body(boat), boat.length_m, boat.width_m
    canvas.fill(
        body.world(_hull(boat)),
        _pick(rng, _PLASTIC),
        solid=True,
    )
    for forward in (-0.16, 0.12)[: int(rng.integers(1, 3))]:
        at = forward * length
        canvas.fill(body.world(ellipse(0, at, 0.32 * width, 0.09 * length)), (0.15, 0.15, 0.16))
        canvas.fill(body.world(ellipse(0, at, 0.23, 0.17)), _pick(rng, _PEOPLE))
        turn = float(rng.normal(0.0, 0.5))
        blade = 1.05 * np.array([np.cos(turn), np.sin(turn)])
        paddle = np.array([[0, at], [0, at]]) + np.array([-blade, blade])
        canvas.fill(body.world(ribbon(paddle, 0.06)), (0.12, 0.12, 0.12), solid=True)
