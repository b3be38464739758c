"""The pictures of one incident: every frame that shows it, to tell two things apart by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.deps import Services
from patrol.crops import crop_window
from patrol.incident import Incident


@dataclass(frozen=True)
class SeenPicture:
    """One frame that shows a thing; `piece` (left, top, width, height) is None if not kept."""

    frame_sha256: str
    taken_at_utc: datetime | None
    piece: tuple[int, int, int, int] | None
    is_its_own: bool  # the incident rests on it


def pictures_of(at_hand: Services, incident: Incident) -> Sequence[SeenPicture]:
    """Return the pictures of what an incident is about, in order of time."""
    sizes = {f.sha256: (f.width_px, f.height_px) for f in at_hand.store.frames(incident.flight_id)}
    found: dict[str, SeenPicture] = {}
    for seen in at_hand.store.sighting_of(incident.incident_id).detections:
        sha256, piece = seen.frame_sha256, None
        if sha256 in found:  # of a long net one frame may show two pieces
            continue
        if sha256 in sizes and at_hand.media.has(sha256):
            left, top, right, bottom = crop_window(seen.xyxy_px, *sizes[sha256])
            piece = left, top, right - left, bottom - top
        is_its_own = sha256 == incident.frame_sha256
        found[sha256] = SeenPicture(sha256, seen.taken_at_utc, piece, is_its_own)
    return tuple(found.values())
