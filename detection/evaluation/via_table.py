"""Tables of the VGG Image Annotator (VIA 1 and 2): a row a region, with JSON in its cells.

They are brought into the plain form of a table of labels, image, class and corners.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from detection.evaluation.csv_columns import CORNERS
from detection.evaluation.scoring import Xyxy
from detection.labels.errors import LabelError

PLAIN_HEADER = ("image", "class", *CORNERS)

_FILE, _SHAPE, _NAMES = "filename", "region_shape_attributes", "region_attributes"
# Attributes that people make for what a region shows, the surest first; else the only one there is.
# A name may be an animal's own.
_CLASS_ATTRIBUTES = ("class", "label", "species", "category", "type", "object", "name")
# What the tool itself puts where nobody chose.
_NOT_SAID = ("", "not_defined", "undefined")


def is_via(header: Sequence[str]) -> bool:
    """Whether these are the columns of such a table."""
    return {_FILE, _SHAPE, _NAMES} <= set(_plain(header))


def _plain(header: Sequence[str]) -> list[str]:
    return [name.strip().removeprefix("#").casefold() for name in header]


def plain_row(header: Sequence[str], cells: Sequence[str], where: str) -> list[str]:
    """A row as a plain table has it; a row without a region names the picture alone.

    Raises:
        LabelError: naming `where`, for a region without a usable shape or class.
    """
    told = _told(header, cells)
    if not {_SHAPE, _NAMES} <= told.keys():
        raise LabelError(f"{where}: the row ends before its region; save the table anew")
    shape = _object(told.get(_SHAPE, ""), where)
    if not shape:
        return picture_row(header, cells)
    name = _class_name(_object(told.get(_NAMES, ""), where), where)
    return [told.get(_FILE, ""), name, *(str(v) for v in _xyxy(shape, where))]


def picture_row(header: Sequence[str], cells: Sequence[str]) -> list[str]:
    """A plain row that names the picture of a row, and nothing in it."""
    return [_told(header, cells).get(_FILE, ""), *[""] * (len(PLAIN_HEADER) - 1)]


def _told(header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    return dict(zip(_plain(header), cells, strict=False))


def _object(cell: str, where: str) -> dict[str, Any]:
    try:
        value = json.loads(cell or "{}")
    except ValueError as exc:
        raise LabelError(f"{where}: {cell} is no JSON: {exc}") from exc
    if not isinstance(value, dict):
        raise LabelError(f"{where}: a region is told by a JSON object; got {cell}")
    return value


def _class_name(attributes: Mapping[str, Any], where: str) -> str:
    said = {key.strip().casefold(): _said(value) for key, value in attributes.items()}
    said = {key: value for key, value in said.items() if value not in _NOT_SAID}
    chosen = next((key for key in _CLASS_ATTRIBUTES if key in said), None)
    if chosen is None and len(said) == 1:
        (chosen,) = said
    if chosen is None:
        raise LabelError(
            f"{where}: what the region shows is not clear from {json.dumps(dict(attributes))}; "
            "name it in an attribute called class"
        )
    return said[chosen]


def _said(value: object) -> str:
    """What was written, or the one box that was ticked; empty for nothing, and for several."""
    if isinstance(value, dict):
        ticked = [str(key) for key, is_on in value.items() if is_on]
        return ticked[0].strip() if len(ticked) == 1 else ""
    return value.strip() if isinstance(value, str) else ""


def _xyxy(shape: Mapping[str, Any], where: str) -> Xyxy:
    make = _SHAPES.get(str(shape.get("name")))
    try:
        if make is not None:
            return make(shape)
    except (KeyError, TypeError, ValueError) as exc:
        raise LabelError(f"{where}: a region lacks numbers: {json.dumps(dict(shape))}") from exc
    raise LabelError(
        f"{where}: a region must be one of {', '.join(_SHAPES)}; got {shape.get('name')}"
    )


def _rect(shape: Mapping[str, Any]) -> Xyxy:
    x, y = float(shape["x"]), float(shape["y"])
    return x, y, x + float(shape["width"]), y + float(shape["height"])


def _around(shape: Mapping[str, Any], across: float, down: float) -> Xyxy:
    x, y = float(shape["cx"]), float(shape["cy"])
    return x - across, y - down, x + across, y + down


def _outline(shape: Mapping[str, Any]) -> Xyxy:
    x, y = ([float(v) for v in shape[f"all_points_{axis}"]] for axis in "xy")
    return min(x), min(y), max(x), max(y)


_SHAPES: Mapping[str, Callable[[Mapping[str, Any]], Xyxy]] = {
    "rect": _rect,
    "circle": lambda shape: _around(shape, float(shape["r"]), float(shape["r"])),
    "ellipse": lambda shape: _around(shape, float(shape["rx"]), float(shape["ry"])),
    "polygon": _outline,
    "polyline": _outline,
    "point": lambda shape: _around(shape, 0.0, 0.0),
}
