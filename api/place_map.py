"""The outline on which people mark a place: a few hundred points, small enough for any page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from api.map import GeoJson

# 55 m: less than a finger covers on a map of the whole site.
_TOLERANCE_DEG = 0.0005
_MARGIN = 0.04


@dataclass(frozen=True)
class PlaceMap:
    """What `place.js` draws: rings of land within `bounds` (west, south, east, north; degrees)."""

    bounds: tuple[float, float, float, float]
    rings: tuple[tuple[tuple[float, float], ...], ...]

    def document(self) -> dict[str, Any]:
        """Return it as plain values."""
        names = ("west", "south", "east", "north")
        return {"bounds": dict(zip(names, self.bounds, strict=True)), "rings": self.rings}


def place_map(coast: GeoJson, zones: Sequence[BaseGeometry]) -> PlaceMap:
    """Return the map of a site's coast, wide enough for its zones, or for the land without any."""
    land = shapely.union_all([shape(feature["geometry"]) for feature in coast["features"]])
    west, south, east, north = shapely.union_all(list(zones) or [land]).bounds
    aside = _MARGIN * max(east - west, north - south)
    bounds = (west - aside, south - aside, east + aside, north + aside)
    # a screen of another shape than the waters shows more than these: no land may end at their edge
    beside = shapely.box(*bounds).buffer(max(east - west, north - south), join_style="mitre")
    seen = shapely.make_valid(land).intersection(beside).simplify(_TOLERANCE_DEG)
    polygons = [part for part in getattr(seen, "geoms", [seen]) if part.geom_type == "Polygon"]
    rings = tuple(
        tuple((round(lon, 5), round(lat, 5)) for lon, lat in part.exterior.coords)
        for part in polygons
    )
    return PlaceMap(bounds, rings)
