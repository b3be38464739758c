"""Where a sighting lies with respect to a zone: inside, outside, or too near the edge to tell.

A position counts as the circle that holds it with 95 % probability: inside a zone when the whole
circle is, at its boundary when the circle only touches it, and otherwise not there.
"""

from dataclasses import dataclass
from datetime import datetime
from math import cos, pi, radians, sqrt

import numpy as np
import shapely

from detection.types import Sighting
from ingest.lonlat import MEAN_EARTH_RADIUS_M
from patrol.place_error import ERRORS_OF_95_PERCENT
from patrol.verdict import Certainty
from patrol.zones import Zone

_METRES_PER_DEGREE = radians(1) * MEAN_EARTH_RADIUS_M

# Points that stand for a round normal error, each for as much of it as any other: rings whose radii
# are its quantiles, turned by the golden angle so that they fill the plane evenly (Vogel 1979).
_POINTS = 2000
_RANKS = (np.arange(_POINTS) + 0.5) / _POINTS
_RADII = np.sqrt(-np.log1p(-_RANKS))  # in root mean square errors: P(r) = 1 - exp(-r²)
_TURNS = np.arange(_POINTS) * pi * (3 - sqrt(5))
_CLOUD = np.column_stack((_RADII * np.cos(_TURNS), _RADII * np.sin(_TURNS)))


@dataclass(frozen=True)
class Place:
    """A sighting in or at a zone: how surely, how far from its edge, how probably in it."""

    holds: bool
    certainty: Certainty
    edge_m: float
    probability: float


def seen_at(sighting: Sighting) -> datetime:
    """Return when a sighting was where its position says, aware UTC."""
    return sighting.best.taken_at_utc or sighting.first_seen_utc


def place_in(sighting: Sighting, zone: Zone) -> Place | None:
    """Return where a sighting lies in or at a zone; None where it is surely outside."""
    radius_m = ERRORS_OF_95_PERCENT * sighting.error_m
    # Metres about the sighting: true near it, which is where they matter.
    lon, lat = sighting.position
    metres = np.array((_METRES_PER_DEGREE * cos(radians(lat)), _METRES_PER_DEGREE))
    local_m = shapely.transform(zone.area, lambda degrees: (degrees - (lon, lat)) * metres)
    origin = shapely.Point(0, 0)
    edge_m = float(local_m.boundary.distance(origin))
    holds = bool(local_m.contains(origin))
    if not holds and edge_m > radius_m:
        return None
    sure = holds and edge_m >= radius_m
    shapely.prepare(local_m)
    points = _CLOUD * sighting.error_m
    inside = int(np.count_nonzero(shapely.contains_xy(local_m, points[:, 0], points[:, 1])))
    # so many points cannot tell a probability of 0 or 1 from one nearly so
    probability = (inside + 0.5) / (_POINTS + 1)
    return Place(holds, Certainty.INSIDE if sure else Certainty.BOUNDARY, edge_m, probability)
