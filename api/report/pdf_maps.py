"""The maps of the report's zones on the sheets of its PDF, three beside each other."""

from collections.abc import Sequence

from fpdf import FPDF
from fpdf.enums import PathPaintRule

from api.report.zone_map import SHORE_COLOUR, MapArea, ZoneMap

_ABREAST = 3
_GAP_MM, _TITLE_MM, _UNDER_MM, _HIGHEST_MM = 5.0, 5.5, 4.5, 72.0
_INK, _SOFT = (16, 38, 43), (61, 84, 90)


def draw_maps(pdf: FPDF, maps: Sequence[ZoneMap]) -> None:
    """Draw maps from the present place on, adding pages as they are needed."""
    wide = (pdf.epw - (_ABREAST - 1) * _GAP_MM) / _ABREAST
    for first in range(0, len(maps), _ABREAST):
        row = maps[first : first + _ABREAST]
        highest = max(_size(zone_map, wide)[1] for zone_map in row)
        if pdf.will_page_break(highest + _TITLE_MM + _UNDER_MM + 3):
            pdf.add_page()
        top = pdf.get_y() + 1
        for place, zone_map in enumerate(row):
            _draw(pdf, zone_map, pdf.l_margin + place * (wide + _GAP_MM), top, wide)
        pdf.set_xy(pdf.l_margin, top + highest + _TITLE_MM + _UNDER_MM + 2)


def _size(zone_map: ZoneMap, wide: float) -> tuple[float, float]:
    """Return width and height in mm: as wide as there is room, but not too high."""
    width = min(wide, _HIGHEST_MM / zone_map.height)
    return width, width * zone_map.height


def _draw(pdf: FPDF, zone_map: ZoneMap, left: float, top: float, wide: float) -> None:
    pdf.set_font("Sarabun", "B", 8.5)
    pdf.set_text_color(*_INK)
    pdf.set_xy(left, top)
    pdf.cell(wide, _TITLE_MM - 1, fitted(pdf, zone_map.title, wide))
    width, height = _size(zone_map, wide)
    top += _TITLE_MM
    pdf.set_fill_color(zone_map.sea_colour)
    pdf.set_draw_color(SHORE_COLOUR)
    pdf.set_line_width(0.2)
    pdf.rect(left, top, width, height, style="DF")
    with pdf.rect_clip(left, top, width, height):
        for area in zone_map.areas:
            _fill(pdf, area, left, top, width)
    _draw_scale(pdf, zone_map, left, top + height, width)
    pdf.set_font("Sarabun", "", 7.5)
    pdf.set_text_color(*_SOFT)
    pdf.set_xy(left, top + height + 0.5)
    pdf.cell(wide, 4, zone_map.caption)


def fitted(pdf: FPDF, text: str, width_mm: float) -> str:
    """Return a text cut to a width in the present font."""
    if pdf.get_string_width(text) <= width_mm:
        return text
    while text and pdf.get_string_width(f"{text}…") > width_mm:
        text = text[:-1]
    return f"{text}…"


def _fill(pdf: FPDF, area: MapArea, left: float, top: float, width: float) -> None:
    rule = PathPaintRule.STROKE if area.is_outline else PathPaintRule.STROKE_FILL_EVENODD
    with pdf.new_path(paint_rule=rule) as path:
        path.style.fill_color = area.colour
        path.style.stroke_color = area.line_colour or area.colour
        path.style.stroke_width = 0.5 if area.is_outline else 0.1
        for (x, y), *others in area.rings:
            path.move_to(left + x * width, top + y * width)
            for x, y in others:
                path.line_to(left + x * width, top + y * width)
            path.close()


def _draw_scale(pdf: FPDF, zone_map: ZoneMap, left: float, bottom: float, width: float) -> None:
    x, y, length = left + 2.5, bottom - 2.5, zone_map.scale * width
    pdf.set_draw_color(*_INK)
    pdf.set_line_width(0.4)
    pdf.line(x, y, x + length, y)
    for end in (x, x + length):
        pdf.line(end, y - 1, end, y + 0.2)
    pdf.set_font("Sarabun", "", 7.5)
    pdf.set_text_color(*_INK)
    pdf.set_xy(x, y - 4.2)
    pdf.cell(length, 3.5, zone_map.scale_text)
