"""Outlines on the sea: the circle of a position's error, and a zone's area as GeoJSON wants it."""

from typing import Any

import shapely
from pyproj import Geod
from shapely.geometry import mapping
from shapely.geometry.polygon import orient

from ingest.lonlat import LonLat

_WGS84 = Geod(ellps="WGS84")
_CORNERS = 48  # a polygon of so many corners covers 99.7 % of its circle


def error_ring(position: LonLat, radius_m: float) -> tuple[LonLat, ...]:
    """Return the ring at `radius_m` metres around a position: closed, counter-clockwise."""
    west_about = [-360 * corner / _CORNERS for corner in range(_CORNERS)]
    lons, lats, _ = _WGS84.fwd(
        [position.lon] * _CORNERS,
        [position.lat] * _CORNERS,
        west_about,
        [radius_m] * _CORNERS,
    )
    ring = [LonLat(float(lon), float(lat)) for lon, lat in zip(lons, lats, strict=True)]
    return (*ring, ring[0])


def area_geometry(area: shapely.Polygon | shapely.MultiPolygon) -> dict[str, Any]:
    """Return an area as a GeoJSON geometry, its rings right-handed (RFC 7946, section 3.1.6)."""
    if isinstance(area, shapely.Polygon):
        return dict(mapping(orient(area)))
    return dict(mapping(shapely.MultiPolygon([orient(part) for part in area.geoms])))
