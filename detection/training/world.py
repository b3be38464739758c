"""What a rendered stretch of sea is made of: its water, bottom, surface, light and objects."""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import cos, radians, sin

from detection.types import ObjectClass

Colour = tuple[float, float, float]  # red, green, blue in 0..1, as displayed (sRGB)


class Kind(StrEnum):
    """What an object in the scene is; more of them than the detector's classes."""

    DUGONG = "dugong"
    LONG_TAIL = "long_tail"
    SPEEDBOAT = "speedboat"
    FISHING_BOAT = "fishing_boat"
    KAYAK = "kayak"
    FLOAT_LINE = "float_line"
    NET_RING = "net_ring"
    TRAP_BUOYS = "trap_buoys"
    STAKE_TRAP = "stake_trap"
    PUSH_NET = "push_net"
    HAULED_NET = "hauled_net"
    TURTLE = "turtle"
    RAY = "ray"
    ROCK = "rock"
    CORAL = "coral"
    LOG = "log"
    WEED = "weed"
    SWIMMER = "swimmer"
    BIRD = "bird"
    NAVIGATION_BUOY = "navigation_buoy"
    FEEDING_TRAIL = "feeding_trail"
    FOAM_LINE = "foam_line"
    DARK_PATCH = "dark_patch"
    SHARK = "shark"
    DOLPHIN = "dolphin"
    JELLYFISH = "jellyfish"
    FISH_SCHOOL = "fish_school"
    GRASS_CLUMP = "grass_clump"
    DEBRIS = "debris"


CLASS_OF_KIND: dict[Kind, ObjectClass] = {
    Kind.DUGONG: ObjectClass.DUGONG,
    Kind.LONG_TAIL: ObjectClass.BOAT,
    Kind.SPEEDBOAT: ObjectClass.BOAT,
    Kind.FISHING_BOAT: ObjectClass.BOAT,
    Kind.KAYAK: ObjectClass.BOAT,
    Kind.FLOAT_LINE: ObjectClass.FISHING_GEAR,
    Kind.NET_RING: ObjectClass.FISHING_GEAR,
    Kind.TRAP_BUOYS: ObjectClass.FISHING_GEAR,
    Kind.STAKE_TRAP: ObjectClass.FISHING_GEAR,
    Kind.PUSH_NET: ObjectClass.FISHING_GEAR,
    Kind.HAULED_NET: ObjectClass.FISHING_GEAR,
}

UNDER_WATER = frozenset(
    {
        Kind.DUGONG,
        Kind.TURTLE,
        Kind.RAY,
        Kind.SHARK,
        Kind.DOLPHIN,
        Kind.JELLYFISH,
        Kind.FISH_SCHOOL,
        Kind.ROCK,
        Kind.CORAL,
        Kind.LOG,
        Kind.GRASS_CLUMP,
        Kind.FEEDING_TRAIL,
    }
)


@dataclass(frozen=True)
class SceneObject:
    """One thing in the sea, its centre in world metres at time 0.

    `heading_deg` is clockwise from north; `depth_m` is of its top under the surface, 0 for what
    floats; `look_seed` fixes colours and details. It moves straight ahead at `speed_m_s`.
    """

    object_id: int
    kind: Kind
    east_m: float
    north_m: float
    heading_deg: float
    length_m: float
    width_m: float
    depth_m: float = 0.0
    speed_m_s: float = 0.0
    look_seed: int = 0

    @property
    def object_class(self) -> ObjectClass | None:
        """The detector's class, or None for what it must stay silent about."""
        return CLASS_OF_KIND.get(self.kind)

    def at(self, time_s: float) -> "SceneObject":
        """The object where it is `time_s` seconds later."""
        way_m = self.speed_m_s * time_s
        heading = radians(self.heading_deg)
        return replace(
            self,
            east_m=self.east_m + way_m * sin(heading),
            north_m=self.north_m + way_m * cos(heading),
        )


@dataclass(frozen=True)
class Water:
    """The water body: the colour of deep water, and what a metre takes away, down and up.

    `front` 0..1 is how much murkier the water is on the one side of a line where two meet.
    """

    deep_colour: Colour
    attenuation_per_m: Colour
    cloudiness: float  # 0..1, how unevenly silt is spread
    front: float = 0.0

    def transmission(self, depth_m: float) -> Colour:
        """The part of a colour's difference to deep water that is left at a depth."""
        red, green, blue = (2.718281828 ** (-k * max(depth_m, 0.0)) for k in self.attenuation_per_m)
        return red, green, blue


@dataclass(frozen=True)
class Bottom:
    """The sea bed: a mean depth with relief, sand, and seagrass over a part of it.

    Strengths 0..1: `grass_softness` from meadows with an edge to thinning tufts, `sand_ripples`
    of wave marks, `rock_cover` of rock and coral, `runnels` of drains over tidal flats,
    `grazing` of dugong feeding trails through the grass.
    """

    mean_depth_m: float
    relief_m: float
    sand_colour: Colour
    grass_colour: Colour
    grass_cover: float  # 0..1
    grass_patch_m: float
    grass_softness: float = 0.4
    sand_ripples: float = 0.3
    rock_cover: float = 0.0
    runnels: float = 0.0
    grazing: float = 0.0


@dataclass(frozen=True)
class Surface:
    """Waves and what they do to the light; all strengths 0..1.

    `sky` is the share of the picture that is sky mirrored in the surface: little from straight
    above on a clear day, much under clouds and in haze. `streaks` are lanes of smooth and ruffled
    water along the wind, `swell` the slow shading of long waves.
    """

    wind_deg: float
    wave_length_m: float
    waves: float
    ripples: float
    glint: float
    foam: float
    caustics: float
    sky: float = 0.04
    streaks: float = 0.2
    swell: float = 0.2


@dataclass(frozen=True)
class Light:
    """The sun and how bright the day is."""

    sun_azimuth_deg: float
    sun_elevation_deg: float
    brightness: float
    tint: Colour = (1.0, 1.0, 1.0)


@dataclass(frozen=True)
class World:
    """A stretch of sea, wholly fixed by its values: the same world renders the same pictures."""

    seed: int
    family: str
    water: Water
    bottom: Bottom
    surface: Surface
    light: Light
    objects: tuple[SceneObject, ...] = ()
