"""What officers do with incidents besides moving them on: for their tools and the desk."""

from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as FromPath

from api.auth import Session
from api.deps import ActingOfficer, OfficerSession, Services, ServicesDep
from api.incident_models import (
    AssignmentIn,
    CommentIn,
    DecisionIn,
    JoinIn,
    OutcomesOut,
    PriorityIn,
    SightingOut,
    SplitIn,
    StepsIn,
)
from api.incident_split import split_incident
from api.models import IncidentOut
from api.routes.v1 import CONFLICT, NOT_FOUND, PROBLEMS
from patrol.incident_step import (
    Assign,
    Comment,
    Join,
    Prioritise,
    Separate,
    Signature,
    Step,
    Undo,
)
from patrol.site import Site

router = APIRouter(prefix="/api/v1/incidents", tags=["officers"], responses=dict(PROBLEMS))
_CHANGES = {**NOT_FOUND, **CONFLICT}

Id = Annotated[str, FromPath(max_length=64)]


@router.post("/{incident_id}/assignment", responses=_CHANGES)
def assign(
    at_hand: ServicesDep, officer: ActingOfficer, incident_id: Id, given: AssignmentIn
) -> IncidentOut:
    """Give the incident to an officer, or to nobody."""
    return _decide(at_hand, officer, incident_id, Assign(given.assignee), given)


@router.post("/{incident_id}/priority", responses=_CHANGES)
def prioritise(
    at_hand: ServicesDep, officer: ActingOfficer, incident_id: Id, given: PriorityIn
) -> IncidentOut:
    """Set the priority."""
    return _decide(at_hand, officer, incident_id, Prioritise(given.priority), given)


@router.post("/{incident_id}/comments", responses=_CHANGES)
def comment(
    at_hand: ServicesDep, officer: ActingOfficer, incident_id: Id, given: CommentIn
) -> IncidentOut:
    """Add a comment; it goes into the ledger and is never deleted."""
    by = _signature(at_hand, officer, given.text)
    return IncidentOut.of(
        at_hand.store.take_step(incident_id, Comment(), by, expected_version=None)
    )


@router.post("/{incident_id}/undo", responses=_CHANGES)
def undo(
    at_hand: ServicesDep, officer: ActingOfficer, incident_id: Id, given: DecisionIn
) -> IncidentOut:
    """Take back the last decision, as a new event; somebody else's needs a reason."""
    return _decide(at_hand, officer, incident_id, Undo(), given)


@router.post("/{incident_id}/join", responses=_CHANGES)
def join(
    at_hand: ServicesDep, officer: ActingOfficer, incident_id: Id, given: JoinIn
) -> IncidentOut:
    """Say that the incident is about the same thing as another, which stands for both.

    The rules judge what one flight saw of the two as one. What they raise or take back is told in
    the events, and turned back when the two are separated or the step is undone.
    """
    return _decide(at_hand, officer, incident_id, Join(given.into, _site(at_hand)), given)


@router.post("/{incident_id}/separate", responses=_CHANGES)
def separate(
    at_hand: ServicesDep, officer: ActingOfficer, incident_id: Id, given: DecisionIn
) -> IncidentOut:
    """Take the incident away from the one it was joined to; needs a reason."""
    return _decide(at_hand, officer, incident_id, Separate(), given)


@router.get("/{incident_id}/sighting", responses=dict(NOT_FOUND))
def sighting(at_hand: ServicesDep, _: OfficerSession, incident_id: Id) -> SightingOut:
    """What the incident is about, in all its pictures."""
    return SightingOut.of(
        at_hand.store.sighting_of(incident_id), at_hand.store.split_off(incident_id)
    )


@router.post("/{incident_id}/split", responses=_CHANGES)
def split(
    at_hand: ServicesDep, officer: ActingOfficer, incident_id: Id, given: SplitIn
) -> IncidentOut:
    """Say that some of its pictures show another thing; returns the incident that this becomes.

    The incident it was part of stays; undoing its step joins the two again.
    """
    by = _signature(at_hand, officer, given.reason)
    seen = given.expected_version
    return IncidentOut.of(split_incident(at_hand, incident_id, given.frames, by, seen))


@router.get("/{incident_id}/likely-same", responses=dict(NOT_FOUND))
def likely_same(at_hand: ServicesDep, _: OfficerSession, incident_id: Id) -> list[IncidentOut]:
    """Incidents of other flights that may be about the same boat or gear, the nearest first."""
    return [IncidentOut.of(found) for found in at_hand.store.likely_same(incident_id)]


@router.get("/{incident_id}/joined")
def joined(at_hand: ServicesDep, _: OfficerSession, incident_id: Id) -> list[IncidentOut]:
    """Incidents that are joined to this one, the oldest first."""
    return [IncidentOut.of(found) for found in at_hand.store.joined(incident_id)]


@router.post("/steps")
def take_steps(at_hand: ServicesDep, officer: ActingOfficer, given: StepsIn) -> OutcomesOut:
    """Take the same step with several incidents; one that is refused keeps no other back."""
    seen = {each.id: each.expected_version for each in given.incidents}
    by = _signature(at_hand, officer, given.reason)
    return OutcomesOut.of(at_hand.store.take_steps(seen, given.step_at(_site(at_hand)), by))


def _decide(
    at_hand: Services, officer: Session, incident_id: str, step: Step, given: DecisionIn
) -> IncidentOut:
    by = _signature(at_hand, officer, given.reason)
    return IncidentOut.of(
        at_hand.store.take_step(incident_id, step, by, expected_version=given.expected_version)
    )


def _site(at_hand: Services) -> Site:
    return at_hand.store.site_in_force(at_hand.site)


def _signature(at_hand: Services, officer: Session, reason: str) -> Signature:
    return Signature(officer.user.name, reason, at_hand.now())
