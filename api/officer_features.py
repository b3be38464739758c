"""Incidents and zones as GeoJSON for officers: with positions, which go no further."""

from typing import Any

from shapely.geometry import mapping

from api.language import Reader
from patrol.incident import Incident
from patrol.zones import Zone


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
