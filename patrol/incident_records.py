"""Incidents in the store: read, and taken a step further."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from detection.types import Sighting
from ingest.errors import LibongError
from patrol.case_file import CaseFile
from patrol.database import StoreError
from patrol.field_table import stored_source
from patrol.flight_summaries import flight_summary
from patrol.flight_table import stored_frames
from patrol.incident import Incident, IncidentEvent, State, TransitionError
from patrol.incident_list import (
    EVERYTHING,
    IncidentFilter,
    IncidentPage,
    Listing,
    Place,
)
from patrol.incident_list_table import all_incidents, incident_page
from patrol.incident_match import LONGEST_APART, likely_same
from patrol.incident_step import Move, Signature, Split, Step, take_step
from patrol.incident_surroundings import surroundings
from patrol.ledger import event_of
from patrol.ledger_table import (
    UNREADABLE,
    append_incident,
    incident_entries,
    ledger_proof,
    lock_ledger,
)
from patrol.records import Records, storable
from patrol.rows import incident_of, write_decisions
from patrol.split_table import sighting_of, split_off_from
from patrol.step_consequences import follow_step
from patrol.tables import IncidentRow
from patrol.zone_version_table import judged_zone


class UnknownIncident(LibongError, LookupError):  # noqa: N818  says what is wrong without "Error"
    """No incident of this id is logged."""


class StaleVersion(LibongError, ValueError):  # noqa: N818
    """Someone else changed the incident after it was read.

    `version` is the incident's now, `missed` are the events since the version that was seen.
    """

    def __init__(self, text: str, version: int = 0, missed: tuple[IncidentEvent, ...] = ()) -> None:
        """Say what is wrong, and what happened meanwhile."""
        super().__init__(text)
        self.version = version
        self.missed = missed


@dataclass(frozen=True)
class IncidentPictures:
    """The pictures that an incident rests on, by their SHA-256 (hex)."""

    incident_id: str
    frame_sha256: str
    crop_sha256: str | None


StepRefusal = UnknownIncident | StaleVersion | TransitionError


class IncidentRecords(Records):
    """Incidents as they stand; how they came to stand there is in the ledger."""

    def incidents(
        self,
        *,
        states: Collection[State] | None = None,
        zone_id: str | None = None,
        flight_id: str | None = None,
        assignee: str | None = None,
    ) -> tuple[Incident, ...]:
        """Return incidents, newest first; each filter that is given narrows them."""
        asked = IncidentFilter(
            states=None if states is None else frozenset(states),
            zone_id=zone_id,
            flight_id=flight_id,
            assignee=assignee,
        )
        with self._reading() as session:
            return all_incidents(session, Listing.EVERY, asked)

    def alerts(self) -> tuple[Incident, ...]:
        """Return the incidents that still want a person, as `Listing.WAITING` sorts them."""
        with self._reading() as session:
            return all_incidents(session, Listing.WAITING, EVERYTHING)

    def incident_page(
        self,
        listing: Listing,
        asked: IncidentFilter = EVERYTHING,
        *,
        limit: int,
        after: Place | None = None,
        offset: int = 0,
    ) -> IncidentPage:
        """Return up to `limit` incidents of a list: those after a place, or after `offset`."""
        with self._reading() as session:
            return incident_page(session, listing, asked, limit=limit, after=after, offset=offset)

    def incident(self, incident_id: str) -> Incident:
        """Return one incident; raises UnknownIncident."""
        with self._reading() as session:
            return incident_of(_incident_row(session, incident_id))

    def incident_pictures(self) -> Iterator[IncidentPictures]:
        """Yield the pictures of every incident; a few hundred are held at a time."""
        query = select(
            IncidentRow.incident_id, IncidentRow.frame_sha256, IncidentRow.crop_sha256
        ).order_by(IncidentRow.incident_id)
        with self._reading() as session:
            for row in session.execute(query.execution_options(yield_per=500)):
                yield IncidentPictures(*row)

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
                flight = flight_summary(session, incident.flight_id)
                return CaseFile(
                    incident=incident,
                    events=tuple(map(event_of, incident_entries(session, incident_id))),
                    sighting=sighting_of(session, incident),
                    flight=flight,
                    frames=stored_frames(session, incident.flight_id),
                    proof=ledger_proof(session, incident),
                    field_source=stored_source(session, incident.flight_id),
                    judged_zone=judged_zone(session, flight.site_id, incident),
                )
            except UNREADABLE as error:
                raise _damaged(incident_id) from error

    def joined(self, incident_id: str) -> tuple[Incident, ...]:
        """Return the incidents that are joined to this one, the oldest first."""
        query = select(IncidentRow).where(IncidentRow.joined_to == incident_id)
        by_age = query.order_by(IncidentRow.occurred_at_utc, IncidentRow.incident_id)
        with self._reading() as session:
            return tuple(map(incident_of, session.scalars(by_age))) if storable(incident_id) else ()

    def sighting_of(self, incident_id: str) -> Sighting:
        """Return what an incident is about, without what was split off from it.

        Raises UnknownIncident, and StoreError when its records were damaged.
        """
        with self._reading() as session:
            incident = incident_of(_incident_row(session, incident_id))
            try:
                return sighting_of(session, incident)
            except UNREADABLE as error:
                raise _damaged(incident_id) from error

    def split_off(self, incident_id: str) -> tuple[Incident, ...]:
        """Return the incidents that were split off from this one, the oldest first."""
        with self._reading() as session:
            return split_off_from(session, incident_id) if storable(incident_id) else ()

    def likely_same(self, incident_id: str) -> tuple[Incident, ...]:
        """Return incidents of other flights that may be about the same thing, the nearest first.

        Raises UnknownIncident.
        """
        with self._reading() as session:
            incident = incident_of(_incident_row(session, incident_id))
            others = select(IncidentRow).where(
                IncidentRow.zone_id == incident.zone_id
                if incident.zone_id is not None
                else IncidentRow.zone_id.is_(None),
                IncidentRow.object_class == incident.object_class.value,
                IncidentRow.occurred_at_utc.between(
                    incident.occurred_at_utc - LONGEST_APART,
                    incident.occurred_at_utc + LONGEST_APART,
                ),
            )
            return likely_same(incident, map(incident_of, session.scalars(others)))

    def take_step(
        self, incident_id: str, step: Step, by: Signature, *, expected_version: int | None
    ) -> Incident:
        """Take a step with an incident and return it as it is afterwards.

        `expected_version` is the version the actor saw, None to skip the check. Raises
        UnknownIncident, StaleVersion when someone was faster, TransitionError for a step that is
        not allowed.
        """
        with self._writing() as session, session.begin():
            lock_ledger(session)
            return _taken(session, incident_id, step, by, expected_version)[0]

    def split(
        self, incident_id: str, step: Split, by: Signature, *, expected_version: int | None
    ) -> Incident:
        """Split an incident and return what the part becomes; raises as `take_step` does."""
        with self._writing() as session, session.begin():
            lock_ledger(session)
            _, event = _taken(session, incident_id, step, by, expected_version)
            return incident_of(_incident_row(session, event.split_off or ""))

    def take_steps(
        self, seen: Mapping[str, int], step: Step, by: Signature
    ) -> Mapping[str, Incident | StepRefusal]:
        """Take the same step with several incidents; one that is refused keeps no other back.

        `seen` gives the version that the actor saw of each incident, by its id.
        """
        outcomes: dict[str, Incident | StepRefusal] = {}
        with self._writing() as session, session.begin():
            lock_ledger(session)
            for incident_id, version in seen.items():
                try:
                    outcomes[incident_id], _ = _taken(session, incident_id, step, by, version)
                except (UnknownIncident, StaleVersion, TransitionError) as refusal:
                    outcomes[incident_id] = refusal
        return outcomes

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
        """Take an incident to another state and return it; raises as `take_step` does."""
        by = Signature(actor, reason, at_utc)
        return self.take_step(incident_id, Move(to_state), by, expected_version=expected_version)


def _damaged(incident_id: str) -> StoreError:
    """Return the error for an incident whose records cannot be read any more."""
    return StoreError(
        f"the records of incident {incident_id} are damaged; `libong verify` names what was "
        "changed: restore the database from a backup"
    )


def _taken(
    session: Session, incident_id: str, step: Step, by: Signature, expected_version: int | None
) -> tuple[Incident, IncidentEvent]:
    row = _incident_row(session, incident_id)
    if expected_version is not None and row.version != expected_version:
        raise _stale(session, row, expected_version)
    around = surroundings(session, row, step, by)
    before = incident_of(row)
    after, event = take_step(before, step, by, around)
    write_decisions(row, after)
    append_incident(session, event, after)
    follow_step(session, before, after, event, around, by)
    return after, event


def _stale(session: Session, row: IncidentRow, seen: int) -> StaleVersion:
    events = tuple(map(event_of, incident_entries(session, row.incident_id)))
    missed = tuple(event for event in events if event.version > seen)
    what = "; ".join(
        f"{event.actor} {event.deed} it at {event.at_utc.isoformat(timespec='seconds')} "
        f"({event.to_state})"
        for event in missed
    )
    return StaleVersion(
        f"incident {row.incident_id} is at version {row.version} ({row.state}), not {seen}: "
        f"{what or 'that version never was'}; look again, then decide",
        row.version,
        missed,
    )


def _incident_row(session: Session, incident_id: str) -> IncidentRow:
    row = session.get(IncidentRow, incident_id) if storable(incident_id) else None
    if row is None:
        raise UnknownIncident(f"no incident {incident_id!r}; list them to see their ids")
    return row
