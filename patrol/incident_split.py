"""A sighting that an officer finds to be two things: the part of it that becomes an incident.

What a flight was logged with stays as it is. A part is named by the frames whose detections of the
sighting show the other thing; with the incident that it becomes, the ledger vouches for them.
"""

import json
from collections.abc import Collection, Iterable

from detection.sightings import AssociationError, part_of
from detection.types import Sighting
from patrol.incident import Incident, SplitFrom, State, incident_id_of
from patrol.incident_state import TransitionError
from patrol.ledger import canonical_json
from patrol.ledger_form import split_form
from patrol.rules.place import place_in
from patrol.verdict import Certainty
from patrol.zones import Zone


def part_shown_apart(
    incident: Incident, sighting: Sighting | None, frames: Collection[str]
) -> Sighting:
    """Return the part of an incident's sighting that some of its frames (SHA-256) show.

    Raises TransitionError for frames that do not make a part: none, others, or the one whose
    picture the incident rests on, which stays with it.
    """
    if sighting is None:
        raise TransitionError("nothing is known of the pictures of this incident")
    shown = {detection.frame_sha256 for detection in sighting.detections}
    unknown = sorted(set(frames) - shown)
    if unknown:
        raise TransitionError(f"the frame {unknown[0][:12]!r} shows nothing of this incident")
    if incident.frame_sha256 in frames:
        raise TransitionError(
            "the picture that the incident rests on stays with it; choose those that show the other"
        )
    if not frames:
        raise TransitionError(
            f"to split an incident, choose the pictures that show the other thing; it has "
            f"{len(shown)}"
        )
    return part_of(sighting, frames)


def split_off_id(incident: Incident, part: Sighting) -> str:
    """Return the id of the incident that a part of another's sighting becomes."""
    return incident_id_of(incident.flight_id, incident.rule, incident.zone_id, part.sighting_id)


def split_off(
    incident: Incident, part: Sighting, zone: Zone | None, officer: str, crop_sha256: str | None
) -> Incident:
    """Return the new incident of a part: under the same rule and zone, to be judged by a person.

    `zone` is as the first was judged by, None where that is not known.
    """
    place = None if zone is None else place_in(part, zone)
    came_from = incident.split_from
    return Incident(
        incident_id=split_off_id(incident, part),
        rule=incident.rule,
        zone_id=incident.zone_id,
        object_class=incident.object_class,
        state=State.NEW,
        priority=incident.rule_priority or incident.priority,
        certainty=Certainty.UNKNOWN if place is None else place.certainty,
        reason_th=f"{officer} แยกออกมาจากเหตุการณ์อื่นในเที่ยวบินเดียวกัน เพราะเป็นคนละสิ่งกัน โปรดดูภาพแล้วตัดสิน",
        reason_en=f"{officer} split it off from another incident of the flight, as another thing: "
        "look at its pictures, then decide",
        flight_id=incident.flight_id,
        sighting_id=part.sighting_id,
        score=part.score,
        position=part.position,
        error_m=part.error_m,
        occurred_at_utc=part.best.taken_at_utc or part.first_seen_utc,
        frame_sha256=part.best.frame_sha256,
        xyxy_px=part.best.xyxy_px,
        crop_sha256=crop_sha256,
        version=1,
        citation=incident.citation,
        split_from=SplitFrom(
            incident.incident_id,
            incident.sighting_id if came_from is None else came_from.sighting_id,
            tuple(dict.fromkeys(detection.frame_sha256 for detection in part.detections)),
        ),
    )


def is_apart(incident: Incident) -> bool:
    """Return whether an incident was split off and not joined to its first one again."""
    came_from = incident.split_from
    return came_from is not None and incident.joined_to != came_from.incident_id


def sighting_shown(
    incident: Incident, logged: Sighting, split_off_from_it: Iterable[Incident]
) -> Sighting:
    """Return what an incident is about: of the sighting as it was logged, all that is its own.

    Raises AssociationError where what was split off is not what it was any more.
    """
    taken = {
        frame
        for other in split_off_from_it
        if other.split_from is not None and is_apart(other)
        for frame in other.split_from.frames
    }
    whole = logged
    if incident.split_from is not None:
        whole = part_of(logged, incident.split_from.frames)
        if whole.sighting_id != incident.sighting_id:
            raise AssociationError(
                f"the frames of incident {incident.incident_id} do not make its sighting"
            )
    own = {detection.frame_sha256 for detection in whole.detections}
    return part_of(whole, own - taken) if own & taken else whole


def split_text(split: SplitFrom | None) -> str | None:
    """Return the canonical JSON of where an incident was split off; None where it was not."""
    return None if split is None else canonical_json(split_form(split))


def split_of_text(text: str | None) -> SplitFrom | None:
    """Return where an incident was split off; raises KeyError, TypeError, ValueError if edited."""
    if text is None:
        return None
    document = json.loads(text)
    return SplitFrom(document["incident_id"], document["sighting_id"], tuple(document["frames"]))
