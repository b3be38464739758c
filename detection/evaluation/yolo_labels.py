"""YOLO labels: a text file a picture, a line an object, numbers as shares of its sides."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from detection.evaluation.labels import Label, LabelError, PictureLabels, Size, checked_box

_NAME_FILES = ("classes.txt", "obj.names", "data.yaml", "data.yml", "dataset.yaml")


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
    one above it, up to `root`. A box without sides is a point.

    Raises:
        LabelError: naming file and line.
    """
    rows = list(_rows(file))
    names = _class_names(file.parent, root) if rows else []
    labels = []
    for where, number, values in rows:
        if number >= len(names):
            raise LabelError(f"{where}: class {number} has no name; {len(names)} are named")
        labels.append(Label(names[number], checked_box(_xyxy_px(values, size), size, where)))
    return PictureLabels(file, tuple(labels))


def _rows(file: Path) -> Iterator[tuple[str, int, list[float]]]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise LabelError(f"{file} cannot be read as YOLO labels: {exc}") from exc
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{file}, line {number}"
        try:
            first, *rest = line.split()
            object_class, values = int(first), [float(v) for v in rest]
        except ValueError as exc:
            raise LabelError(f"{where}: YOLO labels are numbers; got {line!r}") from exc
        polygon = len(values) >= 6 and len(values) % 2 == 0
        if object_class < 0 or not (len(values) == 4 or polygon):
            raise LabelError(
                f"{where}: a line must be a class, then x, y, width and height, or three corners "
                f"and more; got {line!r}"
            )
        # NaN fails the comparison too
        if not all(-0.02 <= v <= 1.02 for v in values):
            raise LabelError(
                f"{where}: numbers must be shares of the picture's sides, in [0, 1]; got {line!r}"
            )
        yield where, object_class, values


def _xyxy_px(values: Sequence[float], size: Size) -> tuple[float, float, float, float]:
    width, height = size.width_px, size.height_px
    if len(values) == 4:
        x, y, w, h = values
        return (x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height
    xs, ys = values[0::2], values[1::2]
    return min(xs) * width, min(ys) * height, max(xs) * width, max(ys) * height


def _class_names(folder: Path, root: Path) -> list[str]:
    """Names in the order of their numbers."""
    above = [folder, *folder.parents]
    within = [f for f in above if f.is_relative_to(root)] or [folder]
    for place in [*within, root]:
        for name in _NAME_FILES:
            file = place / name
            if file.is_file():
                text = file.read_text(encoding="utf-8-sig")
                if file.suffix in (".yaml", ".yml"):
                    return _yaml_names(text, file)
                return [line.strip() for line in text.splitlines() if line.strip()]
    raise LabelError(
        f"the YOLO labels in {folder} number their classes, and nothing names them; put a "
        f"classes.txt with one name a line into {root}"
    )


def _yaml_names(text: str, file: Path) -> list[str]:
    """The `names` of an Ultralytics data.yaml: a list in brackets, in lines, or numbered lines."""
    found = re.search(
        r"^names:[ \t]*(\[.*?\])?[^\n]*\n?((?:[ \t]*(?:-|\d+:)[^\n]*\n?)*)", text, re.M | re.S
    )
    if found is None:
        raise LabelError(f"{file} has no `names`; put a classes.txt with one name a line beside it")
    if found[1]:
        return [_unquoted(part) for part in found[1][1:-1].split(",") if part.strip()]
    names: dict[int, str] = {}
    for line in found[2].splitlines():
        number, _, name = line.strip().partition("-" if line.strip().startswith("-") else ":")
        names[int(number) if number.strip() else len(names)] = _unquoted(name)
    if sorted(names) != list(range(len(names))) or not names:
        raise LabelError(
            f"the `names` of {file} cannot be read; put a classes.txt, one name a line, beside it"
        )
    return [names[number] for number in sorted(names)]


def _unquoted(text: str) -> str:
    return text.split(" #")[0].strip().strip("'\"")
