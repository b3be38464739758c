"""Incidents that were split off, in the database: opened, and joined again where that is undone."""

from dataclasses import replace

from sqlalchemy.orm import Session

from detection.sightings import part_of
from detection.types import Sighting
from patrol.incident import Incident, IncidentEvent, TransitionError
from patrol.incident_event import Deed
from patrol.incident_split import split_off
from patrol.incident_step import Join, Separate, Signature, Split, Step, Surroundings, take_step
from patrol.incident_surroundings import surroundings
from patrol.ledger import opening_event
from patrol.ledger_table import append_incident
from patrol.rows import incident_of, incident_row, write_decisions
from patrol.tables import FlightRow, IncidentRow
from patrol.zone_version_table import judged_zone


def follow_split(
    session: Session,
    incident: Incident,
    step: Step,
    event: IncidentEvent,
    around: Surroundings,
    by: Signature,
) -> None:
    """Do what a step asks of an incident that is split off, or was: `incident` is as before it."""
    if isinstance(step, Split) and event.split_off is not None and around.sighting is not None:
        _set_apart(session, incident, step, event.split_off, around.sighting, by)
    undone = next((past for past in around.history if past.version == event.undoes), None)
    if undone is not None and undone.deed is Deed.SPLIT and undone.split_off is not None:
        row = session.get_one(IncidentRow, undone.split_off)
        if row.joined_to != incident.incident_id:
            _take(session, row, Join(incident.incident_id), by)


def _set_apart(
    session: Session,
    incident: Incident,
    step: Split,
    part_id: str,
    sighting: Sighting,
    by: Signature,
) -> None:
    known = session.get(IncidentRow, part_id)
    if known is not None:  # it was split off before, and that was undone
        if known.joined_to != incident.incident_id:
            raise TransitionError(f"these pictures are an incident of their own already: {part_id}")
        _take(session, known, Separate(), by)
        return
    flight = session.get_one(FlightRow, incident.flight_id)
    zone = judged_zone(session, flight.site_id, incident)
    part = part_of(sighting, step.frames)
    opened = split_off(incident, part, zone, by.actor, step.crop_sha256)
    session.add(incident_row(opened))
    session.flush()
    session.expire_all()  # read back, the ledger vouches for what is stored
    stored = incident_of(session.get_one(IncidentRow, part_id))
    event = replace(opening_event(stored, by.at_utc), actor=by.actor, reason=by.reason)
    append_incident(session, event, stored)


def _take(session: Session, row: IncidentRow, step: Step, by: Signature) -> None:
    around = surroundings(session, row, step)
    after, event = take_step(incident_of(row), step, by, around)
    write_decisions(row, after)
    append_incident(session, event, after)
