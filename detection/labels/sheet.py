"""The picture as its labels were drawn on it: as it is stored, or as viewers turn it.

Exif's orientation says how a stored picture is to be turned or mirrored when it is shown (CIPA
DC-008, tag 0x0112). Detection works on stored pixels; most labelling tools show pictures turned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from detection.evaluation.scoring import Xyxy
from detection.labels.errors import LabelError
from ingest.picture import PictureSize

# Boxes and outlines drawn up to a picture's edge end a rounding beyond it.
BEYOND_EDGE = 0.02
# A copy of a picture keeps its sides' ratio but for rounding.
_SAME_RATIO = 0.01
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
class Drawing:
    """How boxes were drawn on a picture: on which sheet, at how many of its pixels to one drawn."""

    sheet: Sheet
    scale: float = 1.0

    def stored(self, xyxy_px: Xyxy, where: str) -> Xyxy:
        """A box or point as drawn, in pixels of the stored picture; raises as `checked_box`."""
        return checked_box([v * self.scale for v in xyxy_px], self.sheet, where)


def sheet_of(size: PictureSize, *, as_shown: bool) -> Sheet:
    """The picture as the sheet, as it is stored or as viewers show it."""
    sides = size.width_px, size.height_px
    if not as_shown:
        return Sheet(*sides)
    return Sheet(*(sides[::-1] if size.orientation in _ON_ITS_SIDE else sides), size.orientation)


def drawing_on(
    size: PictureSize, told_wh: tuple[float | None, float | None], *, as_shown: bool
) -> Drawing | None:
    """How a picture was drawn on that labels tell to have some width and height, or do not.

    Where both fit, it was drawn on as shown if `as_shown`, else as stored; None where neither does.
    """
    width, height = told_wh
    for turned in (as_shown, not as_shown):
        sheet = sheet_of(size, as_shown=turned)
        if not width or not height:
            return Drawing(sheet)
        across, down = sheet.width_px / width, sheet.height_px / height
        if abs(across / down - 1) <= _SAME_RATIO:
            return Drawing(sheet, across)
    return None


def checked_box(xyxy_px: Sequence[float], sheet: Sheet, where: str) -> Xyxy:
    """A box or point drawn on a sheet, cut to it, in pixels of the stored picture.

    Raises:
        LabelError: for a box that is not finite, turned around, flat, or outside the picture.
    """
    left, top, right, bottom = (float(v) for v in xyxy_px)
    if not all(isfinite(v) for v in (left, top, right, bottom)):
        raise LabelError(f"{where}: a box needs finite numbers; got {_told(xyxy_px)}")
    point = left == right and top == bottom
    if not point and (right <= left or bottom <= top):
        raise LabelError(
            f"{where}: a box needs left < right and top < bottom, a point no sides at all; "
            f"got {_told(xyxy_px)}"
        )
    sides = sheet.width_px, sheet.height_px
    spare_x, spare_y = (max(2.0, BEYOND_EDGE * side) for side in sides)
    cut_x, cut_y = (
        tuple(min(max(v, 0.0), float(side)) for v in ends)
        for ends, side in zip(((left, right), (top, bottom)), sides, strict=True)
    )
    if (
        min(left, right) < -spare_x
        or min(top, bottom) < -spare_y
        or right > sheet.width_px + spare_x
        or bottom > sheet.height_px + spare_y
        or (not point and (cut_x[0] == cut_x[1] or cut_y[0] == cut_y[1]))
    ):
        raise LabelError(
            f"{where}: the box {_told(xyxy_px)} lies outside its picture of "
            f"{sheet.width_px} x {sheet.height_px} pixels; give boxes in pixels of the whole "
            "picture"
        )
    return sheet.stored((cut_x[0], cut_y[0], cut_x[1], cut_y[1]))


def _told(values: Sequence[float]) -> str:
    return ", ".join(f"{v:g}" for v in values)
