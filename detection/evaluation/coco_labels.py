"""COCO labels of a data set: one JSON file for many pictures."""

import json
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path

from detection.evaluation.labels import (
    Absent,
    Label,
    LeftOut,
    PictureLabels,
    Read,
    checked_box,
    checked_visibility,
)
from detection.evaluation.picture_index import PictureIndex
from detection.evaluation.sheet import PictureSize, Sheet
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
    file: Path, index: PictureIndex, sizes: Mapping[Path, PictureSize], *, as_shown: bool = False
) -> Iterator[Read]:
    """Give the labels of every picture that the file lists.

    Boxes are brought to the stored picture's size where the file tells another. A picture that is
    shown turned was labelled as the sides that the file tells have it; where they fit both, as it
    is shown if `as_shown`, else as it is stored. A crowd is a region: any number of finds in it
    count as nothing. `track_id` or `object_id`, and `visibility`, are read from the annotation or
    its `attributes`; an annotation with one key point and no box, or a box without sides, is a
    point.

    Raises:
        LabelError: when the file as a whole cannot be read, or means several pictures at once.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise LabelError(f"{file} cannot be read as COCO labels: {exc}") from exc
    document = parse_coco(text, file).objects(file)
    yield from (LeftOut(str(fault)) for fault in document.faults)
    for image, objects in document.pictures:
        path = index.find(image.file_name, file)
        if path is None:
            yield Absent(file, image.file_name)
        elif path in sizes:
            yield from _of_picture(image, objects, path, sizes[path], file, as_shown)
        else:
            yield path, PictureLabels(file, ())  # cannot be opened; the search refuses it by name


def _of_picture(
    image: CocoImage,
    objects: Iterable[CocoObject],
    path: Path,
    size: PictureSize,
    file: Path,
    as_shown: bool,
) -> Iterator[Read]:
    fitting = [
        (sheet, scale)
        for sheet in (
            (size.as_shown, size.as_stored) if as_shown else (size.as_stored, size.as_shown)
        )
        if (scale := _scale(image, sheet)) is not None
    ]
    if not fitting:
        yield LeftOut(
            f"{file}: {image.file_name} is told to be {image.width:g} x {image.height:g} pixels "
            f"and is stored as {size.width_px} x {size.height_px}; label it as it is stored",
            path,
        )
        return
    labels = []
    for each in objects:
        try:
            labels.append(_label(each, *fitting[0]))
        except LabelError as fault:
            yield LeftOut(str(fault))
    yield path, PictureLabels(file, tuple(labels), image.sea_state)


def _scale(image: CocoImage, sheet: Sheet) -> float | None:
    """Pixels of the sheet per labelled pixel; None where the sides told are not the sheet's."""
    if not image.width or not image.height:
        return 1.0
    across, down = sheet.width_px / image.width, sheet.height_px / image.height
    return across if abs(across / down - 1) <= _SAME_RATIO else None


def _label(found: CocoObject, sheet: Sheet, scale: float) -> Label:
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
        checked_box(box_px, sheet, found.where),
        next((track for track in tracks if track is not None), None),
        checked_visibility(
            more.get("visibility") if visibility is None else visibility, found.where
        ),
        fair=not annotation.iscrowd,
        region=bool(annotation.iscrowd),
    )
