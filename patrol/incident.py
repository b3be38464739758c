"""Incidents: a sighting that a rule turned into something to act on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from detection.types import ObjectClass, Sighting
from ingest.lonlat import LonLat
from patrol.incident_event import IncidentEvent, Standing
from patrol.incident_state import ALLOWED, State, TransitionError, check_transition
from patrol.place_error import ERRORS_OF_95_PERCENT
from patrol.verdict import Certainty, Grounds, Priority, Verdict
from patrol.zones import RuleName

__all__ = [
    "ALLOWED",
    "Certainty",
    "Incident",
    "IncidentEvent",
    "Priority",
    "SplitFrom",
    "State",
    "TransitionError",
    "check_transition",
    "open_incidents",
    "standing_of",
    "with_standing",
]


@dataclass(frozen=True)
class SplitFrom:
    """Where an incident that an officer split off from another comes from.

    `incident_id` is the other one, `sighting_id` the sighting as it was logged, and `frames` are
    those (SHA-256, in order) whose detections of it show another thing.
    """

    incident_id: str
    sighting_id: str
    frames: tuple[str, ...]


@dataclass(frozen=True)
class Incident:
    """One thing to act on.

    `position` and `error_m` (root mean square, metres) are the sighting's; `frame_sha256` and
    `xyxy_px` point to the evidence in the original; `crop_sha256` to the picture stored in the
    media store. `version` counts the events and guards against two officers overwriting each
    other. `citation` is the source of the rule as it stood when the incident was opened; `grounds`
    are what its verdict rests on, None for an incident from before they were kept.

    `priority` is the rule's until an officer sets another; then `rule_priority` tells what the
    rule gave. `assignee` and `joined_to` are as in `Standing`. `split_from` is None for all that
    rules opened.
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
    citation: str = ""
    grounds: Grounds | None = None
    rule_priority: Priority | None = None
    assignee: str | None = None
    joined_to: str | None = None
    split_from: SplitFrom | None = None

    @property
    def radius_of_95_percent_m(self) -> float:
        """How far off its place may be, with 95 % probability: as people are told it."""
        return ERRORS_OF_95_PERCENT * self.error_m


def standing_of(incident: Incident) -> Standing:
    """Return what officers decided of an incident besides its state."""
    return Standing(
        priority=None if incident.rule_priority is None else incident.priority,
        assignee=incident.assignee,
        joined_to=incident.joined_to,
    )


def with_standing(incident: Incident, standing: Standing) -> Incident:
    """Return the incident as it stands after a decision on anything but its state."""
    given = incident.rule_priority or incident.priority
    return replace(
        incident,
        priority=standing.priority or given,
        rule_priority=None if standing.priority is None else given,
        assignee=standing.assignee,
        joined_to=standing.joined_to,
    )


def incident_id_of(flight_id: str, rule: RuleName, zone_id: str | None, sighting_id: str) -> str:
    """Return the id that the same flight, rule, zone and sighting always give (16 hex digits)."""
    # A separator that no id contains keeps ("a", "bc") and ("ab", "c") apart.
    parts = "\x1f".join((flight_id, rule.value, zone_id or "", sighting_id))
    return sha256(parts.encode()).hexdigest()[:16]


def open_incidents(
    verdicts: Sequence[Verdict], sightings: Sequence[Sighting], crops: Mapping[str, str]
) -> tuple[Incident, ...]:
    """Return one new incident for each verdict, in the verdicts' order.

    `crops` maps sighting ids to the SHA-256 of their picture in the media store; a sighting may
    lack one. Raises KeyError for a verdict about a sighting that is not among `sightings`.
    """
    by_id = {sighting.sighting_id: sighting for sighting in sightings}
    return tuple(
        _opened(verdict, by_id[verdict.sighting_id], crops.get(verdict.sighting_id))
        for verdict in verdicts
    )


def _opened(verdict: Verdict, sighting: Sighting, crop_sha256: str | None) -> Incident:
    return Incident(
        incident_id=incident_id_of(
            sighting.flight_id, verdict.rule, verdict.zone_id, sighting.sighting_id
        ),
        rule=verdict.rule,
        zone_id=verdict.zone_id,
        object_class=verdict.object_class,
        state=State.NEW,
        priority=verdict.priority,
        certainty=verdict.certainty,
        reason_th=verdict.reason_th,
        reason_en=verdict.reason_en,
        flight_id=sighting.flight_id,
        sighting_id=sighting.sighting_id,
        score=sighting.score,
        position=sighting.position,
        error_m=sighting.error_m,
        occurred_at_utc=sighting.best.taken_at_utc or sighting.first_seen_utc,
        frame_sha256=sighting.best.frame_sha256,
        xyxy_px=sighting.best.xyxy_px,
        crop_sha256=crop_sha256,
        version=1,
        citation=verdict.citation,
        grounds=verdict.grounds,
    )
