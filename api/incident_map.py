"""The officers' map: coast, zone outlines, and each incident with the circle of its error."""

from collections.abc import Mapping, Sequence
from typing import Any

import folium
from shapely.geometry import mapping

from api.language import Reader
from api.map import GeoJson, MapDrawing, coast_map, render, show_box
from api.public.zone_feature import feature_collection
from patrol.incident import Incident
from patrol.verdict import Priority
from patrol.zones import Zone

ZONE_STYLE = {"color": "#0b4f5c", "weight": 2, "dashArray": "6 5", "fillOpacity": 0.06}
PRIORITY_COLOURS: Mapping[Priority, str] = {
    Priority.HIGH: "#8a1038",
    Priority.NORMAL: "#c25700",
    Priority.LOW: "#5a777d",
}
SINGLE_VIEW_MARGIN_DEG = 0.012  # about 1.3 km: a lone incident is shown with its surroundings


def draw_incident_map(
    incidents: Sequence[Incident], zones: Sequence[Zone], coast: GeoJson, reader: Reader
) -> MapDrawing:
    """Return the map of these incidents; of all zones when there are none."""
    drawn = coast_map(coast)
    if zones:
        folium.GeoJson(
            feature_collection(zone_outline(zone, reader) for zone in zones),
            style_function=lambda _: ZONE_STYLE,
        ).add_to(drawn)
    for incident in incidents:
        folium.Circle(
            (incident.position.lat, incident.position.lon),
            radius=incident.error_m,
            color=PRIORITY_COLOURS[incident.priority],
            weight=1,
            fill=True,
            fill_opacity=0.15,
        ).add_to(drawn)
    if incidents:
        folium.GeoJson(
            feature_collection(incident_feature(incident) for incident in incidents),
            marker=folium.CircleMarker(
                radius=9, weight=2, color="#ffffff", fill=True, fill_opacity=0.95
            ),
            style_function=lambda feature: {
                "fillColor": PRIORITY_COLOURS[Priority(feature["properties"]["priority"])]
            },
        ).add_to(drawn)
    box = _box(incidents, zones)
    if box is not None:
        show_box(drawn, *box)
    return render(drawn)


def incident_feature(incident: Incident) -> dict[str, Any]:
    """Return an incident as a GeoJSON point, for officers only."""
    return {
        "type": "Feature",
        "id": incident.incident_id,
        "geometry": {
            "type": "Point",
            "coordinates": [incident.position.lon, incident.position.lat],
        },
        "properties": {
            "rule": incident.rule.value,
            "class": incident.object_class.value,
            "state": incident.state.value,
            "priority": incident.priority.value,
            "zone_id": incident.zone_id,
            "error_m": incident.error_m,
            "occurred_at_utc": incident.occurred_at_utc.isoformat(),
        },
    }


def zone_outline(zone: Zone, reader: Reader) -> dict[str, Any]:
    """Return a zone's outline as GeoJSON, its name in the reader's language as the hint."""
    return {
        "type": "Feature",
        "id": f"zone:{zone.zone_id}",
        "geometry": mapping(zone.area),
        "properties": {"hint": reader.pick(zone.name_th, zone.name_en)},
    }


def _box(
    incidents: Sequence[Incident], zones: Sequence[Zone]
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Corners (lat, lon) of what to show: the incidents, or all zones when there are none."""
    if incidents:
        lons = [incident.position.lon for incident in incidents]
        lats = [incident.position.lat for incident in incidents]
        margin = SINGLE_VIEW_MARGIN_DEG
        return (min(lats) - margin, min(lons) - margin), (max(lats) + margin, max(lons) + margin)
    if zones:
        bounds = [zone.area.bounds for zone in zones]
        return (
            (min(b[1] for b in bounds), min(b[0] for b in bounds)),
            (max(b[3] for b in bounds), max(b[2] for b in bounds)),
        )
    return None
