"""Splitting an incident for an officer: the picture of the other thing is cut and kept with it."""

from collections.abc import Collection

from api.deps import Services
from api.frame_picture import Piece, frame_jpeg
from detection.types import Sighting
from patrol.crops import LARGEST_SIDE_PX, crop_window
from patrol.incident import Incident
from patrol.incident_split import part_shown_apart
from patrol.incident_step import Signature, Split


def split_incident(
    at_hand: Services,
    incident_id: str,
    frames: Collection[str],
    by: Signature,
    expected_version: int | None,
) -> Incident:
    """Split an incident and return what it becomes of those frames.

    Raises UnknownIncident, StaleVersion, TransitionError.
    """
    incident = at_hand.store.incident(incident_id)
    part = part_shown_apart(incident, at_hand.store.sighting_of(incident_id), frames)
    site = at_hand.store.site_in_force(at_hand.site)
    step = Split(frozenset(frames), site, _crop(at_hand, part))
    return at_hand.store.split(incident_id, step, by, expected_version=expected_version)


def _crop(at_hand: Services, part: Sighting) -> str | None:
    """Keep the picture of a part, cut from its best frame; None where that is not kept."""
    best = part.best
    sizes = {f.sha256: (f.width_px, f.height_px) for f in at_hand.store.frames(part.flight_id)}
    if best.frame_sha256 not in sizes or not at_hand.media.has(best.frame_sha256):
        return None
    left, top, right, bottom = crop_window(best.xyxy_px, *sizes[best.frame_sha256])
    piece = Piece(left, top, right - left, bottom - top)
    return at_hand.media.put(frame_jpeg(at_hand.media, best.frame_sha256, piece, LARGEST_SIDE_PX))
