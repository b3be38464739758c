"""When to look: overlap, hovering, speeds, gaps."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.lonlat import LonLat
from ingest.video.sampling import (
    LONGEST_UNPAIRED_S,
    LONGEST_WAIT_S,
    Sight,
    may_wait,
    plan_samples,
)

M = 1 / 111_195.0


def sight(time_s, north_m, length_m=46.0):
    south, north = north_m * M, (north_m + length_m) * M
    ring = [(0.0, south), (80 * M, south), (80 * M, north), (0.0, north), (0.0, south)]
    return Sight(time_s, tuple(LonLat(lon, lat) for lon, lat in ring))


def flown(speed_m_s, seconds, length_m=46.0):
    return [sight(n / 5, speed_m_s * n / 5, length_m) for n in range(round(seconds * 5) + 1)]


@pytest.mark.parametrize(
    ("speed_m_s", "length_m", "longest_step_m"),
    [(8.0, 46.0, 18.4), (4.0, 46.0, 18.4), (15.0, 46.0, 18.4), (12.0, 30.0, 12.0)],
)
def test_looks_overlap_by_sixty_per_cent(speed_m_s, length_m, longest_step_m):
    times = [m.time_s for m in plan_samples(flown(speed_m_s, 30, length_m))]
    steps = [speed_m_s * (b - a) for a, b in pairwise(times)]
    assert max(steps) <= longest_step_m + 1e-6
    # and no more of them than twice what that asks for
    assert len(times) <= 2 * (speed_m_s * 30 / longest_step_m) + 3


@pytest.mark.parametrize("speed_m_s", [2.0, 6.0, 10.0, 16.0, 20.0])
def test_what_is_in_view_for_two_seconds_is_seen_twice_a_second_apart(speed_m_s):
    times = [m.time_s for m in plan_samples(flown(speed_m_s, 60))]
    in_view_s = 46.0 / speed_m_s
    for enters_s in [n / 10 for n in range(20, round((58 - in_view_s) * 10))]:
        seen = [t for t in times if enters_s <= t <= enters_s + in_view_s]
        assert len(seen) >= 2
        assert seen[-1] - seen[0] >= 1.0 - 1e-6


def test_a_hovering_drone_looks_now_and_then_and_twice_each_time():
    times = [m.time_s for m in plan_samples(flown(0.0, 60))]
    assert max(b - a for a, b in pairwise(times)) <= LONGEST_WAIT_S
    assert len(times) <= 16
    for time_s in times:
        others = [abs(time_s - other) for other in times if other != time_s]
        assert 1.0 <= min(others) <= LONGEST_UNPAIRED_S


def test_silences_are_left_out_and_no_sea_gives_nothing():
    sights = [s for s in flown(8.0, 30) if not 10 < s.time_s < 20]
    assert not [m for m in plan_samples(sights) if 10.1 < m.time_s < 19.9]
    assert plan_samples([Sight(0.0, None), Sight(0.2, None)]) == ()
    assert plan_samples([]) == ()
    assert [m.time_s for m in plan_samples([sight(3.0, 0.0)])] == [3.0]


@given(st.lists(st.floats(0, 30), max_size=60), st.floats(0, 20))
def test_moments_rise_and_lie_within_what_is_known(steps_m, speed):
    sights = [sight(n / 5, speed * n / 5 + step) for n, step in enumerate(steps_m)]
    moments = plan_samples(sights)
    times = [m.time_s for m in moments]
    assert all(a < b for a, b in pairwise(times))
    assert all(0 <= t <= len(steps_m) / 5 for t in times)
    assert all(0 <= m.tolerance_s <= 0.25 for m in moments)


@pytest.mark.parametrize(
    ("waited_s", "overlap", "may"),
    [
        (0.2, 1.0, True),
        (11.0, 1.0, False),
        (2.0, 0.59, False),
        (2.0, 0.65, True),
        (0.6, 0.7, False),
    ],
)
def test_waiting(waited_s, overlap, may):
    assert may_wait(waited_s, overlap) is may
