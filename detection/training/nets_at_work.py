"""Nets at work in random worlds: push nets and nets being hauled, in the place of other gear."""

from dataclasses import dataclass, replace

import numpy as np

from detection.training.boat_brush import HULLS, build_of
from detection.training.canvas import Points
from detection.training.push_nets import ABOARD_SHARE, BOAT_LENGTH_M
from detection.training.random_world import random_object
from detection.training.sea_bottom import water_m
from detection.training.world import Kind, SceneObject, World
from detection.types import ObjectClass

# Shares of the gear that are put to work; some find no room beside what is there already
PUSHED_SHARE, HAULED_SHARE = 0.095, 0.095
_NUMBER = 4471  # draws of its own, so that the rest of a world stays as it was
_WADING_M = 1.25  # deeper than this nobody pushes a net on foot
_AFLOAT_M = 0.5
_ROOM_M = 0.5


def with_nets_at_work(world: World, things: tuple[SceneObject, ...]) -> tuple[SceneObject, ...]:
    """The things with a share of the gear replaced by nets at work and the boats that work them.

    What is replaced is fixed by each piece of gear's own look. A boat comes before its net, which
    lies over it; its identity follows the greatest there is. A net takes the identity of the gear
    it replaces, and everything else stays as it is.
    """
    placed = list(things)
    number = max((thing.object_id for thing in things), default=-1) + 1
    for gear in things:
        if gear.object_class is not ObjectClass.FISHING_GEAR:
            continue
        rng = np.random.default_rng([gear.look_seed, _NUMBER])
        draw = rng.random()
        if draw < PUSHED_SHARE:
            group = _push_net(rng, world, gear, number)
        elif draw < PUSHED_SHARE + HAULED_SHARE:
            group = _hauled_net(rng, world, gear, number)
        else:
            continue
        others = [thing for thing in placed if thing is not gear]
        if any(_touch(one, other) for one in group for other in others):
            continue
        at = placed.index(gear)
        placed[at : at + 1] = group
        number += len(group) - 1
    return tuple(placed)


@dataclass(frozen=True)
class _Axes:
    """Directions of a heading: `ahead` and to the `right`, each (east, north)."""

    heading_deg: float

    @property
    def ahead(self) -> Points:
        """One metre ahead."""
        heading = np.radians(self.heading_deg)
        return np.array([np.sin(heading), np.cos(heading)])

    @property
    def right(self) -> Points:
        """One metre to the right."""
        heading = np.radians(self.heading_deg)
        return np.array([np.cos(heading), -np.sin(heading)])


def _push_net(
    rng: np.random.Generator, world: World, gear: SceneObject, boat_id: int
) -> list[SceneObject]:
    """A net pushed on foot where one can wade, else before the bow of a boat."""
    depth = water_m(world, gear)
    on_foot = 0.1 < depth < _WADING_M and rng.random() < 0.75
    net = _new(rng, world, Kind.PUSH_NET, gear)
    while (net.length_m < BOAT_LENGTH_M) is not on_foot:
        net = _new(rng, world, Kind.PUSH_NET, gear)
    speed = float(rng.uniform(0.2, 0.5) if on_foot else rng.uniform(0.4, 1.6))
    net = replace(net, speed_m_s=speed)
    if on_foot:
        return [net]
    boat = random_object(rng, world, Kind.LONG_TAIL, boat_id, gear.east_m, gear.north_m)
    boat = replace(boat, heading_deg=net.heading_deg, speed_m_s=speed)
    ahead_m = 0.41 * boat.length_m + (0.5 - ABOARD_SHARE) * net.length_m
    return [boat, _moved(net, ahead_m * _Axes(net.heading_deg).ahead)]


def _hauled_net(
    rng: np.random.Generator, world: World, gear: SceneObject, boat_id: int
) -> list[SceneObject]:
    """A boat at rest and the line it hauls over the gunwale of its fore deck."""
    kind = Kind.LONG_TAIL if rng.random() < 0.6 else Kind.FISHING_BOAT
    boat = random_object(rng, world, kind, boat_id, gear.east_m, gear.north_m)
    boat = replace(boat, speed_m_s=0.0)
    net = _new(rng, world, Kind.HAULED_NET, gear)
    outboard = float(rng.choice([-1, 1]))
    where = float(rng.uniform(0.14, 0.24) if kind is Kind.LONG_TAIL else rng.uniform(0.28, 0.35))
    half_hull = HULLS[build_of(boat)]
    half_m = np.interp(where, half_hull[::-1, 1], half_hull[::-1, 0]) * boat.width_m / 2
    axes = _Axes(boat.heading_deg)
    gunwale = where * boat.length_m * axes.ahead + outboard * half_m * axes.right
    heading = boat.heading_deg + outboard * float(rng.uniform(50, 115))
    net = replace(net, heading_deg=heading % 360)
    away = gunwale + net.length_m / 2 * _Axes(net.heading_deg).ahead
    return [boat, _moved(net, away)]


def _new(rng: np.random.Generator, world: World, kind: Kind, gear: SceneObject) -> SceneObject:
    """A net of a kind that takes the identity and place of a piece of gear."""
    return random_object(rng, world, kind, gear.object_id, gear.east_m, gear.north_m)


def _moved(thing: SceneObject, by_m: Points) -> SceneObject:
    return replace(
        thing, east_m=thing.east_m + float(by_m[0]), north_m=thing.north_m + float(by_m[1])
    )


def _touch(one: SceneObject, other: SceneObject) -> bool:
    """Whether a thing would lie on another, each taken as a row of discs along its length."""
    if Kind.FOAM_LINE in (one.kind, other.kind) or Kind.DARK_PATCH in (one.kind, other.kind):
        return False
    gaps = _discs(one)[:, None] - _discs(other)[None]
    reach = 0.5 * (one.width_m + other.width_m) + _ROOM_M
    return bool(np.hypot(gaps[..., 0], gaps[..., 1]).min() < reach)


def _discs(thing: SceneObject) -> Points:
    along = np.linspace(-0.5, 0.5, 9)[:, None] * thing.length_m
    return np.array([thing.east_m, thing.north_m]) + along * _Axes(thing.heading_deg).ahead
