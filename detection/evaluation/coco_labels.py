"""COCO labels: one JSON file for many pictures."""

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from detection.evaluation.labels import (
    Label,
    LabelError,
    PictureIndex,
    PictureLabels,
    Size,
    checked_box,
    checked_visibility,
)
from detection.evaluation.scoring import Xyxy

_FILE_NAMES = ("annotations.json", "*.coco.json", "instances_*.json")
# A copy of a picture keeps its sides' ratio but for rounding.
_SAME_RATIO = 0.01


class _Image(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: int | str
    file_name: str
    width: float | None = None
    height: float | None = None
    sea_state: str | None = None


class _Category(BaseModel):
    id: int | str
    name: str


class _Annotation(BaseModel):
    model_config = ConfigDict(extra="ignore")

    image_id: int | str
    category_id: int | str
    bbox: tuple[float, float, float, float] | None = None
    keypoints: tuple[float, ...] | None = None
    iscrowd: bool = False
    track_id: int | str | None = None
    object_id: int | str | None = None
    visibility: float | None = None
    attributes: dict[str, Any] = {}


class _Document(BaseModel):
    images: list[_Image]
    annotations: list[_Annotation]
    categories: list[_Category]


def is_coco_file(path: Path) -> bool:
    """Whether a file's name says that it holds COCO labels."""
    return any(fnmatch(path.name.casefold(), pattern) for pattern in _FILE_NAMES)


def read_coco(
    file: Path, index: PictureIndex, sizes: Mapping[Path, Size]
) -> Iterator[tuple[Path | None, PictureLabels]]:
    """Give the labels of every picture that the file lists; no path where it is not at hand.

    Boxes are brought to the stored picture's size where the file tells another. A crowd is a place
    that counts neither as found nor as missed. `track_id` or `object_id`, and `visibility`, are
    read from the annotation or its `attributes`; an annotation with one key point and no box, or a
    box without sides, is a point.

    Raises:
        LabelError: naming file and annotation.
    """
    try:
        document = _Document.model_validate(json.loads(file.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, ValidationError) as exc:
        raise LabelError(f"{file} cannot be read as COCO labels: {exc}") from exc
    names = {c.id: c.name for c in document.categories}
    by_image: dict[int | str, list[tuple[str, _Annotation]]] = {i.id: [] for i in document.images}
    for number, annotation in enumerate(document.annotations):
        where = f"{file}, annotation {number}"
        if annotation.category_id not in names:
            raise LabelError(f"{where}: category {annotation.category_id} is not in `categories`")
        if annotation.image_id not in by_image:
            raise LabelError(f"{where}: image {annotation.image_id} is not in `images`")
        by_image[annotation.image_id].append((where, annotation))
    for image in document.images:
        path = index.find(image.file_name, file)
        if path is None or path not in sizes:
            yield path, PictureLabels(file, ())
            continue
        scale = _scale(image, sizes[path], file)
        labels = tuple(
            _label(annotation, names[annotation.category_id], scale, sizes[path], where)
            for where, annotation in by_image[image.id]
        )
        yield path, PictureLabels(file, labels, image.sea_state)


def _scale(image: _Image, size: Size, file: Path) -> float:
    """Stored pixels per labelled pixel."""
    if not image.width or not image.height:
        return 1.0
    across, down = size.width_px / image.width, size.height_px / image.height
    if abs(across / down - 1) > _SAME_RATIO:
        raise LabelError(
            f"{file}: {image.file_name} is told to be {image.width:g} x {image.height:g} pixels "
            f"and is stored as {size.width_px} x {size.height_px}; label it as it is stored"
        )
    return across


def _label(annotation: _Annotation, name: str, scale: float, size: Size, where: str) -> Label:
    more = annotation.attributes
    tracks = (
        annotation.track_id,
        annotation.object_id,
        more.get("track_id"),
        more.get("object_id"),
    )
    visibility = annotation.visibility
    return Label(
        name,
        checked_box([v * scale for v in _xyxy(annotation, where)], size, where),
        next((track for track in tracks if track is not None), None),
        checked_visibility(more.get("visibility") if visibility is None else visibility, where),
        fair=not annotation.iscrowd,
    )


def _xyxy(annotation: _Annotation, where: str) -> Xyxy:
    if annotation.bbox is not None:
        x, y, width, height = annotation.bbox
        return x, y, x + width, y + height
    if annotation.keypoints is not None and len(annotation.keypoints) in (2, 3):
        x, y = annotation.keypoints[:2]
        return x, y, x, y
    raise LabelError(f"{where}: neither `bbox` nor one key point; draw a box or a point")
