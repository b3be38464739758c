"""What boats under way leave: wash, the crests of the V, spray, and silt off a shallow bottom."""

from dataclasses import replace

import numpy as np

from detection.training.boat_brush import Build, build_of
from detection.training.canvas import Body, Canvas, ellipse, mixed, ribbon
from detection.training.sea_bottom import water_m
from detection.training.world import SceneObject, World

_STIRRED_M = 1.6  # over deeper ground a small boat's propeller stirs nothing up


def paint_wake(canvas: Canvas, boat: SceneObject, world: World) -> None:
    """Propeller wash and the V of a boat under way; none for one at rest. Not part of its box."""
    speed = boat.speed_m_s
    if speed < 0.7:
        return
    rng = np.random.default_rng(boat.look_seed + 1)
    strength = min(1.0, 0.35 + speed / 9)
    if build_of(boat) not in (Build.KAYAK, Build.PADDLE_BOARD):
        _wash(canvas, boat, rng, strength)
        _silt(canvas, boat, world)  # under the foam, over the smooth trail
    _crests(canvas, boat, rng, strength)
    if speed > 4:
        _spray(canvas, boat, rng, strength)


def _silt(canvas: Canvas, boat: SceneObject, world: World) -> None:
    """Brown puffs that the propeller stirs up where the bottom is near; they spread and thin out.

    Its draws are its own, so that the rest of a wake is the same over any depth.
    """
    rng = np.random.default_rng([boat.look_seed, 3])
    sand_r, sand_g, sand_b = world.bottom.sand_colour
    silt = mixed(world.water.deep_colour, (0.88 * sand_r, 0.76 * sand_g, 0.59 * sand_b), 0.85)
    dense, fade_m = float(rng.uniform(0.3, 0.85)), float(rng.uniform(14, 50))
    sway = 0.0
    for behind in np.cumsum(rng.uniform(0.9, 2.2, 40)):
        sway += float(rng.normal(0, 0.12))
        size = rng.uniform(0.7, 1.3, 2) * (0.6 + 0.5 * behind**0.5)
        puff = ellipse(sway + rng.normal(0, 0.35 * size[0]), 0.0, size[0], 1.6 * size[1])
        puff = puff * (1 + rng.normal(0, 0.1, (len(puff), 1)))
        puff[:, 1] -= boat.length_m / 2 + 0.5 + behind
        at = Body(boat).world(puff)
        east_m, north_m = at.mean(axis=0)
        depth = water_m(world, replace(boat, east_m=float(east_m), north_m=float(north_m)))
        near = 1 - (depth - 0.1) / (_STIRRED_M - 0.1)
        if depth < 0.1 or near <= 0:
            continue
        alpha = dense * min(1.0, 1.6 * near) * float(np.exp(-behind / fade_m))
        alpha *= float(rng.uniform(0.1, 0.85))
        canvas.fill(at, silt, alpha=alpha, blur_m=0.2 + 0.16 * float(size[0]))


def _wash(canvas: Canvas, boat: SceneObject, rng: np.random.Generator, strength: float) -> None:
    """White water astern that thins out to a pale, smooth trail."""
    body, stern = Body(boat), -boat.length_m / 2
    wash_m = 6 + 4.5 * boat.speed_m_s
    along = np.linspace(0, 1, 13)
    sway = np.cumsum(rng.normal(0, 0.06, 13)) * boat.width_m
    start = 0.3 if build_of(boat) is Build.LONG_TAIL else 0.55
    widths = boat.width_m * start + min(boat.width_m, 2.2) * along**0.7
    trail = np.stack([sway * along * 2.2, stern - 2.2 * wash_m * along], axis=1)
    canvas.fill(
        body.world(ribbon(trail, widths * 1.4)), (0.62, 0.72, 0.70),
        alpha=0.2 * strength, blur_m=0.5,
    )  # fmt: skip
    for share in np.linspace(1, 0.1, 10):  # foam thins out astern
        path = np.stack([sway * share * along, stern + 0.4 - wash_m * share * along], axis=1)
        ragged = np.interp(along * share, along, widths) * (1 + rng.normal(0, 0.08, 13))
        canvas.froth(body.world(ribbon(path, ragged)), (1.02 - share**0.6) * strength, 0.2)
    for side in (-1, 1):  # its edges hold the foam longest
        path = trail[1:9] * [1, 0.6] + [0, stern * 0.4]
        edge = path + np.stack([side * widths[1:9] * 0.55, np.zeros(8)], axis=1)
        canvas.froth(body.world(ribbon(edge, 0.25)), 0.45 * strength, 0.15)


def _crests(canvas: Canvas, boat: SceneObject, rng: np.random.Generator, strength: float) -> None:
    """The two arms of the V, each a row of short slanting crests with a trough behind.

    Kelvin's wedge is 19.5 degrees to each side for any speed in deep water, narrower when planing;
    its crests stand at about 35 degrees to the track.
    """
    body, speed = Body(boat), boat.speed_m_s
    spread = np.tan(np.radians(19.5 if speed < 5 else 13.0))
    gap_m = min(3.0, 0.8 + 0.25 * speed)
    power = strength * float(rng.uniform(0.4, 1.0)) * min(1.0, 0.25 + boat.width_m / 2.5)
    for side in (-1, 1):
        for number in range(int(6 + speed)):
            behind = gap_m * (number + float(rng.uniform(0, 0.35)))
            middle = np.array(
                [
                    side * (0.35 * boat.width_m + spread * behind),
                    0.36 * boat.length_m - behind,
                ]
            )
            reach_m = (0.7 + 0.11 * behind) * gap_m * 0.8
            slant = np.array([side * np.sin(0.61), -np.cos(0.61)])
            bent = np.array([[-1, 0.0], [-0.4, 0.12], [0.3, 0.12], [1, -0.05]])
            across = np.array([-slant[1] * side, slant[0] * side])
            path = middle + reach_m * (bent[:, :1] * slant + bent[:, 1:] * across)
            fade = 1 / (1 + 0.1 * behind)
            thick = np.array([0.05, 0.28, 0.28, 0.05]) * min(1.5, 0.5 + speed / 6)
            canvas.shade(
                body.world(ribbon(path + across * 0.35, thick * 1.6)), 1 - 0.22 * power * fade, 0.12
            )
            crest = body.world(ribbon(path, thick))
            canvas.fill(crest, (0.82, 0.88, 0.88), alpha=0.38 * power * fade, blur_m=0.1)
            if number < 0.6 * speed:
                canvas.froth(crest, 0.8 * power * fade, 0.1)


def _spray(canvas: Canvas, boat: SceneObject, rng: np.random.Generator, strength: float) -> None:
    """Sheets of white water thrown aside by a hull at speed, and the pale hollow behind it."""
    body, along = Body(boat), np.linspace(0, 1, 9)
    reach_m = boat.length_m * (0.5 + 0.05 * boat.speed_m_s)
    for side in (-1, 1):
        bow = float(rng.uniform(0.05, 0.25)) * boat.length_m
        path = np.stack(
            [
                side * boat.width_m * (0.44 + 0.55 * along**1.3),
                bow - reach_m * along,
            ],
            axis=1,
        )
        for share in (1.0, 0.75, 0.5):
            widths = boat.width_m * (0.08 + 0.9 * along * (1.06 - along)) * share
            widths = widths * (1 + rng.normal(0, 0.12, 9))
            canvas.froth(body.world(ribbon(path, widths)), strength * (1.15 - 0.45 * share), 0.12)
        for _ in range(int(3 * boat.speed_m_s)):  # drops
            at = path[int(rng.integers(1, 9))] + rng.normal(0, 0.3, 2)
            size = float(rng.uniform(0.02, 0.06))
            canvas.froth(body.world(ellipse(at[0], at[1], size, size)), 0.9 * strength, 0.0)
