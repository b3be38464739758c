"""Whether a sighting is borne out by the other frames that looked at the same place.

Frames of a survey overlap, so a real thing is seen again; a glint, a crest or a cloud shadow fools
the detector in one frame and is gone in the next. A sighting stays when one look at it was strong,
or when a fair part of the looks at its place found it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import shapely

from detection.sightings import LONGEST_MOTION_S
from detection.types import Detection, ObjectClass, Sighting
from ingest.frame import Frame

# A fair part: an animal that dives, or a line that glare covers, is still found in this share.
FAIR_SHARE = 0.25
FEWEST_FINDS = 2
# Half way from the operating threshold to certainty, one look is enough.
STRONG = 0.5


def borne_out(
    sightings: Iterable[Sighting],
    frames: Sequence[Frame],
    thresholds: Mapping[ObjectClass, float],
) -> tuple[Sighting, ...]:
    """Return the sightings that the frames of the flight bear out.

    `frames` are all frames that were searched; `thresholds` the detector's operating ones. A
    sighting that only one frame looked at stays: nothing speaks against it.
    """
    seen = {f.sha256: shapely.Polygon(f.footprint) for f in frames if f.footprint is not None}
    for footprint in seen.values():
        shapely.prepare(footprint)
    return tuple(s for s in sightings if _stays(s, frames, seen, thresholds[s.object_class]))


def _stays(
    sighting: Sighting,
    frames: Sequence[Frame],
    seen: Mapping[str, shapely.Polygon],
    threshold: float,
) -> bool:
    if sighting.score >= threshold + STRONG * (1 - threshold):
        return True
    finds, looks = len(sighting.detections), _looks(sighting, frames, seen)
    return looks <= 1 or (finds >= FEWEST_FINDS and finds / looks >= FAIR_SHARE)


def _looks(sighting: Sighting, frames: Sequence[Frame], seen: Mapping[str, shapely.Polygon]) -> int:
    """Count the frames that looked at where the object was, near the times it was seen there."""
    near = timedelta(seconds=LONGEST_MOTION_S[sighting.object_class])
    found_in = {d.frame_sha256 for d in sighting.detections}
    looks = len(found_in)
    for frame in frames:
        if frame.sha256 in found_in or frame.sha256 not in seen:
            continue
        closest = _closest(sighting.detections, frame)
        if (
            closest.position is not None
            and closest.taken_at_utc is not None
            and abs(frame.taken_at_utc - closest.taken_at_utc) <= near
        ):
            looks += bool(seen[frame.sha256].contains(shapely.Point(closest.position)))
    return looks


def _closest(detections: Sequence[Detection], frame: Frame) -> Detection:
    """Return the detection nearest in time to a frame."""
    return min(
        detections,
        key=lambda d: (
            timedelta.max if d.taken_at_utc is None else abs(d.taken_at_utc - frame.taken_at_utc)
        ),
    )
