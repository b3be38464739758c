"""A zone and its status as GeoJSON (RFC 7946)."""

from collections.abc import Iterable, Mapping
from typing import Any

from patrol.zone_status import ZoneStatus

GEOJSON_MEDIA_TYPE = "application/geo+json"


def feature_collection(features: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return features as one GeoJSON document."""
    return {"type": "FeatureCollection", "features": list(features)}


def zone_feature(zone: ZoneStatus) -> dict[str, Any]:
    """Return a zone's own outline with all that the public may know of it; dates are local days."""
    return {
        "type": "Feature",
        "id": zone.zone_id,
        "geometry": zone.geometry,
        "properties": {
            "name_th": zone.name_th,
            "name_en": zone.name_en,
            "kind": zone.kind,
            "status": zone.status.value,
            "presence": zone.presence.value,
            "advice_th": zone.advice_th,
            "advice_en": zone.advice_en,
            "reason_th": zone.reason_th,
            "reason_en": zone.reason_en,
            "since": zone.since.isoformat() if zone.since else None,
            "until": zone.until.isoformat() if zone.until else None,
            "last_surveyed": zone.last_surveyed.isoformat() if zone.last_surveyed else None,
            "citation": zone.citation,
            "citation_th": zone.citation_th,
            "binding": zone.binding,
            "indicative": zone.indicative,
        },
    }
