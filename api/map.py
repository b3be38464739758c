"""The map under every map: our own coastline drawn by folium, with no tiles and no foreign host.

folium's own page would load Leaflet and five more libraries from CDNs. Only its map script is taken
here; the page around it is ours and loads Leaflet from `/static/vendor/leaflet/`. Nothing a person
wrote is put into popups by folium, whose templates break on backticks and `${...}` (folium issue
1640): `static/map.js` shows elements that the page's own escaped HTML already holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import folium
from markupsafe import Markup
from shapely import box
from shapely.geometry import mapping

GeoJson = Mapping[str, Any]

LAND_STYLE = {
    "stroke": True,
    "color": "#8a7a55",
    "weight": 1,
    "fillColor": "#f3ead3",
    "fillOpacity": 1,
    "interactive": False,
}
# Beyond the coastline's data nothing is known, so the sea is drawn only as far as it reaches.
SEA_STYLE = {"stroke": False, "fillColor": "#c9e4ea", "fillOpacity": 1, "interactive": False}
MIN_ZOOM, MAX_ZOOM = 10, 17  # the coastline is good to about 10 m: closer zooms would pretend


@dataclass(frozen=True)
class MapDrawing:
    """A drawn map: the id of its container, and the script that fills it."""

    element_id: str
    script: Markup


def coast_map(coast: GeoJson) -> folium.Map:
    """Return a map of the land and the sea around it.

    Args:
        coast: GeoJSON of the land polygons, WGS 84.
    """
    land = folium.GeoJson(dict(coast), style_function=lambda _: LAND_STYLE)
    (south, west), (north, east) = land.get_bounds()
    sheet = folium.Map(
        tiles=None,
        zoom_control=False,
        attribution_control=False,
        min_zoom=MIN_ZOOM,
        max_zoom=MAX_ZOOM,
    )
    sea = mapping(box(west, south, east, north))
    folium.GeoJson(sea, style_function=lambda _: SEA_STYLE).add_to(sheet)
    land.add_to(sheet)
    return sheet


def show_box(drawn: folium.Map, south_west: Sequence[float], north_east: Sequence[float]) -> None:
    """Fit the first view to a box.

    Args:
        drawn: the map.
        south_west: latitude, longitude of one corner (folium's order).
        north_east: latitude, longitude of the other.
    """
    drawn.fit_bounds([list(south_west), list(north_east)], padding=(18, 18))


def render(drawn: folium.Map) -> MapDrawing:
    """Return the script of a finished map, without the page folium would put around it."""
    figure = drawn.get_root()
    figure.render()
    # folium escapes <, > and & inside every JSON value it writes (folium/template.py), so the
    # script cannot end early whatever the names of zones are.
    return MapDrawing(drawn.get_name(), Markup(figure.script.render()))  # noqa: S704
