"""Rings: as far from the middle as they should be, and turning the right way."""

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ingest.lonlat import LonLat, distance_m
from patrol.exports.outline import area_geometry, error_ring


@given(st.floats(-179, 179), st.floats(-80, 80), st.floats(0.1, 500))
def test_the_ring_lies_at_its_radius_and_turns_left(lon, lat, radius_m) -> None:
    centre = LonLat(lon, lat)
    ring = error_ring(centre, radius_m)
    assert ring[0] == ring[-1]
    # the reference is a sphere, the ring on the ellipsoid: up to 0.7 % apart
    assert all(distance_m(centre, point) == pytest.approx(radius_m, rel=0.01) for point in ring)
    assert shapely.LinearRing(ring).is_ccw


def test_rings_of_areas_are_right_handed() -> None:
    clockwise = [(0, 0), (0, 4), (4, 4), (4, 0), (0, 0)]
    hole = [(1, 1), (2, 1), (2, 2), (1, 2), (1, 1)]
    area = shapely.Polygon(clockwise, [hole])
    single = area_geometry(area)
    assert single["type"] == "Polygon"
    outer, inner = single["coordinates"]
    assert shapely.LinearRing(outer).is_ccw
    assert not shapely.LinearRing(inner).is_ccw
    double = area_geometry(shapely.MultiPolygon([area, shapely.box(9, 9, 10, 10, ccw=False)]))
    assert double["type"] == "MultiPolygon"
    assert all(shapely.LinearRing(rings[0]).is_ccw for rings in double["coordinates"])
    assert shapely.geometry.shape(double).area == pytest.approx(16)
