"""Where in each zone was looked, and on how many days: what the report draws as maps."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import shapely
from shapely.geometry.base import BaseGeometry

from ingest.equal_area import union
from patrol.effort_table import FlightEffort
from patrol.site import Site
from patrol.zones import Zone

# Days from which a shade begins: looked at once, again, and about weekly.
SHADES = (1, 2, 4)
# Around a zone, so that its shore is seen too.
_AROUND = 0.12


@dataclass(frozen=True)
class Shade:
    """The sea that was looked at on so many days or more (lon, lat degrees)."""

    days: int
    area: BaseGeometry


@dataclass(frozen=True)
class ZoneCoverage:
    """What a map of a zone shows, in lon, lat degrees; `bounds` are west, south, east, north.

    `shades` lie over one another, the least days first.
    """

    zone: Zone
    bounds: tuple[float, float, float, float]
    land: BaseGeometry
    shades: tuple[Shade, ...]


def zone_coverages(
    zones: Sequence[Zone], efforts: Sequence[FlightEffort], site: Site
) -> tuple[ZoneCoverage, ...]:
    """Return the coverage of zones by the usable frames of flights."""
    by_day: dict[date, list[BaseGeometry]] = defaultdict(list)
    for found in efforts:
        if found.effort.usable_area.area:
            by_day[found.effort.day].append(found.effort.usable_area)
    days = [union(areas) for _, areas in sorted(by_day.items())]
    return tuple(_coverage(zone, days, site) for zone in zones)


def _coverage(zone: Zone, days: Sequence[BaseGeometry], site: Site) -> ZoneCoverage:
    west, south, east, north = zone.area.bounds
    margin = _AROUND * max(east - west, north - south)
    bounds = (west - margin, south - margin, east + margin, north + margin)
    inside = [day.intersection(zone.area) for day in days]
    return ZoneCoverage(
        zone=zone,
        bounds=bounds,
        land=shapely.clip_by_rect(site.coast, *bounds),
        shades=tuple(_shades([area for area in inside if area.area])),
    )


def _shades(days: Sequence[BaseGeometry]) -> Iterator[Shade]:
    # at_least[k] is what was looked at on k + 1 days or more, so far
    at_least: list[BaseGeometry] = [shapely.Polygon()] * max(SHADES)
    for day in days:
        before = [day, *(day.intersection(area) for area in at_least[:-1])]
        at_least = [union([old, new]) for old, new in zip(at_least, before, strict=True)]
    for number in SHADES:
        if at_least[number - 1].area:
            yield Shade(number, at_least[number - 1])
