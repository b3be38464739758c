"""Boxes as COCO writes them: one JSON document for many pictures."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from detection.evaluation.scoring import Xyxy
from detection.labels.errors import LabelError
from detection.labels.label import LabelledFlight, LabelledFrame
from detection.labels.sheet import Drawing, drawing_on
from detection.labels.tool_box import CLASSES, ToolBox, class_named
from ingest.picture import PictureSize

_KEYS = {"images", "annotations", "categories"}


class CocoCategory(BaseModel):
    """A class and its number."""

    id: int | str
    name: str


class CocoImage(BaseModel):
    """A picture: `file_name` as the tool was given it, its sides in pixels where they are told."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: int | str
    file_name: str
    width: float | None = None
    height: float | None = None
    sea_state: str | None = None

    def drawing_on(self, size: PictureSize, source: object, *, as_shown: bool) -> Drawing:
        """How the picture was drawn on; raises LabelError, naming `source`, for other sides."""
        drawing = drawing_on(size, (self.width, self.height), as_shown=as_shown)
        if drawing is None:
            raise LabelError(
                f"{source}: {self.file_name} is told to be {self.width:g} x {self.height:g} pixels "
                f"and is stored as {size.width_px} x {size.height_px}; label it as it is stored"
            )
        return drawing


def _none_for_empty(value: object) -> object:
    return None if value == [] else value


def _nothing_for_other(value: object) -> object:
    return value if isinstance(value, dict) else {}


class CocoAnnotation(BaseModel):
    """A box (`bbox`: left, top, width, height in pixels), an outline, or a key point.

    `segmentation` holds polygons, each x, y, x, y, …; or a mask in a form of its own.
    """

    id: int | str | None = None
    image_id: int | str
    category_id: int | str
    bbox: Annotated[tuple[float, float, float, float] | None, BeforeValidator(_none_for_empty)] = (
        None
    )
    segmentation: Any = None
    keypoints: tuple[float, ...] | None = None
    area: float | None = None
    iscrowd: Annotated[int, BeforeValidator(lambda value: value or 0)] = 0
    track_id: int | str | None = None
    object_id: int | str | None = None
    visibility: float | None = None
    attributes: Annotated[dict[str, Any], BeforeValidator(_nothing_for_other)] = {}

    def xyxy_px(self, where: str) -> Xyxy:
        """Return the box, the one around the outline, or the key point as a box without sides.

        Raises LabelError, naming `where`, for an annotation with none of them.
        """
        if self.bbox is not None:
            left, top, width, height = self.bbox
            return left, top, left + width, top + height
        if isinstance(self.segmentation, list) and self.segmentation:
            return _around(self.segmentation, where)
        if self.segmentation:
            raise LabelError(
                f"{where}: a mask without `bbox`; export boxes or polygons from the tool"
            )
        if self.keypoints is not None and len(self.keypoints) in (2, 3):
            x, y = self.keypoints[:2]
            return x, y, x, y
        raise LabelError(
            f"{where}: neither `bbox`, polygon nor one key point; draw a box or a point"
        )


def _around(polygons: Sequence[Any], where: str) -> Xyxy:
    """The box around polygons; raises LabelError for what is none."""
    try:
        corners = [float(v) for polygon in polygons for v in polygon]
    except (TypeError, ValueError):
        corners = []
    if len(corners) < 6 or len(corners) % 2:  # three corners at least
        raise LabelError(f"{where}: `segmentation` must be polygons of x, y, x, y, …; or a `bbox`")
    xs, ys = corners[0::2], corners[1::2]
    return min(xs), min(ys), max(xs), max(ys)


@dataclass(frozen=True)
class CocoObject:
    """An annotation, the name of its class, and where it stands."""

    where: str
    class_name: str
    annotation: CocoAnnotation


@dataclass(frozen=True)
class CocoObjects:
    """The pictures of a document, each with what is drawn in it, and what says nothing of any."""

    pictures: tuple[tuple[CocoImage, tuple[CocoObject, ...]], ...]
    faults: tuple[LabelError, ...]


def _annotation_or_why_not(value: object) -> object:
    try:
        return CocoAnnotation.model_validate(value)
    except ValidationError as error:
        return _first_fault(error)


def _first_fault(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"


class CocoDocument(BaseModel):
    """What every tool's COCO has; what else it has is passed over.

    An annotation that cannot be read is the reason why.
    """

    model_config = ConfigDict(extra="ignore")

    images: list[CocoImage]
    annotations: list[Annotated[CocoAnnotation | str, BeforeValidator(_annotation_or_why_not)]]
    categories: list[CocoCategory]

    def objects(self, source: object) -> CocoObjects:
        """Return each picture with what is drawn in it.

        Faults, naming `source`, are annotations that cannot be read or are of no picture or class
        in it.
        """
        names = {category.id: category.name for category in self.categories}
        found: dict[int | str, list[CocoObject]] = {image.id: [] for image in self.images}
        faults = []
        for number, annotation in enumerate(self.annotations):
            where = f"{source}, annotation {number}"
            if isinstance(annotation, str):
                faults.append(LabelError(f"{where} cannot be read ({annotation})"))
            elif annotation.image_id not in found:
                faults.append(_unknown(where, "image", annotation.image_id))
            elif annotation.category_id not in names:
                faults.append(_unknown(where, "category", annotation.category_id))
            else:
                name = names[annotation.category_id]
                found[annotation.image_id].append(CocoObject(where, name, annotation))
        pictures = tuple((image, tuple(found[image.id])) for image in self.images)
        return CocoObjects(pictures, tuple(faults))


def _unknown(where: str, of: str, key: int | str) -> LabelError:
    return LabelError(f"{where}: {of} {key} is not in the document; export it anew")


def is_coco(data: bytes) -> bool:
    """Whether a JSON file's bytes are a COCO document, by what is in it.

    Other tools' settings, notes and logs are JSON files too, and pass for none.
    """
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and document.keys() >= _KEYS


def parse_coco(text: str, source: object) -> CocoDocument:
    """Read a document; raises LabelError, naming `source`, for what is none."""
    try:
        return CocoDocument.model_validate_json(text)
    except ValidationError as error:
        raise LabelError(
            f"{source} is no COCO document of boxes ({_first_fault(error)}); export as "
            "“COCO 1.0” (CVAT) or “COCO” (Label Studio)"
        ) from error


def coco_json(flight: LabelledFlight, picture_names: dict[str, str]) -> str:
    """Return a flight's objects as JSON; `picture_names` are the pictures' files by SHA-256.

    False alarms are no annotations, not even crowds, which evaluation passes over: they are told in
    a list of their own.
    """
    images = [_image(n, f, picture_names[f.sha256]) for n, f in enumerate(flight.frames, 1)]
    boxes = [(number, label) for number, f in enumerate(flight.frames, 1) for label in f.objects]
    annotations: list[CocoAnnotation | str] = []
    for annotation_id, (image_id, label) in enumerate(boxes, 1):
        left, top, right, bottom = label.xyxy_px
        annotations.append(
            CocoAnnotation(
                id=annotation_id,
                image_id=image_id,
                category_id=CLASSES.index(label.object_class) + 1,
                bbox=(left, top, right - left, bottom - top),
                area=(right - left) * (bottom - top),
                iscrowd=0,
            )
        )
    categories = [CocoCategory(id=n, name=name.value) for n, name in enumerate(CLASSES, 1)]
    document = CocoDocument(images=images, annotations=annotations, categories=categories)
    return document.model_dump_json(indent=1, exclude_unset=True)


def _image(number: int, frame: LabelledFrame, name: str) -> CocoImage:
    return CocoImage(id=number, file_name=name, width=frame.width_px, height=frame.height_px)


def read_coco(
    text: str, size_of: Callable[[str], PictureSize | None], *, as_shown: bool = False, source: str
) -> dict[str, tuple[ToolBox, ...]]:
    """Return the boxes of each known picture by its file name, also of pictures without boxes.

    They are in pixels of the stored picture, by the sides that the document tells; where these fit
    a turned picture both ways, it was drawn on as it is shown if `as_shown`. `size_of(file name)`
    is None for a picture that is not known. Raises LabelError, naming `source`, for what is no COCO
    document, has other classes, or boxes that are not in their pictures.
    """
    found = parse_coco(text, source).objects(source)
    if found.faults:
        raise found.faults[0]
    boxes: dict[str, tuple[ToolBox, ...]] = {}
    for image, objects in found.pictures:
        size = size_of(image.file_name)
        if size is not None:
            drawing = image.drawing_on(size, source, as_shown=as_shown)
            boxes[image.file_name] = tuple(_tool_box(each, drawing, source) for each in objects)
    return boxes


def _tool_box(found: CocoObject, drawing: Drawing, source: str) -> ToolBox:
    left, top, right, bottom = found.annotation.xyxy_px(found.where)
    if not (right > left and bottom > top):
        raise LabelError(f"{found.where}: a box needs a width and a height above 0")
    box_px = drawing.stored((left, top, right, bottom), found.where)
    return ToolBox(class_named(found.class_name, source), box_px)
