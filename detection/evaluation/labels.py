"""What labels say of a picture, whatever format they came in."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from detection.evaluation.scoring import Xyxy
from detection.labels.errors import LabelError


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
