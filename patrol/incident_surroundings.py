"""What steps with incidents depend on, read from the database."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from detection.types import Sighting
from patrol.flight_table import stored_sighting
from patrol.incident import Incident
from patrol.incident_split import is_apart, sighting_shown
from patrol.incident_step import Assign, Join, Split, Step, Surroundings, Undo
from patrol.ledger import event_of
from patrol.ledger_table import incident_entries
from patrol.records import storable
from patrol.rows import incident_of, user_of
from patrol.tables import IncidentRow, UserRow
from patrol.user import Role

# whom an incident can be given to
MAY_DECIDE = frozenset({Role.OFFICER, Role.ADMIN})


def surroundings(session: Session, row: IncidentRow, step: Step) -> Surroundings:
    """Read what the step depends on, and nothing for steps that depend on the incident alone."""
    match step:
        case Assign():
            users = select(UserRow).where(UserRow.role.in_([role.value for role in MAY_DECIDE]))
            return Surroundings(
                officers={
                    user.name for user in map(user_of, session.scalars(users)) if user.may_pass
                }
            )
        case Join():
            into = session.get(IncidentRow, step.into) if storable(step.into) else None
            joined = select(IncidentRow.incident_id).where(IncidentRow.joined_to == row.incident_id)
            return Surroundings(
                into=None if into is None else incident_of(into),
                has_joined=session.scalar(joined.limit(1)) is not None,
            )
        case Split():
            return Surroundings(sighting=sighting_of(session, incident_of(row)))
        case Undo():
            entries = incident_entries(session, row.incident_id)
            return Surroundings(history=tuple(map(event_of, entries)))
        case _:
            return Surroundings()


def sighting_of(session: Session, incident: Incident) -> Sighting:
    """Return what an incident is about; raises ValueError when its sighting is gone."""
    came_from = incident.split_from
    sighting_id = incident.sighting_id if came_from is None else came_from.sighting_id
    logged = stored_sighting(session, incident.flight_id, sighting_id)
    return sighting_shown(incident, logged, split_off_from(session, incident.incident_id))


def split_off_from(session: Session, incident_id: str) -> tuple[Incident, ...]:
    """Return the incidents that were ever split off from one, the oldest first."""
    flight = select(IncidentRow.flight_id).where(IncidentRow.incident_id == incident_id)
    query = select(IncidentRow).where(
        IncidentRow.flight_id == flight.scalar_subquery(), IncidentRow.split_from.is_not(None)
    )
    in_order = query.order_by(IncidentRow.occurred_at_utc, IncidentRow.incident_id)
    found = map(incident_of, session.scalars(in_order))
    return tuple(
        each
        for each in found
        if each.split_from is not None and each.split_from.incident_id == incident_id
    )


def split_parts(session: Session, flight_id: str) -> tuple[Incident, ...]:
    """Return what stands apart of a flight's sightings, parts of parts after what they are of."""
    query = select(IncidentRow).where(
        IncidentRow.flight_id == flight_id, IncidentRow.split_from.is_not(None)
    )
    apart = filter(is_apart, map(incident_of, session.scalars(query)))
    return tuple(sorted(apart, key=_fewest_frames_last))


def _fewest_frames_last(incident: Incident) -> tuple[int, str]:
    frames = incident.split_from.frames if incident.split_from else ()
    return -len(frames), incident.incident_id
