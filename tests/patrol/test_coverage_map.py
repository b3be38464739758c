"""Where zones were looked at in a month: areas against points on a grid, and days as shades."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
import shapely
from pyproj import Geod

from ingest.frame import Note
from ingest.lonlat import LonLat
from ingest.projection import SeaView
from ingest.quality import FrameQuality
from patrol.effort import day_efforts
from patrol.effort_table import FlightEffort
from patrol.report.coverage_map import zone_coverages
from patrol.report.figures import MonthFacts, month_figures
from patrol.report.month import Month

MARCH = Month(2026, 3)
HOME = LonLat(99.4560, 7.2400)  # the sea south-east of the island
SHARP = FrameQuality(1.0, 0.0, None, False, ())
GLARING = FrameQuality(1.0, 0.0, 0.5, False, ())
BLURRED = FrameQuality(0.0, 0.0, None, False, (Note("too_blurred", "of a test"),))
WGS84 = Geod(ellps="WGS84")
M_PER_DEGREE = (110_400.0, 110_580.0)  # of longitude and latitude there, for a grid


def degrees(east_m: float, north_m: float) -> tuple[float, float]:
    lon, lat, _ = WGS84.fwd(
        *HOME, np.degrees(np.arctan2(east_m, north_m)), np.hypot(east_m, north_m)
    )
    return lon, lat


def box(west, south, east, north) -> shapely.Polygon:
    corners = [(west, south), (east, south), (east, north), (west, north)]
    return shapely.Polygon([degrees(*corner) for corner in corners])


@pytest.fixture(scope="module")
def odd_site(site):
    """A site of one zone in two parts, the greater with a hole."""
    greater = box(-150, -150, 150, 150).difference(box(-40, -40, 30, 60))
    area = shapely.MultiPolygon([greater, box(200, -50, 320, 80)])
    zone = replace(site.zones[0], area=area, zone_id="odd")
    return replace(site, zones=(zone,))


@pytest.fixture(scope="module")
def flights(make_frame, odd_site):
    """Three flights on three days, each over parts of the others' sea, with all that may be wrong.

    Given as efforts, with the footprint and the weight of each usable frame.
    """
    rng = np.random.default_rng(4)
    efforts, looks = [], []
    for day in range(3):
        start = datetime(2026, 3, 2 + 5 * day, 3, tzinfo=UTC)
        frames, qualities = [], []
        for number in range(14):
            lon, lat = degrees(*rng.uniform((-180, -160), (330, 160)))
            bare = make_frame(
                taken_at_utc=start + timedelta(seconds=5 * number), sha256=f"{day}{number:063x}"
            )
            pose = replace(
                bare.pose,
                position=LonLat(lon, lat),
                height_above_sea_m=60.0,
                yaw_deg=float(rng.uniform(0, 360)),
            )
            footprint = SeaView(bare.camera, pose).footprint()
            quality = (SHARP, GLARING, BLURRED)[int(rng.integers(3))]
            frames.append(replace(bare, pose=pose, footprint=footprint))
            qualities.append(quality)
            if quality is not BLURRED:
                weight = 1.0 if quality is SHARP else 0.5
                looks.append((day, shapely.Polygon(footprint), weight))
        (effort,) = day_efforts(
            frames, qualities, odd_site.zones, odd_site.coast, odd_site.reference.timezone
        )
        efforts.append(FlightEffort(f"flight{day}", effort))
    return tuple(efforts), looks


@pytest.fixture(scope="module")
def grid(odd_site):
    """Points every 0.6 m over the zone's bounds, which of them lie in it, and a point's m²."""
    west, south, east, north = odd_site.zones[0].area.bounds
    step = np.array([0.6, 0.6]) / M_PER_DEGREE
    lon, lat = np.meshgrid(np.arange(west, east, step[0]), np.arange(south, north, step[1]))
    inside = shapely.contains_xy(odd_site.zones[0].area, lon, lat)
    middle = lat.mean()
    corners = [(99.456, middle), (99.456 + step[0], middle),
               (99.456 + step[0], middle + step[1]), (99.456, middle + step[1])]  # fmt: skip
    each_m2 = abs(WGS84.geometry_area_perimeter(shapely.Polygon(corners))[0])
    return lon[inside], lat[inside], each_m2


def days_at(grid, looks) -> np.ndarray:
    lon, lat, _ = grid
    seen = np.zeros((3, lon.size), dtype=bool)
    for day, footprint, _ in looks:
        seen[day] |= shapely.contains_xy(footprint, lon, lat)
    return seen.sum(axis=0)


def test_sea_is_counted_once_a_flight_and_once_a_month(odd_site, flights, grid) -> None:
    efforts, looks = flights
    lon, lat, each_m2 = grid
    facts = MonthFacts(MARCH, odd_site.zones, efforts, 0, (), (), {})
    (zone,) = month_figures(facts, odd_site, date(2026, 4, 2)).zones
    days = days_at(grid, looks)
    assert zone.zone_km2 == pytest.approx(lon.size * each_m2 / 1e6, rel=0.01)
    assert zone.effort.usable_km2 == pytest.approx(days.sum() * each_m2 / 1e6, rel=0.01)
    assert zone.distinct_km2 == pytest.approx((days > 0).sum() * each_m2 / 1e6, rel=0.01)
    assert zone.covered == pytest.approx((days > 0).mean(), rel=0.01)
    best = np.zeros((3, lon.size))
    for day, footprint, weight in looks:
        best[day] = np.maximum(best[day], weight * shapely.contains_xy(footprint, lon, lat))
    assert zone.effort.effective_km2 == pytest.approx(best.sum() * each_m2 / 1e6, rel=0.01)
    assert zone.distinct_km2 < zone.effort.usable_km2


def test_shades_are_days(odd_site, flights, grid) -> None:
    efforts, looks = flights
    lon, lat, _ = grid
    (coverage,) = zone_coverages(odd_site.zones, efforts, odd_site)
    days = days_at(grid, looks)
    assert [shade.days for shade in coverage.shades] == [1, 2]  # on no place on four
    for shade in coverage.shades:
        inside = shapely.contains_xy(shade.area, lon, lat)
        assert inside.mean() == pytest.approx((days >= shade.days).mean(), rel=0.01)
    (zone,) = odd_site.zones
    assert all(shade.area.difference(zone.area).area < 1e-12 for shade in coverage.shades)


def test_a_zone_nobody_looked_at_has_no_shade(site) -> None:
    for coverage in zone_coverages(site.zones, (), site):
        assert coverage.shades == ()
        west, south, east, north = coverage.bounds
        assert shapely.box(west, south, east, north).contains(coverage.zone.area)
