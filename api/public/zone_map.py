"""The public map: coast, zones in the colour, pattern and word of their status."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import folium

from api.language import Reader, mark
from api.map import GeoJson, MapDrawing, coast_map, render, show_box
from api.public.words import STATUS_ORDER, STATUS_SIGNS, STATUS_WORDS, asks_only
from patrol.zone_status import Status, ZoneStatus

# Fills are SVG patterns that the page defines (templates/public/patterns.svg): plain, striped
# and crossed, so that a status is told without its colour too.
STATUS_STYLES: Mapping[Status, Mapping[str, Any]] = {
    Status.CALM: {"color": "#0a6b5a", "weight": 2, "fillColor": "url(#fill-calm)"},
    Status.CAUTION: {"color": "#a34700", "weight": 3, "fillColor": "url(#fill-caution)"},
    Status.CLOSED: {"color": "#8a1038", "weight": 4, "fillColor": "url(#fill-closed)"},
}


def draw_zone_map(statuses: Sequence[ZoneStatus], coast: GeoJson, reader: Reader) -> MapDrawing:
    """Return the map of all zones, the most urgent drawn last and so on top."""
    drawn = coast_map(coast)
    features = [
        {
            "type": "Feature",
            "id": zone.zone_id,
            "geometry": zone.geometry,
            "properties": {
                "status": zone.status.value,
                "label": _label(zone, reader),
            },
        }
        for zone in sorted(statuses, key=lambda z: STATUS_ORDER.index(z.status), reverse=True)
    ]
    if features:
        folium.GeoJson(
            {"type": "FeatureCollection", "features": features},
            style_function=lambda feature: {
                "fillOpacity": 1,
                **STATUS_STYLES[Status(feature["properties"]["status"])],
            },
        ).add_to(drawn)
        lon, lat = zip(*(point for z in statuses for point in _points(z.geometry)), strict=True)
        show_box(drawn, (min(lat), min(lon)), (max(lat), max(lon)))
    return render(drawn)


def _label(zone: ZoneStatus, reader: Reader) -> str:
    label = f"{STATUS_SIGNS[zone.status]} {reader.text(STATUS_WORDS[zone.status])}"
    asked = reader.text(mark("(asked)"))
    return f"{label} {asked}" if asks_only(zone) else label


def _points(geometry: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    """Yield lon, lat of every vertex of a polygon or multipolygon."""
    polygons = (
        geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    )
    for rings in polygons:
        for ring in rings:
            for lon, lat, *_ in ring:
                yield lon, lat
