"""A box as labelling tools know it: nothing but a class and corners."""

from dataclasses import dataclass

from detection.evaluation.scoring import Xyxy
from detection.labels.errors import LabelError
from detection.types import ObjectClass

CLASSES = tuple(ObjectClass)


@dataclass(frozen=True)
class ToolBox:
    """A box; `xyxy_px` are its corners in pixels of the picture."""

    object_class: ObjectClass
    xyxy_px: Xyxy


def class_named(name: str, source: str) -> ObjectClass:
    """Return the class of a name; raises LabelError, naming `source`, for another."""
    try:
        return ObjectClass(name.strip().lower().replace(" ", "_").replace("-", "_"))
    except ValueError as error:
        raise LabelError(
            f"{source} has a class {name!r}; the detector's are {', '.join(CLASSES)}: rename it "
            "in the tool"
        ) from error
