"""What a rule says of one sighting: which rule of which zone, how surely, on what, and why."""

from dataclasses import dataclass
from enum import StrEnum

from detection.types import ObjectClass
from patrol.zones import RuleName


class Certainty(StrEnum):
    """How sure a verdict is.

    Inside: the errors leave less than one chance in twenty that it is otherwise. Boundary: the
    position's error leaves a doubt. Unknown: what the rule asks about was not measured well enough.
    """

    INSIDE = "inside"
    BOUNDARY = "boundary"
    UNKNOWN = "unknown"


class Priority(StrEnum):
    """How soon an officer should look."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


@dataclass(frozen=True)
class Figure:
    """A figure that a verdict rests on, with its 1 sigma, and the limit it was held against.

    `unit` is written in `name`: `speed_m_s`, `edge_m`, `distance_m`.
    """

    name: str
    value: float
    sigma: float | None = None
    limit: float | None = None


@dataclass(frozen=True)
class Grounds:
    """What a verdict rests on, to judge it again later.

    `zone_version` and `zone_sha256` name the zone as it was then; both are None outside all zones,
    and the version is 0 for a zone that no store had kept. `probability` is that the sighting lies
    in the zone, from its error alone. `sightings` are the other ones the verdict rests on.
    """

    zone_version: int | None = None
    zone_sha256: str | None = None
    probability: float | None = None
    figures: tuple[Figure, ...] = ()
    sightings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """One rule that a sighting falls under.

    It names the rule and never says that anything is illegal: that is for officers. What stands
    after a ± in a reason holds with 95 % probability. `citation` is the source of the rule.
    """

    rule: RuleName
    zone_id: str | None
    sighting_id: str
    object_class: ObjectClass
    certainty: Certainty
    priority: Priority
    reason_th: str
    reason_en: str
    citation: str
    grounds: Grounds | None = None
