"""A map of one incident as a single SVG: coast, zones, the position and the circle of its error.

It needs no tiles, no fonts and no network, so that it opens wherever the evidence is read.
"""

from dataclasses import dataclass
from math import cos, log10, radians
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import polylabel

from ingest.lonlat import MEAN_EARTH_RADIUS_M, LonLat
from patrol.exports.labels import PRIORITY_COLOURS
from patrol.exports.xml_file import child_text, xml_bytes
from patrol.incident import Incident
from patrol.site import Site

_NAMESPACE = "http://www.w3.org/2000/svg"
_PANEL_PX = 560
_GAP_PX = 20
_FOOT_PX = 62
_OVERVIEW_M = (1_000.0, 8_000.0)  # metres from the middle to the edge: at least, at most
_CLOSE_UP_RADII = 3.0
_CLOSE_UP_LEAST_M = 25.0
# Shapes are cut a little outside the window, so that no cut looks like a boundary.
_DRAWN_REACH = 1.1
_KEPT_FREE = 0.12  # share of the window around the position that no name covers
_NAME_TOLERANCE_DEG = 1e-4  # some 11 m

_UNKNOWN, _SEA, _LAND, _SHORE, _ZONE = "#e6e6e6", "#c9e4ea", "#f3ead3", "#8a7a55", "#0b4f5c"
_FONTS = "'Noto Sans Thai', 'Leelawadee UI', Thonburi, Tahoma, sans-serif"


@dataclass(frozen=True)
class _View:
    """A square window on the sea: its middle, and half its side in metres."""

    middle: LonLat
    half_m: float

    @property
    def px_per_m(self) -> float:
        return _PANEL_PX / (2 * self.half_m)

    @property
    def _metres_per_degree(self) -> NDArray[np.float64]:
        along_meridian = radians(1) * MEAN_EARTH_RADIUS_M
        return np.array((along_meridian * cos(radians(self.middle.lat)), along_meridian))

    def around(self, reach: float) -> shapely.Polygon:
        """Return the square that reaches `reach` times as far as the window, in degrees."""
        lon_deg, lat_deg = reach * self.half_m / self._metres_per_degree
        lon, lat = self.middle
        return shapely.Polygon.from_bounds(
            lon - lon_deg, lat - lat_deg, lon + lon_deg, lat + lat_deg
        )

    def to_px(self, degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        """N x 2 longitudes and latitudes to N x 2 pixels of the panel."""
        metres = (degrees - self.middle) * self._metres_per_degree
        return (metres * (1, -1) + self.half_m) * self.px_per_m


def case_map(incident: Incident, site: Site) -> bytes:
    """Return the SVG: the zone and its coast on the left, the position's surroundings on the right.

    The circle holds the position with 95 % probability. North is up.
    """
    radius_m = incident.radius_of_95_percent_m
    overview = _View(incident.position, _overview_half_m(incident, site))
    close_up = _View(incident.position, max(_CLOSE_UP_RADII * radius_m, _CLOSE_UP_LEAST_M))
    width, height = 2 * _PANEL_PX + _GAP_PX, _PANEL_PX + _FOOT_PX
    root = Element(
        "svg",
        {"xmlns": _NAMESPACE, "viewBox": f"0 0 {width} {height}", "font-family": _FONTS},
    )
    child_text(root, "title", f"Incident {incident.incident_id}, {site.name_en}")
    SubElement(root, "rect", width=str(width), height=str(height), fill="#ffffff")
    for place, view in enumerate((overview, close_up)):
        panel = _panel(root, place * (_PANEL_PX + _GAP_PX))
        _draw_ground(panel, view, site)
        _draw_zones(panel, view, incident, site)
        if view is overview:
            _draw_zone_names(panel, view, incident, site)
        _draw_position(panel, view, radius_m, PRIORITY_COLOURS[incident.priority])
        _draw_scale(panel, view)
        _draw_text(panel, _PANEL_PX - 12, 24, "↑ N", 17, anchor="end")
    _draw_text(root, 0, height - 34, f"{_place_text(incident)} ± {radius_m:.0f} m (95 %)", 15)
    _draw_text(root, 0, height - 10, f"{site.coast_credit_th} · {site.coast_credit_en}", 11)
    return xml_bytes(root)


def _place_text(incident: Incident) -> str:
    lon, lat = incident.position
    return f"{abs(lat):.6f}° {'N' if lat >= 0 else 'S'} {abs(lon):.6f}° {'E' if lon >= 0 else 'W'}"


def _overview_half_m(incident: Incident, site: Site) -> float:
    """Return how far from the position the zone reaches, within what a map can show."""
    least_m, most_m = _OVERVIEW_M
    areas = [zone.area for zone in site.zones if zone.zone_id == incident.zone_id]
    if not areas:
        return 3 * least_m
    unit = _View(incident.position, 1.0)
    west, south, east, north = areas[0].bounds
    corners_px = unit.to_px(np.array([(west, south), (east, north)]))
    reach_m = np.abs(corners_px / unit.px_per_m - unit.half_m).max()
    return float(np.clip(1.08 * reach_m, least_m, most_m))


def _panel(root: Element, left_px: int) -> Element:
    side = str(_PANEL_PX)
    return SubElement(root, "svg", x=str(left_px), width=side, height=side, overflow="hidden")


def _draw_ground(panel: Element, view: _View, site: Site) -> None:
    SubElement(panel, "rect", width=str(_PANEL_PX), height=str(_PANEL_PX), fill=_UNKNOWN)
    # Beyond the coastline's data nothing is known, so the sea ends with it.
    known = shapely.box(*site.coast.bounds).intersection(view.around(_DRAWN_REACH))
    SubElement(panel, "path", d=_path(known, view), fill=_SEA)
    land = site.coast.intersection(view.around(_DRAWN_REACH))
    SubElement(panel, "path", {"d": _path(land, view), "fill": _LAND, "stroke": _SHORE})


def _draw_zones(panel: Element, view: _View, incident: Incident, site: Site) -> None:
    for zone in site.zones:
        is_judged = zone.zone_id == incident.zone_id
        shown = zone.area.intersection(view.around(_DRAWN_REACH))
        outline = {
            "d": _path(shown, view),
            "fill": _ZONE,
            "fill-opacity": "0.12" if is_judged else "0.03",
            "stroke": _ZONE,
            "stroke-width": "2.5" if is_judged else "1",
            "stroke-dasharray": "7 5",
        }
        SubElement(panel, "path", outline)


def _draw_zone_names(panel: Element, view: _View, incident: Incident, site: Site) -> None:
    """Write each zone's name where it has most room: not on the position, not in another zone."""
    judged = [zone.area for zone in site.zones if zone.zone_id == incident.zone_id]
    for zone in site.zones:
        room = zone.area.intersection(view.around(1)).difference(view.around(_KEPT_FREE))
        if zone.zone_id != incident.zone_id:
            room = room.difference(shapely.union_all(judged))
        if not _polygons(room):
            continue
        largest = max(_polygons(room), key=lambda polygon: polygon.area)
        x, y = view.to_px(np.array(polylabel(largest, _NAME_TOLERANCE_DEG).coords))[0]
        # near an edge the words run inwards
        anchor = "start" if x < _PANEL_PX / 4 else "end" if x > 3 * _PANEL_PX / 4 else "middle"
        _draw_text(panel, x, y - 4, zone.name_th, 13, anchor=anchor)
        _draw_text(panel, x, y + 11, zone.name_en, 11, anchor=anchor)


def _draw_position(panel: Element, view: _View, radius_m: float, colour: str) -> None:
    middle = _PANEL_PX / 2
    circle = {
        "cx": _px(middle),
        "cy": _px(middle),
        "r": _px(radius_m * view.px_per_m),
        "fill": colour,
        "fill-opacity": "0.25",
        "stroke": colour,
        "stroke-width": "1.5",
    }
    SubElement(panel, "circle", circle)
    # A cross with a free middle stays visible where the circle is too small to be seen.
    arms = (
        f"M{_px(middle - 16)} {_px(middle)}h11m10 0h11M{_px(middle)} {_px(middle - 16)}v11m0 10v11"
    )
    SubElement(panel, "path", {"d": arms, "stroke": colour, "stroke-width": "3", "fill": "none"})


def _draw_scale(panel: Element, view: _View) -> None:
    longest_m = view.half_m / 2
    power = 10.0 ** int(log10(longest_m))
    length_m = power * max(step for step in (1, 2, 5) if step * power <= longest_m)
    x, y = 14, _PANEL_PX - 14
    bar = f"M{x} {y - 6}v6h{_px(length_m * view.px_per_m)}v-6"
    SubElement(panel, "path", {"d": bar, "stroke": "#222222", "stroke-width": "2", "fill": "none"})
    _draw_text(panel, x + 6, y - 6, f"{length_m:.0f} m", 13)


def _draw_text(
    parent: Element, x: float, y: float, text: str, size_px: int, anchor: str = "start"
) -> None:
    place = {"x": _px(x), "y": _px(y), "font-size": str(size_px), "text-anchor": anchor}
    # A white edge keeps the words readable on any ground.
    edge = {"paint-order": "stroke", "stroke": "#ffffff", "stroke-width": "3"}
    child_text(parent, "text", text, place | edge | {"fill": "#1b1b1b"})


def _polygons(shape: shapely.Geometry) -> list[shapely.Polygon]:
    parts = shapely.get_parts(shape)
    return [it for it in parts if isinstance(it, shapely.Polygon) and not it.is_empty]


def _path(shape: shapely.Geometry, view: _View) -> str:
    """Return the polygons of a shape in degrees as SVG path data; lines and points are left out."""
    rings = [
        ring for polygon in _polygons(shape) for ring in (polygon.exterior, *polygon.interiors)
    ]
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in view.to_px(np.array(ring.coords))[:-1]) + "Z"
        for ring in rings
    )


def _px(value: float) -> str:
    return f"{value:.1f}"
