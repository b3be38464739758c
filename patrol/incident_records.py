"""Incidents in the store: read, and taken a step further."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from ingest.errors import LibongError
from patrol.case_file import CaseFile
from patrol.database import StoreError
from patrol.flight_table import flight_summaries, stored_frames, stored_sightings
from patrol.incident import Incident, IncidentEvent, State, step
from patrol.ledger import event_of
from patrol.ledger_table import (
    UNREADABLE,
    append_incident,
    incident_entries,
    ledger_proof,
    lock_ledger,
)
from patrol.records import Records, storable
from patrol.rows import incident_of
from patrol.tables import IncidentRow
from patrol.verdict import Priority

_OPEN = (State.NEW, State.CONFIRMED, State.RESPONDING)
_PRIORITY_RANK = {priority.value: rank for rank, priority in enumerate(Priority)}


class UnknownIncident(LibongError, LookupError):  # noqa: N818  says what is wrong without "Error"
    """No incident of this id is logged."""


class StaleVersion(LibongError, ValueError):  # noqa: N818
    """Someone else changed the incident after it was read."""


class IncidentRecords(Records):
    """Incidents as they stand; how they came to stand there is in the ledger."""

    def incidents(
        self,
        *,
        states: Collection[State] | None = None,
        zone_id: str | None = None,
        flight_id: str | None = None,
    ) -> tuple[Incident, ...]:
        """Return incidents, newest first; each filter that is given narrows them."""
        query = select(IncidentRow).order_by(
            IncidentRow.occurred_at_utc.desc(), IncidentRow.incident_id
        )
        if states is not None:
            query = query.where(IncidentRow.state.in_([state.value for state in states]))
        if zone_id is not None:
            query = query.where(IncidentRow.zone_id == zone_id)
        if flight_id is not None:
            query = query.where(IncidentRow.flight_id == flight_id)
        with self._reading() as session:
            return tuple(map(incident_of, session.scalars(query)))

    def alerts(self) -> tuple[Incident, ...]:
        """Return the incidents that still want a person: most urgent first, then newest first."""
        query = (
            select(IncidentRow)
            .where(IncidentRow.state.in_([state.value for state in _OPEN]))
            .order_by(
                case(_PRIORITY_RANK, value=IncidentRow.priority),
                IncidentRow.occurred_at_utc.desc(),
                IncidentRow.incident_id,
            )
        )
        with self._reading() as session:
            return tuple(map(incident_of, session.scalars(query)))

    def incident(self, incident_id: str) -> Incident:
        """Return one incident; raises UnknownIncident."""
        with self._reading() as session:
            return incident_of(_incident_row(session, incident_id))

    def is_crop(self, sha256: str) -> bool:
        """Return whether some incident has the crop of this SHA-256 (hex)."""
        query = select(IncidentRow.incident_id).where(IncidentRow.crop_sha256 == sha256).limit(1)
        with self._reading() as session:
            return session.scalar(query) is not None

    def events(self, incident_id: str) -> tuple[IncidentEvent, ...]:
        """Return what happened to an incident, oldest first; raises UnknownIncident."""
        with self._reading() as session:
            _incident_row(session, incident_id)
            return tuple(map(event_of, incident_entries(session, incident_id)))

    def case_file(self, incident_id: str) -> CaseFile:
        """Return all that is known of one incident, read while nobody writes.

        Raises UnknownIncident, and StoreError when its records were damaged.
        """
        with self._writing() as session, session.begin():
            lock_ledger(session)
            try:
                incident = incident_of(_incident_row(session, incident_id))
                (flight,) = flight_summaries(session, incident.flight_id)
                sightings = stored_sightings(session, incident.flight_id)
                return CaseFile(
                    incident=incident,
                    events=tuple(map(event_of, incident_entries(session, incident_id))),
                    sighting={s.sighting_id: s for s in sightings}[incident.sighting_id],
                    flight=flight,
                    frames=stored_frames(session, incident.flight_id),
                    proof=ledger_proof(session, incident),
                )
            except UNREADABLE as error:
                raise StoreError(
                    f"the records of incident {incident_id} are damaged; `libong verify` names "
                    "what was changed: restore the database from a backup"
                ) from error

    def transition(
        self,
        incident_id: str,
        to_state: State,
        *,
        actor: str,
        reason: str,
        expected_version: int | None,
        at_utc: datetime,
    ) -> Incident:
        """Take an incident a step further and return it.

        `expected_version` is the version the actor saw, None to skip the check. Raises
        UnknownIncident, StaleVersion when someone was faster, TransitionError for a step that is
        not allowed.
        """
        with self._writing() as session, session.begin():
            lock_ledger(session)
            row = _incident_row(session, incident_id)
            if expected_version is not None and row.version != expected_version:
                raise StaleVersion(
                    f"incident {incident_id} is at version {row.version} ({row.state}), not "
                    f"{expected_version}: someone else changed it; look again, then decide"
                )
            after, event = step(
                incident_of(row), to_state, actor=actor, reason=reason, at_utc=at_utc
            )
            row.state, row.version = after.state.value, after.version
            append_incident(session, event, after)
        return after


def _incident_row(session: Session, incident_id: str) -> IncidentRow:
    row = session.get(IncidentRow, incident_id) if storable(incident_id) else None
    if row is None:
        raise UnknownIncident(f"no incident {incident_id!r}; list them to see their ids")
    return row
