"""Pictures of frames as they leave the service: a piece of the original, small and without words.

The original stays as it was received; what is shown here is decoded and written anew.
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore

import cv2
import numpy as np

from api.crops import CropError
from ingest.pixels import decode_bgr
from patrol.media import MediaStore

LARGEST_SIDE_PX = 4096
JPEG_QUALITY = 82
_DENOMINATORS = (8, 4, 2, 1)
# a picture of 20 megapixels takes 60 MB while it is decoded
_decoding_slots = BoundedSemaphore(2)


@dataclass(frozen=True)
class Piece:
    """A part of a picture: left, top, width and height in pixels of the original."""

    x: int
    y: int
    width: int
    height: int


def frame_jpeg(media: MediaStore, sha256: str, piece: Piece, width_px: int) -> bytes:
    """Return a piece of an original as a JPEG at most `width_px` wide, never enlarged.

    The picture is turned as it is stored, so that its pixels are those that boxes count in. Raises
    MediaError for an original that is not kept, PhotoError for one that cannot be decoded and
    CropError for a piece outside of it.
    """
    wanted = min(width_px, LARGEST_SIDE_PX, piece.width)
    shrink = piece.width / max(wanted, 1)
    denominator = next(d for d in _DENOMINATORS if d <= max(shrink, 1))
    with TemporaryDirectory(prefix="libong-") as folder, _decoding_slots:
        original = Path(folder) / "original"
        media.fetch(sha256, original)
        pixels = decode_bgr(original, scale_denominator=denominator)
    left, top = piece.x // denominator, piece.y // denominator
    right = -(-(piece.x + piece.width) // denominator)
    bottom = -(-(piece.y + piece.height) // denominator)
    part = pixels[top:bottom, left:right]
    if part.size == 0 or wanted < 1:
        raise CropError(f"the piece {piece} lies outside of the picture")
    if part.shape[1] > wanted:
        size = wanted, max(round(part.shape[0] * wanted / part.shape[1]), 1)
        part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    done, data = cv2.imencode(".jpg", part, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise CropError(f"a picture of {part.shape} could not be written as JPEG")
    return bytes(data)
