"""Boxes as YOLO writes them: a line each, class and box as shares of the picture."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from detection.evaluation.scoring import Xyxy
from detection.labels.errors import LabelError
from detection.labels.sheet import BEYOND_EDGE, Sheet, checked_box
from detection.labels.tool_box import CLASSES, ToolBox
from detection.types import ObjectClass

# A share this fine is a thousandth of a pixel in the largest picture, so that a box comes back.
_PLACES = 9


@dataclass(frozen=True)
class YoloLine:
    """A line: where it stands, the class number, and the shares of the picture's sides.

    Four shares are centre x, centre y, width and height; six and more are corners of an outline.
    `confidence` is what a detector writes after its boxes; a person has none.
    """

    where: str
    class_number: int
    shares: tuple[float, ...]
    confidence: float | None = None

    @property
    def is_outline(self) -> bool:
        """Whether the shares are corners of an outline."""
        return len(self.shares) != 4

    def xyxy_px(self, width_px: int, height_px: int) -> Xyxy:
        """Return the box, or the box around the outline, in pixels of the picture."""
        if self.is_outline:
            xs, ys = self.shares[0::2], self.shares[1::2]
            left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
        else:
            x, y, width, height = self.shares
            left, top, right, bottom = x - width / 2, y - height / 2, x + width / 2, y + height / 2
        return left * width_px, top * height_px, right * width_px, bottom * height_px


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


def yolo_lines(lines: Iterable[str], source: object) -> Iterator[YoloLine | LabelError]:
    """Yield the boxes and outlines of a label file.

    A line that is neither is the error, naming `source` and the line.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield _parsed(line, f"{source}, line {number}")
            except LabelError as error:
                yield error


def _parsed(line: str, where: str) -> YoloLine:
    try:
        first, *rest = line.split()
        class_number, shares = int(first), tuple(float(word) for word in rest)
    except ValueError as error:
        raise LabelError(f"{where}: YOLO labels are numbers; got {line.strip()!r}") from error
    confidence = None
    if len(shares) == 5:
        *box, confidence = shares
        shares = tuple(box)
    if class_number < 0 or not (len(shares) == 4 or _may_be_outline(shares)):
        raise LabelError(
            f"{where}: a line must be a class, then x, y, width and height, or three corners "
            f"and more; got {line.strip()!r}"
        )
    # NaN fails the comparison too
    if not all(-BEYOND_EDGE <= share <= 1 + BEYOND_EDGE for share in shares):
        raise LabelError(
            f"{where}: numbers must be shares of the picture's sides, in [0, 1], not pixels; got "
            f"{line.strip()!r}"
        )
    return YoloLine(where, class_number, shares, confidence)


def _may_be_outline(shares: Sequence[float]) -> bool:
    return len(shares) >= 6 and len(shares) % 2 == 0


def read_yolo(
    lines: Iterable[str],
    sheet: Sheet,
    *,
    names: tuple[ObjectClass, ...] = CLASSES,
    source: str,
) -> tuple[ToolBox, ...]:
    """Return the boxes of lines drawn on a sheet, in pixels of the stored picture.

    `names` are the classes in the order of their numbers. Raises LabelError, naming `source` and
    the line, for a line that is no box in the picture.
    """
    return tuple(_tool_box(line, sheet, names) for line in yolo_lines(lines, source))


def _tool_box(line: YoloLine | LabelError, sheet: Sheet, names: tuple[ObjectClass, ...]) -> ToolBox:
    if isinstance(line, LabelError):
        raise line
    if line.confidence is not None:
        raise LabelError(
            f"{line.where} ends in a confidence: it is what a detector found; export labels that "
            "people drew"
        )
    if line.is_outline:
        raise LabelError(
            f"{line.where} is an outline of {len(line.shares) // 2} corners: export boxes, not "
            "outlines, from the tool"
        )
    if line.class_number >= len(names):
        raise LabelError(
            f"{line.where} names class {line.class_number}; there are {len(names)}, from 0: "
            f"{', '.join(names)}. Give the tool the exported data.yaml"
        )
    if min(line.shares[2:]) <= 0:
        raise LabelError(f"{line.where}: a box needs a width and a height above 0")
    drawn_px = line.xyxy_px(sheet.width_px, sheet.height_px)
    return ToolBox(names[line.class_number], checked_box(drawn_px, sheet, line.where))
