"""What comes back from a labelling tool: boxes by picture, however the tool packs them."""

import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from detection.labels.class_list import NAME_LISTS, YAML_FILES, class_list
from detection.labels.coco import read_coco
from detection.labels.errors import LabelError
from detection.labels.folder import FRAMES_FILE
from detection.labels.picture_name import PictureName, picture_named
from detection.labels.tool_box import CLASSES, ToolBox, class_named
from detection.labels.yolo import read_yolo
from detection.types import ObjectClass

# A label file is a few kilobytes; more than this in one is no label file.
_MOST_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True)
class ToolFrame:
    """A picture's boxes as a tool has them, and when it was given it, None where not known."""

    boxes: tuple[ToolBox, ...]
    exported_at_utc: datetime | None


def read_tool_export(
    path: Path, size_of: Callable[[str], tuple[int, int] | None]
) -> dict[str, ToolFrame]:
    """Return boxes by the SHA-256 of their picture, from a file, folder or ZIP of COCO or YOLO.

    `size_of(sha256)` gives the width and height in pixels of a picture, None for one unknown, which
    is left out. A picture that the export does not name is not in the answer; one without boxes has
    none. Raises LabelError for what holds no labels of our pictures, or the same picture twice.
    """
    if not path.exists():
        raise LabelError(
            f"{path} is not there; give the file, folder or ZIP that the tool exported"
        )
    files = dict(_files(path))
    documents = [n for n in files if n.endswith(".json") and not n.endswith(FRAMES_FILE)]
    found: dict[str, ToolFrame] = {}
    for name in documents:
        text = files[name].decode("utf-8-sig")
        for picture, boxes in read_coco(text, source=name).items():
            _keep(found, picture_named(picture), boxes, name)
    if not documents:
        names = _class_names(files)
        for name, data in files.items():
            named = picture_named(name)
            size = size_of(named.sha256) if named and name.endswith(".txt") else None
            if size is not None:
                lines = data.decode("utf-8-sig").splitlines()
                _keep(found, named, read_yolo(lines, *size, names=names, source=name), name)
    known = {sha256: each for sha256, each in found.items() if size_of(sha256) is not None}
    if not known:
        raise LabelError(
            f"{path} holds no labels of pictures that are in the store: their file names must keep "
            "the SHA-256 that `libong labels export` gave them"
        )
    return known


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
                yield str(file.relative_to(path)), file.read_bytes()
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
    return name.lower().endswith((".json", ".txt", ".yaml", ".names"))


def _class_names(files: Mapping[str, bytes]) -> tuple[ObjectClass, ...]:
    """Return the classes in the order in which a YOLO export numbers them; ours when it is mute."""
    for name, data in files.items():
        if name.rpartition("/")[2] in (*NAME_LISTS, *YAML_FILES):
            names = class_list(data.decode("utf-8-sig"), name)
            return tuple(class_named(each, name) for each in names)
    return CLASSES
