"""How fast and where to a boat goes, from the places where a flight's frames found it.

A straight line at constant speed is fitted by weighted least squares. What is wrong with the places
comes in three kinds, and each does something else to a speed:

* what all frames share (the GPS offset of a flight) moves the whole track and cancels;
* what is new in each frame (a gimbal's shake, a box's edge) is what the frames' errors are taken
  for at first. Nothing tells from two frames how much of an error is shared, so none is taken to
  be; with more frames the scatter about the line tells it, and outweighs the claim;
* a heading or height that is off by the same share all the time turns and stretches the picture
  about the drone, so that things at rest seem to move by that share of the drone's own speed. No
  scatter shows that; it is added from the frames' poses.

Trackers of video pictures (ByteTrack, in `trackers` or `supervision`) are not used. They match
boxes of the same picture plane from frame to frame by overlap: stills some seconds apart from a
drone at 7 m/s have no overlap left to match, and they know neither the camera's motion, nor a
place's error, nor metres. The filters of `detection.motion` serve video and stills alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import atan2, degrees, hypot, radians, sqrt

import numpy as np

from detection.motion import Array
from detection.types import Detection, Sighting
from ingest.lonlat import LonLat, distance_m, offset_m
from ingest.pose import CameraPose

# A speed is told only of a track at least as long in time as this.
SHORTEST_TRACK_S = 1.0
# A thing at rest seems to move this many sigmas in one case of twenty (chi-square, two degrees of
# freedom): what moves less may be at rest, and has no speed to tell.
_MOVES_SIGMAS = 2.45
# The claimed errors weigh like so many residuals against the scatter that is found.
_CLAIM_WEIGHT = 2.0
KNOTS_PER_M_S = 3600 / 1852
_LEAST_ERROR_M = 0.1


@dataclass(frozen=True)
class Track:
    """A way through the water: `course_deg` clockwise from true north; sigmas are 1 sigma."""

    speed_m_s: float
    speed_sigma_m_s: float
    course_deg: float
    course_sigma_deg: float

    @property
    def speed_knots(self) -> float:
        """The speed in knots."""
        return self.speed_m_s * KNOTS_PER_M_S

    @property
    def moves(self) -> bool:
        """Whether the motion is more than the errors can make of a thing at rest (95 %)."""
        return self.speed_m_s > _MOVES_SIGMAS * self.speed_sigma_m_s


def fit_track(
    detections: Sequence[Detection], poses: Mapping[str, CameraPose] | None = None
) -> Track | None:
    """Fit a way to a thing's detections; None where they span less than `SHORTEST_TRACK_S`.

    `poses` by their frames' SHA-256 tell how the drone moved and how well it knew its heading and
    height; without them nothing is added for that. Detections without place or time are left out.
    """
    placed = sorted(
        (
            (d.taken_at_utc, d.position, max(d.error_m or 0.0, _LEAST_ERROR_M), d.frame_sha256)
            for d in detections
            if d.taken_at_utc is not None and d.position is not None
        ),
    )
    if len(placed) < 2 or (placed[-1][0] - placed[0][0]).total_seconds() < SHORTEST_TRACK_S:
        return None
    times_s, places_m, variances_m2 = _fixes([fix[:3] for fix in placed])
    weights = 1 / variances_m2
    about_s = times_s - weights @ times_s / weights.sum()
    information = float(weights @ about_s**2)
    east_m_s, north_m_s = (weights * about_s) @ places_m / information
    middle_m = weights @ places_m / weights.sum()
    left_m = places_m - middle_m - np.outer(about_s, (east_m_s, north_m_s))
    chi_square = float(weights @ np.sum(left_m**2, axis=1))
    scale = (_CLAIM_WEIGHT + chi_square) / (_CLAIM_WEIGHT + 2 * (len(placed) - 2))
    elapsed_s = float(times_s[-1] - times_s[0])
    ends = None if poses is None else (poses.get(placed[0][3]), poses.get(placed[-1][3]))
    steady_m_s = 0.0 if ends is None else _pose_drift_m_s(*ends, elapsed_s)
    sigma_m_s = hypot(sqrt(scale / information), steady_m_s)
    speed_m_s = hypot(east_m_s, north_m_s)
    return Track(
        speed_m_s=speed_m_s,
        speed_sigma_m_s=sigma_m_s,
        course_deg=degrees(atan2(east_m_s, north_m_s)) % 360,
        course_sigma_deg=min(degrees(atan2(sigma_m_s, speed_m_s)), 90.0),
    )


def course_deg_of(sighting: Sighting) -> float | None:
    """Where to a sighting goes, clockwise from true north; None where it has no speed to tell."""
    way = None if sighting.speed_m_s is None else fit_track(sighting.detections)
    return None if way is None else way.course_deg


def _fixes(
    placed: Sequence[tuple[datetime, LonLat, float]],
) -> tuple[Array, Array, Array]:
    """Times (N, seconds), places (N x 2, metres east and north), variances (N, along an axis)."""
    start, origin, _ = placed[0]
    times_s = np.array([(time - start).total_seconds() for time, _, _ in placed])
    places_m = np.array([offset_m(origin, place) for _, place, _ in placed])
    # an error is that of both axes together
    return times_s, places_m, np.array([error_m**2 / 2 for _, _, error_m in placed])


def _pose_drift_m_s(a: CameraPose | None, b: CameraPose | None, elapsed_s: float) -> float:
    """Seeming speed along each axis, 1 sigma, from a steady error of heading and height."""
    if a is None or b is None or elapsed_s <= 0:
        return 0.0
    drone_m_s = distance_m(a.position, b.position) / elapsed_s
    stretched = a.height_sigma_m / a.height_above_sea_m
    return drone_m_s * hypot(radians(a.yaw_sigma_deg), stretched) / sqrt(2)
