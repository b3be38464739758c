"""Incidents: a sighting that a rule turned into something to act on, and the states it may take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from unicodedata import category

from detection.types import ObjectClass, Sighting
from ingest.errors import LibongError
from ingest.lonlat import LonLat
from patrol.verdict import Certainty, Priority, Verdict
from patrol.zones import RuleName

__all__ = [
    "ALLOWED",
    "Certainty",
    "Incident",
    "IncidentEvent",
    "Priority",
    "State",
    "TransitionError",
    "check_transition",
    "open_incidents",
    "step",
]


class State(StrEnum):
    """Where an incident stands."""

    NEW = "new"
    CONFIRMED = "confirmed"
    RESPONDING = "responding"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"
    RETRACTED = "retracted"


class TransitionError(LibongError, ValueError):
    """A step an incident may not take, or one that lacks its reason."""


# Dismissed: it never was one. Retracted: somebody had vouched for it, and that was wrong.
# Both can be undone, which starts the incident again as new.
ALLOWED: frozenset[tuple[State, State]] = frozenset(
    {
        (State.NEW, State.CONFIRMED),
        (State.CONFIRMED, State.RESPONDING),
        (State.RESPONDING, State.RESOLVED),
        (State.NEW, State.DISMISSED),
        (State.CONFIRMED, State.DISMISSED),
        (State.RESPONDING, State.DISMISSED),
        (State.CONFIRMED, State.RETRACTED),
        (State.RESPONDING, State.RETRACTED),
        (State.RESOLVED, State.RETRACTED),
        (State.DISMISSED, State.NEW),
        (State.RETRACTED, State.NEW),
    }
)

# Steps that take something back must say why: the next reader has only this sentence.
_NEEDS_REASON = frozenset({State.DISMISSED, State.RETRACTED, State.NEW})


@dataclass(frozen=True)
class Incident:
    """One thing to act on.

    `position` and `error_m` (root mean square, metres) are the sighting's; `frame_sha256` and
    `xyxy_px` point to the evidence in the original; `crop_sha256` to the picture stored in the
    media store. `version` counts the events and guards against two officers overwriting each
    other. `citation` is the source of the rule as it stood when the incident was opened.
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


def check_transition(from_state: State, to_state: State) -> None:
    """Raise TransitionError unless an incident may go from `from_state` to `to_state`."""
    if (from_state, to_state) in ALLOWED:
        return
    following = sorted(after for before, after in ALLOWED if before is from_state)
    raise TransitionError(
        f"an incident that is {from_state} cannot become {to_state}; "
        f"from {from_state} it may become: {', '.join(following)}"
    )


def step(
    incident: Incident, to_state: State, *, actor: str, reason: str, at_utc: datetime
) -> tuple[Incident, IncidentEvent]:
    """Return the incident after a step, and the event that says who took it, when and why.

    Raises TransitionError for a step that is not allowed, has no actor, or takes something back
    without a reason.
    """
    check_transition(incident.state, to_state)
    actor, reason = _plain("name", actor), _plain("reason", reason)
    if not actor:
        raise TransitionError("a step needs the name of who takes it; got an empty name")
    if to_state in _NEEDS_REASON and not reason:
        raise TransitionError(f"to make an incident {to_state}, say why; got an empty reason")
    after = replace(incident, state=to_state, version=incident.version + 1)
    event = IncidentEvent(
        incident_id=incident.incident_id,
        version=after.version,
        at_utc=at_utc,
        actor=actor,
        from_state=incident.state,
        to_state=to_state,
        reason=reason,
    )
    return after, event


def _plain(what: str, text: str) -> str:
    """Return the text without spaces around it; raises TransitionError for control characters."""
    text = text.strip()
    odd = [sign for sign in text if category(sign) in ("Cc", "Cs") and sign not in "\n\r\t"]
    if odd:
        raise TransitionError(f"the {what} holds a control character, {odd[0]!r}; remove it")
    return text


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
    )
