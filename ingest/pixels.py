"""Pixels of a photo, in stored orientation."""

from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from ingest.errors import PhotoError
from ingest.heif import decode_heif_bgr, is_heif
from ingest.jpeg import is_whole, read_jpeg_head
from ingest.tiff import SIGNATURES as _TIFF_STARTS
from ingest.tiff import read_tiff_head, unturned

_JPEG_START = b"\xff\xd8"
_FLAG_BY_DENOMINATOR = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}


def decode_bgr(path: Path, *, scale_denominator: int = 1) -> npt.NDArray[np.uint8]:
    """Decode a picture to an H x W x 3 array of blue, green, red: JPEG, or what else OpenCV reads.

    `scale_denominator` 1, 2, 4 or 8 reduces the picture while it is decoded (of a JPEG in the DCT
    domain, far cheaper than shrinking it later); sides round up. The Exif orientation is not
    applied, so that pixel places agree with `CameraIntrinsics`. Raises PhotoError for a photo that
    is not whole, and ValueError for another denominator.
    """
    if scale_denominator not in _FLAG_BY_DENOMINATOR:
        raise ValueError(f"scale_denominator must be 1, 2, 4 or 8; got {scale_denominator}")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PhotoError("unreadable", f"the file cannot be read: {error.strerror}") from error
    if is_heif(data[:12]):
        return _reduced(decode_heif_bgr(BytesIO(data)), scale_denominator)
    if data.startswith(_TIFF_STARTS):
        data = _looked_at(data)
    if data.startswith(_JPEG_START):
        stream = BytesIO(data)
        if not is_whole(stream, read_jpeg_head(stream).scan_offset):
            # OpenCV would fill the missing part with grey and say nothing.
            raise PhotoError("truncated", "the photo ends before its last pixel row")
    flags = _FLAG_BY_DENOMINATOR[scale_denominator] | cv2.IMREAD_IGNORE_ORIENTATION
    decoded = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flags)
    if decoded is None:
        if not data.startswith(_JPEG_START):
            raise PhotoError("not_an_image", "the file is no picture that can be read")
        raise PhotoError("damaged", "the photo's pixels cannot be decoded")
    return np.asarray(decoded, dtype=np.uint8)


def _reduced(pixels: npt.NDArray[np.uint8], denominator: int) -> npt.NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    size = -(-width // denominator), -(-height // denominator)
    shrunk = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return np.asarray(shrunk, dtype=np.uint8)


def _looked_at(tiff: bytes) -> bytes:
    """The largest JPEG preview of a raw file, or the TIFF itself where it has none."""
    head = read_tiff_head(BytesIO(tiff))
    if head.jpeg_offset is None or head.jpeg_bytes is None:
        return unturned(tiff)
    return tiff[head.jpeg_offset : head.jpeg_offset + head.jpeg_bytes]
