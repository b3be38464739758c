"""Zones as other programs draw them: GeoJSON, KML, KMZ, GPX, shapefiles, GeoPackages, in any CRS.

Read through GDAL (pyogrio, the extra `gis`); only plain GeoJSON needs no extra. What comes out are
features in WGS 84 longitude, latitude; what they mean is for `patrol.zone_import`.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from ingest.errors import LibongError
from ingest.lonlat import LonLat, distance_m
from patrol.zone_geometry import FaultCode, ZoneFault

KINDS = (".geojson", ".json", ".kml", ".kmz", ".gpx", ".shp", ".zip", ".gpkg")

# A patrol boat that sails round an area and back ends near where it began, never exactly there.
WIDEST_GAP_M = 50.0

# of a GPX, whole tracks and routes are outlines; their points, and waypoints, are not
_IN_ZIPS = frozenset({".geojson", ".json", ".kml", ".gpx", ".shp", ".gpkg"})
_MOST_IN_A_ZIP = 50

_NO_OUTLINES = ("waypoints", "route_points", "track_points")


class ZoneSourceError(LibongError, ValueError):
    """A file of zones that cannot be read at all; the text names it and what to do."""


@dataclass(frozen=True)
class SourceFeature:
    """One feature of a file: `area` in WGS 84 degrees, or what is wrong with it; fields as told.

    `number` counts from 1 in its layer.
    """

    layer: str
    number: int
    fields: dict[str, Any]
    area: shapely.Polygon | shapely.MultiPolygon | ZoneFault


def read_source(path: Path, crs: str | None = None) -> tuple[SourceFeature, ...]:
    """Return the features of a file in its order.

    `crs` names the coordinates of a file that does not tell them itself, like `EPSG:32647`.
    Raises ZoneSourceError.
    """
    if path.suffix.casefold() not in KINDS:
        raise ZoneSourceError(
            f"{path}: a file of zones must be one of {', '.join(KINDS)}; export it as one of these"
        )
    if not path.is_file():
        raise ZoneSourceError(f"{path}: there is no such file")
    is_geojson = path.suffix.casefold() in (".geojson", ".json")
    features = tuple(_geojson(path, crs) if is_geojson else _gdal(path, crs))
    if not features:
        raise ZoneSourceError(f"{path}: holds no outlines")
    return features


def _geojson(path: Path, crs: str | None) -> Iterator[SourceFeature]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        features = [document] if document.get("type") == "Feature" else list(document["features"])
        named = ((document.get("crs") or {}).get("properties") or {}).get("name")
    except (OSError, UnicodeDecodeError) as error:
        raise ZoneSourceError(f"{path}: cannot be read: {error}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ZoneSourceError(f"{path}: is no GeoJSON feature collection: {error}") from error
    project = _projection(path, crs or named or "OGC:CRS84")
    for number, feature in enumerate(features, start=1):
        told = feature.get("properties") if isinstance(feature, dict) else None
        fields = told if isinstance(told, dict) else {}
        try:
            shape = shapely.geometry.shape(feature["geometry"])
        except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, AttributeError) as e:
            fault = ZoneFault(FaultCode.UNREADABLE, f"the geometry cannot be read: {e}")
            yield SourceFeature("", number, fields, fault)
            continue
        yield SourceFeature("", number, fields, _area(shape, project))


def _gdal(path: Path, crs: str | None) -> Iterator[SourceFeature]:
    try:
        from pyogrio import list_layers, raw
        from pyogrio.errors import DataLayerError, DataSourceError
    except ImportError as error:
        raise ZoneSourceError(
            f"{path}: reading this kind needs GDAL: install libong-watch[gis], or export the file "
            "as GeoJSON"
        ) from error
    try:
        for source in _sources(path):
            for name, _ in list_layers(source):
                if name in _NO_OUTLINES:
                    continue
                layer = str(name)
                meta, _, shapes, columns = raw.read(source, layer=layer, datetime_as_string=True)
                if shapes is None or not len(shapes):
                    continue
                project = _projection(path, crs or meta["crs"])
                names = [str(name) for name in meta["fields"]]
                for number, wkb in enumerate(shapes, start=1):
                    values = (_plain(column[number - 1]) for column in columns)
                    fields = dict(zip(names, values, strict=True))
                    yield SourceFeature(layer, number, fields, _from_wkb(wkb, project))
    except (DataSourceError, DataLayerError, OSError, UnicodeDecodeError, BadZipFile) as error:
        raise ZoneSourceError(f"{path}: cannot be read: {error}") from error


def _sources(path: Path) -> Iterator[str]:
    """Yield what GDAL opens for a file: for a ZIP each file of zones in it, in whichever folder."""
    if path.suffix.casefold() != ".zip":
        yield str(path)
        return
    with ZipFile(path) as archive:
        inside = [name for name in archive.namelist() if _is_zone_file(name)]
    if not inside:
        raise ZoneSourceError(
            f"{path}: holds no file of zones ({', '.join(sorted(_IN_ZIPS))}); pack one into it"
        )
    if len(inside) > _MOST_IN_A_ZIP:
        raise ZoneSourceError(
            f"{path}: holds {len(inside)} files of zones; pack at most {_MOST_IN_A_ZIP} into one"
        )
    for name in inside:
        yield f"/vsizip/{{{path.absolute()}}}/{name}"


def _is_zone_file(name: str) -> bool:
    # macOS packs a shadow of each file into a folder of its own
    return PurePosixPath(name).suffix.casefold() in _IN_ZIPS and "__MACOSX/" not in name


def _projection(path: Path, crs: str | None) -> Transformer:
    if crs is None:
        raise ZoneSourceError(
            f"{path}: does not tell its coordinates (a shapefile does in its .prj): name them with "
            "--crs, like EPSG:32647 for UTM zone 47N"
        )
    try:
        known = CRS.from_user_input(crs)
        if not (known.is_geographic or known.is_projected):
            raise CRSError("it tells no place on the ground")
        return Transformer.from_crs(known, "OGC:CRS84", always_xy=True)
    except CRSError as error:
        raise ZoneSourceError(
            f"{path}: its coordinates are {crs!r}, which is not known; name them like EPSG:32647"
        ) from error


def _from_wkb(
    wkb: bytes | None, project: Transformer
) -> shapely.Polygon | shapely.MultiPolygon | ZoneFault:
    if wkb is None:
        return ZoneFault(FaultCode.EMPTY, "the feature has no geometry")
    try:
        return _area(shapely.from_wkb(wkb), project)
    except shapely.errors.ShapelyError as error:
        return ZoneFault(FaultCode.UNREADABLE, f"the geometry cannot be read: {error}")


def _area(shape: Any, project: Transformer) -> shapely.Polygon | shapely.MultiPolygon | ZoneFault:
    """Return the area of a geometry in degrees; a line that comes back to its start has one."""
    if shape.is_empty:
        return ZoneFault(FaultCode.EMPTY, "the geometry is empty")
    # outside of what a projection can do, proj answers infinity, which is told as not finite
    shape = shapely.transform(
        shapely.force_2d(shape),
        lambda places: np.column_stack(project.transform(places[:, 0], places[:, 1])),
    )
    parts = list(shape.geoms) if hasattr(shape, "geoms") else [shape]
    if len(parts) > 1 and all(isinstance(part, shapely.LineString) for part in parts):
        parts = _one_way(parts)
    areas: list[shapely.Polygon] = []
    for part in parts:
        area = _closed(part) if isinstance(part, shapely.LineString) else part
        if isinstance(area, ZoneFault):
            return area
        if not isinstance(area, shapely.Polygon):
            return ZoneFault(
                FaultCode.NOT_POLYGON,
                f"an outline must be a polygon, or a line that comes back to its start; got "
                f"{area.geom_type}",
            )
        areas.append(area)
    return areas[0] if len(areas) == 1 else shapely.MultiPolygon(areas)


def _one_way(parts: Sequence[shapely.LineString]) -> list[shapely.LineString]:
    """Join the parts of a track that went on where it had stopped, as a GPS does after a pause."""
    joined = [list(parts[0].coords)]
    for part in parts[1:]:
        if distance_m(LonLat(*joined[-1][-1]), LonLat(*part.coords[0])) <= WIDEST_GAP_M:
            joined[-1] += part.coords
        else:
            joined.append(list(part.coords))
    return [shapely.LineString(way) for way in joined]


def _closed(line: shapely.LineString) -> shapely.Polygon | ZoneFault:
    places = [LonLat(*place) for place in line.coords]
    gap_m = distance_m(places[0], places[-1])
    if len(places) < 4 or gap_m > WIDEST_GAP_M:
        return ZoneFault(
            FaultCode.UNCLOSED,
            f"a line must come back to within {WIDEST_GAP_M:g} m of its start to be an outline; "
            f"it ends {gap_m:.0f} m from it, with {len(places)} points",
            places[-1],
        )
    return shapely.Polygon(places[:-1] if gap_m > 0 and len(places) > 4 else places)


def _plain(value: Any) -> Any:
    """Return a field's value as Python has it, None for one that is not filled in."""
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and value != value else value
