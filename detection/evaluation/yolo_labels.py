"""YOLO labels of a data set: a text file a picture, found where tools put it."""

from pathlib import Path

from detection.evaluation.labels import Label, PictureLabels, Size, checked_box
from detection.labels.class_list import NAME_LISTS, YAML_FILES, class_list
from detection.labels.errors import LabelError
from detection.labels.yolo import yolo_lines


def label_file(picture: Path) -> Path | None:
    """The picture's label file: beside it, in `labels/` there, or where Ultralytics looks."""
    places = [picture.parent, picture.parent / "labels"]
    parts = list(picture.parent.parts)
    if "images" in parts:
        last = len(parts) - 1 - parts[::-1].index("images")
        places.append(Path(*parts[:last], "labels", *parts[last + 1 :]))
    files = (place / f"{picture.stem}.txt" for place in places)
    return next((file for file in files if file.is_file()), None)


def read_yolo(file: Path, size: Size, root: Path) -> PictureLabels:
    """Read a picture's label file: `class x y width height`, or `class x1 y1 x2 y2 x3 y3 ...`.

    Names of class numbers come from classes.txt, obj.names or data.yaml, in the file's folder or
    one above it, up to the one that holds `root`: that may be a split of a data set. Where nothing
    names them, the number is the name. A box without sides is a point.

    Raises:
        LabelError: naming file and line.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise LabelError(f"{file} cannot be read as YOLO labels: {exc}") from exc
    lines = list(yolo_lines(text.splitlines(), file))
    names = _class_names(file.parent, root) if lines else ()
    labels = []
    for line in lines:
        if names is not None and line.class_number >= len(names):
            raise LabelError(
                f"{line.where}: class {line.class_number} has no name; {len(names)} are named"
            )
        box = checked_box(line.xyxy_px(size.width_px, size.height_px), size, line.where)
        name = str(line.class_number) if names is None else names[line.class_number]
        labels.append(Label(name, box))
    return PictureLabels(file, tuple(labels))


def _class_names(folder: Path, root: Path) -> tuple[str, ...] | None:
    """Names in the order of their numbers; None where nothing names them."""
    above = [folder, *folder.parents]
    within = [f for f in above if f.is_relative_to(root)] or [folder]
    for place in [*within, root, root.resolve().parent]:
        for name in (*NAME_LISTS, *YAML_FILES):
            file = place / name
            if file.is_file():
                return class_list(file.read_text(encoding="utf-8-sig"), str(file))
    return None
