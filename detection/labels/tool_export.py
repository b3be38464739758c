"""What comes back from a labelling tool: boxes by picture, however the tool packs them."""

import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from detection.labels.class_list import (
    NAME_LISTS,
    YAML_FILES,
    YAML_SUFFIXES,
    class_list,
    names_classes,
)
from detection.labels.coco import is_coco, read_coco
from detection.labels.errors import LabelError
from detection.labels.picture_name import PictureName, picture_named
from detection.labels.sheet import sheet_of
from detection.labels.tool_box import CLASSES, ToolBox, class_named
from detection.labels.yolo import read_yolo
from detection.types import ObjectClass
from ingest.entry_name import is_mac_dropping
from ingest.picture import PictureSize

# A label file is a few kilobytes; more than this in one is no label file.
_MOST_BYTES = 256 * 1024 * 1024
_MOST_TOLD = 3


@dataclass(frozen=True)
class ToolFrame:
    """A picture's boxes as a tool has them, and when it was given it, None where not known."""

    boxes: tuple[ToolBox, ...]
    exported_at_utc: datetime | None


def read_tool_export(
    path: Path, size_of: Callable[[str], PictureSize | None], *, as_shown: bool = False
) -> dict[str, ToolFrame]:
    """Return boxes by the SHA-256 of their picture, from a file, folder or ZIP of COCO or YOLO.

    `size_of(sha256)` gives the size of a picture, None for one unknown, which is left out. Boxes
    are in its stored pixels; `as_shown` says that pictures that Exif turns were labelled turned,
    where the export does not tell itself. A picture that the export does not name is not in the
    answer; one without boxes has none. JSON files that are no COCO are passed over. Raises
    LabelError for what holds no labels of our pictures, or the same picture twice.
    """
    if not path.exists():
        raise LabelError(
            f"{path} is not there; give the file, folder or ZIP that the tool exported"
        )

    def size_named(picture: str) -> PictureSize | None:
        named = picture_named(picture)
        return None if named is None else size_of(named.sha256)

    files = dict(_files(path))
    found: dict[str, ToolFrame] = {}
    for name, data in files.items():
        if _is_json(name) and is_coco(data):
            text = _text(data, name)
            read = read_coco(text, size_named, as_shown=as_shown, source=name)
            for picture, boxes in read.items():
                _keep(found, picture_named(picture), boxes, name)
    if not found:
        names = _class_names(files)
        for name, data in files.items():
            size = size_named(name) if name.casefold().endswith(".txt") else None
            if size is not None:
                lines, sheet = _text(data, name).splitlines(), sheet_of(size, as_shown=as_shown)
                boxes = read_yolo(lines, sheet, names=names, source=name)
                _keep(found, picture_named(name), boxes, name)
    if not found:
        raise LabelError(_nothing_in(path, files))
    return found


def _nothing_in(path: Path, files: Mapping[str, bytes]) -> str:
    passed_over = [name for name, data in files.items() if _is_json(name) and not is_coco(data)]
    return (
        f"{path} holds no labels of pictures that are in the store. Looked for COCO in .json files "
        "with images, annotations and categories, and for YOLO .txt files, of pictures that keep "
        "in their file names the SHA-256 that `libong labels export` gave them"
        + (f"; no COCO document is {', '.join(passed_over[:_MOST_TOLD])}" if passed_over else "")
    )


def _keep(
    found: dict[str, ToolFrame],
    named: PictureName | None,
    boxes: tuple[ToolBox, ...],
    source: str,
) -> None:
    if named is None:
        return
    if named.sha256 in found:
        raise LabelError(
            f"{source} labels the picture {named.sha256} a second time; import one export at a time"
        )
    found[named.sha256] = ToolFrame(boxes, named.exported_at_utc)


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the label files of a file, folder or ZIP: name and content."""
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file() and _is_label_file(file.name):
                yield file.relative_to(path).as_posix(), file.read_bytes()
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if not entry.is_dir() and _is_label_file(entry.filename):
                    if entry.file_size > _MOST_BYTES:
                        raise LabelError(
                            f"{entry.filename} in {path} has {entry.file_size} bytes; labels have "
                            f"at most {_MOST_BYTES}"
                        )
                    yield entry.filename, archive.read(entry)
    else:
        yield path.name, path.read_bytes()


def _is_label_file(name: str) -> bool:
    wanted = name.casefold().endswith((".json", ".txt", ".names", *YAML_SUFFIXES))
    return wanted and not is_mac_dropping(name)


def _is_json(name: str) -> bool:
    return name.casefold().endswith(".json")


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LabelError(f"{name} cannot be read as labels: {error}") from error


def _class_names(files: Mapping[str, bytes]) -> tuple[ObjectClass, ...]:
    """Return the classes in the order in which a YOLO export numbers them; ours when it is mute.

    Raises LabelError, naming the files, for lists that differ.
    """
    lists: dict[tuple[ObjectClass, ...], str] = {}
    for name, data in files.items():
        if _names_classes(name, data):
            listed = class_list(_text(data, name), name)
            lists.setdefault(tuple(class_named(each, name) for each in listed), name)
    if len(lists) > 1:
        raise LabelError(
            f"{' and '.join(lists.values())} number the classes differently; keep the one that the "
            "labels were written with"
        )
    return next(iter(lists), CLASSES)


def _names_classes(name: str, data: bytes) -> bool:
    own = name.casefold().rpartition("/")[2]
    return own in (*NAME_LISTS, *YAML_FILES) or (
        own.endswith(YAML_SUFFIXES) and names_classes(_text(data, name))
    )
