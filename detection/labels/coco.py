"""Boxes as COCO writes them: one JSON document for a flight."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from detection.labels.errors import LabelError
from detection.labels.label import LabelledFlight, LabelledFrame
from detection.labels.tool_box import CLASSES, ToolBox, class_named


class CocoCategory(BaseModel):
    """A class and its number."""

    id: int
    name: str


class CocoImage(BaseModel):
    """A picture: `file_name` as the tool was given it."""

    id: int
    file_name: str
    width: int = Field(gt=0)
    height: int = Field(gt=0)


class CocoAnnotation(BaseModel):
    """A box: `bbox` is left, top, width, height in pixels."""

    id: int
    image_id: int
    category_id: int
    bbox: tuple[float, float, Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]]
    area: float | None = None
    iscrowd: int = 0


class CocoDocument(BaseModel):
    """What every tool's COCO has; what else it has is passed over."""

    model_config = ConfigDict(extra="ignore")

    images: list[CocoImage]
    annotations: list[CocoAnnotation]
    categories: list[CocoCategory]


def coco_document(flight: LabelledFlight, picture_names: dict[str, str]) -> CocoDocument:
    """Return a flight's objects; `picture_names` are the pictures' files by SHA-256.

    False alarms are no annotations, not even crowds, which evaluation passes over: they are told in
    a list of their own.
    """
    images = [_image(n, f, picture_names[f.sha256]) for n, f in enumerate(flight.frames, 1)]
    boxes = [(number, label) for number, f in enumerate(flight.frames, 1) for label in f.objects]
    annotations = []
    for annotation_id, (image_id, label) in enumerate(boxes, 1):
        left, top, right, bottom = label.xyxy_px
        annotations.append(
            CocoAnnotation(
                id=annotation_id,
                image_id=image_id,
                category_id=CLASSES.index(label.object_class) + 1,
                bbox=(left, top, right - left, bottom - top),
                area=(right - left) * (bottom - top),
            )
        )
    categories = [CocoCategory(id=n, name=name.value) for n, name in enumerate(CLASSES, 1)]
    return CocoDocument(images=images, annotations=annotations, categories=categories)


def _image(number: int, frame: LabelledFrame, name: str) -> CocoImage:
    return CocoImage(id=number, file_name=name, width=frame.width_px, height=frame.height_px)


def read_coco(text: str, *, source: str) -> dict[str, tuple[ToolBox, ...]]:
    """Return the boxes of each picture by its file name, also of pictures without boxes.

    Raises LabelError, naming `source`, for what is no COCO document or has other classes.
    """
    try:
        document = CocoDocument.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise LabelError(
            f"{source} is no COCO document of boxes ({place}: {first['msg']}); export as "
            "“COCO 1.0” (CVAT) or “COCO” (Label Studio)"
        ) from error
    classes = {category.id: class_named(category.name, source) for category in document.categories}
    names = {image.id: image.file_name for image in document.images}
    boxes: dict[str, list[ToolBox]] = {name: [] for name in names.values()}
    for box in document.annotations:
        if box.image_id not in names or box.category_id not in classes:
            raise LabelError(
                f"{source}: annotation {box.id} names image {box.image_id} and category "
                f"{box.category_id}, of which one is not in the document; export it anew"
            )
        left, top, width, height = box.bbox
        boxes[names[box.image_id]].append(
            ToolBox(classes[box.category_id], (left, top, left + width, top + height))
        )
    return {name: tuple(found) for name, found in boxes.items()}
