from math import atan, degrees, radians, sqrt, tan

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest.glitter import may_glitter, mean_square_slope, mirror_slopes_squared
from ingest.sun import SunPosition

DOWN = (0.0, 0.0, -1.0)


def looking(azimuth_deg: float, depression_deg: float) -> np.ndarray:
    """A direction so far below the level."""
    return SunPosition(azimuth_deg, -depression_deg).direction_enu()


@pytest.mark.parametrize(
    ("direction", "sun", "tilt_deg"),
    [
        (DOWN, SunPosition(0, 90), 0),  # the sun overhead is mirrored straight below
        (DOWN, SunPosition(0, 60), 15),  # half of the 30 degrees between
        (DOWN, SunPosition(123, 10), 40),
        (looking(90, 30), SunPosition(90, 30), 0),  # a flat sea mirrors the sun ahead
        (looking(90, 50), SunPosition(90, 30), 10),
        (looking(270, 60), SunPosition(90, 60), 30),  # the sun behind: it must lean to us
    ],
)
def test_how_far_a_facet_leans(direction, sun, tilt_deg):
    (square,) = mirror_slopes_squared(np.array([direction]), sun)
    assert degrees(atan(sqrt(square))) == pytest.approx(tilt_deg, abs=1e-5)


@given(
    azimuth=st.floats(0, 360), depression=st.floats(5, 90),
    sun_azimuth=st.floats(0, 360), elevation=st.floats(5, 90),
)  # fmt: skip
def test_the_facet_mirrors_the_sun(azimuth, depression, sun_azimuth, elevation):
    direction, sun = looking(azimuth, depression), SunPosition(sun_azimuth, elevation)
    (square,) = mirror_slopes_squared(direction[None, :], sun)
    normal = sun.direction_enu() - direction
    normal /= np.linalg.norm(normal)
    mirrored = direction - 2 * (direction @ normal) * normal
    np.testing.assert_allclose(mirrored, sun.direction_enu(), atol=1e-9)
    assume(square < 1e6)
    assert square == pytest.approx(tan(np.arccos(normal[2])) ** 2, rel=1e-3, abs=1e-9)


def test_no_sun_and_no_sea_is_no_glitter():
    assert np.isinf(mirror_slopes_squared(np.array([DOWN]), SunPosition(0, -1))).all()
    assert np.isinf(mirror_slopes_squared(np.array([[0.0, 1.0, 0.0]]), SunPosition(0, 10))).all()


def test_the_slope_at_14_m_per_s_is_the_one_published():
    """Cox and Munk's abstract: the mean square reaches tan^2 16 degrees at 14 m/s."""
    assert degrees(atan(sqrt(mean_square_slope(14)))) == pytest.approx(16, abs=1)


@given(wind=st.floats(0, 13), more=st.floats(0.1, 1), elevation=st.floats(1, 90))
def test_more_wind_glitters_wider(wind, more, elevation):
    directions = np.array([looking(0, depression) for depression in range(1, 91)])
    sun = SunPosition(0, elevation)
    calmer = may_glitter(directions, sun, wind)
    assert np.all(may_glitter(directions, sun, wind + more) >= calmer)
    assert may_glitter(looking(0, elevation)[None, :], sun, wind).all()


def test_how_wide_it_is():
    # 5 m/s: tan^-1 sqrt(3 x 0.0286) = 16.3 degrees of tilt, twice that in direction
    directions = np.array([looking(0, 90 - 32), looking(0, 90 - 33)])
    assert may_glitter(directions, SunPosition(0, 90), 5.0).tolist() == [True, False]
    assert radians(16.3) == pytest.approx(atan(sqrt(3 * mean_square_slope(5))), abs=1e-3)
