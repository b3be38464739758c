"""What steps with incidents depend on, read from the database."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.flight_rejudged import parting_of, rejudged_as_one
from patrol.incident_step import Assign, Join, Signature, Split, Step, Surroundings, Undo
from patrol.ledger import event_of
from patrol.ledger_table import incident_entries
from patrol.records import storable
from patrol.rows import incident_of, user_of
from patrol.split_table import sighting_of
from patrol.tables import IncidentRow, UserRow
from patrol.user import Role

# whom an incident can be given to
MAY_DECIDE = frozenset({Role.OFFICER, Role.ADMIN})


def surroundings(session: Session, row: IncidentRow, step: Step, by: Signature) -> Surroundings:
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
            other = None if into is None else incident_of(into)
            return Surroundings(
                into=other,
                has_joined=session.scalar(joined.limit(1)) is not None,
                rejudged=rejudged_as_one(session, incident_of(row), other, step.site),
            )
        case Split():
            incident = incident_of(row)
            sighting = sighting_of(session, incident)
            return Surroundings(
                sighting=sighting, parting=parting_of(session, incident, sighting, step, by)
            )
        case Undo():
            entries = incident_entries(session, row.incident_id)
            return Surroundings(history=tuple(map(event_of, entries)))
        case _:
            return Surroundings()
