"""What was split off, in the database: the incidents, and the sightings as they stand since."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from detection.types import Sighting
from patrol.flight_table import stored_sighting
from patrol.frame_views import stored_poses
from patrol.incident import Incident
from patrol.incident_split import is_apart, sighting_shown
from patrol.rows import incident_of
from patrol.tables import IncidentRow


def sighting_of(session: Session, incident: Incident) -> Sighting:
    """Return what an incident is about; raises ValueError when its sighting is gone."""
    came_from = incident.split_from
    sighting_id = incident.sighting_id if came_from is None else came_from.sighting_id
    logged = stored_sighting(session, incident.flight_id, sighting_id)
    parts = split_parts(session, incident.flight_id)
    poses = stored_poses(session, incident.flight_id) if parts else {}
    return sighting_shown(incident, logged, parts, poses)


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
