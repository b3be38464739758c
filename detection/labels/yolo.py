"""Boxes as YOLO writes them: a line each, class and box as shares of the picture."""

from collections.abc import Iterable

from detection.labels.errors import LabelError
from detection.labels.tool_box import CLASSES, ToolBox
from detection.types import ObjectClass

# A share this fine is a thousandth of a pixel in the largest picture, so that a box comes back.
_PLACES = 9


def yolo_line(box: ToolBox, width_px: int, height_px: int) -> str:
    """Return the line of a box: class, centre and size as shares of the picture."""
    left, top, right, bottom = box.xyxy_px
    shares = (
        (left + right) / 2 / width_px,
        (top + bottom) / 2 / height_px,
        (right - left) / width_px,
        (bottom - top) / height_px,
    )
    numbers = " ".join(f"{share:.{_PLACES}f}" for share in shares)
    return f"{CLASSES.index(box.object_class)} {numbers}"


def read_yolo(
    lines: Iterable[str],
    width_px: int,
    height_px: int,
    *,
    names: tuple[ObjectClass, ...] = CLASSES,
    source: str,
) -> tuple[ToolBox, ...]:
    """Return the boxes of lines; `names` are the classes in the order of their numbers.

    Raises LabelError, naming `source` and the line, for a line that is no box.
    """
    return tuple(
        _box(line, width_px, height_px, names, f"{source}, line {number}")
        for number, line in enumerate(lines, start=1)
        if line.strip()
    )


def _box(
    line: str, width_px: int, height_px: int, names: tuple[ObjectClass, ...], where: str
) -> ToolBox:
    words = line.split()
    try:
        number = int(words[0])
        x, y, width, height = (float(word) for word in words[1:])
    except ValueError as error:
        raise LabelError(
            f"{where} must be a class number and four shares of the picture (centre x, centre y, "
            f"width, height); got {line.strip()!r}: export boxes, not outlines, from the tool"
        ) from error
    if not 0 <= number < len(names):
        raise LabelError(
            f"{where} names class {number}; there are {len(names)}, from 0: "
            f"{', '.join(names)}. Give the tool the exported data.yaml"
        )
    if not (0 <= x <= 1 and 0 <= y <= 1 and 0 < width <= 1 and 0 < height <= 1):
        raise LabelError(
            f"{where} must hold shares of the picture, from 0 to 1, and a box with area; got "
            f"{line.strip()!r}: export as YOLO, not in pixels"
        )
    left, top = (x - width / 2) * width_px, (y - height / 2) * height_px
    return ToolBox(names[number], (left, top, left + width * width_px, top + height * height_px))
