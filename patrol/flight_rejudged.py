"""A flight judged anew: by the rules before its things are split or joined, and after it.

Both are judged by the same zones, so that nothing but the step makes the difference.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from detection.types import Sighting
from patrol.earlier_records import seen_before
from patrol.flight_table import stored_sightings
from patrol.flight_things import Poses, Rejudged, Thing, rounds_of, things_of
from patrol.frame_views import stored_poses
from patrol.incident import Incident
from patrol.incident_split import (
    Parting,
    as_split,
    is_apart,
    part_shown_apart,
    split_off,
    verdict_of_part,
)
from patrol.incident_state import TransitionError
from patrol.incident_step import Signature, Split
from patrol.rows import incident_of
from patrol.rules import judge
from patrol.rules.comparison import VerdictChanges, compare, strongest
from patrol.site import Site
from patrol.split_table import split_parts
from patrol.tables import IncidentRow
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
    joined = _joined_pairs(session, incident.flight_id)
    draft = split_off(incident, part, None, by.actor, step.crop_sha256)
    before = things_of(tuple(as_split(logged, parts, poses)), joined, poses)
    after = things_of(tuple(as_split(logged, (*parts, draft), poses)), joined, poses)
    verdicts = _judged(session, after, step.site)
    changes = _compared(_judged(session, before, step.site), verdicts, after)
    own = verdict_of_part(incident, part, changes.raised)
    others = replace(changes, raised=tuple(each for each in changes.raised if each is not own))
    return Parting(
        split_off(incident, part, own, by.actor, step.crop_sha256), _rejudged(others, after)
    )


def rejudged_as_one(
    session: Session, incident: Incident, into: Incident | None, site: Site | None
) -> Rejudged | None:
    """Return what the rules say once an incident is joined to another.

    None where they say nothing new: of what is one thing already, and of two flights. A part that
    goes back to what it was split off from is not judged: what came of the split is taken back.
    """
    if into is None or site is None or into.flight_id != incident.flight_id:
        return None
    came_from = incident.split_from
    if came_from is not None and came_from.incident_id == into.incident_id:
        return None
    flight_id = incident.flight_id
    poses = stored_poses(session, flight_id)
    standing = _standing_sightings(session, flight_id, poses)
    joined = _joined_pairs(session, flight_id)
    before = things_of(standing, joined, poses)
    after = things_of(standing, (*joined, (incident.sighting_id, into.sighting_id)), poses)
    if len(after) == len(before):
        return None
    whole = next(each for each in after if into.sighting_id in each.member_ids).whole
    verdicts = _judged(session, after, site)
    changes = _compared(_judged(session, before, site), verdicts, after)
    own = {(each.rule, each.zone_id) for each in verdicts if each.sighting_id == whole.sighting_id}
    if (incident.rule, incident.zone_id) in own:
        # what is still said of the incident is told by the one that stands for it
        stands = (into.rule, into.zone_id, whole.sighting_id)
        gone = (it for it in changes.gone if (it.rule, it.zone_id, it.sighting_id) != stands)
        changes = replace(changes, gone=tuple(gone))
    return _rejudged(changes, after)


def _standing_sightings(session: Session, flight_id: str, poses: Poses) -> tuple[Sighting, ...]:
    logged = stored_sightings(session, flight_id)
    return tuple(as_split(logged, split_parts(session, flight_id), poses))


def _joined_pairs(session: Session, flight_id: str) -> tuple[tuple[str, str], ...]:
    """Return the sightings of a flight that officers joined, each with what stands for it.

    A part that went back to what it was split off from is no sighting, and is not among them.
    """
    into = aliased(IncidentRow)
    query = (
        select(IncidentRow, into.sighting_id)
        .join(into, IncidentRow.joined_to == into.incident_id)
        .where(IncidentRow.flight_id == flight_id, into.flight_id == flight_id)
        .order_by(IncidentRow.incident_id)
    )
    return tuple(
        (row.sighting_id, other)
        for row, other in session.execute(query)
        if row.split_from is None or is_apart(incident_of(row))
    )


def _compared(
    before: Sequence[Verdict], verdicts: Sequence[Verdict], after: Sequence[Thing]
) -> VerdictChanges:
    part_of = {member: thing.whole.sighting_id for thing in after for member in thing.member_ids}
    return compare(before, verdicts, part_of)


def _judged(session: Session, things: Sequence[Thing], site: Site) -> tuple[Verdict, ...]:
    rounds = tuple(rounds_of(things))
    earlier = seen_before(session, site, tuple(chain.from_iterable(rounds)))
    said = (judge(each, site, earlier=earlier, tide=site.reference.tides.at) for each in rounds)
    return strongest(chain.from_iterable(said))


def _rejudged(changes: VerdictChanges, things: Sequence[Thing]) -> Rejudged:
    return Rejudged(changes, {thing.whole.sighting_id: thing for thing in things})
