"""The Frame: one still with its place, time and camera; and the file that could not be one."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingest.camera import CameraIntrinsics
from ingest.lonlat import LonLat
from ingest.pose import CameraPose


@dataclass(frozen=True)
class Note:
    """Something a user should know: a stable `code` for translations and tests, English text."""

    code: str
    text: str


@dataclass(frozen=True)
class VideoMoment:
    """Which picture of which video: the video's file and SHA-256, seconds after its first one."""

    path: Path
    sha256: str
    offset_s: float


@dataclass(frozen=True)
class Frame:
    """One still, located and timed, not yet decoded.

    `sha256` is of the file's bytes; `width_px` x `height_px` is the picture as stored;
    `taken_at_utc` is aware; `gsd_cm` is the ground sample distance at the picture's centre and
    `error_m` the error on the ground there, as `GroundPoint.error_m` (both None when the centre is
    at or above the horizon); `relative_error_m` is the part of it against the other frames of the
    flight, None where the pictures do not tell (see `ingest.relative_error`); `footprint` is the
    ring of the seen sea surface, closed, counter-clockwise (None when no sea is seen). `video`
    tells which picture of a video it is.
    """

    path: Path
    sha256: str
    width_px: int
    height_px: int
    taken_at_utc: datetime
    camera: CameraIntrinsics
    pose: CameraPose
    gsd_cm: float | None
    footprint: tuple[LonLat, ...] | None
    error_m: float | None
    warnings: tuple[Note, ...] = ()
    video: VideoMoment | None = None
    relative_error_m: float | None = None


@dataclass(frozen=True)
class RefusedFile:
    """A file that did not become a Frame: what it is, why not, and what to do about it."""

    path: Path
    sha256: str | None
    reason: Note
    remedy: str


@dataclass(frozen=True)
class Flight:
    """What one ranger sent at once: frames ordered by time then path, and the refused files.

    `flight_id` derives from the content of all files alone, so the same files give the same flight:
    from `file_sha256s`, which are sorted, and empty in records that knew only the frames'.
    """

    flight_id: str
    frames: tuple[Frame, ...]
    refused: tuple[RefusedFile, ...]
    file_sha256s: tuple[str, ...] = ()
