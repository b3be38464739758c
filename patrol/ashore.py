"""Finds on dry land: a dugong can't be there, so the detector was mistaken.

Drones start and land over beaches; boulders and bare ground look like animals to a network that was
taught the sea. The site's coastline says where land is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, radians

import numpy as np
import shapely

from detection.types import ObjectClass, Sighting
from ingest.lonlat import MEAN_EARTH_RADIUS_M, LonLat

# Farther inland than the coastline may be off: shipped coastlines are simplified to about 10 m, and
# the tide moves the waterline.
COAST_ERROR_M = 30.0
# With the sighting's own error, so many times over: about one in a hundred true places is lost.
SIGMAS = 2.0


@dataclass(frozen=True)
class Sorted:
    """Sightings that can be, and those of animals on dry land."""

    afloat: tuple[Sighting, ...]
    ashore: tuple[Sighting, ...]


def sort_by_coast(sightings: Iterable[Sighting], land: shapely.MultiPolygon) -> Sorted:
    """Part the dugongs that lie on dry land, farther in than all errors, from everything else.

    `land` is in WGS 84 degrees. Boats and fishing gear may lie on a beach and always stay.
    """
    afloat: list[Sighting] = []
    ashore: list[Sighting] = []
    for sighting in sightings:
        dry = sighting.object_class is ObjectClass.DUGONG and inland(
            sighting.position, land, COAST_ERROR_M + SIGMAS * sighting.error_m
        )
        (ashore if dry else afloat).append(sighting)
    return Sorted(tuple(afloat), tuple(ashore))


def inland(place: LonLat, land: shapely.MultiPolygon, metres: float) -> bool:
    """Say whether a place lies on land and farther than `metres` from its edge."""
    point = shapely.Point(place.lon, place.lat)
    if not land.covers(point):
        return False
    degree_m = radians(1) * MEAN_EARTH_RADIUS_M
    scale = np.array((degree_m * cos(radians(place.lat)), degree_m))
    # only what is near matters, and a small piece is quickly measured
    near = land.intersection(point.buffer(2 * metres / scale.min()))
    local = shapely.transform(near, lambda degrees: (degrees - (place.lon, place.lat)) * scale)
    reach = shapely.Point(0, 0).buffer(metres)
    return bool(local.covers(reach))
