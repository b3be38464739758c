"""Boats from above: from jet-skis to ferries, shaded by the sun, moored or under way."""

from collections.abc import Callable

import numpy as np

from detection.training.boat_brush import (
    CLOTH,
    DARK,
    FIBREGLASS,
    HULLS,
    PAINT,
    PEOPLE,
    PLASTIC,
    WOOD,
    Brush,
    Build,
    brush_for,
    build_of,
    plate_of,
    roof_of,
)
from detection.training.canvas import Canvas, ellipse, ribbon, scaled
from detection.training.world import Colour, SceneObject, World


def paint_boat(canvas: Canvas, boat: SceneObject, world: World) -> None:
    """A boat with its shadow; hull, canopy and shaft are solid, wake and shadow are not."""
    rng = np.random.default_rng(boat.look_seed)
    brush = brush_for(canvas, boat, world, rng)
    build = build_of(boat)
    if boat.speed_m_s < 0.3 and boat.width_m > 1.3 and rng.random() < 0.6:
        _mooring(brush)
    _PAINTERS[build](brush)


def _mooring(brush: Brush) -> None:
    """Ropes from bow, and now and then stern, that run down into the water."""
    for end in (0.49, -0.49) if brush.rng.random() < 0.4 else (0.49,):
        way = np.sign(end) * brush.between(1.5, 5)
        aside = brush.between(-0.3, 0.3) * way
        for share in (0.35, 0.7, 1.0):  # it fades as it goes down
            rope = np.array([[0, end * brush.length], [aside, end * brush.length + way]])
            rope[1] = rope[0] + (rope[1] - rope[0]) * share
            brush.fill(ribbon(rope, 0.045), (0.78, 0.76, 0.68), alpha=0.35)


def _long_tail(brush: Brush) -> None:
    rng, length, width = brush.rng, brush.length, brush.width
    roofed = rng.random() < 0.7
    back = brush.between(-0.36, -0.24) * length
    roof = roof_of(
        brush.between(0.98, 1.15) * width, back, back + brush.between(0.22, 0.46) * length, 0.03
    )
    prow = ribbon(np.array([[0, 0.36 * length], [0, 0.5 * length]]), 0.16)
    brush.afloat((prow, 1.1), *([(roof, 1.9)] if roofed else []))
    # engine on the stern, its shaft slanting into the water metres astern
    swing = float(rng.normal(0, 0.25))
    engine = np.array([0.0, -0.46 * length])
    tip = engine + brush.between(2.0, 3.6) * np.array([np.sin(swing), -np.cos(swing)])
    brush.fill(ribbon(np.array([engine, tip]), 0.09), (0.35, 0.35, 0.36), solid=True)
    deck = brush.pick(WOOD)
    rim = brush.pick(WOOD + PAINT)
    brush.shell(rim, 0.84, scaled(deck, 0.7), open_inside=True)
    band = brush.pick(PAINT) if rng.random() < 0.6 else scaled(rim, 1.25)
    for side in (-1, 1):
        brush.fill(ribbon(brush.half(0.97)[3:] * [side, 1], 0.06), band)
    brush.fill(ribbon(np.array([[0, 0.30 * length], [0, 0.5 * length]]), 0.15), scaled(rim, 1.2))
    fore = brush.hull(0.74)
    brush.fill(fore[fore[:, 1] > 0.17 * length], scaled(deck, 1.2), grain=0.03)  # fore deck
    brush.planks(0.17, 0.30, 4)
    if rng.random() < 0.45:
        brush.fill(plate_of(0.62 * width, -0.36 * length, 0.16 * length), scaled(deck, 1.05))
        brush.planks(-0.36, 0.16, 5)
    for forward in np.linspace(-0.36, 0.14, int(rng.integers(4, 8))):
        brush.fill(
            plate_of(0.82 * width, forward * length, forward * length + 0.2), scaled(deck, 1.3)
        )
    brush.clutter(int(rng.integers(0, 5)), -0.34, 0.2)
    brush.people(6)
    if roofed:
        brush.shade(roof + np.array(brush.shadow_m) * 0.25, 0.7)
        brush.canopy(roof, brush.pick(CLOTH), int(rng.integers(3, 7)))
    motor = brush.pick((DARK, (0.45, 0.2, 0.15), (0.4, 0.41, 0.42)))
    brush.fill(plate_of(0.45, -0.47 * length, -0.37 * length), motor)
    brush.fill(ellipse(0.05, -0.42 * length, 0.12, 0.16), (0.62, 0.62, 0.62))
    if rng.random() < 0.6:
        brush.person(brush.between(-0.2, 0.2), -0.34 * length)
    if rng.random() < 0.75:  # the garlands of cloth on the bow, their ends hanging
        for number in range(int(rng.integers(2, 6))):
            at = (0.485 - 0.011 * number) * length
            brush.fill(ellipse(0, at, 0.17, 0.075), brush.pick(PEOPLE + PLASTIC))
            end = ellipse(brush.between(-0.3, 0.3), at - 0.1, 0.06, 0.17)
            brush.fill(end, brush.pick(PEOPLE + PLASTIC))


def _speedboat(brush: Brush) -> None:
    rng, length, width = brush.rng, brush.length, brush.width
    hull = brush.pick(FIBREGLASS)
    back = brush.between(-0.40, -0.2) * length
    roof = roof_of(0.88 * width, back, back + brush.between(0.2, 0.5) * length)
    roofed = rng.random() < (0.75 if length > 9 else 0.45)
    brush.afloat(*([(roof, 2.1)] if roofed else []))
    brush.outboards(1 if width < 2.1 else int(rng.integers(2, 4)))
    brush.shell(hull, 0.93, scaled(hull, 1.05), open_inside=False)
    if rng.random() < 0.4:  # a stripe along the sides
        stripe = brush.pick(PAINT)
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
        brush.fill(plate_of(0.66 * width, row * length, row * length + 0.42), brush.pick(CLOTH))
    brush.people(7, -0.42, front - 0.05)
    bent = np.array([[-0.4, -0.03], [-0.3, 0.03], [0, 0.05], [0.3, 0.03], [0.4, -0.03]])
    screen = ribbon(bent * [width, length] + [0, front * length], 0.3)
    brush.fill(screen, (0.16, 0.20, 0.25), alpha=0.9)
    brush.fill(screen + np.array(brush.shadow_m) * -0.06, (0.9, 0.95, 1), alpha=0.25)
    if roofed:
        brush.shade(roof + np.array(brush.shadow_m) * 0.3, 0.7)
        brush.canopy(roof, brush.pick((*CLOTH, *FIBREGLASS)), int(rng.integers(2, 5)))


def _dinghy(brush: Brush) -> None:
    """An inflatable: two tubes joined at the bow, a floor, one outboard."""
    tube = brush.pick(((0.42, 0.43, 0.45), (0.75, 0.76, 0.77), (0.15, 0.16, 0.18), (0.8, 0.3, 0.1)))
    brush.afloat()
    brush.outboards(int(brush.rng.random() < 0.85), -0.46)
    brush.shell(tube, 0.56, brush.pick(((0.5, 0.5, 0.5), *WOOD)), open_inside=True)
    rope = ribbon(brush.half(0.72), 0.05)
    brush.fill(rope, scaled(tube, 1.5), alpha=0.5)
    for row in (-0.22, 0.08):
        brush.fill(
            plate_of(0.7 * brush.width, row * brush.length, row * brush.length + 0.24),
            scaled(tube, 0.8),
        )
    brush.people(4, -0.35, 0.2)


def _jet_ski(brush: Brush) -> None:
    paint = brush.pick(PLASTIC + FIBREGLASS)
    brush.afloat()
    brush.shell(paint, 0.8, brush.pick((DARK, (0.9, 0.9, 0.9), *PLASTIC)), open_inside=False)
    length = brush.length
    brush.fill(roof_of(0.42, -0.38 * length, 0.08 * length, 0.3), DARK)
    brush.fill(plate_of(0.75, 0.12 * length, 0.12 * length + 0.09), (0.2, 0.2, 0.2))
    brush.fill(ellipse(0, 0.27 * length, 0.2, 0.3), scaled(paint, 1.3), alpha=0.7)
    if brush.boat.speed_m_s > 0 or brush.rng.random() < 0.5:
        for seat in (-0.05, -0.25)[: int(brush.rng.integers(1, 3))]:
            brush.person(0, seat * length)


def _ferry(brush: Brush) -> None:
    """A tour boat with a long light roof, an open bow, and people astern."""
    rng, length, width = brush.rng, brush.length, brush.width
    back, front = brush.between(-0.46, -0.36) * length, brush.between(0.16, 0.28) * length
    roof = roof_of(0.94 * width, back, front, 0.12)
    brush.afloat((roof, 3.2))
    paint = brush.pick((*FIBREGLASS, *PAINT))
    brush.shell(
        paint, 0.88, brush.pick((*WOOD, (0.6, 0.62, 0.6), (0.3, 0.5, 0.42))), open_inside=True
    )
    brush.people(9, -0.47, 0.40)
    brush.shade(roof + np.array(brush.shadow_m) * 0.4, 0.65, 0.1)
    white = brush.pick((*FIBREGLASS[:3], (0.85, 0.86, 0.82), (0.75, 0.78, 0.8), (0.25, 0.42, 0.6)))
    brush.canopy(roof, white, int(rng.integers(3, 9)))
    house_m = brush.between(0.1, 0.2) * length
    house = roof_of(0.6 * width, front - house_m, front - 0.6, 0.15)
    brush.shade(house + np.array(brush.shadow_m) * 0.9, 0.7)
    brush.fill(house, scaled(white, 1.08))
    brush.fill(plate_of(0.52 * width, front - 1.0, front - 0.65), (0.15, 0.2, 0.25))
    for _ in range(int(rng.integers(2, 9))):  # rafts, ducts and luggage up there
        right, at = brush.between(-0.38, 0.38) * width, brush.between(back + 1, front - house_m)
        size = brush.between(0.35, 0.9)
        thing = roof_of(size, at, at + size * brush.between(0.7, 1.6), 0.2) + np.array([right, 0])
        brush.shade(thing + np.array(brush.shadow_m) * 0.4, 0.7)
        brush.fill(thing, brush.pick((*PLASTIC, (0.9, 0.9, 0.9), (0.5, 0.5, 0.5))))


def _yacht(brush: Brush) -> None:
    length, width = brush.length, brush.width
    mast = ribbon(np.array([[0, 0.08 * length], [0, 0.09 * length]]), 0.2)
    shadow = np.array(brush.shadow_m) * 1.05 * length
    foot = np.array([0, 0.08 * length])
    brush.shade(ribbon(np.array([foot, foot + shadow]), 0.18), 0.75, 0.06)  # the mast's shadow
    brush.afloat()
    white = brush.pick((*FIBREGLASS, (0.93, 0.93, 0.92)))
    brush.shell(white, 0.92, scaled(white, 0.94), open_inside=False)
    if brush.rng.random() < 0.5:
        aft = brush.hull(0.86)
        brush.fill(aft, (0.60, 0.46, 0.30), alpha=0.8, grain=0.03)
    house = roof_of(0.55 * width, -0.16 * length, 0.24 * length, 0.35)
    brush.shade(house + np.array(brush.shadow_m) * 0.4, 0.75)
    brush.fill(house, scaled(white, 1.1))
    brush.fill(roof_of(0.6 * width, -0.44 * length, -0.18 * length, 0.2), (0.5, 0.42, 0.33))
    for at in (0.02, 0.14, 0.33):
        brush.fill(plate_of(0.5, at * length, at * length + 0.5), (0.2, 0.24, 0.28))
    brush.people(4, -0.42, -0.2)
    if brush.rng.random() < 0.5:
        brush.canopy(roof_of(0.7 * width, -0.32 * length, -0.15 * length), brush.pick(CLOTH), 3)
    sail = brush.pick((*CLOTH, (0.92, 0.92, 0.9)))
    brush.fill(
        ribbon(np.array([[0, 0.08], [0.02, -0.34]]) * length, 0.3), sail
    )  # boom, furled sail
    brush.fill(mast, (0.85, 0.85, 0.85))


def _catamaran(brush: Brush) -> None:
    """Two hulls under a broad deck, nets between the bows, a long house."""
    length, width = brush.length, brush.width
    brush.afloat((roof_of(0.8 * width, -0.3 * length, 0.15 * length, 0.3), 2.4))
    white = brush.pick((*FIBREGLASS[:3], (0.93, 0.93, 0.92)))
    slim = HULLS[Build.YACHT] * [0.13 * width, length]
    for side in (-1, 1):
        hull = np.concatenate([slim, (slim * [-1, 1])[::-1]]) + np.array([side * 0.37 * width, 0])
        brush.fill(hull, scaled(white, 1.05 if side * brush.shadow_m[0] < 0 else 0.82), solid=True)
    net = plate_of(0.52 * width, 0.18 * length, 0.40 * length)
    brush.fill(net, (0.75, 0.77, 0.77), alpha=brush.between(0.35, 0.8), grain=0.05)
    brush.fill(roof_of(0.9 * width, -0.45 * length, 0.2 * length, 0.06), white, solid=True)
    house = roof_of(0.7 * width, -0.28 * length, 0.16 * length, 0.35)
    brush.shade(house + np.array(brush.shadow_m) * 0.7, 0.72)
    brush.fill(house, scaled(white, 1.1))
    brush.fill(plate_of(0.5 * width, 0.08 * length, 0.12 * length), (0.15, 0.2, 0.26))
    brush.people(8, -0.44, 0.38)
    if brush.rng.random() < 0.7:
        brush.canopy(roof_of(0.6 * width, -0.43 * length, -0.2 * length), brush.pick(CLOTH), 3)
    boom = np.array([[0, 0.06], [0, -0.36]]) * length
    brush.fill(ribbon(boom, 0.34), brush.pick((*CLOTH, (0.92, 0.92, 0.9))))


def _fishing_boat(brush: Brush) -> None:
    rng, length, width = brush.rng, brush.length, brush.width
    back = brush.between(-0.34, -0.05) * length
    front = back + brush.between(0.2, 0.36) * length
    house = roof_of(0.64 * width, back, front)
    squid = rng.random() < 0.22  # booms with green or white lamps to draw squid
    reach = brush.between(0.7, 1.1) * width
    booms = [
        np.array([[0.0, at * length], [side * reach, at * length]])
        for side in (-1, 1)
        for at in ((-0.38, -0.12, 0.2) if squid else (float(rng.uniform(-0.3, 0.1)),))
    ]
    has_booms = squid or rng.random() < 0.3
    brush.afloat((house, 2.3), *((ribbon(boom, 0.12), 2.2) for boom in booms if has_booms))
    paint = brush.pick(PAINT)
    deck = brush.pick((*WOOD, (0.55, 0.55, 0.52), (0.35, 0.5, 0.48)))
    brush.shell(paint, 0.86, deck, open_inside=True)
    band = brush.pick(PAINT)
    for side in (-1, 1):
        brush.fill(ribbon(brush.half(0.96)[2:] * [side, 1], 0.09), band)
    brush.planks(-0.4, 0.3, 7)
    brush.fill(plate_of(0.5 * width, 0.26 * length, 0.31 * length), scaled(deck, 0.5))  # fish hold
    brush.clutter(int(rng.integers(4, 13)), -0.42, 0.32)
    brush.people(5)
    roof = brush.pick((*PAINT, *FIBREGLASS))
    brush.shade(house + np.array(brush.shadow_m) * 1.0, 0.62)
    brush.canopy(house, roof, int(rng.integers(2, 6)))
    if rng.random() < 0.5:
        shelter = roof_of(0.8 * width, back - 0.2 * length, back - 0.2)
        brush.canopy(shelter, brush.pick(CLOTH), 4)
    lamp: Colour = (0.55, 0.95, 0.75) if rng.random() < 0.5 else (0.95, 0.95, 0.95)
    if has_booms:
        for boom in booms:
            brush.fill(ribbon(boom, 0.10), (0.72, 0.72, 0.70), solid=True)
            if squid:
                for share in np.linspace(0.5, 1, 5):
                    brush.fill(ellipse(boom[1, 0] * share, boom[1, 1], 0.11, 0.16), lamp)
    mast = ribbon(np.array([[0, front], [0, front + 0.05]]), 0.25)
    brush.fill(mast, (0.85, 0.85, 0.82))


def _kayak(brush: Brush) -> None:
    paint = brush.pick(PLASTIC)
    brush.afloat()
    brush.shell(paint, 0.7, scaled(paint, 1.12), open_inside=False)
    for forward in (-0.16, 0.12)[: int(brush.rng.integers(1, 3))]:
        at = forward * brush.length
        brush.fill(ellipse(0, at, 0.32 * brush.width, 0.09 * brush.length), DARK)
        brush.fill(ellipse(0, at + 0.45, 0.13, 0.4), (0.45, 0.32, 0.24))  # legs
        if brush.boat.speed_m_s > 0 or brush.rng.random() < 0.8:
            _paddler(brush, at)


def _paddle_board(brush: Brush) -> None:
    paint = brush.pick((*PLASTIC, (0.92, 0.92, 0.9)))
    brush.afloat()
    brush.shell(paint, 0.82, brush.pick((*PLASTIC, (0.3, 0.32, 0.34))), open_inside=False)
    brush.fill(
        plate_of(0.5, -0.3 * brush.length, 0.12 * brush.length), (0.4, 0.41, 0.42), alpha=0.7
    )
    if brush.boat.speed_m_s > 0 or brush.rng.random() < 0.8:
        _paddler(brush, 0.0)


def _paddler(brush: Brush, at_m: float) -> None:
    turn = float(brush.rng.normal(0.0, 0.5))
    blade = 1.05 * np.array([np.cos(turn), np.sin(turn)])
    paddle = np.array([[0, at_m], [0, at_m]]) + np.array([-blade, blade])
    colour = brush.pick((DARK, (0.9, 0.9, 0.2), (0.9, 0.9, 0.9)))
    brush.fill(ribbon(paddle, 0.05), DARK, solid=True)
    for end in (-1, 1):
        brush.fill(ribbon(np.array([0.78, 1.0])[:, None] * end * blade + [0, at_m], 0.16), colour)
    brush.person(0, at_m)


_PAINTERS: dict[Build, Callable[[Brush], None]] = {
    Build.LONG_TAIL: _long_tail, Build.SPEEDBOAT: _speedboat, Build.DINGHY: _dinghy,
    Build.JET_SKI: _jet_ski, Build.FERRY: _ferry, Build.YACHT: _yacht,
    Build.CATAMARAN: _catamaran, Build.FISHING_BOAT: _fishing_boat, Build.KAYAK: _kayak,
    Build.PADDLE_BOARD: _paddle_board,
}  # fmt: skip
