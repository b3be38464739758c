"""Incidents with the steps that the ledger tells of them."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from patrol.incident import Incident, IncidentEvent
from patrol.ledger import INCIDENT_EVENT, event_of
from patrol.rows import incident_of, ledger_entry
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
        select(LedgerRow)
        .join(IncidentRow, IncidentRow.incident_id == LedgerRow.subject)
        .join(FlightRow, of_flight)
        .where(LedgerRow.kind == INCIDENT_EVENT, *within)
        .order_by(LedgerRow.sequence)
    )
    events: dict[str, list[IncidentEvent]] = {}
    for row in session.scalars(entries):
        events.setdefault(row.subject, []).append(event_of(ledger_entry(row)))
    return tuple(
        (incident, tuple(events.get(incident.incident_id, ())))
        for incident in map(incident_of, session.scalars(incidents))
    )
