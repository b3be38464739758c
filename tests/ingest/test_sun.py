from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.lonlat import LonLat
from ingest.sun import SunPosition, sun_position


@pytest.mark.parametrize(
    ("at", "place", "azimuth_deg", "elevation_deg"),
    [
        # Reda and Andreas, "Solar Position Algorithm" (NREL/TP-560-34302, 2008), table A5.1
        ("2003-10-17T12:30:30-07:00", LonLat(-105.1786, 39.742476), 194.340241, 39.872046),
        # the same algorithm as pvlib's spa_python computes it: high, low, southern, tropical, night
        ("2021-06-21T12:00:00Z", LonLat(-21.9426, 64.1466), 149.338091, 46.702268),
        ("2021-12-21T09:30:00Z", LonLat(13.405, 52.52), 157.982911, 11.293283),
        ("2021-06-21T12:00:00Z", LonLat(36.8219, -1.2921), 307.296059, 46.861904),
        ("2021-12-21T09:30:00Z", LonLat(36.8219, -1.2921), 179.504172, 67.853069),
        ("2021-12-21T09:30:00Z", LonLat(172.6362, -43.5321), 220.937996, -11.620362),
    ],
)
def test_published_places_of_the_sun(at, place, azimuth_deg, elevation_deg):
    found = sun_position(datetime.fromisoformat(at), place).direction_enu()
    published = SunPosition(azimuth_deg, elevation_deg).direction_enu()
    apart_deg = np.degrees(2 * np.arcsin(np.linalg.norm(found - published) / 2))
    assert apart_deg < 0.02


@pytest.mark.parametrize(
    ("azimuth_deg", "elevation_deg", "enu"),
    [(0, 0, (0, 1, 0)), (90, 0, (1, 0, 0)), (270, 0, (-1, 0, 0)), (10, 90, (0, 0, 1))],
)
def test_direction(azimuth_deg, elevation_deg, enu):
    np.testing.assert_allclose(
        SunPosition(azimuth_deg, elevation_deg).direction_enu(), enu, atol=1e-12
    )


@given(
    at=st.datetimes(datetime(1990, 1, 1), datetime(2049, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    lon=st.floats(-180, 180),
    lat=st.floats(-90, 90),
    zone_h=st.integers(-12, 14),
)
def test_the_zone_of_the_clock_does_not_move_the_sun(at, lon, lat, zone_h):
    sun = sun_position(at, LonLat(lon, lat))
    assert sun_position(at.astimezone(timezone(timedelta(hours=zone_h))), LonLat(lon, lat)) == sun
    assert 0 <= sun.azimuth_deg <= 360
    assert -90 <= sun.elevation_deg <= 90


def test_the_sun_passes_overhead_at_libong_twice_a_year():
    """At 7.25 N it stands within half a degree of the zenith about 8 April and 4 September."""
    noon = timedelta(hours=5, minutes=24)  # 12:24 local time at 99.4 E
    highest = [
        max(
            sun_position(
                datetime(2026, month, day, tzinfo=UTC) + noon + timedelta(minutes=minute),
                LonLat(99.4, 7.25),
            ).elevation_deg
            for minute in range(-20, 21)
        )
        for month, day in [(4, 8), (9, 4), (6, 21)]
    ]
    assert highest[0] > 89.5
    assert highest[1] > 89.5
    assert highest[2] == pytest.approx(90 - (23.44 - 7.25), abs=0.05)
