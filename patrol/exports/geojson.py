"""Incidents as GeoJSON (RFC 7946), for GIS."""

import json
from collections.abc import Sequence
from typing import Any

from patrol.exports.plain_text import plain_text, utc_text
from patrol.incident import Incident

_DECIMALS = 7  # about 1 cm, far below any position's error


def incidents_geojson(incidents: Sequence[Incident]) -> bytes:
    """Return a feature collection of one point per incident, in the given order.

    Coordinates are WGS 84 longitude, latitude; `error_m` is the position's root mean square error.
    """
    document = {"type": "FeatureCollection", "features": [_feature(it) for it in incidents]}
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False).encode() + b"\n"


def _feature(incident: Incident) -> dict[str, Any]:
    lon, lat = incident.position
    return {
        "type": "Feature",
        "id": incident.incident_id,
        "geometry": {
            "type": "Point",
            "coordinates": [round(lon, _DECIMALS), round(lat, _DECIMALS)],
        },
        "properties": {
            "id": incident.incident_id,
            "rule": incident.rule.value,
            "class": incident.object_class.value,
            "zone": incident.zone_id,
            "state": incident.state.value,
            "priority": incident.priority.value,
            "certainty": incident.certainty.value,
            "reason_th": plain_text(incident.reason_th),
            "reason_en": plain_text(incident.reason_en),
            "occurred_at_utc": utc_text(incident.occurred_at_utc),
            "error_m": round(incident.error_m, 2),
            "score": round(incident.score, 4),
            "citation": plain_text(incident.citation),
            "version": incident.version,
        },
    }
