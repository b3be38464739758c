"""The photo of a report: judged by its content, and copied without metadata for pages."""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError
from pillow_heif import open_heif

from ingest.errors import LibongError, PhotoError
from ingest.heif import is_heif
from ingest.picture import read_picture_head
from patrol.witness_report import MAX_PHOTO_BYTES, Fault, WitnessPlace

_FORMATS = ("JPEG", "PNG", "WEBP")
# Twice what phones take; a small file can claim any size and fill the memory when opened.
_MOST_PIXELS = 200_000_000
_PAGE_SIDE_PX = 1280
# An allowance, ours: phones are right to some metres under open sky, but a photo may carry the
# place that the phone knew some moments before.
_PHOTO_PLACE_ERROR_M = 50.0
_QUALITY = 82
_BROKEN = (
    OSError,
    UnidentifiedImageError,
    ValueError,
    SyntaxError,
    RuntimeError,
    EOFError,
    IndexError,
    MemoryError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


class WitnessError(LibongError, ValueError):
    """A report that cannot be taken; `fault` says why."""

    def __init__(self, fault: Fault, text: str) -> None:
        super().__init__(text)
        self.fault = fault


@dataclass(frozen=True)
class PagePhoto:
    """A JPEG for pages, and the size in pixels of the original as it is looked at."""

    jpeg: bytes
    width_px: int
    height_px: int


def page_photo(photo: bytes) -> PagePhoto:
    """Return a copy without metadata, at most 1280 pixels wide and high; raises WitnessError."""
    if len(photo) > MAX_PHOTO_BYTES:
        raise WitnessError(
            Fault.PHOTO_LARGE,
            f"a photo may have {MAX_PHOTO_BYTES >> 20} MiB; got {len(photo) >> 20} MiB",
        )
    try:
        with _opened(photo) as picture:
            width, height = picture.size
            if width * height > _MOST_PIXELS:
                raise WitnessError(
                    Fault.PHOTO_LARGE,
                    f"a photo may have {_MOST_PIXELS} pixels; got {width} x {height}",
                )
            picture.draft("RGB", (_PAGE_SIDE_PX, _PAGE_SIDE_PX))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except _BROKEN as error:
        if isinstance(error, WitnessError):
            raise
        raise WitnessError(
            Fault.PHOTO_KIND, "this is no photo that can be opened; send a JPEG, PNG or HEIC"
        ) from error
    if (upright.width > upright.height) != (width > height):
        width, height = height, width
    upright.thumbnail((_PAGE_SIDE_PX, _PAGE_SIDE_PX))
    plain = Image.new("RGB", upright.size)  # a new picture carries nothing of the old one's notes
    plain.paste(upright)
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=_QUALITY)
    return PagePhoto(out.getvalue(), width, height)


def photo_place(photo: bytes) -> WitnessPlace | None:
    """Return where a photo says that it was taken, or None."""
    try:
        exif = read_picture_head(io.BytesIO(photo)).exif
    except PhotoError:
        return None
    if exif.lon_deg is None or exif.lat_deg is None or (exif.lon_deg, exif.lat_deg) == (0.0, 0.0):
        return None
    return WitnessPlace(exif.lon_deg, exif.lat_deg, _PHOTO_PLACE_ERROR_M, from_photo=True)


def _opened(photo: bytes) -> Image.Image:
    if is_heif(photo[:12]):
        heif = open_heif(io.BytesIO(photo))
        if heif.size[0] * heif.size[1] > _MOST_PIXELS:
            raise WitnessError(Fault.PHOTO_LARGE, "the photo has too many pixels")
        return heif.to_pillow()
    return Image.open(io.BytesIO(photo), formats=_FORMATS)
