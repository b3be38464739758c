"""What detection speaks of: classes, boxes in a picture, and one object seen in one flight."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ingest.lonlat import LonLat


class ObjectClass(StrEnum):
    """What the detector looks for, in the order of the model's outputs."""

    DUGONG = "dugong"
    BOAT = "boat"
    FISHING_GEAR = "fishing_gear"


@dataclass(frozen=True)
class Detection:
    """One box in one frame.

    `xyxy_px` are left, top, right, bottom in pixels of the full frame; `score` is in [0, 1];
    `position` is the ground point of the box's centre, or None where the frame cannot be
    projected; `error_m` its root mean square error. `model_sha256` names the weights. `raw_score`
    is the one before, where the score was lowered for a frame beyond what was taught.
    """

    object_class: ObjectClass
    score: float
    xyxy_px: tuple[float, float, float, float]
    frame_sha256: str
    taken_at_utc: datetime | None
    position: LonLat | None
    error_m: float | None
    model_sha256: str
    raw_score: float | None = None


@dataclass(frozen=True)
class Sighting:
    """One real object in one flight, its detections across overlapping frames counted once.

    `detections` are ordered by time; `best` is the one to show. `position` (at `best`'s time) and
    `error_m` (root mean square, metres) combine all detections. `speed_m_s` and its 1 sigma are
    given when the track allows, else None. `sighting_id` derives from the flight and the detections
    alone.
    """

    sighting_id: str
    flight_id: str
    object_class: ObjectClass
    score: float
    position: LonLat
    error_m: float
    first_seen_utc: datetime
    last_seen_utc: datetime
    detections: tuple[Detection, ...]
    best: Detection
    speed_m_s: float | None = None
    speed_sigma_m_s: float | None = None
