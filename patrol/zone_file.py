"""Zones and land from GeoJSON files: validated at the edge, refused with the place of the fault."""

import json
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import shapely
import shapely.geometry
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ingest.errors import LibongError
from patrol.watched_zones import overlap_fault, size_fault
from patrol.zones import Binding, RuleName, Zone, ZoneKind

_WGS84_NAMES = ("CRS84", "EPSG::4326", "EPSG:4326")

# Which kinds of zone a rule makes sense in; a rule that is not named here fits every kind.
_KINDS_OF_RULE = {
    RuleName.BOAT_IN_CLOSED_ZONE: {ZoneKind.CLOSED},
    RuleName.BOAT_IN_GO_SLOW_ZONE: {ZoneKind.GO_SLOW},
    RuleName.GEAR_IN_NO_FISHING_ZONE: {ZoneKind.CLOSED, ZoneKind.NO_FISHING},
}

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class SiteFileError(LibongError, ValueError):
    """A file of a site that cannot be used; the text names the file, the feature and the fault."""


class _Feature(BaseModel):
    """A GeoJSON feature, its geometry still unread."""

    type: Literal["Feature"]
    geometry: dict[str, Any]
    properties: dict[str, Any]


class _Collection(BaseModel):
    """A GeoJSON feature collection."""

    type: Literal["FeatureCollection"]
    features: list[_Feature] = Field(min_length=1)
    crs: dict[str, Any] | None = None


class _ZoneProperties(BaseModel):
    """The properties of one zone, as a user writes them."""

    model_config = ConfigDict(extra="forbid")

    zone_id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$", max_length=64)]
    name_th: _Text
    name_en: _Text
    kind: ZoneKind
    rules: list[RuleName]
    citation: _Text
    citation_th: _Text
    binding: Binding
    jurisdiction: _Text
    indicative: bool
    valid_from: date | None = None
    valid_until: date | None = None


def load_zones(path: Path) -> tuple[Zone, ...]:
    """Return the zones of a GeoJSON file, in the file's order.

    Raises SiteFileError naming the file, the feature (number from 1, and its id) and the fault.
    """
    zones: list[Zone] = []
    for number, feature in enumerate(_read_collection(path).features, start=1):
        where = f"{path}: feature {number} ({feature.properties.get('zone_id', 'no zone_id')})"
        zone = _zone(feature, where)
        if any(zone.zone_id == other.zone_id for other in zones):
            raise SiteFileError(f"{where}: the zone_id is used twice; give each zone its own")
        for fault in (size_fault(zone), *(overlap_fault(zone, other) for other in zones)):
            if fault is not None:
                raise SiteFileError(f"{where}: {fault}")
        zones.append(zone)
    return tuple(zones)


def load_land(path: Path) -> shapely.MultiPolygon:
    """Return the land of a GeoJSON file as one geometry in WGS 84 degrees.

    Raises SiteFileError like `load_zones`.
    """
    parts: list[shapely.Polygon] = []
    for number, feature in enumerate(_read_collection(path).features, start=1):
        area = _area(feature.geometry, f"{path}: feature {number}")
        parts.extend(area.geoms if isinstance(area, shapely.MultiPolygon) else (area,))
    return shapely.MultiPolygon(parts)


def fault_text(error: ValidationError) -> str:
    """Return what pydantic found as one line: each field with its fault."""
    return "; ".join(
        f"{'.'.join(str(part) for part in fault['loc']) or 'file'}: {fault['msg']}"
        + ("" if fault["type"] == "missing" else f", got {str(fault['input'])[:60]!r}")
        for fault in error.errors(include_url=False)
    )


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


def _zone(feature: _Feature, where: str) -> Zone:
    try:
        properties = _ZoneProperties.model_validate(feature.properties)
    except ValidationError as error:
        raise SiteFileError(f"{where}: {fault_text(error)}") from error
    for rule in properties.rules:
        kinds = _KINDS_OF_RULE.get(rule)
        if kinds is not None and properties.kind not in kinds:
            raise SiteFileError(
                f"{where}: the rule {rule} is for zones of kind {_listed(kinds)}; "
                f"this one is {properties.kind}"
            )
    first, last = properties.valid_from, properties.valid_until
    if first is not None and last is not None and last < first:
        raise SiteFileError(f"{where}: valid_until {last} is before valid_from {first}")
    return Zone(
        zone_id=properties.zone_id,
        name_th=properties.name_th,
        name_en=properties.name_en,
        kind=properties.kind,
        area=_area(feature.geometry, where),
        rules=frozenset(properties.rules),
        citation=properties.citation,
        citation_th=properties.citation_th,
        binding=properties.binding,
        jurisdiction=properties.jurisdiction,
        indicative=properties.indicative,
        valid_from=first,
        valid_until=last,
    )


def _area(geometry: dict[str, Any], where: str) -> shapely.Polygon | shapely.MultiPolygon:
    try:
        area = shapely.geometry.shape(geometry)
    # shapely reports a broken GeoJSON geometry by any of these, according to where it breaks
    except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise SiteFileError(f"{where}: the geometry cannot be read: {error}") from error
    if not isinstance(area, shapely.Polygon | shapely.MultiPolygon) or area.is_empty:
        raise SiteFileError(
            f"{where}: the geometry must be a Polygon or MultiPolygon with an area; "
            f"got {geometry.get('type')}"
        )
    west, south, east, north = area.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        raise SiteFileError(
            f"{where}: coordinates must be longitude, latitude in degrees; got bounds "
            f"{west:g}, {south:g}, {east:g}, {north:g}: are the axes swapped, or is it in metres?"
        )
    if not area.is_valid:
        raise SiteFileError(f"{where}: the outline is invalid: {shapely.is_valid_reason(area)}")
    return shapely.force_2d(area)


def _listed(kinds: Collection[ZoneKind]) -> str:
    return " or ".join(sorted(kinds))
