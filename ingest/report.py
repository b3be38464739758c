"""Frames and refused files as the plain JSON that `libong frames --json` prints."""

from collections.abc import Iterable

from ingest.frame import Frame, Note, RefusedFile, VideoMoment
from ingest.lonlat import LonLat

Document = dict[str, object]


def frame_document(frame: Frame) -> Document:
    """A frame's metadata; angles as in `CameraPose`, `footprint` a GeoJSON polygon.

    Of a frame whose position alone is known, height and angles are null.

    The `path` of a frame of a video is the video's: the still is there only while it is looked at.
    """
    pose = frame.pose
    aimed = not pose.position_only
    return {
        "path": str(frame.path if frame.video is None else frame.video.path),
        "sha256": frame.sha256,
        "width": frame.width_px,
        "height": frame.height_px,
        "taken_at_utc": frame.taken_at_utc.isoformat(),
        "lon": pose.position.lon,
        "lat": pose.position.lat,
        "height_above_sea_m": pose.height_above_sea_m if aimed else None,
        "height_source": pose.height_source.value if aimed else None,
        "yaw_deg": pose.yaw_deg if aimed else None,
        "pitch_deg": pose.pitch_deg if aimed else None,
        "roll_deg": pose.roll_deg if aimed else None,
        "gsd_cm": frame.gsd_cm,
        "footprint": None if frame.footprint is None else _polygon(frame.footprint),
        "error_m": frame.error_m,
        "relative_error_m": frame.relative_error_m,
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
        "relative_error_m": None,
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
