"""All that was read and found of a flight, as a document: to read it back, or to log it elsewhere.

It is written when a flight is processed, and says what no picture has to be opened for again: the
frames with their cameras and poses, what each look at them gave, and what was refused.
"""

from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from detection.frame_look import FrameLook
from detection.limits import Limit
from detection.types import Detection
from ingest.errors import LibongError
from ingest.frame import Flight, Frame, RefusedFile
from ingest.quality import FrameQuality

_MOST_DEGREES = (180.0, 90.0)


class FlightRecordError(LibongError, ValueError):
    """A record of a flight that cannot be read, or contradicts itself."""


@dataclass(frozen=True)
class _Look:
    """What was found in a frame, and how good its picture is."""

    detections: tuple[Detection, ...]
    quality: FrameQuality
    limits: tuple[Limit, ...]


@dataclass(frozen=True)
class _Record:
    """A flight as it was searched: a look for each of its frames, in their order."""

    flight: Flight
    looks: tuple[_Look, ...]
    model_sha256: str
    site_id: str
    originals_bytes: int


@dataclass(frozen=True)
class FlightRecord:
    """A flight whose frames were searched; `looks` are those of its frames, in their order.

    `originals_bytes` is the size of the files that its frames are from.
    """

    flight: Flight
    looks: tuple[FrameLook, ...]
    model_sha256: str
    site_id: str
    originals_bytes: int = 0


_RECORDS = TypeAdapter(_Record)


def record_document(record: FlightRecord) -> bytes:
    """Return the document of a flight: the same for the same flight, wherever its files lay."""
    plain = _Record(
        replace(
            record.flight,
            frames=tuple(map(_nameless, record.flight.frames)),
            refused=tuple(_bare(refused) for refused in record.flight.refused),
        ),
        tuple(_Look(look.detections, look.quality, look.limits) for look in record.looks),
        record.model_sha256,
        record.site_id,
        record.originals_bytes,
    )
    return _RECORDS.dump_json(plain)


def read_record(document: bytes) -> FlightRecord:
    """Return the flight of a document; raises FlightRecordError."""
    try:
        plain = _RECORDS.validate_json(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise FlightRecordError(
            f"this is no record of a flight that this version reads: {where}: {first['msg']}"
        ) from error
    frames = plain.flight.frames
    if len(plain.looks) != len(frames):
        raise FlightRecordError(f"it has {len(plain.looks)} looks for {len(frames)} frames")
    for frame, look in zip(frames, plain.looks, strict=True):
        _check(frame, look, plain.model_sha256)
    looks = tuple(
        FrameLook(frame, look.detections, look.quality, look.limits)
        for frame, look in zip(frames, plain.looks, strict=True)
    )
    return FlightRecord(
        plain.flight, looks, plain.model_sha256, plain.site_id, plain.originals_bytes
    )


def _nameless(frame: Frame) -> Frame:
    """Return a frame without the folder that it lay in, which says nothing of the flight."""
    video = frame.video
    return replace(
        frame,
        path=Path(frame.path.name),
        video=None if video is None else replace(video, path=Path(video.path.name)),
    )


def _bare(refused: RefusedFile) -> RefusedFile:
    return replace(refused, path=Path(refused.path.name))


def _check(frame: Frame, look: _Look, model_sha256: str) -> None:
    """Raise FlightRecordError for what this software could not have written."""
    if frame.taken_at_utc.tzinfo is None:
        raise FlightRecordError(f"the time of {frame.path.name!a} has no time zone")
    for detection in look.detections:
        left, top, right, bottom = detection.xyxy_px
        place = detection.position
        numbers = [*detection.xyxy_px, detection.score, detection.error_m or 0.0]
        if not (
            all(map(isfinite, numbers))
            and 0 <= detection.score <= 1
            and left < right
            and top < bottom
            and (detection.error_m is None or detection.error_m >= 0)
            and detection.frame_sha256 == frame.sha256
            and detection.model_sha256 == model_sha256
            and detection.taken_at_utc == frame.taken_at_utc
            and (place is None or _on_earth(place.lon, place.lat))
        ):
            raise FlightRecordError(f"a find in {frame.path.name!a} contradicts its frame")


def _on_earth(lon: float, lat: float) -> bool:
    return abs(lon) <= _MOST_DEGREES[0] and abs(lat) <= _MOST_DEGREES[1]
