"""HEIC pictures, which iPhones and some drones write, by pillow-heif (libheif)."""

from dataclasses import dataclass
from typing import BinaryIO

import cv2
import numpy as np
import numpy.typing as npt
from pillow_heif import HeifFile, open_heif

from ingest.errors import PhotoError

# The brands of still pictures coded in HEVC, ISO/IEC 23008-12, annexes B.4 and 10.2.
_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})
_EXIF_SIGNATURE = b"Exif\0\0"
_BROKEN = (ValueError, RuntimeError, EOFError, OSError, SyntaxError, IndexError, MemoryError)


@dataclass(frozen=True)
class HeifHead:
    """Size of the picture as decoded (its own turning applied), Exif structure and XMP packets."""

    width_px: int
    height_px: int
    exif: bytes | None
    xmp: tuple[bytes, ...]


def is_heif(beginning: bytes) -> bool:
    """Whether the first 12 bytes of a file are those of a HEIC picture."""
    return beginning[4:8] == b"ftyp" and beginning[8:12] in _BRANDS


def read_heif_head(stream: BinaryIO) -> HeifHead:
    """Read size and metadata; pixels are not decoded. Raises PhotoError `damaged`."""
    heif = _opened(stream)
    try:
        (width, height), exif, xmp = heif.size, heif.info.get("exif"), heif.info.get("xmp")
    except _BROKEN as error:
        raise PhotoError("damaged", f"the HEIC cannot be read: {error}") from error
    return HeifHead(
        width,
        height,
        exif.removeprefix(_EXIF_SIGNATURE) if exif else None,
        (xmp,) if xmp else (),
    )


def decode_heif_bgr(stream: BinaryIO) -> npt.NDArray[np.uint8]:
    """Decode to an H x W x 3 array of blue, green, red; raises PhotoError `damaged`."""
    heif = _opened(stream)
    try:
        rgb = np.asarray(heif.to_pillow().convert("RGB"))
    except _BROKEN as error:
        raise PhotoError("damaged", f"the HEIC's pixels cannot be decoded: {error}") from error
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), dtype=np.uint8)


def _opened(stream: BinaryIO) -> HeifFile:
    stream.seek(0)
    try:
        return open_heif(stream)
    except _BROKEN as error:
        raise PhotoError("damaged", f"the HEIC cannot be read: {error}") from error
