"""What a picture file tells before its pixels are decoded, whichever format it is."""

from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from ingest import heif, tiff, web_picture
from ingest.errors import PhotoError
from ingest.exif import ExifRecord, read_exif
from ingest.jpeg import is_whole, read_jpeg_head

# Twice the largest of a drone's camera (100 million pixels); broken files claim any size, and
# decoding takes three bytes for each.
_MOST_PIXELS = 200_000_000
_EXIF_ORIENTATION = 0x0112
_OF_OTHER_KINDS = frozenset({"unsupported_format", "not_an_image"})


@dataclass(frozen=True)
class PictureHead:
    """Size of the picture as decoded, its Exif record and its XMP packets."""

    width_px: int
    height_px: int
    exif: ExifRecord
    xmp: tuple[bytes, ...]


@dataclass(frozen=True)
class PictureSize:
    """A picture's sides as decoded, and its Exif orientation, 1 for one that is shown so."""

    width_px: int
    height_px: int
    orientation: int = 1


@dataclass(frozen=True)
class _Parts:
    """A file taken apart; `scan_offset` is where a JPEG's pixels begin.

    `turned` says that the file turns its pixels itself when they are decoded.
    """

    width_px: int
    height_px: int
    exif: bytes | BinaryIO | None
    xmp: tuple[bytes, ...]
    scan_offset: int | None = None
    turned: bool = False

    def read_exif(self) -> ExifRecord:
        return ExifRecord() if self.exif is None else read_exif(self.exif)


def read_picture_head(stream: BinaryIO) -> PictureHead:
    """Read the head of a JPEG, HEIC, PNG, WebP, TIFF or DNG.

    Of a DNG the largest preview is looked at. Raises PhotoError, also for a JPEG that is not whole.
    """
    parts = _parts(stream)
    if parts.scan_offset is not None and not is_whole(stream, parts.scan_offset):
        raise PhotoError("truncated", "the photo ends before its last pixel row")
    head = PictureHead(parts.width_px, parts.height_px, parts.read_exif(), parts.xmp)
    _check_sides(head.width_px, head.height_px)
    return head


def read_picture_size(stream: BinaryIO) -> PictureSize:
    """Read how large any picture is that can be decoded, and how it is shown.

    The metadata may be broken. Raises PhotoError for what is no picture.
    """
    try:
        parts = _parts(stream)
    except PhotoError as error:
        if error.code not in _OF_OTHER_KINDS:
            raise
        size = _by_pillow(stream)
    else:
        size = PictureSize(parts.width_px, parts.height_px, _orientation(parts))
    _check_sides(size.width_px, size.height_px)
    return size


def _check_sides(width_px: int, height_px: int) -> None:
    if not (width_px > 0 and height_px > 0):
        raise PhotoError("damaged", "the picture does not tell its width and height")
    if width_px * height_px > _MOST_PIXELS:
        raise PhotoError(
            "damaged",
            f"a picture may have {_MOST_PIXELS} pixels; this one claims {width_px} x {height_px}",
        )


def _parts(stream: BinaryIO) -> _Parts:
    beginning = stream.read(12)
    stream.seek(0)
    if beginning.startswith(tiff.SIGNATURES):
        found = tiff.read_tiff_head(stream)
        return _Parts(found.width_px, found.height_px, stream, found.xmp)
    if heif.is_heif(beginning):
        still = heif.read_heif_head(stream)
        return _Parts(still.width_px, still.height_px, still.exif, still.xmp, turned=True)
    if web_picture.is_web_picture(beginning):
        web = web_picture.read_web_head(stream)
        return _Parts(web.width_px, web.height_px, web.exif, web.xmp)
    head = read_jpeg_head(stream)
    return _Parts(head.width_px, head.height_px, head.exif, head.xmp, head.scan_offset)


def _orientation(parts: _Parts) -> int:
    if parts.turned:
        return 1
    try:
        return parts.read_exif().orientation
    except PhotoError:
        return 1


def _by_pillow(stream: BinaryIO) -> PictureSize:
    """The size of a picture in another format, such as BMP."""
    stream.seek(0)
    try:
        with Image.open(stream) as picture:
            orientation = picture.getexif().get(_EXIF_ORIENTATION, 1)
            return PictureSize(*picture.size, orientation if orientation in range(1, 9) else 1)
    except UnidentifiedImageError as error:
        raise PhotoError("not_an_image", "the file is no picture that can be read") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PhotoError("damaged", f"the picture cannot be read: {error}") from error
