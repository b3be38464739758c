"""What the columns of a table of labels mean, under the names that tools and people give them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detection.evaluation.scoring import Xyxy
from detection.labels.errors import LabelError

# Our names first, then those in use elsewhere, the surest first.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "image": (
        "image", "image_path", "image_name", "image_file", "filename", "file_name", "file_path",
        "filepath", "file", "path", "img", "img_path", "img_name", "picture", "photo", "image_id",
    ),
    "class": (
        "class", "class_name", "classname", "label", "label_name", "species", "category",
        "category_name", "object_class", "object", "labels",
    ),
    "object_id": ("object_id", "track_id"),
    "visibility": ("visibility",),
    "sea_state": ("sea_state",),
}  # fmt: skip
# Names of a box's numbers, `bbox_` and the like before them left out.
_NUMBERS: Mapping[str, tuple[str, ...]] = {
    "x_min": ("x_min", "xmin", "left", "xtl", "x_left", "min_x", "minx"),
    "y_min": ("y_min", "ymin", "top", "ytl", "y_top", "min_y", "miny"),
    "x_max": ("x_max", "xmax", "right", "xbr", "x_right", "max_x", "maxx"),
    "y_max": ("y_max", "ymax", "bottom", "ybr", "y_bottom", "max_y", "maxy"),
    "x_center": (
        "x_center", "x_centre", "xcenter", "xcentre", "center_x", "centre_x", "cx", "x_c", "xc",
    ),
    "y_center": (
        "y_center", "y_centre", "ycenter", "ycentre", "center_y", "centre_y", "cy", "y_c", "yc",
    ),
    "width": ("width", "w"),
    "height": ("height", "h"),
    "x": ("x",),
    "y": ("y",),
}  # fmt: skip
_PREFIX = re.compile(r"^(?:bbox|bounding_box|box|bb|rect)_?(?=.)")
CORNERS = ("x_min", "y_min", "x_max", "y_max")
_CORNER_AND_SIDES = ("x_min", "y_min", "width", "height")
_CENTRE_AND_SIDES = ("x_center", "y_center", "width", "height")
_PLACE_AND_SIDES = ("x", "y", "width", "height")
_POINTS = (("x", "y"), ("x_center", "y_center"))
_STARTS = (("x_min", "y_min"), *_POINTS)


@dataclass(frozen=True)
class Columns:
    """Where a table has what: the position of each column by what it means.

    `places` are the ways in which its rows may tell a box or a point, the surest first.
    """

    position: Mapping[str, int]
    places: tuple[tuple[str, ...], ...]

    @property
    def corner_was_guessed(self) -> bool:
        """Whether x and y beside a width and a height were taken for the left top corner."""
        return _PLACE_AND_SIDES in self.places

    def cell(self, row: Sequence[str], meaning: str) -> str:
        """What a row says of something; empty for no such column, and for a short row."""
        index = self.position.get(meaning)
        return "" if index is None or index >= len(row) else row[index].strip()

    def xyxy(self, row: Sequence[str], where: str) -> Xyxy:
        """A row's box, or its point as a box without sides, in the table's own unit.

        Raises:
            LabelError: for a row without numbers for either.
        """
        told = [[self.cell(row, name) for name in place] for place in self.places]
        filled = [n for n, cells in enumerate(told) if any(cells)]
        whole = [n for n in filled if all(told[n])]
        chosen = next(iter(whole or filled), 0)
        try:
            numbers = [float(cell) for cell in told[chosen]]
        except ValueError as exc:
            raise LabelError(
                f"{where}: {', '.join(self.places[chosen])} must be numbers; got "
                f"{', '.join(told[chosen])}"
            ) from exc
        return _xyxy(self.places[chosen], numbers)


def _xyxy(place: tuple[str, ...], numbers: Sequence[float]) -> Xyxy:
    x, y = numbers[:2]
    if len(place) == 2:
        return x, y, x, y
    across, down = numbers[2:]
    if place == CORNERS:
        return x, y, across, down
    if place == _CENTRE_AND_SIDES:
        return x - across / 2, y - down / 2, x + across / 2, y + down / 2
    return x, y, x + across, y + down


def columns_of(header: Sequence[str], source: object) -> Columns | None:
    """Say what a table's columns mean; None for a table that is none of labels.

    Raises:
        LabelError: naming `source`, for a table that tells half a box.
    """
    plain = [re.sub(r"[\s.-]+", "_", name.strip().casefold()) for name in header]
    bare = [_PREFIX.sub("", name) for name in plain]
    position = {}
    for meaning, names in _NAMES.items():
        if (index := _first(plain, names)) is not None:
            position[meaning] = index
    prefixed = [b if b != p else "" for b, p in zip(bare, plain, strict=True)]
    for meaning, names in _with_x0(plain, bare).items():
        # a picture's own width and height may stand beside bbox_width and bbox_height
        index = _first(prefixed, names)
        index = _first(plain, names) if index is None else index
        if index is not None:
            position[meaning] = index
    if not {"image", "class"} <= position.keys():
        return None
    places = _places(position, source)
    return Columns(position, places) if places else None


def _first(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)


def _with_x0(plain: Sequence[str], bare: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The names of numbers; x1 is the left edge, or the right one where there is an x0."""
    numbers = dict(_NUMBERS)
    first, last = ("0", "1") if {"x0", "y0"} & {*plain, *bare} else ("1", "2")
    for axis in "xy":
        for end, number in (("min", first), ("max", last)):
            numbers[f"{axis}_{end}"] += (f"{axis}{number}", f"{axis}_{number}")
    return numbers


def _places(position: Mapping[str, int], source: object) -> tuple[tuple[str, ...], ...]:
    def has(*names: str) -> bool:
        return set(names) <= position.keys()

    points = [point for point in _POINTS if has(*point)]
    if has(*CORNERS):  # a width and a height beside them are the picture's
        return (CORNERS, *points)
    sided = [
        place for place in (_CORNER_AND_SIDES, _CENTRE_AND_SIDES, _PLACE_AND_SIDES) if has(*place)
    ]
    if sided:
        return (sided[0], *points)
    for start in _STARTS:
        half = [name for name in start if name in position]
        if half and (has("width") or has("height") or len(half) == 1):
            raise LabelError(
                f"{source} tells half a box: it has {', '.join(_told(position))}; give "
                f"{', '.join(CORNERS)}, or x_min, y_min, width, height, or x_center, y_center, "
                "width, height, or x, y for a point"
            )
    return tuple(points)


def _told(position: Mapping[str, int]) -> list[str]:
    return [name for name in _NUMBERS if name in position]
