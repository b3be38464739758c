"""What a split comes to: the flight's sightings judged by the rules before it and after it.

Both are judged by the same zones, so that nothing but the split makes the difference.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from detection.types import Sighting
from patrol.earlier_records import seen_before
from patrol.flight_table import stored_sightings
from patrol.frame_views import stored_poses
from patrol.incident import Incident
from patrol.incident_split import Parting, as_split, part_shown_apart, split_off, verdict_of_part
from patrol.incident_state import TransitionError
from patrol.incident_step import Signature, Split
from patrol.rules import judge
from patrol.rules.comparison import compare
from patrol.site import Site
from patrol.split_table import split_parts
from patrol.verdict import Verdict


def parting_of(
    session: Session, incident: Incident, sighting: Sighting, step: Split, by: Signature
) -> Parting | None:
    """Return what a split of `sighting`, an incident's, comes to; None for frames of no part."""
    poses = stored_poses(session, incident.flight_id)
    try:
        part = part_shown_apart(incident, sighting, step.frames, poses)
    except TransitionError:
        return None
    logged = stored_sightings(session, incident.flight_id)
    parts = split_parts(session, incident.flight_id)
    before = tuple(as_split(logged, parts, poses))
    draft = split_off(incident, part, None, by.actor, step.crop_sha256)
    after = tuple(as_split(logged, (*parts, draft), poses))
    verdicts = _judged(session, after, step.site)
    changes = compare(_judged(session, before, step.site), verdicts)
    own = verdict_of_part(incident, part, changes.raised)
    return Parting(
        split_off(incident, part, own, by.actor, step.crop_sha256),
        replace(changes, raised=tuple(each for each in changes.raised if each is not own)),
        {each.sighting_id: each for each in after},
    )


def _judged(session: Session, sightings: Sequence[Sighting], site: Site) -> tuple[Verdict, ...]:
    earlier = seen_before(session, site, sightings)
    return judge(sightings, site, earlier=earlier, tide=site.reference.tides.at)
