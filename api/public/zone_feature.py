"""Zones and their changes as GeoJSON (RFC 7946), with the licence under which they may be used."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from patrol.zone_status import ZoneStatus, ZoneStatusChange

GEOJSON_MEDIA_TYPE = "application/geo+json"

# Zone-level statuses are published to be passed on: on piers, in apps of tour operators, in print.
LICENCE_NAME = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"


def feature_collection(features: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return features as one GeoJSON document."""
    return {"type": "FeatureCollection", "features": list(features)}


def published(features: Iterable[Mapping[str, Any]], as_of: datetime) -> dict[str, Any]:
    """Return features as an open document: when the store was asked (UTC), and the licence."""
    return {
        **feature_collection(features),
        "as_of": as_of.isoformat(timespec="seconds"),
        "license": LICENCE_URL,
    }


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


def change_feature(change: ZoneStatusChange, zone: ZoneStatus | None) -> dict[str, Any]:
    """Return a change with its zone's own outline; none for a zone that holds no longer."""
    return {
        "type": "Feature",
        "geometry": zone.geometry if zone else None,
        "properties": {
            "zone_id": change.zone_id,
            "name_th": zone.name_th if zone else None,
            "name_en": zone.name_en if zone else None,
            "status": change.status.value if change.status else None,
            "since": change.since.isoformat(),
            "until": change.until.isoformat() if change.until else None,
            "reason": change.reason.value,
        },
    }
