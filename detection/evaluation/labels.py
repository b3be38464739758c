"""What labels say of a picture, whatever format they came in."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from pathlib import Path

from detection.evaluation.scoring import Xyxy
from detection.evaluation.sheet import Sheet
from detection.labels.errors import LabelError

# Labels drawn up to a picture's edge end a rounding beyond it.
_BEYOND_EDGE = 0.02


class LabelFormat(StrEnum):
    """How labels are written."""

    YOLO = "yolo"
    COCO = "coco"
    CSV = "csv"
    TRUTH = "truth"


@dataclass(frozen=True)
class Label:
    """One labelled object: the name of its class as written, its box or point in stored pixels.

    `depth_m` is how deep its top is under the surface, None where the labels do not tell. A
    `region` holds several that were not labelled one by one.
    """

    name: str
    xyxy_px: Xyxy
    object_id: int | str | None = None
    visibility: float | None = None
    fair: bool = True
    depth_m: float | None = None
    region: bool = False


@dataclass(frozen=True)
class PictureLabels:
    """All labels of one picture, and the file they came from; none means that nothing is there.

    `with_confidence` tells of boxes with a score, as a detector writes them and no person.
    """

    source: Path
    labels: tuple[Label, ...]
    sea_state: str | None = None
    with_confidence: bool = False


@dataclass(frozen=True)
class LeftOut:
    """What labels say that cannot be used, and why; with a `picture`, all they say of that."""

    why: str
    picture: Path | None = None


@dataclass(frozen=True)
class Absent:
    """A label file's word for a picture that is not at hand."""

    source: Path
    reference: str


@dataclass(frozen=True)
class Remark:
    """How a label file was understood, where it could have been meant in another way."""

    text: str


# What a label file gives, one after the other.
Read = tuple[Path, PictureLabels] | Absent | LeftOut | Remark


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
    spare_x, spare_y = (max(2.0, _BEYOND_EDGE * side) for side in sides)
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


def checked_visibility(value: object, where: str) -> float | None:
    """A visibility in [0, 1], or None for nothing.

    Raises:
        LabelError: for anything else.
    """
    if value is None or value == "":
        return None
    try:
        visibility = float(str(value))
    except ValueError:
        visibility = float("nan")
    if not 0 <= visibility <= 1:
        raise LabelError(f"{where}: visibility must be in [0, 1]; got {value}")
    return visibility
