"""What labels say of a picture, whatever format they came in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from pathlib import Path, PurePosixPath

from detection.evaluation.scoring import Xyxy
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

    `depth_m` is how deep its top is under the surface, None where the labels do not tell.
    """

    name: str
    xyxy_px: Xyxy
    object_id: int | str | None = None
    visibility: float | None = None
    fair: bool = True
    depth_m: float | None = None


@dataclass(frozen=True)
class PictureLabels:
    """All labels of one picture, and the file they came from; none means that nothing is there."""

    source: Path
    labels: tuple[Label, ...]
    sea_state: str | None = None


@dataclass(frozen=True)
class Size:
    """A picture's stored size."""

    width_px: int
    height_px: int


class PictureIndex:
    """Finds the pictures that label files speak of, by path or, where only one has it, by name."""

    def __init__(self, pictures: Iterable[Path]) -> None:
        """Take the pictures of a data set."""
        self._by_name: dict[str, list[Path]] = {}
        for path in pictures:
            self._by_name.setdefault(path.name.casefold(), []).append(path)

    def find(self, reference: str, source: Path) -> Path | None:
        """The picture that a label file means, or None where it is not at hand.

        Raises:
            LabelError: when several pictures could be meant.
        """
        wanted = PurePosixPath(reference.replace("\\", "/"))
        same = self._by_name.get(wanted.name.casefold(), [])
        near = [p for p in same if p in {source.parent / wanted, source.parent / "images" / wanted}]
        if near:
            return near[0]
        depth = len(wanted.parts)
        fitting = [p for p in same if p.parts[-depth:] == wanted.parts]
        within = [p for p in fitting or same if p.is_relative_to(source.parent)]
        if len(within) > 1:
            raise LabelError(
                f"{source} speaks of {reference}, which may be {within[0]} or {within[1]}; "
                "write the path from the label file's folder"
            )
        return within[0] if within else None


def checked_box(xyxy_px: Sequence[float], size: Size, where: str) -> Xyxy:
    """A box or point cut to its picture.

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
    spare_x, spare_y = (max(2.0, _BEYOND_EDGE * side) for side in (size.width_px, size.height_px))
    if (
        min(left, right) < -spare_x
        or min(top, bottom) < -spare_y
        or right > size.width_px + spare_x
        or bottom > size.height_px + spare_y
    ):
        raise LabelError(
            f"{where}: the box {_told(xyxy_px)} lies outside its picture of "
            f"{size.width_px} x {size.height_px} pixels; give boxes in pixels of the stored picture"
        )
    left, right = (min(max(v, 0.0), float(size.width_px)) for v in (left, right))
    top, bottom = (min(max(v, 0.0), float(size.height_px)) for v in (top, bottom))
    return left, top, right, bottom


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
