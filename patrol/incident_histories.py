"""Incidents with the steps that the ledger tells of them."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from patrol.incident import Incident, IncidentEvent
from patrol.ledger import INCIDENT_EVENT, LedgerEntry, event_of
from patrol.rows import ENTRY_COLUMNS, incident_of
from patrol.tables import FlightRow, IncidentRow, LedgerRow


def incident_histories(
    session: Session, *within: ColumnElement[bool]
) -> tuple[tuple[Incident, tuple[IncidentEvent, ...]], ...]:
    """Return the incidents that fulfil all of `within`, in order of time, with their steps.

    `within` may speak of the incident and of its flight.
    """
    of_flight = FlightRow.flight_id == IncidentRow.flight_id
    incidents = (
        select(IncidentRow)
        .join(FlightRow, of_flight)
        .where(*within)
        .order_by(IncidentRow.occurred_at_utc, IncidentRow.incident_id)
    )
    entries = (
        select(*ENTRY_COLUMNS)
        .join(IncidentRow, IncidentRow.incident_id == LedgerRow.subject)
        .join(FlightRow, of_flight)
        .where(LedgerRow.kind == INCIDENT_EVENT, *within)
        .order_by(LedgerRow.sequence)
    )
    events: dict[str, list[IncidentEvent]] = {}
    for row in session.execute(entries):
        entry = LedgerEntry(*row)
        events.setdefault(entry.subject, []).append(event_of(entry))
    return tuple(
        (incident, tuple(events.get(incident.incident_id, ())))
        for incident in map(incident_of, session.scalars(incidents))
    )
