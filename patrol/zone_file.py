"""Zones and land from GeoJSON files: validated at the edge, refused with the place of the fault."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import shapely
from pydantic import BaseModel, Field, ValidationError

from ingest.errors import LibongError
from patrol.zone_document import (
    ZoneError,
    ZoneFeature,
    fault_text,
    feature_of,
    overlap_faults,
    zone_of,
)
from patrol.zone_geometry import ZoneFault, read_area
from patrol.zones import Zone

__all__ = ["SiteFileError", "fault_text", "load_land", "load_zones", "zones_text"]

_WGS84_NAMES = ("CRS84", "EPSG::4326", "EPSG:4326")


class SiteFileError(LibongError, ValueError):
    """A file of a site that cannot be used; the text names the file, the feature and the fault."""


class _Collection(BaseModel):
    """A GeoJSON feature collection."""

    type: Literal["FeatureCollection"]
    features: list[ZoneFeature] = Field(min_length=1)
    crs: dict[str, Any] | None = None


def load_zones(path: Path) -> tuple[Zone, ...]:
    """Return the zones of a GeoJSON file, in the file's order.

    Raises SiteFileError naming the file, the feature (number from 1, and its id) and the fault.
    """
    zones: list[Zone] = []
    for number, feature in enumerate(_read_collection(path).features, start=1):
        where = f"{path}: feature {number} ({feature.properties.get('zone_id', 'no zone_id')})"
        try:
            zone = zone_of(feature)
        except ZoneError as error:
            raise SiteFileError(f"{where}: {error}") from error
        if any(zone.zone_id == other.zone_id for other in zones):
            raise SiteFileError(f"{where}: the zone_id is used twice; give each zone its own")
        for fault in overlap_faults(zone, zones):
            raise SiteFileError(f"{where}: {fault.text}")
        zones.append(zone)
    return tuple(zones)


def zones_text(zones: Iterable[Zone]) -> str:
    """Return the GeoJSON text of zones, which `load_zones` reads."""
    features = ",\n".join(json.dumps(feature_of(zone), ensure_ascii=False) for zone in zones)
    return f'{{"type": "FeatureCollection", "name": "zones", "features": [\n{features}\n]}}\n'


def load_land(path: Path) -> shapely.MultiPolygon:
    """Return the land of a GeoJSON file as one geometry in WGS 84 degrees.

    Raises SiteFileError like `load_zones`.
    """
    parts: list[shapely.Polygon] = []
    for number, feature in enumerate(_read_collection(path).features, start=1):
        area = read_area(feature.geometry)
        if isinstance(area, ZoneFault):
            raise SiteFileError(f"{path}: feature {number}: {area.text}")
        parts.extend(area.geoms if isinstance(area, shapely.MultiPolygon) else (area,))
    return shapely.MultiPolygon(parts)


def _read_collection(path: Path) -> _Collection:
    try:
        text = path.read_text(encoding="utf-8")
        document = json.loads(text, parse_constant=_refuse_constant)
        collection = _Collection.model_validate(document)
    except OSError as error:
        raise SiteFileError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SiteFileError(f"{path}: not UTF-8 text at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise SiteFileError(f"{path}: not JSON at line {error.lineno}: {error.msg}") from error
    except ValidationError as error:
        raise SiteFileError(f"{path}: not a GeoJSON collection: {fault_text(error)}") from error
    except ValueError as error:  # from _refuse_constant; the others above are ValueErrors too
        raise SiteFileError(f"{path}: not JSON: {error}") from error
    if collection.crs is not None and not str(
        collection.crs.get("properties", {}).get("name", "")
    ).endswith(_WGS84_NAMES):
        raise SiteFileError(
            f"{path}: coordinates must be WGS 84 longitude, latitude; got crs {collection.crs}; "
            "export the file again as EPSG:4326"
        )
    return collection


def _refuse_constant(name: str) -> None:
    """Refuse NaN and Infinity, which Python's JSON takes and no geometry survives."""
    raise ValueError(f"a number must be finite; got {name}")
