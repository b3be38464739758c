"""One photo on disk becomes a Frame, or is refused."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from os import fstat
from pathlib import Path
from typing import BinaryIO

from ingest.camera import CameraIntrinsics, read_intrinsics, unknown_lens
from ingest.clock import read_time
from ingest.errors import PhotoError
from ingest.exif import ExifRecord, filled
from ingest.frame import Frame, Note
from ingest.picture import PictureHead, PictureSize, read_picture_head, read_picture_size
from ingest.pose import CameraPose
from ingest.pose_reading import read_pose
from ingest.projection import SeaView
from ingest.site_reference import SiteReference
from ingest.spectrum import check_daylight
from ingest.tide_height import at_tide
from ingest.xmp import XmpTags, read_xmp

_HORIZON_NOTE = Note(
    "looks_at_horizon",
    "the middle of the picture is at or above the horizon; only what is below it can be placed",
)
_LENS_NOTE = Note(
    "lens_from_35mm",
    "the camera's sensor is not known here; its focal length is taken from the 35 mm equivalent",
)
_MOST_IN_MEMORY_BYTES = 128 << 20  # larger than any photo; raw files of 100 MP have as much
# Programs that people turn pictures in. Windows Photo Viewer turned frames 24 to 26 of the Brighton
# Beach flight upside down and left their angles: they lie 28 m off at the edges.
_EDITORS = re.compile(r"Windows Photo|Photoshop|Lightroom|GIMP|Picasa|Snapseed", re.IGNORECASE)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes in hex; raises PhotoError `unreadable`."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(error) from error


def picture_size(path: Path) -> PictureSize:
    """Size of any picture as `decode_bgr` gives it; raises PhotoError for what is none."""
    try:
        with path.open("rb") as stream:
            return read_picture_size(stream)
    except OSError as error:
        raise _unreadable(error) from error


def read_frame(path: Path, site: SiteReference) -> Frame:
    """Read a photo's metadata into a Frame; its pixels are not decoded.

    Raises PhotoError, whose code says what is wrong: see `ingest.refusal.REMEDIES`.
    """
    with opened_photo(path) as photo:
        return frame_of(photo, path, site)


@dataclass(frozen=True)
class OpenPhoto:
    """A file's bytes, read and hashed."""

    stream: BinaryIO
    sha256: str


@contextmanager
def opened_photo(path: Path) -> Iterator[OpenPhoto]:
    """Open a photo and hash it; of usual size it is read once, into memory.

    Raises PhotoError `unreadable`, also for what goes wrong within.
    """
    try:
        with path.open("rb") as stream:
            if fstat(stream.fileno()).st_size > _MOST_IN_MEMORY_BYTES:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
                stream.seek(0)
                yield OpenPhoto(stream, sha256)
            else:
                data = stream.read()
                yield OpenPhoto(BytesIO(data), hashlib.sha256(data).hexdigest())
    except OSError as error:
        raise _unreadable(error) from error


def frame_of(photo: OpenPhoto, path: Path, site: SiteReference) -> Frame:
    """An opened photo's metadata as a Frame; raises PhotoError."""
    stream, sha256 = photo.stream, photo.sha256
    head = read_picture_head(stream)
    tags, notes = _xmp_tags(head.xmp)
    exif, drone, pix4d = filled(head.exif, tags.exif), tags.drone, tags.pix4d
    check_daylight(head.width_px, head.height_px, exif, drone, pix4d)
    reading = read_pose(exif, drone, pix4d, site)
    taken = read_time(exif, drone, site.timezone)
    pose, tide_notes = at_tide(reading.pose, taken.utc, site)
    try:
        camera = read_intrinsics(head.width_px, head.height_px, exif, drone, pix4d)
    except PhotoError:
        if not pose.position_only:
            raise
        camera = unknown_lens(head.width_px, head.height_px, exif)
    gsd_cm, error_m = _at_centre(camera, pose)
    if camera.source == "35mm_equivalent" and not pose.position_only:
        notes += (_LENS_NOTE,)
    if gsd_cm is None and not pose.position_only:
        notes += (_HORIZON_NOTE,)
    return Frame(
        path=path,
        sha256=sha256,
        width_px=head.width_px,
        height_px=head.height_px,
        taken_at_utc=taken.utc,
        camera=camera,
        pose=pose,
        gsd_cm=gsd_cm,
        footprint=SeaView(camera, pose).footprint(),
        error_m=error_m,
        warnings=notes + reading.notes + tide_notes + taken.notes + _edit_notes(head, exif),
    )


def with_pose(frame: Frame, pose: CameraPose) -> Frame:
    """The frame seen from another pose: scale, footprint and error are found anew."""
    gsd_cm, error_m = _at_centre(frame.camera, pose)
    footprint = SeaView(frame.camera, pose).footprint()
    return replace(frame, pose=pose, gsd_cm=gsd_cm, footprint=footprint, error_m=error_m)


def _xmp_tags(packets: tuple[bytes, ...]) -> tuple[XmpTags, tuple[Note, ...]]:
    try:
        return read_xmp(packets), ()
    except PhotoError as error:  # Exif may still place and time the photo
        return XmpTags(), (Note("xmp_unreadable", str(error)),)


def _edit_notes(head: PictureHead, exif: ExifRecord) -> tuple[Note, ...]:
    """Notes on what may have turned the picture since the angles in its tags were written."""
    if exif.tagged_width_px == head.height_px != head.width_px:
        turned = "the picture was turned on its side after the flight: places in it are wrong"
        return (Note("turned", turned),)
    if _EDITORS.search(exif.software):
        changed = (
            f"the photo was changed with {exif.software}; if it was turned, places in it are "
            "wrong: send the original"
        )
        return (Note("edited", changed),)
    return ()


def _at_centre(camera: CameraIntrinsics, pose: CameraPose) -> tuple[float | None, float | None]:
    view = SeaView(camera, pose)
    gsd_cm = view.centre_gsd_cm
    if gsd_cm is None:
        return None, None
    return gsd_cm, view.to_ground((camera.width_px / 2, camera.height_px / 2)).error_m


def _unreadable(error: OSError) -> PhotoError:
    return PhotoError("unreadable", f"the file cannot be read: {error.strerror or error}")
