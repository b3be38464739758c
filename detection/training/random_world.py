"""Worlds drawn at random: the ranges of everything that may vary, each world fixed by its seed."""

from collections.abc import Callable

import numpy as np

from detection.training.noise import Grid
from detection.training.sea_bottom import depth_m
from detection.training.world import (
    UNDER_WATER,
    Bottom,
    Colour,
    Kind,
    Light,
    SceneObject,
    Surface,
    Water,
    World,
)

# Scene families that training may draw from.
FAMILIES = ("seagrass", "turbid_flat", "silty", "channel", "reef", "sandbar")
# Families with a look of their own, kept out of training: what they score says more about unseen
# water than any other rendered number.
HELD_OUT_FAMILIES = ("mangrove_mouth", "sea_haze")
_HELD_OUT_NUMBER = 1000  # their random numbers stay the same when families are added for training

# Water by family: the colours deep water can show (sRGB). Most are greyer than one remembers the
# sea: silt and the mirrored sky take the colour out; a few vivid ones stand for clear days.
_WATERS: dict[str, tuple[Colour, ...]] = {
    "seagrass": (
        (0.33, 0.43, 0.38), (0.35, 0.40, 0.28), (0.40, 0.57, 0.53), (0.24, 0.38, 0.33),
        (0.17, 0.36, 0.39), (0.30, 0.47, 0.44),
    ),
    "turbid_flat": (
        (0.47, 0.51, 0.43), (0.49, 0.48, 0.39), (0.44, 0.54, 0.48), (0.41, 0.44, 0.36),
        (0.50, 0.56, 0.52),
    ),
    "silty": ((0.54, 0.49, 0.39), (0.49, 0.47, 0.37), (0.58, 0.54, 0.45), (0.45, 0.46, 0.37)),
    "channel": (
        (0.15, 0.29, 0.31), (0.08, 0.24, 0.33), (0.21, 0.33, 0.31), (0.12, 0.35, 0.36),
        (0.12, 0.21, 0.27), (0.05, 0.46, 0.53), (0.26, 0.40, 0.40),
    ),
    "reef": (
        (0.10, 0.40, 0.45), (0.06, 0.34, 0.42), (0.18, 0.44, 0.46), (0.03, 0.58, 0.64),
        (0.14, 0.36, 0.38),
    ),
    "sandbar": (
        (0.36, 0.52, 0.48), (0.28, 0.51, 0.51), (0.42, 0.51, 0.44), (0.22, 0.45, 0.48),
        (0.15, 0.55, 0.56),
    ),
    "mangrove_mouth": ((0.27, 0.21, 0.12), (0.33, 0.27, 0.17), (0.22, 0.20, 0.13)),
    "sea_haze": ((0.38, 0.47, 0.54), (0.33, 0.43, 0.52), (0.45, 0.53, 0.58)),
}  # fmt: skip
_SECCHI_M: dict[str, tuple[float, float]] = {
    "seagrass": (2.5, 11.0),
    "turbid_flat": (1.2, 4.0),
    "silty": (0.8, 2.8),
    "channel": (3.0, 10.0),
    "reef": (8.0, 25.0),
    "sandbar": (3.0, 13.0),
    "mangrove_mouth": (0.9, 3.0),
    "sea_haze": (3.0, 9.0),
}
# Loss of light down and up, times Secchi depth: twice Kd * Z = 1.44 (Holmes 1970).
LOSS_TIMES_SECCHI = 2 * 1.44
_BOTTOMS: dict[str, tuple[tuple[float, float], float, tuple[float, float]]] = {
    # range of mean depth, relief, range of seagrass cover
    "seagrass": ((0.6, 3.5), 0.5, (0.25, 0.95)),
    "turbid_flat": ((0.5, 4.0), 0.4, (0.0, 0.7)),
    "silty": ((0.5, 4.0), 0.4, (0.0, 0.4)),
    "channel": ((4.0, 12.0), 0.8, (0.0, 0.2)),
    "reef": ((1.0, 6.0), 0.9, (0.0, 0.3)),
    "sandbar": ((-0.1, 1.4), 0.5, (0.0, 0.5)),
    "mangrove_mouth": ((0.2, 2.5), 0.4, (0.0, 0.25)),
    "sea_haze": ((1.5, 7.0), 0.6, (0.0, 0.6)),
}
_SANDS: tuple[Colour, ...] = (
    (0.66, 0.62, 0.52), (0.58, 0.53, 0.43), (0.76, 0.73, 0.65), (0.47, 0.44, 0.37),
    (0.52, 0.50, 0.45),
)  # fmt: skip
_GRASSES: tuple[Colour, ...] = (
    (0.19, 0.23, 0.13), (0.22, 0.25, 0.12), (0.24, 0.22, 0.14), (0.15, 0.19, 0.13),
    (0.28, 0.29, 0.17),
)  # fmt: skip


def _jitter(rng: np.random.Generator, colour: Colour, spread: float) -> Colour:
    shift = rng.normal(0, spread)  # lighter or darker, and half as much of another hue
    red, green, blue = (
        float(np.clip(c * np.exp(0.5 * rng.normal(0, spread) + shift), 0.01, 0.98)) for c in colour
    )
    return red, green, blue


def random_sea(seed: int, family: str) -> World:
    """A world of a family in `FAMILIES` or `HELD_OUT_FAMILIES`, without objects."""
    held_out = family in HELD_OUT_FAMILIES
    names = HELD_OUT_FAMILIES if held_out else FAMILIES
    rng = np.random.default_rng([seed, names.index(family) + _HELD_OUT_NUMBER * held_out])
    return World(
        seed=seed,
        family=family,
        water=_random_water(rng, family),
        bottom=_random_bottom(rng, family),
        surface=_random_surface(rng, family),
        light=Light(
            sun_azimuth_deg=float(rng.uniform(0, 360)),
            sun_elevation_deg=float(rng.uniform(25, 80)),
            brightness=float(rng.uniform(0.85, 1.25)),
            tint=_jitter(rng, (0.97, 0.97, 0.97), 0.025),
        ),
    )


def _random_water(rng: np.random.Generator, family: str) -> Water:
    deeps = _WATERS[family]
    deep = _jitter(rng, deeps[int(rng.integers(len(deeps)))], 0.13)
    grey = float(np.mean(deep))
    paler = float(rng.beta(1.2, 2.5))  # most waters lose some of their colour, few keep all
    pale_r, pale_g, pale_b = (c + 0.7 * paler * (grey - c) for c in deep)
    pale_r = min(pale_r, (1.3 if family == "mangrove_mouth" else 1.08) * pale_g)  # no rosy seas
    if family != "mangrove_mouth":
        pale_g = max(pale_g, 0.52 * (pale_r + pale_b))  # and no violet ones
    green = LOSS_TIMES_SECCHI / float(np.exp(rng.uniform(*np.log(_SECCHI_M[family]))))
    # What water takes away most, it shows least: the deep colour is about inverse to the loss.
    # Other losses would turn dark grass violet under green water.
    loss_r, loss_b = (
        green * float(np.clip((pale_g / c) ** 1.1 * np.exp(rng.normal(0, 0.04)), 0.7, 4.0))
        for c in (pale_r, pale_b)
    )
    front = float(rng.uniform(0.2, 1.0)) if rng.random() < 0.2 else 0.0
    return Water(
        (pale_r, pale_g, pale_b), (loss_r, green, loss_b),
        float(rng.uniform(0, 1)), front,
    )  # fmt: skip


def _random_bottom(rng: np.random.Generator, family: str) -> Bottom:
    depths, relief, covers = _BOTTOMS[family]
    rocky = {"reef": 0.85, "channel": 0.1, "sea_haze": 0.3}.get(family, 0.15)
    flat = family in ("sandbar", "turbid_flat", "mangrove_mouth")
    grass = _jitter(rng, _GRASSES[int(rng.integers(len(_GRASSES)))], 0.12)
    return Bottom(
        mean_depth_m=float(rng.uniform(*depths)),
        relief_m=relief * float(rng.uniform(0.3, 1.5)),
        sand_colour=_jitter(rng, _SANDS[int(rng.integers(len(_SANDS)))], 0.08),
        grass_colour=grass,
        grass_cover=float(rng.uniform(*covers)),
        grass_patch_m=float(rng.uniform(2, 30)),
        grass_softness=float(rng.beta(1.5, 1.5)),
        sand_ripples=float(rng.uniform(0.2, 1)) if rng.random() < 0.6 else 0.0,
        rock_cover=float(rng.uniform(0.1, 0.75)) if rng.random() < rocky else 0.0,
        runnels=float(rng.uniform(0.2, 1)) if flat and rng.random() < 0.5 else 0.0,
        grazing=float(rng.beta(1, 2)) if rng.random() < 0.4 else 0.0,
    )


def _random_surface(rng: np.random.Generator, family: str) -> Surface:
    hazy = family == "sea_haze"
    overcast = hazy or rng.random() < 0.3
    glint = float(rng.beta(0.8, 2.2)) if rng.random() < (0.3 if overcast else 0.75) else 0.0
    return Surface(
        wind_deg=float(rng.uniform(0, 360)),
        wave_length_m=float(rng.uniform(1.0, 6.0)),
        waves=float(rng.beta(1.3, 2.0)),
        ripples=float(rng.beta(1.5, 1.5)),
        glint=glint,
        foam=float(rng.uniform(0, 0.8)) if rng.random() < 0.2 else 0.0,
        caustics=0.0 if overcast or rng.random() < 0.35 else float(rng.uniform(0.2, 1)),
        sky=float(rng.uniform(0.12, 0.34)) if overcast else float(rng.beta(1.2, 5) * 0.3),
        streaks=float(rng.beta(1, 1.6)),
        swell=float(rng.uniform(0, 1)) if rng.random() < 0.5 else 0.0,
    )


def _dugong(rng: np.random.Generator, world: World) -> dict[str, float]:
    # adults, and one in five that is not grown
    length = float(rng.uniform(2.2, 3.2) if rng.random() > 0.2 else rng.uniform(1.5, 2.2))
    # as deep as it can be and still be seen: about a third of the contrast left in green light
    visible_m = min(3.5, 1.1 / world.water.attenuation_per_m[1])
    depth = (
        float(rng.beta(1, 1.5)) * visible_m if rng.random() > 0.25 else float(rng.uniform(0, 0.12))
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


def _one_of(
    *draws: tuple[float, Callable[[np.random.Generator, World], dict[str, float]]],
) -> Callable[[np.random.Generator, World], dict[str, float]]:
    """One of several drawings of sizes, by their shares."""

    def draw(rng: np.random.Generator, world: World) -> dict[str, float]:
        shares = [share for share, _ in draws]
        return draws[int(rng.choice(len(draws), p=shares))][1](rng, world)

    return draw


def _tapered(
    lengths: tuple[float, float], slimness: tuple[float, float], top_speed_m_s: float,
    depths: tuple[float, float],
) -> Callable[[np.random.Generator, World], dict[str, float]]:  # fmt: skip
    """A drawing of sizes of a swimmer, its width a share of its length."""
    sized = _sized(lengths, slimness, top_speed_m_s, depths)

    def draw(rng: np.random.Generator, world: World) -> dict[str, float]:
        sizes = sized(rng, world)
        return {**sizes, "width_m": sizes["width_m"] * sizes["length_m"]}

    return draw


def _like_a_dugong(
    usual: Callable[[np.random.Generator, World], dict[str, float]],
) -> Callable[[np.random.Generator, World], dict[str, float]]:
    """The usual sizes, but four in ten as long and wide as a dugong: size alone must not tell."""

    def draw(rng: np.random.Generator, world: World) -> dict[str, float]:
        sizes = usual(rng, world)
        if rng.random() < 0.4:
            length = float(rng.uniform(1.5, 3.2))
            sizes |= {"length_m": length, "width_m": length * float(rng.uniform(0.22, 0.4))}
        return sizes

    return draw


def _long_tail(rng: np.random.Generator, world: World) -> dict[str, float]:
    """Sizes of a long-tail boat: three in four are 8 to 11 m long, the rest up to 14 m."""
    sizes = _sized((8, 12), (1.5, 2.0), 8)(rng, world)
    usual = sizes["length_m"]
    if usual > 11:
        sizes["length_m"] = 11 + 3 * (usual - 11)
        sizes["width_m"] *= (sizes["length_m"] / usual) ** 0.5
    return sizes


# Sizes in metres. Long-tail boats of the Andaman coast are 8 to 14 m long and about 2 m wide.
_SIZES: dict[Kind, Callable[[np.random.Generator, World], dict[str, float]]] = {
    Kind.DUGONG: _dugong,
    Kind.LONG_TAIL: _long_tail,
    # the sizes tell the painter what is built so: see `build_of`
    Kind.SPEEDBOAT: _one_of(
        (0.48, _sized((5.0, 8.5), (1.7, 2.5), 14)),
        (0.14, _sized((9.0, 14), (2.5, 2.75), 14)),
        (0.11, _sized((2.6, 4.5), (1.4, 1.9), 7)),  # inflatable dinghies
        (0.07, _sized((2.7, 3.5), (1.0, 1.25), 14)),  # jet-skis
        (0.10, _sized((15, 28), (4.0, 6.5), 8)),  # ferries and large tour boats
        (0.05, _sized((9, 11.5), (3.55, 3.85), 3)),  # sailing yachts
        (0.05, _sized((9.5, 13.5), (6.0, 7.2), 3)),  # catamarans
    ),
    Kind.FISHING_BOAT: _sized((7, 15), (2.2, 4.2), 4),
    Kind.KAYAK: _sized((3.0, 5.0), (0.65, 0.85), 1.6),
    Kind.FLOAT_LINE: _one_of(
        (0.86, _sized((8, 110), (0.5, 8))),
        (0.14, _sized((1.5, 6.5), (1.0, 4.0))),  # heaps of lost net
    ),
    Kind.NET_RING: _sized((5, 28), (4, 22)),
    Kind.TRAP_BUOYS: _one_of(
        (0.8, _sized((0.5, 1.8), (0.2, 0.48))),
        (0.2, _sized((2.5, 9.0), (0.2, 0.48))),  # strings of them
    ),
    Kind.STAKE_TRAP: _one_of(
        (0.68, _sized((10, 36), (6, 9.9))),
        (0.32, _sized((2.5, 9.5), (10, 18))),  # wider than long: rafts of cages
    ),
    Kind.PUSH_NET: _one_of(
        (0.5, _tapered((3, 6), (0.55, 0.9), 0, (0, 0))),  # pushed on foot
        (0.5, _tapered((8, 14), (0.5, 0.85), 0, (0, 0))),  # before the bow of a boat
    ),
    Kind.HAULED_NET: _sized((8, 60), (0.5, 6)),
    Kind.TURTLE: _sized((0.6, 1.2), (0.5, 0.9), 1.5, (0, 1.0)),
    Kind.RAY: _sized((0.5, 1.5), (0.5, 2.8), 1.5, (0.1, 1.5)),
    Kind.SHARK: _tapered((1.0, 3.2), (0.13, 0.19), 1.8, (0, 1.5)),
    Kind.DOLPHIN: _tapered((1.7, 2.7), (0.17, 0.22), 3.0, (0, 1.0)),
    Kind.JELLYFISH: _sized((0.25, 0.9), (0.25, 0.9), 0, (0, 0.8)),
    Kind.FISH_SCHOOL: _sized((1.5, 7.0), (0.8, 4.0), 1.2, (0.1, 1.2)),
    Kind.GRASS_CLUMP: _like_a_dugong(_sized((0.8, 5.0), (0.5, 2.5), 0, (0.2, 1.5))),
    Kind.ROCK: _like_a_dugong(_sized((0.4, 4.0), (0.3, 3.0), 0, (0, 1.2))),
    Kind.CORAL: _like_a_dugong(_sized((0.6, 4.0), (0.6, 3.5), 0, (0.2, 2.0))),
    Kind.LOG: _sized((1.2, 6.0), (0.12, 0.7), 0, (0, 0.9)),
    Kind.WEED: _like_a_dugong(_sized((0.5, 4.0), (0.4, 2.0))),
    Kind.DEBRIS: _sized((0.2, 1.8), (0.15, 1.0)),
    Kind.SWIMMER: _sized((1.7, 1.9), (0.5, 0.6)),
    Kind.BIRD: _sized((0.5, 0.6), (0.6, 1.3)),
    Kind.NAVIGATION_BUOY: _sized((1.1, 2.4), (1.1, 2.4)),
    Kind.FEEDING_TRAIL: _sized((1.0, 6.0), (0.15, 0.3), 0, (0.3, 1.5)),
    Kind.FOAM_LINE: _sized((5, 60), (0.1, 0.8)),
    Kind.DARK_PATCH: _like_a_dugong(_sized((1.5, 12), (1, 6))),
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
    if kind in UNDER_WATER:  # nothing swims or lies deeper than the bottom
        water_m = float(depth_m(world, Grid(east_m, north_m, 1, 1, 0.05))[0, 0])
        sizes["depth_m"] = min(sizes["depth_m"], max(0.0, water_m - 0.25 * sizes["width_m"]))
    return SceneObject(
        object_id, kind, east_m, north_m, float(rng.uniform(0, 360)), **sizes,
        look_seed=int(rng.integers(1 << 31)),
    )  # fmt: skip


def calf_of(rng: np.random.Generator, mother: SceneObject, object_id: int) -> SceneObject:
    """A calf of 1.0 to 1.5 m beside its mother or over her back, keeping her course and speed."""
    length = float(rng.uniform(1.0, 1.5))
    over_her_back = rng.random() < 0.25
    away = float(rng.choice([-1, 1])) * mother.width_m
    away *= float(rng.uniform(0.1, 0.5) if over_her_back else rng.uniform(0.65, 1.3))
    depth = mother.depth_m * 0.5 if over_her_back else mother.depth_m + float(rng.normal(0, 0.15))
    return _beside(
        rng, mother, object_id, away, float(rng.uniform(-0.6, 0.5)), length, max(0.0, depth), 12.0
    )


def herd_of(
    rng: np.random.Generator, leader: SceneObject, object_id: int
) -> tuple[SceneObject, ...]:
    """The rest of a loose herd of 3 to 8 around its leader, on about her course.

    They keep one to three lengths apart; one in six has a calf. Identities count up from
    `object_id`.
    """
    size = int(rng.integers(3, 9))
    herd: list[SceneObject] = []
    for place in range(1, size):
        # a spiral of places keeps them apart without trying
        turn = 2.4 * place + float(rng.normal(0, 0.25))
        away_m = leader.length_m * float(rng.uniform(1.15, 1.6)) * np.sqrt(place)
        grown = rng.random() < 0.75
        length = float(rng.uniform(2.2, 3.2) if grown else rng.uniform(1.5, 2.2))
        depth = max(0.0, leader.depth_m * float(rng.uniform(0.3, 1.3)) + float(rng.normal(0, 0.1)))
        herd.append(
            _beside(
                rng, leader, object_id + len(herd), float(away_m * np.sin(turn)),
                float(away_m * np.cos(turn)), length, depth, 28.0,
            )
        )  # fmt: skip
        if len(herd) + 1 < size and grown and rng.random() < 1 / 6:
            herd.append(calf_of(rng, herd[-1], object_id + len(herd)))
        if len(herd) + 1 >= size:
            break
    return tuple(herd)


def _beside(
    rng: np.random.Generator, other: SceneObject, object_id: int, right_m: float, ahead_m: float,
    length_m: float, depth_m: float, turned_deg: float,
) -> SceneObject:  # fmt: skip
    """A dugong at a place in another's axes, its heading off by `turned_deg` (1 sigma)."""
    heading = np.radians(other.heading_deg)
    return SceneObject(
        object_id, Kind.DUGONG,
        other.east_m + right_m * float(np.cos(heading)) + ahead_m * float(np.sin(heading)),
        other.north_m - right_m * float(np.sin(heading)) + ahead_m * float(np.cos(heading)),
        other.heading_deg + float(rng.normal(0, turned_deg)),
        length_m, length_m * float(rng.uniform(0.25, 0.31)),
        depth_m, other.speed_m_s, int(rng.integers(1 << 31)),
    )  # fmt: skip
