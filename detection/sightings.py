"""The same object, once: detections of overlapping frames become sightings.

Frames are taken in order of time. Each open track predicts where its object can be by then (see
`detection.motion`); a detection's place is that object's with a density made of both errors and of
how such objects move, or another's. The frame's detections are assigned to tracks of their class so
that the whole is likeliest. Two boxes of one frame are never one object, but for pieces of a line
or net that is longer than a frame shows (see `detection.gear_lines`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from math import hypot, log, sqrt

import numpy as np
from scipy.optimize import linear_sum_assignment

from detection.gear_lines import lines_of
from detection.motion import Array, Follower, follow
from detection.tracks import fit_track
from detection.types import Detection, ObjectClass, Sighting
from ingest.errors import LibongError
from ingest.frame import Frame
from ingest.lonlat import LonLat, offset_m
from ingest.pose import CameraPose

# How densely things not seen yet lie about one that was, a square metre: what is seen near where a
# known thing was is that thing unless another is likelier. Ours, from simulated flights: a dugong
# in 140 m by 140 m, a boat in 300 m by 300 m, and gear in 100 m by 100 m.
_OTHERS_PER_M2 = {
    ObjectClass.DUGONG: 5e-5,
    ObjectClass.BOAT: 1e-5,
    ObjectClass.FISHING_GEAR: 1e-4,
}
GATE_SIGMAS = 3.0
_LEAST_ERROR_M = 0.1
# A box's length on the ground is a cue too: a factor of 1.5 weighs like one sigma of distance, and
# a boat is not another of three times its length.
LENGTH_SIGMA = log(1.5)


class AssociationError(LibongError, ValueError):
    """A detection without place or time cannot be associated."""


@dataclass
class _Track:
    """An object being followed while frames come in."""

    detections: list[Detection]
    follower: Follower

    @property
    def last(self) -> Detection:
        return self.detections[-1]


def associate(
    detections: Iterable[Detection],
    flight_id: str,
    *,
    length_m: "LengthOf | None" = None,
    frames: Sequence[Frame] = (),
) -> tuple[Sighting, ...]:
    """Return the sightings of one flight, ordered by class, time and place.

    `length_m` tells the ground length of a detection's box and sharpens the assignment; the poses
    of `frames` widen the errors of speeds (see `detection.tracks`), and where the frames know how
    far they are off against each other, that decides what may be one thing.

    Raises:
        AssociationError: when a detection has no position or time.
    """
    ordered = sorted(detections, key=_in_order)
    tracks: list[_Track] = []
    of_frames = _AmongFrames(frames)
    for _, frame in groupby(ordered, key=lambda d: (_time(d), d.frame_sha256)):
        _extend(tracks, list(frame), _place(ordered[0]), length_m, of_frames)
    by_sha256 = {frame.sha256: frame for frame in frames}
    found = _whole_lines([track.detections for track in tracks], by_sha256)
    poses = {sha256: frame.pose for sha256, frame in by_sha256.items()}
    sightings = [_sighting(each, flight_id, poses) for each in found]
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


def _whole_lines(
    found: Sequence[Sequence[Detection]], frames: Mapping[str, Frame]
) -> list[list[Detection]]:
    """Detections by object, the parts of each long line or net made one object."""
    return [
        sorted((d for index in line for d in found[index]), key=_in_order)
        for line in lines_of(found, frames)
    ]


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


class _AmongFrames:
    """Errors of detections against the other frames of their flight.

    A whole error is the GPS's above all, which a flight's frames share. A frame that knows its own
    part (`Frame.relative_error_m`) has places wrong by that share against the others; one that does
    not, as over open water, by all of its error.
    """

    def __init__(self, frames: Sequence[Frame]) -> None:
        self._shares = {
            frame.sha256: min(frame.relative_error_m / frame.error_m, 1.0)
            for frame in frames
            if frame.relative_error_m is not None and frame.error_m
        }

    def variance_m2(self, detection: Detection) -> float:
        """Variance of the place along each axis; the error is that of both together."""
        share = self._shares.get(detection.frame_sha256, 1.0)
        return max(share * _error(detection), _LEAST_ERROR_M) ** 2 / 2


def _extend(
    tracks: list[_Track],
    frame: Sequence[Detection],
    origin: LonLat,
    length_m: LengthOf | None,
    of_frames: _AmongFrames,
) -> None:
    """Assign one frame's detections to the open tracks; what fits none opens a new one."""
    time_s = _time(frame[0]).timestamp()
    places_m = [np.array(offset_m(origin, _place(d))) for d in frame]
    ahead = [track.follower.predicted(time_s) for track in tracks]
    taken: set[int] = set()
    if tracks:
        gain = np.array(
            [
                [
                    _gain(t, f, d, p, of_frames.variance_m2(d), length_m)
                    for d, p in zip(frame, places_m, strict=True)
                ]
                for t, f in zip(tracks, ahead, strict=True)
            ]
        )
        rows, columns = linear_sum_assignment(gain, maximize=True)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            if gain[row, column] > 0:
                tracks[row].detections.append(frame[column])
                tracks[row].follower = ahead[row].corrected(
                    places_m[column], of_frames.variance_m2(frame[column])
                )
                taken.add(column)
    tracks.extend(
        _Track([d], follow(d.object_class, time_s, p, of_frames.variance_m2(d)))
        for i, (d, p) in enumerate(zip(frame, places_m, strict=True))
        if i not in taken
    )


def _gain(
    track: _Track,
    ahead: Follower,
    detection: Detection,
    place_m: Array,
    variance_m2: float,
    length_m: LengthOf | None,
) -> float:
    """How much likelier a detection is the track's thing than another, as a logarithm; 0 if not."""
    if track.last.object_class is not detection.object_class:
        return 0.0
    length_sigmas = _length_sigmas(track.last, detection, length_m)
    if length_sigmas > GATE_SIGMAS:
        return 0.0
    extent_m = _extent(track.last, length_m) + _extent(detection, length_m)
    same = ahead.log_density(place_m, variance_m2 + (extent_m / GATE_SIGMAS) ** 2)
    same -= length_sigmas**2 / 2
    return max(same - log(_OTHERS_PER_M2[detection.object_class]), 0.0)


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


def part_of(
    sighting: Sighting, frames: Collection[str], poses: Mapping[str, CameraPose]
) -> Sighting:
    """Return what the detections in some of a sighting's frames (SHA-256) are as one of their own.

    `poses` are those of its frames, by their SHA-256. Where one that it needs is missing no speed
    is told of the part: its error would be told too small. Raises AssociationError when none of its
    detections is in these frames.
    """
    own = [d for d in sighting.detections if d.frame_sha256 in frames]
    if not own:
        raise AssociationError(f"sighting {sighting.sighting_id} is in none of these frames")
    return _with_known_poses(own, sighting.flight_id, poses)


def whole_of(sightings: Sequence[Sighting], poses: Mapping[str, CameraPose]) -> Sighting:
    """Return what several sightings of a flight, at least one, are as a single thing.

    `poses` are as for `part_of`.
    """
    found = (detection for each in sightings for detection in each.detections)
    return _with_known_poses(sorted(found, key=_in_order), sightings[0].flight_id, poses)


def _with_known_poses(
    detections: Sequence[Detection], flight_id: str, poses: Mapping[str, CameraPose]
) -> Sighting:
    found = _sighting(detections, flight_id, poses)
    if all(d.frame_sha256 in poses for d in (detections[0], detections[-1])):
        return found
    return replace(found, speed_m_s=None, speed_sigma_m_s=None)


def _in_order(detection: Detection) -> tuple[datetime, str, float, tuple[float, ...]]:
    """Sort detections by time, and those of one time always alike."""
    return _time(detection), detection.frame_sha256, -detection.score, detection.xyxy_px


def _sighting(
    detections: Sequence[Detection], flight_id: str, poses: Mapping[str, CameraPose]
) -> Sighting:
    best = max(detections, key=lambda d: (d.score, _time(d), d.frame_sha256, d.xyxy_px))
    position, error_m = _place_of(detections, best)
    is_gear = best.object_class is ObjectClass.FISHING_GEAR
    way = None if is_gear else fit_track(detections, poses)
    shown = way if way is not None and way.moves else None
    named = "|".join(
        [flight_id, *(f"{d.frame_sha256}:{d.object_class}:{d.xyxy_px}" for d in detections)]
    )
    return Sighting(
        sighting_id=sha256(named.encode()).hexdigest()[:16],
        flight_id=flight_id,
        object_class=best.object_class,
        score=best.score,
        position=position,
        error_m=error_m,
        first_seen_utc=_time(detections[0]),
        last_seen_utc=_time(detections[-1]),
        detections=tuple(detections),
        best=best,
        speed_m_s=None if shown is None else shown.speed_m_s,
        speed_sigma_m_s=None if shown is None else shown.speed_sigma_m_s,
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


def _place(detection: Detection) -> LonLat:
    if detection.position is None:
        raise AssociationError(
            f"a detection in frame {detection.frame_sha256[:12]} has no position; "
            "only located frames can be associated"
        )
    return detection.position


def _error(detection: Detection) -> float:
    return max(detection.error_m or 0.0, _LEAST_ERROR_M)


def _time(detection: Detection) -> datetime:
    if detection.taken_at_utc is None:
        raise AssociationError(
            f"a detection in frame {detection.frame_sha256[:12]} has no time; "
            "only timed frames can be associated"
        )
    return detection.taken_at_utc
