"""What a zone must be like that tells the public of dugongs: so large that none is pinned down.

A raised zone says that an animal is somewhere in it. So a zone must be wide, and two must not lie
over each other: their statuses together would tell of the part they share.
"""

from math import cos, radians

import numpy as np
import shapely
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from ingest.lonlat import MEAN_EARTH_RADIUS_M
from patrol.zones import RuleName, Zone, sea_of

# Assumptions, for no figure was found: one does not find a dugong in 50 ha (0.5 km²) of murky water
# before it has swum on, and across 400 m a boat cannot be sent to it. The smallest shipped zone has
# six times the area, and the narrowest holds a circle of 800 m.
MIN_AREA_HA = 50.0
MIN_WIDTH_M = 400.0

# Neighbours drawn with rounded corners may cross by a sliver, in which nothing is pinned down.
MAX_OVERLAP_HA = 0.1

# An assumption too: with less than 100 ha (1 km²) of sea a zone raised within the hour still sends
# boats to the animal, so such a zone is told of from the next local day on.
AT_ONCE_AREA_HA = 100.0

_METRES_PER_DEGREE = radians(1) * MEAN_EARTH_RADIUS_M


def size_fault(zone: Zone, land: MultiPolygon | None = None) -> str | None:
    """Return why a zone is too small for the rule dugong_sighting; None for one that fits.

    Where the land is known (lon, lat degrees) the zone's sea alone counts: a small lagoon within a
    wide outline would pin an animal down all the same.
    """
    if RuleName.DUGONG_SIGHTING not in zone.rules:
        return None
    sea = zone.area if land is None else sea_of(zone, land)
    area_ha = hectares_of(sea)
    if area_ha < MIN_AREA_HA:
        return (
            f"a zone with the rule {RuleName.DUGONG_SIGHTING} must have at least {MIN_AREA_HA:g} "
            f"ha of sea, or its status would pin an animal down; got {area_ha:.1f} ha: draw it "
            "larger, or take the rule out"
        )
    # Drawn in by half the width, nothing is left of an outline that holds no such circle.
    if _in_metres(sea).buffer(-MIN_WIDTH_M / 2).is_empty:
        return (
            f"a zone with the rule {RuleName.DUGONG_SIGHTING} must hold a circle {MIN_WIDTH_M:g} m "
            "across of sea, or its status would pin an animal down; this one is narrower "
            "everywhere: draw it wider, or take the rule out"
        )
    return None


def days_until_told(zone: Zone, land: MultiPolygon) -> int:
    """Return how many local days after a sighting the public is told: 0 in a large zone, else 1.

    Only its sea makes a zone large: on land no dugong hides.
    """
    return 0 if hectares_of(sea_of(zone, land)) >= AT_ONCE_AREA_HA else 1


def overlap_fault(zone: Zone, other: Zone) -> str | None:
    """Return why two zones may not both have the rule dugong_sighting; None where they may."""
    if not (RuleName.DUGONG_SIGHTING in zone.rules and RuleName.DUGONG_SIGHTING in other.rules):
        return None
    shared_ha = hectares_of(zone.area.intersection(other.area))
    if shared_ha <= MAX_OVERLAP_HA:
        return None
    return (
        f"overlaps {other.zone_id} by {shared_ha:.1f} ha, and both have the rule "
        f"{RuleName.DUGONG_SIGHTING}: let them only touch, or take the rule out of one"
    )


def hectares_of(area: BaseGeometry) -> float:
    """Return the size of an area in WGS 84 degrees, in hectares."""
    return 0.0 if area.is_empty else float(_in_metres(area).area) / 10_000


def _in_metres(area: BaseGeometry) -> BaseGeometry:
    """Return an outline in metres, true to a percent over the few km of a zone."""
    east_m = _METRES_PER_DEGREE * cos(radians(area.centroid.y))
    metres = np.array((east_m, _METRES_PER_DEGREE))
    return shapely.transform(area, lambda degrees: degrees * metres)
