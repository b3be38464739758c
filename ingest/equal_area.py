"""A plane about a place on which areas are true: Lambert's azimuthal equal-area projection."""

from functools import cache

import numpy as np
import shapely
from pyproj import Transformer
from pyproj.enums import TransformDirection
from shapely.geometry.base import BaseGeometry

from ingest.lonlat import LonLat

M2_PER_KM2 = 1e6


class EqualAreaPlane:
    """Metres about `centre` (WGS 84). Any area is true; lengths are, to 1 in 10,000, below 100 km.

    Edges are taken as straight on the plane: for footprints and zones, which are a few hundred
    metres to a few kilometres across, geodesics differ by millimetres.
    """

    def __init__(self, centre: LonLat) -> None:
        """Lay the plane about a place."""
        self._transformer = _transformer(round(centre.lon, 2), round(centre.lat, 2))

    def metres(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry in lon, lat degrees in metres on the plane, made valid."""
        return self._moved(geometry, TransformDirection.FORWARD)

    def degrees(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry on the plane in lon, lat degrees, made valid."""
        return self._moved(geometry, TransformDirection.INVERSE)

    def _moved(self, geometry: BaseGeometry, direction: TransformDirection) -> BaseGeometry:
        moved = shapely.transform(
            geometry,
            lambda xy: np.column_stack(
                self._transformer.transform(xy[:, 0], xy[:, 1], direction=direction)
            ),
        )
        # where edges all but touch, the last digit of a corner can make them cross
        return shapely.make_valid(moved)


@cache
def _transformer(lon: float, lat: float) -> Transformer:
    return Transformer.from_crs(
        "EPSG:4326", f"+proj=laea +lon_0={lon} +lat_0={lat}", always_xy=True
    )


def union(geometries: list[BaseGeometry]) -> BaseGeometry:
    """Return the union of geometries on a plane; a ring that crosses itself gives its valid parts.

    An empty polygon for no geometries.
    """
    if not geometries:
        return shapely.Polygon()
    return shapely.union_all(shapely.make_valid(np.array(geometries, dtype=object)))
