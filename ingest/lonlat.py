"""A point on the earth, and short distances between points."""

from math import cos, hypot, isfinite, radians
from typing import NamedTuple

from ingest.errors import LibongError

# IUGG mean earth radius; used only where a few parts in a thousand do not matter (gates, labels).
MEAN_EARTH_RADIUS_M = 6_371_008.8


class LonLat(NamedTuple):
    """WGS 84 longitude and latitude in degrees, in this order everywhere."""

    lon: float
    lat: float


class LonLatError(LibongError, ValueError):
    """A longitude or latitude that is no place on earth."""


def checked_lonlat(lon: float, lat: float) -> LonLat:
    """Return the point, or raise LonLatError for a value that is not finite or out of range."""
    if not (isfinite(lon) and isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90):
        raise LonLatError(
            f"longitude must be in [-180, 180] and latitude in [-90, 90]; got {lon}, {lat}"
        )
    return LonLat(lon, lat)


def offset_m(origin: LonLat, point: LonLat) -> tuple[float, float]:
    """East and north metres from `origin` to `point`, on a sphere; good to 0.5 % below 20 km."""
    metres_per_degree = radians(1) * MEAN_EARTH_RADIUS_M
    east_m = (point.lon - origin.lon) * metres_per_degree * cos(radians(origin.lat))
    return east_m, (point.lat - origin.lat) * metres_per_degree


def distance_m(a: LonLat, b: LonLat) -> float:
    """Metres between two points less than 20 km apart, good to 0.5 %."""
    return hypot(*offset_m(a, b))
