"""Slow, fast or cannot tell: speeds against what a zone advises, with their errors."""

from dataclasses import replace

import pytest

from ingest.lonlat import LonLat
from patrol.compliance import (
    BoatSeen,
    Pace,
    asks_for_slowness,
    boats_in,
    compliance,
    pace_of,
)
from patrol.zones import AdvisedSpeed

SIX_KNOTS = 6 * 1852 / 3600


@pytest.fixture(scope="module")
def slow_zone(site):
    zone = next(zone for zone in site.zones if zone.zone_id == "ko_muk_east")
    return replace(zone, advised_speed=AdvisedSpeed(6.0, "made up for the tests"))


def boat(speed, sigma, place=(99.31, 7.365)):
    return BoatSeen(LonLat(*place), speed, sigma)


@pytest.mark.parametrize(
    ("speed", "sigma", "pace"),
    [
        (1.0, 0.5, Pace.SLOW),
        (0.9, 0.5, Pace.STILL),
        (0.0, 0.1, Pace.STILL),
        (8.0, 0.5, Pace.FAST),
        (SIX_KNOTS + 0.9, 0.5, Pace.CANNOT_TELL),
        (SIX_KNOTS + 1.0, 0.5, Pace.FAST),
        (SIX_KNOTS - 0.9, 0.5, Pace.CANNOT_TELL),
        (SIX_KNOTS - 1.0, 0.5, Pace.SLOW),
        (SIX_KNOTS, 0.0, Pace.SLOW),
        (8.0, 6.0, Pace.CANNOT_TELL),
        (None, None, Pace.CANNOT_TELL),
    ],
)
def test_the_pace_of_a_boat(slow_zone, speed, sigma, pace) -> None:
    assert pace_of(boat(speed, sigma), slow_zone.advised_speed) is pace


def test_without_a_figure_nobody_is_fast() -> None:
    assert pace_of(boat(20.0, 0.1), None) is Pace.CANNOT_TELL


def test_the_shipped_zones_name_no_figure(site) -> None:
    """No Thai knot limit for Libong was found, so none may stand there."""
    assert all(zone.advised_speed is None for zone in site.zones)


def test_which_boats_lie_in_a_zone(site, slow_zone) -> None:
    inside = LonLat(*slow_zone.area.representative_point().coords[0])
    assert boats_in(slow_zone, [boat(1, 1, inside), boat(1, 1, (99.0, 7.0))]) == (
        boat(1, 1, inside),
    )
    assert {zone.zone_id for zone in site.zones if asks_for_slowness(zone)} == {
        "chu_hoi_seagrass",
        "mod_tanoi_bay",
        "ko_muk_east",
    }


def test_the_share_is_of_those_that_can_be_told() -> None:
    paces = [Pace.SLOW] * 6 + [Pace.FAST] * 2 + [Pace.CANNOT_TELL] * 5 + [Pace.STILL] * 3
    found = compliance(paces)
    assert (found.boats, found.slow_share.hits, found.slow_share.of) == (16, 6, 8)
    assert found.slow_share.share == 0.75
    assert found.slow_share.low == pytest.approx(0.349, abs=1e-3)  # Clopper and Pearson
    assert found.slow_share.high == pytest.approx(0.968, abs=1e-3)
    assert compliance([Pace.CANNOT_TELL]).slow_share.share is None
