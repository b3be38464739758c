"""Worlds drawn at random: the ranges of everything that may vary, each world fixed by its seed."""

from collections.abc import Callable

import numpy as np

from detection.training.world import (
    Bottom,
    Colour,
    Kind,
    Light,
    SceneObject,
    Surface,
    Water,
    World,
)

FAMILIES = ("seagrass", "turbid_flat", "silty", "channel", "reef", "sandbar")

# Water by family: deep colour and loss per metre (down and up). The greens and browns follow the
# look of shallow tidal water over mud and seagrass; wide jitter stands for what we have not seen.
_WATERS: dict[str, tuple[Colour, Colour]] = {
    "seagrass": ((0.20, 0.42, 0.38), (0.42, 0.20, 0.26)),
    "turbid_flat": ((0.40, 0.48, 0.36), (0.95, 0.65, 0.90)),
    "silty": ((0.52, 0.46, 0.33), (1.1, 1.0, 1.4)),
    "channel": ((0.06, 0.26, 0.30), (0.60, 0.28, 0.30)),
    "reef": ((0.02, 0.40, 0.48), (0.50, 0.12, 0.10)),
    "sandbar": ((0.22, 0.50, 0.48), (0.50, 0.22, 0.26)),
}
_BOTTOMS: dict[str, tuple[tuple[float, float], float, tuple[float, float]]] = {
    # range of mean depth, relief, range of seagrass cover
    "seagrass": ((0.6, 3.5), 0.5, (0.35, 0.95)),
    "turbid_flat": ((0.8, 4.0), 0.4, (0.0, 0.7)),
    "silty": ((0.8, 4.0), 0.4, (0.0, 0.4)),
    "channel": ((4.0, 12.0), 0.8, (0.0, 0.2)),
    "reef": ((1.0, 6.0), 0.9, (0.0, 0.3)),
    "sandbar": ((-0.1, 1.2), 0.5, (0.0, 0.5)),
}


def _jitter(rng: np.random.Generator, colour: Colour, spread: float) -> Colour:
    shift = rng.normal(0, spread)  # lighter or darker, and half as much of another hue
    red, green, blue = (
        float(np.clip(c * np.exp(0.5 * rng.normal(0, spread) + shift), 0.01, 0.98)) for c in colour
    )
    return red, green, blue


def random_sea(seed: int, family: str) -> World:
    """A world of the family without objects."""
    rng = np.random.default_rng([seed, FAMILIES.index(family)])
    deep, loss = _WATERS[family]
    depths, relief, covers = _BOTTOMS[family]
    murk = float(np.exp(rng.normal(0, 0.35)))
    loss_r, loss_g, loss_b = (k * murk for k in _jitter(rng, loss, 0.15))
    sands: tuple[Colour, ...] = (
        (0.72, 0.66, 0.52),
        (0.60, 0.54, 0.42),
        (0.82, 0.78, 0.68),
        (0.48, 0.44, 0.35),
    )
    return World(
        seed=seed,
        family=family,
        water=Water(_jitter(rng, deep, 0.22), (loss_r, loss_g, loss_b), float(rng.uniform(0, 1))),
        bottom=Bottom(
            mean_depth_m=float(rng.uniform(*depths)),
            relief_m=relief * float(rng.uniform(0.3, 1.5)),
            sand_colour=_jitter(rng, sands[int(rng.integers(len(sands)))], 0.10),
            grass_colour=_jitter(rng, (0.17, 0.24, 0.11), 0.22),
            grass_cover=float(rng.uniform(*covers)),
            grass_patch_m=float(rng.uniform(2, 30)),
        ),
        surface=Surface(
            wind_deg=float(rng.uniform(0, 360)),
            wave_length_m=float(rng.uniform(1.0, 6.0)),
            waves=float(rng.beta(1.3, 2.0)),
            ripples=float(rng.beta(1.5, 1.5)),
            glint=float(rng.beta(0.8, 2.2)) if rng.random() < 0.75 else 0.0,
            foam=float(rng.uniform(0, 0.8)) if rng.random() < 0.2 else 0.0,
            caustics=float(rng.uniform(0, 1)) if rng.random() < 0.6 else 0.0,
        ),
        light=Light(
            sun_azimuth_deg=float(rng.uniform(0, 360)),
            sun_elevation_deg=float(rng.uniform(25, 80)),
            brightness=float(rng.uniform(0.75, 1.15)),
            tint=_jitter(rng, (0.97, 0.97, 0.97), 0.03),
        ),
    )


def _dugong(rng: np.random.Generator, world: World) -> dict[str, float]:
    length = float(rng.uniform(2.2, 3.0))
    # as deep as it can be and still be seen: about half of the contrast left in green light
    visible_m = min(3.0, 0.9 / world.water.attenuation_per_m[1])
    depth = (
        float(rng.beta(1, 1.4)) * visible_m if rng.random() > 0.2 else float(rng.uniform(0, 0.12))
    )
    return {
        "length_m": length, "width_m": length * float(rng.uniform(0.24, 0.33)), "depth_m": depth,
        "speed_m_s": float(rng.uniform(0, 0.8)),
    }  # fmt: skip


def _sized(
    lengths: tuple[float, float], widths: tuple[float, float], top_speed_m_s: float = 0.0,
    depths: tuple[float, float] = (0.0, 0.0),
) -> Callable[[np.random.Generator, World], dict[str, float]]:  # fmt: skip
    """A drawing of sizes from ranges; half of what can move is under way."""

    def draw(rng: np.random.Generator, world: World) -> dict[str, float]:
        under_way = top_speed_m_s > 0 and rng.random() < 0.5
        return {
            "length_m": float(rng.uniform(*lengths)),
            "width_m": float(rng.uniform(*widths)),
            "depth_m": float(rng.uniform(*depths)),
            "speed_m_s": float(rng.uniform(0.8, top_speed_m_s)) if under_way else 0.0,
        }

    return draw


# Sizes in metres. Long-tail boats of the Andaman coast are 8 to 12 m long and under 2 m wide.
_SIZES: dict[Kind, Callable[[np.random.Generator, World], dict[str, float]]] = {
    Kind.DUGONG: _dugong,
    Kind.LONG_TAIL: _sized((8, 12), (1.5, 2.0), 8),
    Kind.SPEEDBOAT: _sized((4.0, 10), (1.7, 2.7), 14),
    Kind.FISHING_BOAT: _sized((7, 15), (2.2, 4.2), 4),
    Kind.KAYAK: _sized((3.0, 5.0), (0.65, 0.85), 1.6),
    Kind.FLOAT_LINE: _sized((8, 110), (0.5, 8)),
    Kind.NET_RING: _sized((5, 28), (4, 22)),
    Kind.TRAP_BUOYS: _sized((0.5, 1.8), (0.22, 0.48)),
    Kind.STAKE_TRAP: _sized((10, 36), (8, 20)),
    Kind.TURTLE: _sized((0.6, 1.2), (0.5, 0.9), 0, (0, 1.0)),
    Kind.RAY: _sized((0.5, 1.5), (0.5, 1.5), 0, (0.2, 1.5)),
    Kind.ROCK: _sized((0.4, 4.0), (0.3, 3.0), 0, (0, 1.2)),
    Kind.CORAL: _sized((0.6, 4.0), (0.6, 3.5), 0, (0.2, 2.0)),
    Kind.LOG: _sized((1.2, 6.0), (0.12, 0.5)),
    Kind.WEED: _sized((0.5, 4.0), (0.4, 2.0)),
    Kind.SWIMMER: _sized((1.7, 1.9), (0.5, 0.6)),
    Kind.BIRD: _sized((0.5, 0.6), (0.6, 1.3)),
    Kind.NAVIGATION_BUOY: _sized((1.1, 2.4), (1.1, 2.4)),
    Kind.FEEDING_TRAIL: _sized((1.0, 6.0), (0.15, 0.3), 0, (0.3, 1.5)),
    Kind.FOAM_LINE: _sized((5, 60), (0.1, 0.8)),
    Kind.DARK_PATCH: _sized((1.5, 12), (1, 6)),
}


def random_object(
    rng: np.random.Generator,
    world: World,
    kind: Kind,
    object_id: int,
    east_m: float,
    north_m: float,
) -> SceneObject:
    """One object of a kind at a place, its size, heading and look drawn at random."""
    sizes = _SIZES[kind](rng, world)
    return SceneObject(
        object_id, kind, east_m, north_m, float(rng.uniform(0, 360)), **sizes,
        look_seed=int(rng.integers(1 << 31)),
    )  # fmt: skip


def calf_of(rng: np.random.Generator, mother: SceneObject, object_id: int) -> SceneObject:
    """A calf of 1.0 to 1.5 m close beside its mother, keeping her course and speed."""
    length = float(rng.uniform(1.0, 1.5))
    away = mother.width_m * float(rng.uniform(0.7, 1.3)) * float(rng.choice([-1, 1]))
    heading = np.radians(mother.heading_deg)
    astern = float(rng.uniform(-0.6, 0.4))
    return SceneObject(
        object_id, Kind.DUGONG,
        mother.east_m + away * float(np.cos(heading)) + astern * float(np.sin(heading)),
        mother.north_m - away * float(np.sin(heading)) + astern * float(np.cos(heading)),
        mother.heading_deg + float(rng.normal(0, 12)),
        length, length * float(rng.uniform(0.25, 0.31)),
        max(0.0, mother.depth_m + float(rng.normal(0, 0.15))), mother.speed_m_s,
        int(rng.integers(1 << 31)),
    )  # fmt: skip
