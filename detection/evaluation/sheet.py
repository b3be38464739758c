"""The picture as its labels were drawn on it: as it is stored, or as viewers turn it.

Exif's orientation says how a stored picture is to be turned or mirrored when it is shown (CIPA
DC-008, tag 0x0112). Detection works on stored pixels; most labelling tools show pictures turned.
"""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from detection.evaluation.scoring import Xyxy

_EXIF_ORIENTATION = 0x0112
# Of these the stored rows are the shown columns.
_ON_ITS_SIDE = (5, 6, 7, 8)


@dataclass(frozen=True)
class Sheet:
    """What labels were drawn on: its size, and how it came of the stored picture.

    `orientation` is Exif's where the picture was turned, 1 where it was left as stored.
    """

    width_px: int
    height_px: int
    orientation: int = 1

    def stored(self, xyxy_px: Xyxy) -> Xyxy:
        """A box on the sheet in pixels of the stored picture."""
        corners = [self._stored(x, y) for x, y in (xyxy_px[:2], xyxy_px[2:])]
        (x1, y1), (x2, y2) = corners
        return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)

    def _stored(self, x: float, y: float) -> tuple[float, float]:
        width, height = self.width_px, self.height_px
        match self.orientation:
            case 2:
                return width - x, y
            case 3:
                return width - x, height - y
            case 4:
                return x, height - y
            case 5:
                return y, x
            case 6:
                return y, width - x
            case 7:
                return height - y, width - x
            case 8:
                return height - y, x
            case _:
                return x, y


@dataclass(frozen=True)
class PictureSize:
    """A picture's stored size, and its Exif orientation, 1 for one that is shown as stored."""

    width_px: int
    height_px: int
    orientation: int = 1

    @property
    def as_stored(self) -> Sheet:
        """The stored picture as the sheet."""
        return Sheet(self.width_px, self.height_px)

    @property
    def as_shown(self) -> Sheet:
        """The turned picture as the sheet."""
        sides = self.width_px, self.height_px
        width_px, height_px = sides[::-1] if self.orientation in _ON_ITS_SIDE else sides
        return Sheet(width_px, height_px, self.orientation)


def picture_size(path: Path) -> PictureSize | None:
    """Read a picture's size and orientation; None for a file that cannot be opened."""
    try:
        with Image.open(path) as picture:
            orientation = picture.getexif().get(_EXIF_ORIENTATION, 1)
            known = orientation if orientation in range(1, 9) else 1
            return PictureSize(*picture.size, known)
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError):
        return None
