"""What is wrong with an outline, and where: told by a code, a sentence and a place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any

import shapely
import shapely.geometry
from shapely import MultiPolygon, Polygon

from ingest.lonlat import LonLat

# A coast drawn to 5 m along 50 km has as many; more only makes old phones slow.
MOST_VERTICES = 10_000

FARTHEST_ZONE_DEG = 1.0  # some 110 km: no patrol by small drones covers more

_PLACE = re.compile(r"^(?P<what>[^\[]+)\[(?P<x>\S+) (?P<y>\S+)\]$")


class FaultCode(StrEnum):
    """What may be wrong with a zone; the words for it are in `patrol.zone_fault_words`."""

    BAD_DATES = "bad_dates"
    BAD_PROPERTIES = "bad_properties"
    DATE_LINE = "date_line"
    EMPTY = "empty"
    FAR_AWAY = "far_away"
    INVALID = "invalid"
    NO_ID = "no_id"
    NO_NAME = "no_name"
    NOT_DEGREES = "not_degrees"
    NOT_FINITE = "not_finite"
    NOT_POLYGON = "not_polygon"
    OTHER_ID = "other_id"
    OVERLAP = "overlap"
    SAME_ID = "same_id"
    SELF_CROSSING = "self_crossing"
    SWAPPED_AXES = "swapped_axes"
    TOO_MANY_VERTICES = "too_many_vertices"
    TOO_SMALL = "too_small"
    UNCLOSED = "unclosed"
    UNREADABLE = "unreadable"
    WRONG_KIND = "wrong_kind"


@dataclass(frozen=True)
class ZoneFault:
    """Something wrong with a zone: `text` tells the values too, `place` where it is, if known."""

    code: FaultCode
    text: str
    place: LonLat | None = None


def read_area(geometry: dict[str, Any]) -> Polygon | MultiPolygon | ZoneFault:
    """Return the area of a GeoJSON geometry in WGS 84 degrees, or what is wrong with it."""
    unclosed = next(_unclosed(geometry), None)
    if unclosed is not None:
        return unclosed
    try:
        area = shapely.geometry.shape(geometry)
    # shapely reports a broken GeoJSON geometry by any of these, according to where it breaks
    except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, AttributeError) as error:
        return ZoneFault(FaultCode.UNREADABLE, f"the geometry cannot be read: {error}")
    if not isinstance(area, Polygon | MultiPolygon) or area.is_empty:
        return ZoneFault(
            FaultCode.NOT_POLYGON,
            "the geometry must be a Polygon or MultiPolygon with an area; "
            f"got {geometry.get('type')}",
        )
    area = shapely.force_2d(area)
    return area_fault(area) or area


def area_fault(area: Polygon | MultiPolygon) -> ZoneFault | None:
    """Return why an area in degrees cannot be a zone; None for one that can."""
    bounds = area.bounds
    if not all(isfinite(edge) for edge in bounds):
        return ZoneFault(FaultCode.NOT_FINITE, "a coordinate is no finite number")
    west, south, east, north = bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        # a longitude where the latitude should be shows only beyond 90 degrees
        swapped = west >= -90 and east <= 90 and south >= -180 and north <= 180
        return ZoneFault(
            FaultCode.SWAPPED_AXES if swapped else FaultCode.NOT_DEGREES,
            "coordinates must be longitude, latitude in degrees; got bounds "
            f"{west:g}, {south:g}, {east:g}, {north:g}: "
            + (
                "this looks like swapped axes, latitude first; write longitude first"
                if swapped
                else "are the axes swapped, or is it in metres?"
            ),
        )
    if east - west > 180:
        return ZoneFault(
            FaultCode.DATE_LINE,
            f"the outline runs from {west:g} to {east:g} degrees of longitude, so it crosses the "
            "date line: cut it there into two parts",
        )
    if not area.is_valid:
        return _invalid(shapely.is_valid_reason(area))
    return None


def vertices_fault(area: Polygon | MultiPolygon) -> ZoneFault | None:
    """Return that an outline has more points than a map on an old phone can draw; else None."""
    vertices = int(shapely.get_num_coordinates(area))
    if vertices <= MOST_VERTICES:
        return None
    return ZoneFault(
        FaultCode.TOO_MANY_VERTICES,
        f"the outline must have at most {MOST_VERTICES} points; got {vertices}: simplify it",
    )


def _invalid(reason: str) -> ZoneFault:
    """Tell what makes an outline no area, and at which place."""
    match = _PLACE.match(reason)
    if match is None:
        return ZoneFault(FaultCode.INVALID, f"the outline is invalid: {reason}")
    place = LonLat(float(match["x"]), float(match["y"]))
    crossing = "self-intersection" in match["what"].casefold()
    hint = ": it crosses or touches itself there" if crossing else ""
    return ZoneFault(
        FaultCode.SELF_CROSSING if crossing else FaultCode.INVALID,
        f"the outline is invalid: {match['what']} at {place.lon:.6f}, {place.lat:.6f}{hint}",
        place,
    )


def _unclosed(geometry: dict[str, Any]) -> Iterator[ZoneFault]:
    """Yield each ring whose last point is not its first; other faults are left to the reader."""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, list):
        return
    for rings in [coordinates] if kind == "Polygon" else coordinates:
        for ring in rings if isinstance(rings, list) else ():
            if isinstance(ring, list) and len(ring) > 3 and ring[0] != ring[-1]:
                yield ZoneFault(
                    FaultCode.UNCLOSED,
                    f"a ring must end where it begins; it begins at {ring[0]} and ends at "
                    f"{ring[-1]}: add its first point at the end",
                )


def far_fault(area: Polygon | MultiPolygon, coast: MultiPolygon) -> ZoneFault | None:
    """Return that an area is far from the coast; where both axes fit, only that shows a swap."""
    around = shapely.box(*coast.bounds).buffer(FARTHEST_ZONE_DEG)
    if around.contains(area):
        return None
    west, south, east, north = area.bounds
    swapped = around.contains(shapely.transform(area, lambda lonlat: lonlat[:, ::-1]))
    hint = (
        "this looks like swapped axes, latitude first; write longitude first"
        if swapped
        else "are the axes swapped?"
    )
    return ZoneFault(
        FaultCode.SWAPPED_AXES if swapped else FaultCode.FAR_AWAY,
        f"the zone is more than {FARTHEST_ZONE_DEG:g} degree from the site's coast; got bounds "
        f"{west:g}, {south:g}, {east:g}, {north:g}: {hint}",
    )
