"""COCO labels of a data set: one JSON file for many pictures."""

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path

from detection.evaluation.labels import (
    Label,
    PictureIndex,
    PictureLabels,
    Size,
    checked_box,
    checked_visibility,
)
from detection.labels.coco import CocoImage, CocoObject, parse_coco
from detection.labels.errors import LabelError

_FILE_NAMES = ("annotations.json", "*.coco.json", "instances_*.json")
_KEYS = {"images", "annotations", "categories"}
_MOST_SNIFFED_BYTES = 256 * 1024 * 1024
# A copy of a picture keeps its sides' ratio but for rounding.
_SAME_RATIO = 0.01


def is_coco_file(path: Path) -> bool:
    """Whether a JSON file holds COCO labels: by its name, or by what is in it.

    Other tools' settings and logs are JSON files too, and pass for none.
    """
    if any(fnmatch(path.name.casefold(), pattern) for pattern in _FILE_NAMES):
        return True
    if path.suffix.casefold() != ".json" or path.stat().st_size > _MOST_SNIFFED_BYTES:
        return False
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return False
    return isinstance(document, dict) and document.keys() >= _KEYS


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
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise LabelError(f"{file} cannot be read as COCO labels: {exc}") from exc
    for image, objects in parse_coco(text, file).objects(file):
        path = index.find(image.file_name, file)
        if path is None or path not in sizes:
            yield path, PictureLabels(file, ())
            continue
        scale = _scale(image, sizes[path], file)
        labels = tuple(_label(each, scale, sizes[path]) for each in objects)
        yield path, PictureLabels(file, labels, image.sea_state)


def _scale(image: CocoImage, size: Size, file: Path) -> float:
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


def _label(found: CocoObject, scale: float, size: Size) -> Label:
    annotation, more = found.annotation, found.annotation.attributes
    tracks = (
        annotation.track_id,
        annotation.object_id,
        more.get("track_id"),
        more.get("object_id"),
    )
    visibility = annotation.visibility
    box_px = [v * scale for v in annotation.xyxy_px(found.where)]
    return Label(
        found.class_name,
        checked_box(box_px, size, found.where),
        next((track for track in tracks if track is not None), None),
        checked_visibility(
            more.get("visibility") if visibility is None else visibility, found.where
        ),
        fair=not annotation.iscrowd,
    )
