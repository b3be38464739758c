"""Incidents: a sighting that a rule turned into something to act on, and the states it may take."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from detection.types import ObjectClass
from ingest.lonlat import LonLat
from patrol.zones import RuleName


class State(StrEnum):
    """Where an incident stands."""

    NEW = "new"
    CONFIRMED = "confirmed"
    RESPONDING = "responding"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"
    RETRACTED = "retracted"


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
class Incident:
    """One thing to act on.

    `position` and `error_m` (1 sigma) are the sighting's; `frame_sha256` and `xyxy_px` point to the
    evidence in the original; `crop_sha256` to the picture stored in the media store. `version`
    counts the events and guards against two officers overwriting each other.
    """

    incident_id: str
    rule: RuleName
    zone_id: str | None
    object_class: ObjectClass
    state: State
    priority: Priority
    certainty: Certainty
    reason_th: str
    reason_en: str
    flight_id: str
    sighting_id: str
    score: float
    position: LonLat
    error_m: float
    occurred_at_utc: datetime
    frame_sha256: str
    xyxy_px: tuple[float, float, float, float]
    crop_sha256: str | None
    version: int


@dataclass(frozen=True)
class IncidentEvent:
    """One step of an incident: who did what, when and why."""

    incident_id: str
    version: int
    at_utc: datetime
    actor: str
    from_state: State | None
    to_state: State
    reason: str
