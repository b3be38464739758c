"""Labels as a table: a row an object, columns image, class, and a box or a point in pixels."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from detection.evaluation.csv_columns import CORNERS, Columns, columns_of
from detection.evaluation.labels import (
    Absent,
    Label,
    LeftOut,
    PictureLabels,
    Read,
    Remark,
    checked_visibility,
)
from detection.evaluation.picture_index import PictureIndex
from detection.evaluation.scoring import Xyxy
from detection.evaluation.via_table import PLAIN_HEADER, is_via, picture_row, plain_row
from detection.labels.errors import LabelError
from detection.labels.sheet import Sheet, checked_box

_OWN_NAMES = ("labels", "annotations")
# Shares drawn up to a picture's edge end a rounding beyond it.
_MOST_SHARE = 1.02


@dataclass(frozen=True)
class _Row:
    """A row of a table; `fault` tells why nothing but its picture can be used."""

    where: str
    cells: list[str]
    fault: LabelError | None = None


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
            header = next(csv.reader(file, delimiter=_delimiter(file)), [])
            return _columns(header, path) is not None
    except (OSError, UnicodeDecodeError, csv.Error):
        return False
    except LabelError:
        return True  # half a table of labels, which reading it refuses


def _delimiter(file: TextIO) -> str:
    """What parts the header's cells: spreadsheets write semicolons and tabs too."""
    header = file.readline()
    file.seek(0)
    return max(",;\t", key=header.count)


def _columns(header: list[str], source: Path) -> Columns | None:
    """What a table's columns mean, in VIA's case those of its rows in plain form."""
    return columns_of(PLAIN_HEADER if is_via(header) else header, source)


def read_csv(file: Path, index: PictureIndex, sheets: Mapping[Path, Sheet]) -> Iterator[Read]:
    """Give the labels of every picture that the table names.

    A row with a picture and no class says that nothing is there. `visibility`, `object_id` and
    `sea_state` are read where there are such columns. Where no number of any box is above 1, they
    are shares of the picture's sides. Tables of the VGG Image Annotator are read as well.

    Raises:
        LabelError: when the file as a whole cannot be read, or means several pictures at once.
    """
    columns, rows = _table(file)
    as_shares = _are_shares(columns, rows)
    if columns.corner_was_guessed:
        yield Remark(
            f"{file}: x and y beside width and height are read as the left top corner, as COCO and "
            "VIA write them; call them x_center and y_center if they are the middle"
        )
    if as_shares:
        yield Remark(
            f"{file}: no number is above 1: they are read as shares of the picture's sides"
        )
    by_image: dict[str, list[_Row]] = {}
    for row in rows:
        image = columns.cell(row.cells, "image")
        if image:
            by_image.setdefault(image, []).append(row)
        else:
            yield LeftOut(f"{row.where}: the column image is empty; name the picture")
    for image, own in by_image.items():
        path = index.find(image, file)
        if path is None:
            yield Absent(file, image)
        elif path in sheets:
            yield from _of_picture(file, path, columns, own, sheets[path], as_shares)
        else:
            yield path, PictureLabels(file, ())  # cannot be opened; the search refuses it by name


def _of_picture(
    file: Path,
    path: Path,
    columns: Columns,
    rows: list[_Row],
    sheet: Sheet,
    as_shares: bool,
) -> Iterator[Read]:
    labels = []
    for row in rows:
        try:
            if row.fault is not None:
                raise row.fault
            if columns.cell(row.cells, "class"):
                labels.append(_label(columns, row, sheet, as_shares))
        except LabelError as fault:
            yield LeftOut(str(fault))
    sea_states = sorted({columns.cell(row.cells, "sea_state") for row in rows} - {""})
    if len(sea_states) > 1:
        yield Remark(
            f"{file}: {path.name} has several sea states, so none is taken: {', '.join(sea_states)}"
        )
    sea_state = sea_states[0] if len(sea_states) == 1 else None
    yield path, PictureLabels(file, tuple(labels), sea_state)


def _table(file: Path) -> tuple[Columns, list[_Row]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, delimiter=_delimiter(stream))
            header = next(reader, [])
            columns = _columns(header, file)
            if columns is None:
                raise LabelError(
                    f"{file} needs the columns image, class and {', '.join(CORNERS)} (or x, y); it "
                    f"has {', '.join(header) or 'none'}"
                )
            rows = [
                _Row(f"{file}, line {reader.line_num}", cells)
                for cells in reader
                if any(cell.strip() for cell in cells)
            ]
            return columns, [_of_via(header, row) for row in rows] if is_via(header) else rows
    except (OSError, UnicodeDecodeError, csv.Error) as exc:
        raise LabelError(f"{file} cannot be read as a table of labels: {exc}") from exc


def _of_via(header: list[str], row: _Row) -> _Row:
    try:
        return _Row(row.where, plain_row(header, row.cells, row.where))
    except LabelError as fault:
        return _Row(row.where, picture_row(header, row.cells), fault)


def _are_shares(columns: Columns, rows: list[_Row]) -> bool:
    boxes: list[Xyxy] = []
    for row in rows:
        try:
            boxes.append(columns.xyxy(row.cells, row.where))
        except LabelError:
            continue  # told when it is read
    numbers = [abs(v) for box in boxes for v in box]
    return any(0 < v < 1 for v in numbers) and max(numbers) <= _MOST_SHARE


def _label(columns: Columns, row: _Row, sheet: Sheet, as_shares: bool) -> Label:
    left, top, right, bottom = columns.xyxy(row.cells, row.where)
    if as_shares:
        left, right = left * sheet.width_px, right * sheet.width_px
        top, bottom = top * sheet.height_px, bottom * sheet.height_px
    return Label(
        columns.cell(row.cells, "class"),
        checked_box((left, top, right, bottom), sheet, row.where),
        columns.cell(row.cells, "object_id") or None,
        checked_visibility(columns.cell(row.cells, "visibility"), row.where),
    )
