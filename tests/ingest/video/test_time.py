"""Clocks: cues against pictures, drones' clocks against UTC."""
# ruff: noqa: DTZ001 - the drone's own clock is naive

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import VideoError
from ingest.lonlat import LonLat
from ingest.telemetry.record import TelemetryRecord
from ingest.video.clock import resolve_start
from ingest.video.container import VideoFacts
from ingest.video.flight_path import FlightPath
from ingest.video.time_base import TimeMap, clock_of, rising, video_time_of_cues

ZONE, PLACE = ZoneInfo("Asia/Bangkok"), LonLat(99.4, 7.25)
NOON = datetime(2026, 3, 14, 12)


def record(start_s, end_s=None, clock=None, place=PLACE, **fields):
    return TelemetryRecord(
        1, 1, start_s, start_s + 1 if end_s is None else end_s, clock, place, **fields
    )


def facts(duration_s, frames=0):
    return VideoFacts(Path("a"), "h264", 4, 4, duration_s, 30.0, frames, (), None, "", ())


@pytest.mark.parametrize(
    ("records", "duration_s", "frames", "at_half_s", "codes"),
    [
        (60, 60.0, 0, 30.0, []),
        (60, 60.8, 0, 30.0, []),  # the last second's block is missing
        (100, 101.9, 0, 30.57, ["telemetry_drift"]),
        (60, 90.0, 0, 30.0, ["telemetry_short"]),
        (60, 40.0, 0, 30.0, ["telemetry_long"]),
    ],
)
def test_cues_are_laid_over_the_video(records, duration_s, frames, at_half_s, codes):
    told = [record(float(n)) for n in range(records)]
    video_s, notes = video_time_of_cues(told, facts(duration_s, frames))
    assert video_s(30.0) == pytest.approx(at_half_s, abs=0.01)
    assert [note.code for note in notes] == codes


def test_a_block_for_each_picture_follows_the_pictures():
    told = [record(n * 0.033, (n + 1) * 0.033) for n in range(9000)]  # 33 ms for 33.37
    video_s, notes = video_time_of_cues(told, facts(9000 / 29.97, 9000))
    assert video_s(4500 * 0.033) == pytest.approx(4500 / 29.97, abs=0.05)
    assert [note.code for note in notes] == ["telemetry_drift"]


knots = st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1, max_size=20)


@given(knots, st.lists(st.floats(-2e6, 2e6), min_size=2, max_size=20))
def test_maps_never_run_back(points, times):
    mapped = [TimeMap(rising(points))(time) for time in sorted(times)]
    assert all(a <= b + 1e-6 for a, b in pairwise(mapped))


@given(st.lists(st.tuples(st.floats(0, 600), st.integers(-30, 5000)), min_size=1, max_size=40))
def test_a_drones_clock_never_runs_back(rows):
    told = [record(s, clock=NOON + timedelta(seconds=clock)) for s, clock in sorted(rows)]
    found = clock_of(told, TimeMap(((0.0, 0.0),)))
    assert found is not None
    times = [found[0](n * 7.0) for n in range(100)]
    assert all(a <= b + 1e-6 for a, b in pairwise(times))


def test_whole_seconds_are_read_as_the_middle_of_what_they_can_mean():
    true = [NOON + timedelta(seconds=0.7 + n / 5) for n in range(50)]
    told = [record(n / 5, n / 5 + 0.2, t.replace(microsecond=0)) for n, t in enumerate(true)]
    clock, sigma_s = clock_of(told, TimeMap(((0.0, 0.0),)))
    off_s = clock(0.0) - (true[0] - datetime(1970, 1, 1)).total_seconds()
    assert abs(off_s) < 0.2
    assert sigma_s == pytest.approx(0.29)


def test_a_clock_leaps_where_recordings_were_joined():
    told = [
        record(float(n), clock=NOON + timedelta(seconds=n + 300 * (n >= 10))) for n in range(20)
    ]
    clock, _ = clock_of(told, TimeMap(((0.0, 0.0),)))
    assert clock(15.0) - clock(5.0) == pytest.approx(310, abs=1)
    assert clock(19.0) - clock(12.0) == pytest.approx(7, abs=1e-6)


def utc(hour, minute=0):
    return datetime(2026, 3, 14, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("clock", "created", "expected", "codes"),
    [
        (NOON, utc(5), utc(5), []),
        (NOON, None, utc(5), []),
        (NOON, utc(5, 1), utc(5), []),  # written at the end of the recording
        (NOON, utc(12), utc(5), ["created_local"]),
        (datetime(2026, 3, 14, 3), utc(3), utc(3), ["clock_utc"]),  # 3 in the morning is night
        (datetime(2026, 3, 14, 13), utc(5), utc(5), ["clock_zone"]),  # an hour ahead
        (NOON, utc(9, 7), utc(5), ["clock_differs"]),
        (None, utc(5), utc(5), ["created_utc"]),
        (None, utc(16), utc(9), ["created_local"]),  # 23 o'clock here
    ],
)
def test_when_a_video_began(clock, created, expected, codes):
    start = resolve_start(clock, 0.1, created, 60.0, ZONE, PLACE)
    assert start.utc == expected
    assert [note.code for note in start.notes] == codes


def test_without_any_time_a_video_is_refused():
    with pytest.raises(VideoError, match="date and time") as refusal:
        resolve_start(None, 0.0, None, 60.0, ZONE, PLACE)
    assert refusal.value.code == "no_time"


def east(metres):
    return LonLat(99.4 + metres / 110_300, 7.25)


def path_of(rows):
    return FlightPath(
        [record(t, place=None if m is None else east(m)) for t, m in rows], lambda r: r.start_s
    )


def east_m(path, time_s):
    moment = path.at(time_s)
    return None if moment is None else round((moment.position.lon - 99.4) * 110_300, 1)


@pytest.mark.parametrize(
    ("rows", "time_s", "expected_m"),
    [
        ([(0, 0), (1, 8), (2, 16)], 1.5, 12.0),
        ([(0, None), (1, None), (2, 16), (3, 24)], 0.5, None),  # before the lock
        ([(0, None), (2, 16), (3, 24)], 1.5, 16.0),
        ([(0, 0), (1, 8), (9, 72)], 5.0, None),  # a silence
        ([(0, 0), (1, 8), (2, 50_000), (3, 24)], 2.0, 16.0),  # a false fix
        ([(0, 0), (0.2, 0), (0.4, 0), (0.6, 0), (0.8, 0), (1, 8), (1.2, 8)], 0.5, 4.0),
        ([(n, 0) for n in range(5)] + [(5, 8)], 3.9, 0.0),  # hung still, then flew
        ([(0, 0), (2, 16), (1, 900), (3, 24)], 1.0, 8.0),  # goes back in time
    ],
)
def test_where_the_drone_was(rows, time_s, expected_m):
    assert east_m(path_of(rows), time_s) == expected_m


def test_false_fixes_are_counted():
    assert path_of([(0, 0), (1, 8), (2, 50_000), (3, 24)]).false_fixes == 1
