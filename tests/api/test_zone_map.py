"""The maps of the monthly report: areas true, scale true, land and holes kept."""

from dataclasses import replace
from datetime import date

import pytest
import shapely

from api.report.zone_map import Fill, zone_map
from ingest.equal_area import EqualAreaPlane
from ingest.lonlat import LonLat
from patrol.effort import DayEffort, SeaEffort
from patrol.effort_table import FlightEffort
from patrol.report.coverage_map import zone_coverages
from patrol.site import shipped_site


@pytest.fixture(scope="module")
def coverage():
    """A zone with a hole, half of which was looked at on two days and a quarter on two more."""
    site = shipped_site()
    (zone,) = (zone for zone in site.zones if zone.zone_id == "mod_tanoi_bay")
    hole = zone.area.representative_point().buffer(0.001)
    zone = replace(zone, area=zone.area.difference(hole))
    west, south, east, north = zone.area.bounds
    half = zone.area.intersection(shapely.box(west, south, (west + east) / 2, north))
    quarter = half.intersection(shapely.box(west, south, east, (south + north) / 2))
    looked = [half, half, quarter, quarter]
    efforts = [
        FlightEffort(
            f"f{number}",
            DayEffort(date(2026, 3, 1 + number), 1, 1, 1, 1, SeaEffort(1, 1, 1), (), area, 0),
        )
        for number, area in enumerate(looked)
    ]
    (found,) = zone_coverages([zone], efforts, site)
    return found


def filled(area) -> shapely.Geometry:
    """The area that the even-odd rule fills."""
    shape = shapely.Polygon()
    for ring in area.rings:
        shape = shape.symmetric_difference(shapely.make_valid(shapely.Polygon(ring)))
    return shape


def test_areas_and_scale_are_true(coverage) -> None:
    drawn = zone_map(coverage, "a bay", "half of it")
    scale_m = {"500 m": 500, "1 km": 1000, "2 km": 2000}[drawn.scale_text]
    width_m = scale_m / drawn.scale
    west, south, east, north = coverage.bounds
    plane = EqualAreaPlane(LonLat((west + east) / 2, (south + north) / 2))
    by_fill = {area.fill: filled(area) for area in drawn.areas}
    once, again, often = (shade.area for shade in coverage.shades)
    told = {
        Fill.ZONE: coverage.zone.area,
        Fill.ONCE: once,
        Fill.AGAIN: again,
        Fill.OFTEN: often,
        Fill.LAND: coverage.land,
    }
    for fill, area in told.items():
        assert by_fill[fill].area * width_m**2 == pytest.approx(plane.metres(area).area, rel=0.01)
    assert by_fill[Fill.ZONE].area < shapely.convex_hull(by_fill[Fill.ZONE]).area
    assert [area.fill for area in drawn.areas][-1] is Fill.ZONE
    for shape in by_fill.values():
        left, top, right, bottom = shape.bounds
        assert -1e-6 <= left <= right <= 1 + 1e-6
        assert -1e-6 <= top <= bottom <= drawn.height + 1e-6


def test_north_is_up_and_east_is_right(coverage) -> None:
    drawn = zone_map(coverage, "a bay", "")
    by_fill = {area.fill: filled(area) for area in drawn.areas}
    zone, west_half = by_fill[Fill.ZONE].centroid, by_fill[Fill.ONCE].centroid
    assert west_half.x < zone.x
    assert by_fill[Fill.OFTEN].centroid.y > by_fill[Fill.AGAIN].centroid.y  # the southern quarter
