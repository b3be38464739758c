"""What a picture file tells before its pixels are decoded, whichever format it is."""

from dataclasses import dataclass
from typing import BinaryIO

from ingest import heif, tiff, web_picture
from ingest.errors import PhotoError
from ingest.exif import ExifRecord, read_exif
from ingest.jpeg import is_whole, read_jpeg_head

# Twice the largest of a drone's camera (100 million pixels); broken files claim any size, and
# decoding takes three bytes for each.
_MOST_PIXELS = 200_000_000


@dataclass(frozen=True)
class PictureHead:
    """Size of the picture as decoded, its Exif record and its XMP packets."""

    width_px: int
    height_px: int
    exif: ExifRecord
    xmp: tuple[bytes, ...]


def read_picture_head(stream: BinaryIO) -> PictureHead:
    """Read the head of a JPEG, HEIC, PNG, WebP, TIFF or DNG.

    Of a DNG the largest preview is looked at. Raises PhotoError, also for a JPEG that is not whole.
    """
    head = _read(stream)
    if not (head.width_px > 0 and head.height_px > 0):
        raise PhotoError("damaged", "the picture does not tell its width and height")
    if head.width_px * head.height_px > _MOST_PIXELS:
        raise PhotoError(
            "damaged",
            f"a picture may have {_MOST_PIXELS} pixels; this one claims "
            f"{head.width_px} x {head.height_px}",
        )
    return head


def _read(stream: BinaryIO) -> PictureHead:
    beginning = stream.read(12)
    stream.seek(0)
    if beginning.startswith(tiff.SIGNATURES):
        found = tiff.read_tiff_head(stream)
        return PictureHead(found.width_px, found.height_px, read_exif(stream), found.xmp)
    if heif.is_heif(beginning):
        still = heif.read_heif_head(stream)
        return PictureHead(still.width_px, still.height_px, _exif(still.exif), still.xmp)
    if web_picture.is_web_picture(beginning):
        web = web_picture.read_web_head(stream)
        return PictureHead(web.width_px, web.height_px, _exif(web.exif), web.xmp)
    head = read_jpeg_head(stream)
    if not is_whole(stream, head.scan_offset):
        raise PhotoError("truncated", "the photo ends before its last pixel row")
    return PictureHead(head.width_px, head.height_px, _exif(head.exif), head.xmp)


def _exif(data: bytes | None) -> ExifRecord:
    return read_exif(data) if data is not None else ExifRecord()
