"""Whether a sighting is borne out by the other frames that looked at the same place.

Frames of a survey overlap, so a real thing is seen again; a glint, a crest or a cloud shadow fools
the detector in one frame and is gone in the next. A sighting stays when one look at it was strong,
or when a fair part of the looks at its place found it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import shapely

from detection.sightings import LONGEST_MOTION_S, SPEED_SIGMA_M_S
from detection.types import Detection, ObjectClass, Sighting
from ingest.frame import Frame
from ingest.lonlat import LonLat, offset_m

# A fair part: an animal that dives, or a line that glare covers, is still found in this share.
FAIR_SHARE = 0.25
FEWEST_FINDS = 2
# Half way from the operating threshold to certainty, one look is enough.
STRONG = 0.5
# A frame looked at an object when all places where it can have been by then lie in view.
REACH_SIGMAS = 2.0


def borne_out(
    sightings: Iterable[Sighting],
    frames: Sequence[Frame],
    thresholds: Mapping[ObjectClass, float],
) -> tuple[Sighting, ...]:
    """Return the sightings that the frames of the flight bear out.

    `frames` are all frames that were searched; `thresholds` the detector's operating ones. A
    sighting that only one frame looked at stays: nothing speaks against it.
    """
    return tuple(s for s in sightings if _stays(s, frames, thresholds[s.object_class]))


def _stays(sighting: Sighting, frames: Sequence[Frame], threshold: float) -> bool:
    if sighting.score >= threshold + STRONG * (1 - threshold):
        return True
    finds, looks = len(sighting.detections), _looks(sighting, frames)
    return looks <= 1 or (finds >= FEWEST_FINDS and finds / looks >= FAIR_SHARE)


def _looks(sighting: Sighting, frames: Sequence[Frame]) -> int:
    """Count the frames that found the object, and those that cannot have missed where it was."""
    found_in = {d.frame_sha256 for d in sighting.detections}
    return len(found_in) + sum(
        f.sha256 not in found_in and _must_have_seen(f, sighting) for f in frames
    )


def _must_have_seen(frame: Frame, sighting: Sighting) -> bool:
    closest = min(sighting.detections, key=lambda d: _apart(d, frame))
    apart = _apart(closest, frame)
    if frame.footprint is None or closest.position is None:
        return False
    if apart > timedelta(seconds=LONGEST_MOTION_S[sighting.object_class]):
        return False
    drift_m = SPEED_SIGMA_M_S[sighting.object_class] * apart.total_seconds()
    reach_m = REACH_SIGMAS * ((closest.error_m or 0.0) + drift_m)
    return _holds_circle(frame.footprint, closest.position, reach_m)


def _apart(detection: Detection, frame: Frame) -> timedelta:
    if detection.taken_at_utc is None:
        return timedelta.max
    return abs(detection.taken_at_utc - frame.taken_at_utc)


def _holds_circle(ring: Sequence[LonLat], centre: LonLat, radius_m: float) -> bool:
    seen = shapely.Polygon([offset_m(centre, point) for point in ring])
    middle = shapely.Point(0, 0)
    return bool(seen.contains(middle) and seen.exterior.distance(middle) >= radius_m)
