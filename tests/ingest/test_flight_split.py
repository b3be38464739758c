from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.flight_split import flown_m, split_flights
from ingest.lonlat import LonLat
from ingest.photo import read_frame

START = datetime(2026, 2, 3, 3, 0, tzinfo=UTC)
M_PER_DEGREE = 111_195.0  # of latitude, on the mean sphere


@pytest.fixture
def at(make_photo, site):
    """A frame so many seconds after the start, so many metres north and east of Ko Libong."""
    frame = read_frame(make_photo(), site)

    def make(seconds: float, north_m: float = 0.0, lon: float = 99.4):
        position = LonLat(lon, 7.25 + north_m / M_PER_DEGREE)
        return replace(
            frame,
            taken_at_utc=START + timedelta(seconds=seconds),
            pose=replace(frame.pose, position=position),
        )

    return make


def seconds(flights):
    return [[(f.taken_at_utc - START).total_seconds() for f in flight] for flight in flights]


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ([0, 5, 10], [[0, 5, 10]]),
        ([0, 600], [[0, 600]]),  # a battery changed
        ([0, 601], [[0], [601]]),
        ([10, 0, 5], [[0, 5, 10]]),
        ([0, 0, 0], [[0, 0, 0]]),  # a burst within one second
        ([0, 700, 705, 1500], [[0], [700, 705], [1500]]),
        ([], []),
    ],
)
def test_gaps_in_time(at, taken, expected):
    assert seconds(split_flights(map(at, taken))) == expected


@pytest.mark.parametrize(
    ("gap_s", "north_m", "flights"),
    [
        (10, 400, 1),  # 30 m/s for 12 s, and 50 m
        (10, 420, 2),
        (0, 100, 1),
        (0, 120, 2),
        (600, 18_000, 1),
    ],
)
def test_jumps_that_no_drone_makes(at, gap_s, north_m, flights):
    assert len(split_flights([at(0), at(gap_s, north_m)])) == flights


def test_two_drones_in_the_air_at_once_come_apart(at):
    one = [at(t, 10 * t) for t in range(0, 100, 5)]
    other = [at(t + 1, 5000 - 10 * t) for t in range(0, 100, 5)]
    assert split_flights([*other, *one]) == (tuple(one), tuple(other))


def test_a_frame_goes_to_the_nearest_flight(at):
    one, other = [at(0, 0), at(10, 0)], [at(1, 1000), at(11, 1000)]
    near_the_other = at(60, 900)
    assert split_flights([*one, *other, near_the_other]) == (
        tuple(one),
        (*other, near_the_other),
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taken=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 3000)), max_size=12))
def test_no_frame_is_lost_and_each_flight_is_in_order(at, taken):
    frames = [at(*each) for each in taken]
    flights = split_flights(frames)
    assert len(list(chain(*flights))) == len(frames)
    assert all(frame in frames for frame in chain(*flights))
    for flight in flights:
        times = [frame.taken_at_utc for frame in flight]
        assert times == sorted(times)
        assert all(b - a <= timedelta(minutes=10) for a, b in pairwise(times))


def test_metres_flown(at):
    assert flown_m([at(0, 0), at(10, 100), at(20, 40)]) == pytest.approx(160, rel=1e-3)
    assert flown_m([at(0)]) == flown_m([]) == 0
