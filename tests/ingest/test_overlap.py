from dataclasses import replace

import pytest

from ingest.lonlat import LonLat
from ingest.overlap import overlapping
from ingest.photo import read_frame, with_pose

M_PER_DEG = 110_500.0  # WGS 84 at 7.25 N, to a part in a thousand


@pytest.fixture
def place(make_photo, site):
    """Frames at (east m, north m); at 60 m up each sees 103 m by 58 m, east to west the longer."""
    frame = read_frame(make_photo(), site)

    def placed(places, **changes):
        return [
            with_pose(
                frame,
                replace(
                    frame.pose,
                    position=LonLat(99.4 + east / M_PER_DEG, 7.25 + north / M_PER_DEG),
                    **changes,
                ),
            )
            for east, north in places
        ]

    return placed


def test_neighbours_in_line_and_across_lines_are_paired(place):
    line = [(0, 0), (0, 20), (0, 40)]
    back = [(60, 40), (60, 20), (60, 0)]
    far = [(400, 0)]
    pairs = set(overlapping(place(line + back + far)))
    assert {(0, 1), (1, 2), (0, 2), (1, 4), (0, 5), (2, 3)} <= pairs
    assert all(a < b < 6 for a, b in pairs)


def test_a_sliver_is_no_overlap(place):
    assert list(overlapping(place([(0, 0), (80, 0)]))) == [(0, 1)]  # 23 m of 103 m
    assert list(overlapping(place([(0, 0), (90, 0)]))) == []  # 13 m


def test_the_pairs_grow_with_the_frames_not_with_their_square(place):
    assert len(list(overlapping(place([(0, 0)] * 30)))) <= 30 * 6


def test_a_heading_turned_by_180_degrees_hides_no_overlap(place):
    """Seen obliquely, the ground ahead of a frame is not that behind it."""
    north, south = place([(0, 0), (0, 80)], pitch_deg=-45.0, yaw_deg=0.0)
    turned = with_pose(south, replace(south.pose, yaw_deg=180.0))
    assert list(overlapping([north, turned])) == [(0, 1)]
    assert list(overlapping([turned, with_pose(north, replace(north.pose, yaw_deg=180.0))])) != []


def test_frames_that_see_no_sea_have_no_pair(place):
    assert list(overlapping(place([(0, 0), (0, 1)], pitch_deg=60.0))) == []
    assert list(overlapping([])) == []
