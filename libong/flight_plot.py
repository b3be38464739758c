"""A flight as a small map: its track and the sea its frames show, as a PNG."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor, log10
from pathlib import Path

import numpy as np
import shapely
from PIL import Image, ImageDraw, ImageFont
from shapely.geometry.base import BaseGeometry

from ingest.equal_area import EqualAreaPlane
from ingest.errors import LibongError
from ingest.frame import Frame

_WIDTH, _HEIGHT, _MARGIN, _STRIP = 1200, 900, 60, 56
_SEA, _LAND, _SHORE = "#dbe9ee", "#efe7d3", "#b9a878"
_SEEN, _EDGE = (0, 104, 139, 46), (0, 104, 139, 130)
_TRACK, _START, _INK = "#c2410c", "#15803d", "#1b2a33"
_TEXT_PX = 20
_LEAST_SIDE_M = 40.0  # of what the map shows; a lone photo of the sky has no extent


class NothingToDrawError(LibongError, ValueError):
    """A flight without a single located frame."""


@dataclass(frozen=True)
class _Sheet:
    """From metres on the plane to pixels of the picture."""

    left_m: float
    top_m: float
    px_per_m: float

    def xy(self, metres: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
        return [
            (
                _MARGIN + (point[0] - self.left_m) * self.px_per_m,
                _MARGIN + (self.top_m - point[1]) * self.px_per_m,
            )
            for point in metres
        ]


def draw_flight(frames: Sequence[Frame], coast: BaseGeometry, caption: str, to: Path) -> None:
    """Draw frames, in the order of their times, over a coast (WGS 84 degrees) into a PNG.

    North is up. Filled outlines are what the frames show, the line is the way from frame to frame,
    its green end the first. Raises NothingToDrawError without any frame.
    """
    if not frames:
        raise NothingToDrawError("no frame has a place; there is nothing to draw")
    plane = EqualAreaPlane(frames[0].pose.position)
    footprints = [
        plane.metres(shapely.Polygon(frame.footprint)) for frame in frames if frame.footprint
    ]
    places = [shapely.Point(frame.pose.position) for frame in frames]
    track = [plane.metres(place).coords[0] for place in places]
    sheet = _sheet(shapely.GeometryCollection([*footprints, shapely.MultiPoint(track)]))
    picture = Image.new("RGB", (_WIDTH, _HEIGHT), _SEA)
    draw = ImageDraw.Draw(picture, "RGBA")
    window = _window_degrees(sheet, plane)
    for ring in _rings(plane.metres(shapely.intersection(coast, window))):
        draw.polygon(sheet.xy(ring), fill=_LAND, outline=_SHORE, width=2)
    for footprint in footprints:
        for ring in _rings(footprint):
            draw.polygon(sheet.xy(ring), fill=_SEEN, outline=_EDGE)
    _draw_track(draw, sheet.xy(track))
    _draw_frame(draw, sheet, caption)
    picture.save(to, "PNG", optimize=True)


def _sheet(shown: BaseGeometry) -> _Sheet:
    """A sheet that holds what is shown, in the middle."""
    west, south, east, north = shown.bounds
    side_x, side_y = max(east - west, _LEAST_SIDE_M), max(north - south, _LEAST_SIDE_M)
    room_x, room_y = _WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN - _STRIP
    px_per_m = min(room_x / side_x, room_y / side_y)
    left_m = (west + east - room_x / px_per_m) / 2
    top_m = (south + north + room_y / px_per_m) / 2
    return _Sheet(left_m, top_m, px_per_m)


def _window_degrees(sheet: _Sheet, plane: EqualAreaPlane) -> BaseGeometry:
    """The part of the earth that the picture shows, in degrees."""
    edge = _MARGIN / sheet.px_per_m
    right, bottom = _WIDTH / sheet.px_per_m, _HEIGHT / sheet.px_per_m
    box = shapely.box(
        sheet.left_m - edge, sheet.top_m + edge - bottom,
        sheet.left_m - edge + right, sheet.top_m + edge,
    )  # fmt: skip
    return plane.degrees(box)


def _rings(geometry: BaseGeometry) -> Iterator[list[tuple[float, float]]]:
    """The outer rings of the polygons in a geometry."""
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon" and not part.is_empty:
            yield [(x, y) for x, y in np.asarray(part.exterior.coords)[:, :2]]
        elif part.geom_type in ("MultiPolygon", "GeometryCollection"):
            yield from _rings(part)


def _draw_track(draw: ImageDraw.ImageDraw, track: list[tuple[float, float]]) -> None:
    if len(track) > 1:
        draw.line(track, fill=_TRACK, width=3, joint="curve")
    for number, place in enumerate(track):
        colour, radius = (_START, 8) if number == 0 else (_TRACK, 4)
        draw.circle(place, radius, fill=colour, outline="#ffffff")


def _draw_frame(draw: ImageDraw.ImageDraw, sheet: _Sheet, caption: str) -> None:
    """The strip below with the caption, the scale's bar, and north."""
    text, top = ImageFont.load_default(_TEXT_PX), _HEIGHT - _STRIP
    draw.rectangle((0, top, _WIDTH, _HEIGHT), fill="#ffffff")
    middle, x = top + _STRIP / 2, 20.0
    length_m = _round_length_m((_WIDTH / 6) / sheet.px_per_m)
    length = length_m * sheet.px_per_m
    draw.line((x, middle, x + length, middle), fill=_INK, width=4)
    told = f"{length_m:g} m" if length_m < 1000 else f"{length_m / 1000:g} km"
    draw.text((x + length + 12, middle), told, _INK, text, "lm")
    draw.text((_WIDTH - 20, middle), _fitting(caption, text), _INK, text, "rm")
    north = _WIDTH - 40
    draw.polygon([(north, 16), (north - 11, 46), (north, 39), (north + 11, 46)], fill=_INK)
    draw.text((north, 62), "N", _INK, text, "mm")


def _fitting(caption: str, text: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    """As much of a caption as the strip has room for, whole parts of it."""
    parts = caption.replace("²", "2").split(", ")
    while len(parts) > 1 and text.getlength(", ".join(parts)) > _WIDTH * 2 / 3:
        parts.pop()
    return ", ".join(parts)


def _round_length_m(most_m: float) -> float:
    """The longest of 1, 2, 5, 10, ... metres that is no longer."""
    power = 10.0 ** floor(log10(most_m))
    return max(step * power for step in (1, 2, 5) if step * power <= most_m)
