"""What a rule says of one sighting: which rule of which zone, how surely, and why."""

from dataclasses import dataclass
from enum import StrEnum

from detection.types import ObjectClass
from patrol.zones import RuleName


class Certainty(StrEnum):
    """Whether the position's error leaves a doubt about the zone."""

    INSIDE = "inside"
    BOUNDARY = "boundary"


class Priority(StrEnum):
    """How soon an officer should look."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


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
