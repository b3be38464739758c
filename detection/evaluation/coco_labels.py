"""COCO labels of a data set: one JSON file for many pictures."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path

from detection.evaluation.labels import (
    Absent,
    Label,
    LeftOut,
    PictureLabels,
    Read,
    checked_visibility,
)
from detection.evaluation.picture_index import PictureIndex
from detection.labels.coco import CocoImage, CocoObject, is_coco, parse_coco
from detection.labels.errors import LabelError
from detection.labels.sheet import Drawing
from ingest.picture import PictureSize

_FILE_NAMES = ("annotations.json", "*.coco.json", "instances_*.json")
_MOST_SNIFFED_BYTES = 256 * 1024 * 1024


def is_coco_file(path: Path) -> bool:
    """Whether a JSON file holds COCO labels: by its name, or by what is in it."""
    if any(fnmatch(path.name.casefold(), pattern) for pattern in _FILE_NAMES):
        return True
    if path.suffix.casefold() != ".json" or path.stat().st_size > _MOST_SNIFFED_BYTES:
        return False
    try:
        return is_coco(path.read_bytes())
    except OSError:
        return False


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
    try:
        drawing = image.drawing_on(size, file, as_shown=as_shown)
    except LabelError as fault:
        yield LeftOut(str(fault), path)
        return
    labels = []
    for each in objects:
        try:
            labels.append(_label(each, drawing))
        except LabelError as fault:
            yield LeftOut(str(fault))
    yield path, PictureLabels(file, tuple(labels), image.sea_state)


def _label(found: CocoObject, drawing: Drawing) -> Label:
    annotation, more = found.annotation, found.annotation.attributes
    tracks = (
        annotation.track_id,
        annotation.object_id,
        more.get("track_id"),
        more.get("object_id"),
    )
    visibility = annotation.visibility
    return Label(
        found.class_name,
        drawing.stored(annotation.xyxy_px(found.where), found.where),
        next((track for track in tracks if track is not None), None),
        checked_visibility(
            more.get("visibility") if visibility is None else visibility, found.where
        ),
        fair=not annotation.iscrowd,
        region=bool(annotation.iscrowd),
    )
