"""The same object, once: detections of overlapping frames become sightings.

Frames are taken in order of time. Each open track predicts where its object is; detections of the
frame are assigned to tracks of their class so that the whole distance is smallest, within a gate
made of both position errors and of how far such an object moves in the time between.
Two boxes of one frame are never one object.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from math import cos, hypot, log, radians, sqrt

import numpy as np
from scipy.optimize import linear_sum_assignment

from detection.types import Detection, ObjectClass, Sighting
from ingest.errors import LibongError
from ingest.lonlat import MEAN_EARTH_RADIUS_M, LonLat, offset_m

# How fast an object of a class drifts from where it was last seen, as 1 sigma, and the most.
# Dugongs: cruising about 10 km/h, feeding far slower (Marsh, O'Shea & Reynolds 2011). Boats: a
# long-tail under way does 15 to 20 kn, about 10 m/s. Gear is anchored; 0.05 m/s lets it swing.
SPEED_SIGMA_M_S = {
    ObjectClass.DUGONG: 0.7,
    ObjectClass.BOAT: 6.0,
    ObjectClass.FISHING_GEAR: 0.05,
}
# After this the last place says nothing any more of where such a thing is now, and what is found
# later is another sighting. A boat crosses a frame in seconds; the next line of a survey comes
# after a minute or two, when a feeding dugong is still near; gear stays.
LONGEST_MOTION_S = {
    ObjectClass.DUGONG: 180.0,
    ObjectClass.BOAT: 20.0,
    ObjectClass.FISHING_GEAR: 24 * 3600.0,
}
# However long the time, a place farther than this from the last one is another animal's. A feeding
# dugong stays within some tens of metres over the minutes between two lines.
FARTHEST_DRIFT_M = {
    ObjectClass.DUGONG: 15.0,
    ObjectClass.BOAT: 120.0,
    ObjectClass.FISHING_GEAR: 3.0,
}
GATE_SIGMAS = 3.0
# A box's length on the ground is a cue too: a factor of 1.5 weighs like one sigma of distance, and
# a boat is not another of three times its length.
LENGTH_SIGMA = log(1.5)
# A speed is told only when the track is longer in time than this and longer in way than its error.
SHORTEST_TRACK_S = 1.0
# How far a boat at anchor swings, as 1 sigma.
SWING_M = 5.0


class AssociationError(LibongError, ValueError):
    """A detection without place or time cannot be associated."""


@dataclass
class _Track:
    """An object being followed while frames come in."""

    detections: list[Detection] = field(default_factory=list)

    @property
    def last(self) -> Detection:
        return self.detections[-1]

    @property
    def lies_still(self) -> bool:
        """Say whether this is a boat seen twice in one place: moored, it is there later too."""
        return (
            self.last.object_class is ObjectClass.BOAT
            and len(self.detections) > 1
            and self._velocity_m_s() is None
        )

    def predicted(self, at: datetime) -> tuple[LonLat, float]:
        """Where the object should be and its 1 sigma, without the new detection's own error."""
        last = self.last
        dt_s = (at - _time(last)).total_seconds()
        sigma_speed = SPEED_SIGMA_M_S[last.object_class]
        place = _place(last)
        drift_m = min(sigma_speed * dt_s, FARTHEST_DRIFT_M[last.object_class])
        if self.lies_still:
            drift_m = min(drift_m, SWING_M)
        elif last.object_class is ObjectClass.BOAT and (velocity := self._velocity_m_s()):
            place = _moved(place, velocity[0] * dt_s, velocity[1] * dt_s)
            drift_m /= 3  # a boat on its way keeps its way
        return place, hypot(drift_m, _error(last))

    def _velocity_m_s(self) -> tuple[float, float] | None:
        """East and north speed over the last two detections; None where they show no motion."""
        if len(self.detections) < 2:
            return None
        a, b = self.detections[-2], self.last
        dt_s = (_time(b) - _time(a)).total_seconds()
        east_m, north_m = offset_m(_place(a), _place(b))
        if dt_s <= 0 or hypot(east_m, north_m) < hypot(_error(a), _error(b)):
            return None
        return east_m / dt_s, north_m / dt_s


def associate(
    detections: Iterable[Detection], flight_id: str, *, length_m: "LengthOf | None" = None
) -> tuple[Sighting, ...]:
    """Return the sightings of one flight, ordered by class, time and place.

    `length_m` tells the ground length of a detection's box and sharpens the assignment.

    Raises:
        AssociationError: when a detection has no position or time.
    """
    ordered = sorted(detections, key=lambda d: (_time(d), d.frame_sha256, -d.score, d.xyxy_px))
    tracks: list[_Track] = []
    for _, frame in groupby(ordered, key=lambda d: (_time(d), d.frame_sha256)):
        _extend(tracks, list(frame), length_m)
    sightings = [_sighting(track, flight_id) for track in tracks]
    order = list(ObjectClass)
    return tuple(
        sorted(
            sightings,
            key=lambda s: (
                order.index(s.object_class),
                s.first_seen_utc,
                s.position,
                s.sighting_id,
            ),
        )
    )


class LengthOf:
    """Ground lengths of detections' boxes, in metres, by frame and box."""

    def __init__(self, gsd_cm_by_frame: dict[str, float | None]) -> None:
        """Take each frame's ground sample distance at its centre, cm per pixel."""
        self._gsd_cm = gsd_cm_by_frame

    def __call__(self, detection: Detection) -> float | None:
        """Return the longest side of the box on the ground, or None when unknown."""
        gsd_cm = self._gsd_cm.get(detection.frame_sha256)
        if gsd_cm is None:
            return None
        left, top, right, bottom = detection.xyxy_px
        return max(right - left, bottom - top) * gsd_cm / 100


def _extend(tracks: list[_Track], frame: Sequence[Detection], length_m: LengthOf | None) -> None:
    """Assign one frame's detections to the open tracks; what fits none opens a new one."""
    taken: set[int] = set()
    if tracks:
        cost = np.array([[_cost(t, d, length_m) for d in frame] for t in tracks])
        # A pair outside its gate costs more than all allowed pairs together.
        forbidden = (GATE_SIGMAS + 5) ** 2 * (cost.size + 1)
        rows, columns = linear_sum_assignment(np.where(np.isfinite(cost), cost, forbidden))
        for row, column in zip(rows, columns, strict=True):
            if np.isfinite(cost[row, column]):
                tracks[row].detections.append(frame[int(column)])
                taken.add(int(column))
    tracks.extend(_Track([d]) for i, d in enumerate(frame) if i not in taken)


def _cost(track: _Track, detection: Detection, length_m: LengthOf | None) -> float:
    """Squared distance of prediction and detection in sigmas; infinite outside the gate."""
    if track.last.object_class is not detection.object_class:
        return float("inf")
    elapsed_s = (_time(detection) - _time(track.last)).total_seconds()
    if elapsed_s > LONGEST_MOTION_S[detection.object_class] and not track.lies_still:
        return float("inf")
    place, sigma_m = track.predicted(_time(detection))
    extent_m = _extent(track.last, length_m) + _extent(detection, length_m)
    sigma_m = hypot(sigma_m, _error(detection), extent_m / GATE_SIGMAS)
    sigmas = hypot(*offset_m(place, _place(detection))) / sigma_m
    if sigmas > GATE_SIGMAS:
        return float("inf")
    length_sigmas = _length_sigmas(track.last, detection, length_m)
    if length_sigmas > GATE_SIGMAS:
        return float("inf")
    return sigmas**2 + length_sigmas**2


def _extent(detection: Detection, length_m: LengthOf | None) -> float:
    """Half the ground length of gear: of a long line each frame shows another part."""
    if length_m is None or detection.object_class is not ObjectClass.FISHING_GEAR:
        return 0.0
    return (length_m(detection) or 0.0) / 2


def _length_sigmas(a: Detection, b: Detection, length_m: LengthOf | None) -> float:
    """How far two boxes' ground lengths differ, in sigmas; 0 where that says nothing."""
    lengths = [length_m(d) for d in (a, b)] if length_m is not None else []
    known = [x for x in lengths if x]
    if len(known) < 2 or a.object_class is ObjectClass.FISHING_GEAR:
        return 0.0  # how much of a line is in view changes from frame to frame
    return abs(log(known[0] / known[1])) / LENGTH_SIGMA


def _sighting(track: _Track, flight_id: str) -> Sighting:
    best = max(track.detections, key=lambda d: (d.score, _time(d), d.frame_sha256, d.xyxy_px))
    speed, speed_sigma = _speed(track.detections)
    position, error_m = _place_of(track.detections, best)
    named = "|".join(
        [flight_id, *(f"{d.frame_sha256}:{d.object_class}:{d.xyxy_px}" for d in track.detections)]
    )
    return Sighting(
        sighting_id=sha256(named.encode()).hexdigest()[:16],
        flight_id=flight_id,
        object_class=best.object_class,
        score=best.score,
        position=position,
        error_m=error_m,
        first_seen_utc=_time(track.detections[0]),
        last_seen_utc=_time(track.last),
        detections=tuple(track.detections),
        best=best,
        speed_m_s=speed,
        speed_sigma_m_s=speed_sigma,
    )


def _place_of(detections: Sequence[Detection], best: Detection) -> tuple[LonLat, float]:
    """Place and 1 sigma: gear stands still and is averaged; others are where `best` is.

    Errors of one flight share GPS and height, so the mean is given no smaller error than the
    best single one.
    """
    if best.object_class is not ObjectClass.FISHING_GEAR:
        return _place(best), _error(best)
    weights = [1 / _error(d) ** 2 for d in detections]
    lon = sum(w * _place(d).lon for w, d in zip(weights, detections, strict=True)) / sum(weights)
    lat = sum(w * _place(d).lat for w, d in zip(weights, detections, strict=True)) / sum(weights)
    spread = [hypot(*offset_m(LonLat(lon, lat), _place(d))) for d in detections]
    rms_m = sqrt(sum(s * s for s in spread) / len(spread))
    return LonLat(lon, lat), max(min(_error(d) for d in detections), rms_m)


def _speed(detections: Sequence[Detection]) -> tuple[float | None, float | None]:
    """Speed from first to last detection and its 1 sigma, m/s; None for too short a track."""
    a, b = detections[0], detections[-1]
    dt_s = (_time(b) - _time(a)).total_seconds()
    if dt_s < SHORTEST_TRACK_S or a.object_class is ObjectClass.FISHING_GEAR:
        return None, None
    way_m, sigma_m = hypot(*offset_m(_place(a), _place(b))), hypot(_error(a), _error(b))
    if way_m < sigma_m:
        return None, None
    return way_m / dt_s, sigma_m / dt_s


def _moved(origin: LonLat, east_m: float, north_m: float) -> LonLat:
    metres_per_degree = radians(1) * MEAN_EARTH_RADIUS_M
    lon = origin.lon + east_m / (metres_per_degree * cos(radians(origin.lat)))
    return LonLat(lon, origin.lat + north_m / metres_per_degree)


def _place(detection: Detection) -> LonLat:
    if detection.position is None:
        raise AssociationError(
            f"a detection in frame {detection.frame_sha256[:12]} has no position; "
            "only located frames can be associated"
        )
    return detection.position


def _error(detection: Detection) -> float:
    return max(detection.error_m or 0.0, 0.1)


def _time(detection: Detection) -> datetime:
    if detection.taken_at_utc is None:
        raise AssociationError(
            f"a detection in frame {detection.frame_sha256[:12]} has no time; "
            "only timed frames can be associated"
        )
    return detection.taken_at_utc
