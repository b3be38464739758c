"""The picture of one detection, cut from the original with some of what is around it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.types import Detection

# Enough sea around the object to judge it by, and small enough for a slow network.
CONTEXT = 1.0
SMALLEST_SIDE_PX = 160
LARGEST_SIDE_PX = 640
JPEG_QUALITY = 85


def crop_window(
    xyxy_px: tuple[float, float, float, float], width_px: int, height_px: int
) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of a square around a box, shifted into the picture."""
    left, top, right, bottom = xyxy_px
    side = max(max(right - left, bottom - top) * (1 + 2 * CONTEXT), SMALLEST_SIDE_PX)
    x0 = _start((left + right) / 2, side, width_px)
    y0 = _start((top + bottom) / 2, side, height_px)
    return x0, y0, round(min(x0 + side, width_px)), round(min(y0 + side, height_px))


def _start(centre: float, side: float, length_px: int) -> int:
    return round(min(max(centre - side / 2, 0), max(length_px - side, 0)))


def crop_jpeg(pixels_bgr: NDArray[np.uint8], detection: Detection) -> bytes:
    """Return a JPEG, without metadata, of a detection in its frame's full pixels."""
    height_px, width_px = pixels_bgr.shape[:2]
    x0, y0, x1, y1 = crop_window(detection.xyxy_px, width_px, height_px)
    piece = pixels_bgr[y0:y1, x0:x1]
    shrink = LARGEST_SIDE_PX / max(piece.shape[:2])
    if shrink < 1:
        size = (round(piece.shape[1] * shrink), round(piece.shape[0] * shrink))
        piece = np.asarray(cv2.resize(piece, size, interpolation=cv2.INTER_AREA), np.uint8)
    done, data = cv2.imencode(".jpg", piece, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise ValueError(f"a crop of {piece.shape} could not be written as JPEG")
    return bytes(data)
