from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from ingest.lonlat import LonLat
from ingest.photo import read_frame
from ingest.track import flown_one_way, velocities_m_s

M_PER_DEG_LON, M_PER_DEG_LAT = 110_442.0, 110_585.0  # WGS 84 at 7.25 N
NO_SPEED = (np.nan, np.nan)


@pytest.fixture
def fly(make_photo, site):
    """Frames at (seconds, east m, north m)."""
    frame = read_frame(make_photo(), site)

    def flown(stations):
        return [
            replace(
                frame,
                taken_at_utc=frame.taken_at_utc + timedelta(seconds=seconds),
                pose=replace(
                    frame.pose,
                    position=LonLat(99.4 + east_m / M_PER_DEG_LON, 7.25 + north_m / M_PER_DEG_LAT),
                ),
            )
            for seconds, east_m, north_m in stations
        ]

    return flown


@pytest.mark.parametrize(
    ("stations", "expected"),
    [
        ([], []),
        ([(0, 0, 0)], [NO_SPEED]),
        ([(0, 0, 0), (2, 10, 0)], [NO_SPEED] * 2),  # one leg may as well lead to the next line
        ([(0, 0, 0), (2, 10, 0), (4, 24, 0)], [(5, 0), (6, 0), (7, 0)]),
        (  # two lines of three: the leg between them belongs to neither
            [(0, 0, 0), (2, 10, 0), (4, 20, 0), (10, 20, 30), (12, 10, 30), (14, 0, 30)],
            [(5, 0)] * 3 + [(-5, 0)] * 3,
        ),
        ([(0, 0, 0), (2, 10, 0), (2, 20, 0)], [NO_SPEED] * 3),  # no time between two
        ([(0, 0, 0), (40, 10, 0), (80, 20, 0)], [NO_SPEED] * 3),  # too long a time
        ([(0, 0, 0), (2, 0, 0), (4, 0, 0)], [NO_SPEED] * 3),  # hovering: no line
    ],
)
def test_velocities(fly, stations, expected):
    found = velocities_m_s(fly(stations))
    assert found.shape == (len(stations), 2)
    np.testing.assert_allclose(found, np.reshape(expected, (-1, 2)), atol=0.01)


@pytest.mark.parametrize(
    ("places", "one_way"),
    [
        ([], True),
        ([(0, 0)], True),
        ([(0, 0), (10, 0), (20, 5)], True),
        ([(0, 0), (10, 0), (9.5, 0), (20, 0)], True),  # half a metre back is jitter
        ([(0, 0), (10, 0), (0, 0)], False),
        ([(0, 0), (10, 0), (20, 0), (20, 30), (10, 30)], False),
    ],
)
def test_flown_one_way(fly, places, one_way):
    frames = fly([(2 * number, *place) for number, place in enumerate(places)])
    assert flown_one_way(frames) is one_way
