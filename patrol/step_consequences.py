"""What follows in the database when things are split, joined, and taken apart again.

The part of a split becomes an incident, and the rules judge anew what stands then. When the things
are as before again, what the rules did is taken back, but for what a person decided since.
"""

from sqlalchemy.orm import Session

from patrol.incident import Incident, IncidentEvent, TransitionError
from patrol.incident_event import Deed
from patrol.incident_split import Parting, is_apart
from patrol.incident_step import Join, Separate, Signature, Surroundings
from patrol.rows import incident_of
from patrol.rule_steps import (
    RuleSteps,
    cause_of_joining,
    cause_of_split,
    open_incident,
    take,
)
from patrol.tables import IncidentRow

APART_AGAIN = "กลับเป็นคนละสิ่ง · apart again,"


def follow_step(
    session: Session,
    before: Incident,
    after: Incident,
    event: IncidentEvent,
    around: Surroundings,
    by: Signature,
) -> None:
    """Do what a step, from `before` to `after`, asks of other incidents."""
    if event.deed is Deed.SPLIT and around.parting is not None:
        _set_apart(session, before, around.parting, by)
    undone = next((past for past in around.history if past.version == event.undoes), None)
    if undone is not None and undone.deed is Deed.SPLIT and undone.split_off is not None:
        part = session.get_one(IncidentRow, undone.split_off)
        if part.joined_to != before.incident_id:
            take(session, part, Join(before.incident_id), by)
            _turn_split(session, incident_of(part), by)
    if is_apart(before) is not is_apart(after):
        _turn_split(session, after, by)
    elif before.joined_to != after.joined_to:
        _turn_joining(session, before, after, around, by)


def _set_apart(session: Session, incident: Incident, parting: Parting, by: Signature) -> None:
    """Open the incident of a part, or take it apart again, and judge anew what stands now."""
    part = parting.opened
    known = session.get(IncidentRow, part.incident_id)
    if known is None:
        open_incident(session, part, by)
    elif known.joined_to != incident.incident_id:
        raise TransitionError(
            f"these pictures are an incident of their own already: {part.incident_id}"
        )
    else:
        take(session, known, Separate(), by)
    RuleSteps(session, cause_of_split(part), by.at_utc).follow(parting.rejudged)


def _turn_split(session: Session, part: Incident, by: Signature) -> None:
    """Turn back what the rules did when a part was last set apart or joined again."""
    way = APART_AGAIN if is_apart(part) else "กลับเป็นสิ่งเดียวกัน · together again,"
    RuleSteps(session, cause_of_split(part), by.at_utc).turn_back(way)


def _turn_joining(
    session: Session, before: Incident, after: Incident, around: Surroundings, by: Signature
) -> None:
    """Judge anew what was joined as one, and turn that back when it is separated."""
    into = after.joined_to or before.joined_to or ""
    rules = RuleSteps(session, cause_of_joining(after, into), by.at_utc)
    if after.joined_to is None:
        if session.get_one(IncidentRow, into).flight_id == after.flight_id:
            rules.turn_back(APART_AGAIN)
    elif around.rejudged is not None and around.into is not None:
        rules.follow(around.rejudged)
        rules.join_what_is_told_twice(around.rejudged.thing_of(around.into.sighting_id))
