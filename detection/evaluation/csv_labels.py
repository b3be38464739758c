"""Labels as a table: a row an object, columns image, class, and a box or a point in pixels."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from detection.evaluation.labels import (
    Label,
    PictureIndex,
    PictureLabels,
    Size,
    checked_box,
    checked_visibility,
)
from detection.labels.errors import LabelError

# Other names in use for the columns.
_ALIASES = {
    "filename": "image", "file": "image", "image_name": "image", "path": "image",
    "label": "class", "category": "class", "class_name": "class",
    "xmin": "x_min", "ymin": "y_min", "xmax": "x_max", "ymax": "y_max",
    "x1": "x_min", "y1": "y_min", "x2": "x_max", "y2": "y_max",
    "left": "x_min", "top": "y_min", "right": "x_max", "bottom": "y_max",
    "track_id": "object_id",
}  # fmt: skip
_BOX = ("x_min", "y_min", "x_max", "y_max")
_POINT = ("x", "y")
_OWN_NAMES = ("labels", "annotations")


def is_label_table(path: Path) -> bool:
    """Whether a CSV file is one of labels: by its name, or by its columns.

    A drone's own logs are CSV files too, and pass for none.
    """
    if path.suffix.casefold() != ".csv":
        return False
    if path.stem.casefold() in _OWN_NAMES:
        return True
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            columns = _columns(next(csv.reader(file, delimiter=_delimiter(file)), []))
    except (OSError, UnicodeDecodeError, csv.Error):
        return False
    return {"image", "class"} <= set(columns) and _has_places(columns)


def _delimiter(file: TextIO) -> str:
    """What parts the header's cells: spreadsheets write semicolons and tabs too."""
    header = file.readline()
    file.seek(0)
    return max(",;\t", key=header.count)


def _columns(header: list[str]) -> list[str]:
    plain = [name.strip().casefold() for name in header]
    return [_ALIASES.get(name, name) for name in plain]


def _has_places(columns: list[str]) -> bool:
    return set(_BOX) <= set(columns) or set(_POINT) <= set(columns)


def read_csv(
    file: Path, index: PictureIndex, sizes: Mapping[Path, Size]
) -> Iterator[tuple[Path | None, PictureLabels]]:
    """Give the labels of every picture that the table names; no path where it is not at hand.

    A row with a picture and no class says that nothing is there. `visibility`, `object_id` and
    `sea_state` are read where there are such columns.

    Raises:
        LabelError: naming file and line.
    """
    by_image: dict[str, list[tuple[str, dict[str, str]]]] = {}
    for where, row in _rows(file):
        if not row["image"]:
            raise LabelError(f"{where}: the column image is empty; name the picture")
        by_image.setdefault(row["image"], []).append((where, row))
    for image, rows in by_image.items():
        path = index.find(image, file)
        if path is None or path not in sizes:
            yield path, PictureLabels(file, ())
            continue
        labels = tuple(_label(row, sizes[path], where) for where, row in rows if row["class"])
        sea_states = {row.get("sea_state") or "" for _, row in rows} - {""}
        if len(sea_states) > 1:
            raise LabelError(f"{file}: {image} has several sea states: {', '.join(sea_states)}")
        yield path, PictureLabels(file, labels, next(iter(sea_states), None))


def _rows(file: Path) -> Iterator[tuple[str, dict[str, str]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, delimiter=_delimiter(stream))
            columns = _columns(next(reader, []))
            if not ({"image", "class"} <= set(columns) and _has_places(columns)):
                raise LabelError(
                    f"{file} needs the columns image, class and {', '.join(_BOX)} (or x, y); it "
                    f"has {', '.join(columns) or 'none'}"
                )
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    padded = [c.strip() for c in cells] + [""] * len(columns)
                    where = f"{file}, line {reader.line_num}"
                    yield where, dict(zip(columns, padded, strict=False))
    except (OSError, UnicodeDecodeError, csv.Error) as exc:
        raise LabelError(f"{file} cannot be read as a table of labels: {exc}") from exc


def _label(row: Mapping[str, str], size: Size, where: str) -> Label:
    box = [row[name] for name in _BOX if row.get(name)]
    cells = box if box else [row.get(name, "") for name in (*_POINT, *_POINT)]
    try:
        left, top, right, bottom = (float(cell) for cell in cells)
    except ValueError as exc:
        raise LabelError(
            f"{where}: {', '.join(_BOX)} or x, y must be numbers; got {', '.join(cells)}"
        ) from exc
    return Label(
        row["class"],
        checked_box((left, top, right, bottom), size, where),
        row.get("object_id") or None,
        checked_visibility(row.get("visibility"), where),
    )
