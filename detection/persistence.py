"""Whether a sighting is borne out by the other frames that looked at the same place.

Frames of a survey overlap, so a real thing is seen again; a glint, a crest or a cloud shadow fools
the detector in one frame and is gone in the next. A sighting stays when one look at it was strong,
when a fair part of the looks at its place found it, or when a real thing could well have been
missed so: it may have been out of view, may have moved away, or was there and not found.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import inf, sqrt

import numpy as np
import shapely

from detection.motion import GAITS, drift_sigma_m
from detection.types import Detection, ObjectClass, Sighting
from ingest.frame import Frame
from ingest.lonlat import offset_m

# A fair part: an animal that dives, or a line that glare covers, is still found in this share.
FAIR_SHARE = 0.25
FEWEST_FINDS = 2
# Half way from the operating threshold to certainty, one look is enough; of gear only where it is
# this sure at all, since gear neither dives nor leaves. Our own figures; the second changed no
# count of 100 rendered flights.
STRONG = 0.5
LEAST_STRONG = {ObjectClass.FISHING_GEAR: 0.7}
# How often a thing that lies in view is found, taken low: most detectors do better.
_FOUND_SHARE = 0.6
# A real thing that would be missed as often as this one was with less than this chance is none.
# One look that found nothing lets it pass (0.4), two do not (0.16).
_LEAST_CHANCE = 0.3
# Later than this a thing may have dived, or left; only gear stays.
_LONGEST_LOOK_S = {ObjectClass.DUGONG: 180.0, ObjectClass.BOAT: 180.0}
# Round normal errors of the place (2) and of the way since (2) of things that may be: always the
# same ones, so that the same flight gives the same sightings.
_CASES = np.random.default_rng(1).standard_normal((128, 4))


def borne_out(
    sightings: Iterable[Sighting],
    frames: Sequence[Frame],
    thresholds: Mapping[ObjectClass, float],
) -> tuple[Sighting, ...]:
    """Return the sightings that the frames of the flight bear out.

    `frames` are those whose finding nothing says something: searched and fit to be, each with the
    footprint that was; `thresholds` the detector's operating ones. A sighting that only one frame
    looked at stays: nothing speaks against it.
    """
    return tuple(s for s in sightings if _stays(s, frames, thresholds[s.object_class]))


def _stays(sighting: Sighting, frames: Sequence[Frame], threshold: float) -> bool:
    strong = threshold + STRONG * (1 - threshold)
    if sighting.score >= max(strong, LEAST_STRONG.get(sighting.object_class, 0.0)):
        return True
    finds = len(sighting.detections)
    misses = _chance_and_number_of_misses(sighting, frames)
    fairly_often = finds >= FEWEST_FINDS and finds / (finds + misses[1]) >= FAIR_SHARE
    return fairly_often or misses[0] >= _LEAST_CHANCE


def _chance_and_number_of_misses(
    sighting: Sighting, frames: Sequence[Frame]
) -> tuple[float, float]:
    """How likely a real thing is missed by all frames that did not find it, and by how many.

    The number is of those that had it in view, as far as one can know where it was.
    """
    found_in = {d.frame_sha256 for d in sighting.detections}
    gaits = GAITS[sighting.object_class]
    missed = np.ones((len(gaits), len(_CASES)))
    number = 0.0
    for frame in frames:
        if frame.sha256 in found_in or frame.footprint is None:
            continue
        closest = min(sighting.detections, key=lambda d: _apart_s(d, frame))
        apart_s = _apart_s(closest, frame)
        place = closest.position
        if place is None or apart_s > _LONGEST_LOOK_S.get(sighting.object_class, inf):
            continue
        ring_m = np.array([offset_m(place, point) for point in frame.footprint])
        for row, gait in enumerate(gaits):
            error_m = (closest.error_m or 0.0) / sqrt(2)
            places_m = _CASES[:, :2] * error_m + _CASES[:, 2:] * drift_sigma_m(gait, apart_s)
            inside = shapely.contains_xy(shapely.Polygon(ring_m), places_m)
            missed[row] *= 1 - _FOUND_SHARE * inside
            number += gait.share * float(np.mean(inside))
    shares = np.array([gait.share for gait in gaits])
    return float(shares @ missed.mean(axis=1)), number


def _apart_s(detection: Detection, frame: Frame) -> float:
    if detection.taken_at_utc is None:
        return inf
    return abs((detection.taken_at_utc - frame.taken_at_utc).total_seconds())
