"""Dugongs on dry land are mistakes."""

from datetime import UTC, datetime

import pytest
import shapely

from detection.types import Detection, ObjectClass, Sighting
from ingest.lonlat import LonLat
from patrol.ashore import COAST_ERROR_M, inland, sort_by_coast

METRE = 1 / 111_195  # degrees of latitude
# 400 m of land from 7.25 degrees north up, 400 m wide around 99.4 degrees east
LAND = shapely.MultiPolygon(
    [shapely.box(99.4 - 200 * METRE, 7.25, 99.4 + 200 * METRE, 7.25 + 400 * METRE)]
)


def sighting(what: ObjectClass, north_m: float, error_m: float) -> Sighting:
    now = datetime(2026, 3, 14, 3, 0, tzinfo=UTC)
    place = LonLat(99.4, 7.25 + north_m * METRE)
    found = Detection(what, 0.8, (0, 0, 9, 9), "a" * 64, now, place, error_m, "b" * 64)
    return Sighting("s", "f", what, 0.8, place, error_m, now, now, (found,), found)


@pytest.mark.parametrize(
    ("north_m", "metres", "expected"),
    [(-5, 1, False), (20, 30, False), (31, 30, True), (100, 90, True), (100, 110, False)],
)
def test_inland_is_farther_from_the_edge_than_asked(north_m, metres, expected):
    assert inland(LonLat(99.4, 7.25 + north_m * METRE), LAND, metres) is expected


def test_a_dugong_is_ashore_only_beyond_all_errors():
    deep = COAST_ERROR_M + 2 * 10
    kept = sighting(ObjectClass.DUGONG, deep - 1, 10)
    dropped = sighting(ObjectClass.DUGONG, deep + 1, 10)
    parts = sort_by_coast([kept, dropped], LAND)
    assert parts.afloat == (kept,)
    assert parts.ashore == (dropped,)


@pytest.mark.parametrize("what", [ObjectClass.BOAT, ObjectClass.FISHING_GEAR])
def test_boats_and_gear_may_lie_on_a_beach(what):
    assert sort_by_coast([sighting(what, 150, 2)], LAND).ashore == ()
