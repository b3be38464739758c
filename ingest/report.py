"""Frames and refused files as the plain JSON that `libong frames --json` prints."""

from collections.abc import Iterable

from ingest.frame import Frame, Note, RefusedFile, VideoMoment
from ingest.lonlat import LonLat

Document = dict[str, object]


def frame_document(frame: Frame) -> Document:
    """A frame's metadata; angles as in `CameraPose`, `footprint` a GeoJSON polygon.

    The `path` of a frame of a video is the video's: the still is there only while it is looked at.
    """
    return {
        "path": str(frame.path if frame.video is None else frame.video.path),
        "sha256": frame.sha256,
        "width": frame.width_px,
        "height": frame.height_px,
        "taken_at_utc": frame.taken_at_utc.isoformat(),
        "lon": frame.pose.position.lon,
        "lat": frame.pose.position.lat,
        "height_above_sea_m": frame.pose.height_above_sea_m,
        "height_source": frame.pose.height_source.value,
        "yaw_deg": frame.pose.yaw_deg,
        "pitch_deg": frame.pose.pitch_deg,
        "roll_deg": frame.pose.roll_deg,
        "gsd_cm": frame.gsd_cm,
        "footprint": None if frame.footprint is None else _polygon(frame.footprint),
        "error_m": frame.error_m,
        "warnings": _notes(frame.warnings),
        "error": None,
        **_video(frame.video),
    }


def refusal_document(refused: RefusedFile) -> Document:
    """The same keys for a refused file, with nulls, why it was refused, and the `remedy`."""
    return {
        "path": str(refused.path),
        "sha256": refused.sha256,
        "width": None,
        "height": None,
        "taken_at_utc": None,
        "lon": None,
        "lat": None,
        "height_above_sea_m": None,
        "height_source": None,
        "yaw_deg": None,
        "pitch_deg": None,
        "roll_deg": None,
        "gsd_cm": None,
        "footprint": None,
        "error_m": None,
        "warnings": [],
        "error": refused.reason.text,
        "remedy": refused.remedy,
        **_video(None),
    }


def _video(moment: VideoMoment | None) -> Document:
    """Which picture of which video a frame is; nulls for a photo."""
    return {
        "video_path": None if moment is None else str(moment.path),
        "video_sha256": None if moment is None else moment.sha256,
        "video_offset_s": None if moment is None else round(moment.offset_s, 3),
    }


def _polygon(ring: Iterable[LonLat]) -> Document:
    return {"type": "Polygon", "coordinates": [[[lon, lat] for lon, lat in ring]]}


def _notes(notes: Iterable[Note]) -> list[Document]:
    return [{"code": note.code, "text": note.text} for note in notes]
