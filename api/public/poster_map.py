"""The map of the poster: land, sea, and zones told apart by pattern and number, not by colour."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, radians

import shapely
from fpdf import FPDF
from shapely.affinity import affine_transform
from shapely.geometry.base import BaseGeometry

_SEA, _LAND, _SHORE = (201, 228, 234), (243, 234, 211), (138, 122, 85)
_HATCH_MM = 2.4
_MARGIN = 0.08  # of the zones' extent, around them


@dataclass(frozen=True)
class ZoneDrawing:
    """An outline (WGS 84, lon and lat in degrees), the kind that its pattern tells, its number."""

    outline: BaseGeometry
    kind: str = ""
    label: str = ""


# crossed, striped, dotted: as on the screen
_COLOURS = {"closed": (138, 16, 56), "go_slow": (163, 71, 0)}
_OTHER = (10, 107, 90)


def draw_poster_map(
    pdf: FPDF,
    frame_mm: tuple[float, float, float, float],
    zones: Sequence[ZoneDrawing],
    coast: ZoneDrawing,
) -> None:
    """Draw zones and land into a frame: left, top, width and height in mm."""
    left, top, width, height = frame_mm
    pdf.set_fill_color(*_SEA)
    pdf.rect(left, top, width, height, style="F")
    if zones:
        frame = shapely.box(left, top, left + width, top + height)
        to_sheet = _projection([zone.outline for zone in zones], frame_mm)
        pdf.set_draw_color(*_SHORE)
        pdf.set_line_width(0.2)
        land = shapely.intersection(_placed(coast.outline, to_sheet), frame)
        _fill(pdf, land, _LAND)
        for zone in zones:
            _draw_zone(pdf, _placed(zone.outline, to_sheet), zone)
        for zone in zones:
            _number(pdf, _placed(zone.outline, to_sheet), zone)
    pdf.set_draw_color(*_SHORE)
    pdf.set_line_width(0.3)
    pdf.rect(left, top, width, height)


def _projection(
    outlines: Sequence[BaseGeometry], frame_mm: tuple[float, float, float, float]
) -> list[float]:
    """Return the affine map from degrees to the sheet: the zones' extent fills the frame."""
    west, south, east, north = shapely.union_all(list(outlines)).bounds
    left, top, width, height = frame_mm
    squeeze = cos(radians((south + north) / 2))
    scale = (1 - 2 * _MARGIN) * min(width / ((east - west) * squeeze), height / (north - south))
    middle_x, middle_y = left + width / 2, top + height / 2
    return [
        scale * squeeze,
        0,
        0,
        -scale,
        middle_x - scale * squeeze * (west + east) / 2,
        middle_y + scale * (south + north) / 2,
    ]


def _placed(outline: BaseGeometry, to_sheet: Sequence[float]) -> BaseGeometry:
    return shapely.make_valid(affine_transform(outline, to_sheet))


def _draw_zone(pdf: FPDF, area: BaseGeometry, zone: ZoneDrawing) -> None:
    colour = _COLOURS.get(zone.kind, _OTHER)
    pdf.set_draw_color(*colour)
    pdf.set_line_width(0.35)
    west, north, east, south = area.bounds
    reach = (east - west) + (south - north)
    steps = [number * _HATCH_MM for number in range(int(reach / _HATCH_MM) + 1)]
    rising = [
        shapely.LineString([(west + s, north), (west + s - reach, north + reach)]) for s in steps
    ]
    falling = [
        shapely.LineString([(east - s, north), (east - s + reach, north + reach)]) for s in steps
    ]
    lines = {"closed": rising + falling, "go_slow": rising}.get(zone.kind, [])
    for line in lines:
        for piece in shapely.get_parts(shapely.intersection(area, line)):
            if piece.geom_type == "LineString" and not piece.is_empty:
                (x1, y1), (x2, y2) = piece.coords[0], piece.coords[-1]
                pdf.line(x1, y1, x2, y2)
    pdf.set_line_width(0.8)
    for ring in _rings(area):
        pdf.polygon(ring, style="D")


def _number(pdf: FPDF, area: BaseGeometry, zone: ZoneDrawing) -> None:
    at = area.representative_point()
    pdf.set_fill_color(255, 255, 255)
    pdf.set_draw_color(*_COLOURS.get(zone.kind, _OTHER))
    pdf.set_line_width(0.5)
    pdf.circle(at.x, at.y, 3.2, style="DF")
    pdf.set_font("Sarabun", "B", 12)
    pdf.set_text_color(16, 38, 43)
    pdf.set_xy(at.x - 4, at.y - 3)
    pdf.cell(8, 6, zone.label, align="C")


def _fill(pdf: FPDF, area: BaseGeometry, colour: tuple[int, int, int]) -> None:
    pdf.set_fill_color(*colour)
    for ring in _rings(area):
        pdf.polygon(ring, style="DF")


def _rings(area: BaseGeometry) -> Iterator[list[tuple[float, float]]]:
    for part in shapely.get_parts(area):
        if part.geom_type == "Polygon" and not part.is_empty:
            yield [(x, y) for x, y, *_ in part.exterior.coords]
            for hole in part.interiors:
                yield [(x, y) for x, y, *_ in hole.coords]
