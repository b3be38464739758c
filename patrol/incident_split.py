"""A sighting that an officer finds to be two things: the part of it that becomes an incident.

What a flight was logged with stays as it is. A part is named by the frames whose detections of the
sighting show the other thing; with the incident that it becomes, the ledger vouches for them.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from detection.sightings import AssociationError, part_of
from detection.types import Sighting
from ingest.pose import CameraPose
from patrol.flight_things import Poses, Rejudged
from patrol.incident import Incident, SplitFrom, open_incidents
from patrol.incident_state import TransitionError
from patrol.ledger import canonical_json
from patrol.ledger_form import split_form
from patrol.verdict import Certainty, Priority, Verdict

_AS_LOGGED: Mapping[str, CameraPose] = {}


@dataclass(frozen=True)
class Parting:
    """What a split comes to: the incident that the part becomes, and what else the rules say now.

    The verdict that the incident rests on is not among the changes of `rejudged`.
    """

    opened: Incident
    rejudged: Rejudged


def part_shown_apart(
    incident: Incident,
    sighting: Sighting | None,
    frames: Collection[str],
    poses: Poses = _AS_LOGGED,
) -> Sighting:
    """Return the part of an incident's sighting that some of its frames (SHA-256) show.

    `poses` of the frames tell how fast it went. Raises TransitionError for frames that do not make
    a part: none, others, or the one whose picture the incident rests on, which stays with it.
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
    return part_of(sighting, frames, poses)


def verdict_of_part(
    incident: Incident, part: Sighting, verdicts: Iterable[Verdict]
) -> Verdict | None:
    """Return what the incident of a part rests on: what its rule says of it, or else another."""
    of_part = (verdict for verdict in verdicts if verdict.sighting_id == part.sighting_id)
    return min(
        of_part,
        key=lambda it: (it.rule is not incident.rule, it.zone_id != incident.zone_id),
        default=None,
    )


def split_off(
    incident: Incident,
    part: Sighting,
    verdict: Verdict | None,
    officer: str,
    crop_sha256: str | None,
) -> Incident:
    """Return the new incident of a part of another's sighting.

    It rests on a verdict of its own. Where no rule says anything of it, a person is to look at it,
    under the rule and zone of the first.
    """
    found = verdict or Verdict(
        rule=incident.rule,
        zone_id=incident.zone_id,
        sighting_id=part.sighting_id,
        object_class=incident.object_class,
        certainty=Certainty.UNKNOWN,
        priority=Priority.LOW,
        reason_th="กฎไม่พบอะไรจากภาพเหล่านี้เอง โปรดดูภาพแล้วตัดสิน",
        reason_en="No rule says anything of it by itself: look at its pictures, then decide",
        citation=incident.citation,
    )
    told = replace(
        found,
        reason_th=f"{found.reason_th} · {officer} แยกออกมาจากเหตุการณ์อื่นในเที่ยวบินเดียวกัน "
        "เพราะเป็นคนละสิ่งกัน",
        reason_en=f"{found.reason_en} · {officer} split it off from another incident of the "
        "flight, as another thing",
    )
    crops = {} if crop_sha256 is None else {part.sighting_id: crop_sha256}
    (opened,) = open_incidents([told], [part], crops)
    came_from = incident.split_from
    return replace(
        opened,
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
    incident: Incident, logged: Sighting, parts: Iterable[Incident], poses: Poses
) -> Sighting:
    """Return what an incident is about: of the sighting as it was logged, all that is its own.

    `parts` are what stands apart of the flight's sightings. Raises AssociationError where what was
    split off is not what it was any more.
    """
    whole = logged
    if incident.split_from is not None:
        whole = part_of(logged, incident.split_from.frames, poses)
        if whole.sighting_id != incident.sighting_id:
            raise AssociationError(
                f"the frames of incident {incident.incident_id} do not make its sighting"
            )
    own = {detection.frame_sha256 for detection in whole.detections}
    taken = {
        frame
        for part in parts
        if part.split_from is not None
        and part.split_from.sighting_id == logged.sighting_id
        and own > set(part.split_from.frames)
        for frame in part.split_from.frames
    }
    return part_of(whole, own - taken, poses) if taken else whole


def as_split(
    logged: Sequence[Sighting], parts: Iterable[Incident], poses: Poses
) -> Iterator[Sighting]:
    """Yield a flight's sightings as they stand: each part apart, what is left under its old id.

    `parts` are what stands apart, parts of parts after what they are of.
    """
    owners = {
        (part.split_from.sighting_id, frame): part.sighting_id
        for part in parts
        if part.split_from is not None
        for frame in part.split_from.frames
    }
    for sighting in logged:
        shares: dict[str, list[str]] = {}
        for detection in sighting.detections:
            frame = detection.frame_sha256
            owner = owners.get((sighting.sighting_id, frame), sighting.sighting_id)
            shares.setdefault(owner, []).append(frame)
        if set(shares) == {sighting.sighting_id}:
            yield sighting
            continue
        for owner, frames in shares.items():
            yield replace(part_of(sighting, frames, poses), sighting_id=owner)


def split_text(split: SplitFrom | None) -> str | None:
    """Return the canonical JSON of where an incident was split off; None where it was not."""
    return None if split is None else canonical_json(split_form(split))


def split_of_text(text: str | None) -> SplitFrom | None:
    """Return where an incident was split off; raises KeyError, TypeError, ValueError if edited."""
    if text is None:
        return None
    document = json.loads(text)
    return SplitFrom(document["incident_id"], document["sighting_id"], tuple(document["frames"]))
