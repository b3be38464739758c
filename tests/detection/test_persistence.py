from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import cos, radians

import pytest

from detection.persistence import borne_out
from detection.sightings import associate
from detection.types import Detection, ObjectClass
from ingest.camera import CameraIntrinsics
from ingest.frame import Frame
from ingest.lonlat import LonLat
from ingest.pose import CameraPose, HeightSource

START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
HOME = LonLat(99.45, 7.256)
METRE = 1 / 111_195.0
THRESHOLDS = dict.fromkeys(ObjectClass, 0.3)
HALF_M = 40.0


def at(east_m, north_m):
    return LonLat(HOME.lon + east_m * METRE / cos(radians(HOME.lat)), HOME.lat + north_m * METRE)


def frame(number, *, north_m=0.0, t_s=None, seen=True):
    """A frame of 80 m by 80 m around a place, one every 3 s."""
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    ring = tuple(at(x * HALF_M, north_m + y * HALF_M) for x, y in corners)
    camera = CameraIntrinsics("DJI", "t", 1600, 1600, 1000.0, (800.0, 800.0), 0.01, "calibrated")
    pose = CameraPose(
        at(0, north_m), 50.0, HeightSource.RELATIVE, 0.0, -90.0, 0.0, 1.0, 1.0, 1.0, 1.0
    )
    taken = START + timedelta(seconds=3 * number if t_s is None else t_s)
    footprint = ring if seen else None
    sha256 = f"{number:064x}"
    return Frame(None, sha256, 1600, 1600, taken, camera, pose, 5.0, footprint, 2.0)


def found(cls, number, score, east_m=0.0, north_m=0.0):
    return Detection(
        cls, score, (0.0, 0.0, 50.0, 50.0), f"{number:064x}",
        START + timedelta(seconds=3 * number), at(east_m, north_m), 2.0, "a" * 64,
    )  # fmt: skip


D, B = ObjectClass.DUGONG, ObjectClass.BOAT


@pytest.mark.parametrize(
    ("finds", "looks", "score", "stays"),
    [
        (1, 1, 0.31, True),  # one look, nothing speaks against it
        (1, 4, 0.40, False),  # a glint in one of four
        (1, 4, 0.66, True),  # strong: it may have dived
        (1, 4, 0.64, False),
        (2, 7, 0.35, True),
        (2, 9, 0.35, False),  # 2 of 9 is less than a quarter
        (4, 4, 0.31, True),
    ],
)
def test_what_the_other_frames_say(finds, looks, score, stays):
    frames = [frame(n) for n in range(looks)]
    (sighting,) = associate([found(D, n, score) for n in range(finds)], "f")
    assert bool(borne_out([sighting], frames, THRESHOLDS)) is stays


@pytest.mark.parametrize(("score", "stays"), [(0.69, False), (0.71, True)])
def test_gear_seen_once_of_four_times_must_be_surer_than_an_animal_that_dives(score, stays):
    (sighting,) = associate([found(ObjectClass.FISHING_GEAR, 0, score)], "f")
    assert bool(borne_out([sighting], [frame(n) for n in range(4)], THRESHOLDS)) is stays


def test_frames_that_looked_elsewhere_say_nothing():
    frames = [frame(0), *(frame(n, north_m=200.0) for n in range(1, 6))]
    (sighting,) = associate([found(D, 0, 0.35)], "f")
    assert borne_out([sighting], frames, THRESHOLDS) == (sighting,)


def test_frames_without_sea_in_view_say_nothing():
    frames = [frame(0), *(frame(n, seen=False) for n in range(1, 6))]
    (sighting,) = associate([found(D, 0, 0.35)], "f")
    assert borne_out([sighting], frames, THRESHOLDS) == (sighting,)


def test_a_boat_may_have_gone_when_the_drone_comes_back():
    later = [frame(n, t_s=600 + n) for n in range(1, 6)]
    (boat,) = associate([found(B, 0, 0.35, east_m=20)], "f")
    assert borne_out([boat], [frame(0), *later], THRESHOLDS) == (boat,)
    soon = [frame(n, t_s=15 + 3 * n) for n in range(1, 6)]
    assert borne_out([boat], [frame(0), *soon], THRESHOLDS) == (boat,)
    at_once = [frame(n, t_s=0.5 * n) for n in range(1, 4)]
    assert borne_out([boat], [frame(0), *at_once], THRESHOLDS) == ()


def test_a_thing_at_the_edge_of_view_may_have_been_missed():
    frames = [frame(n) for n in range(5)]
    (edge,) = associate([found(D, 0, 0.35, east_m=HALF_M - 0.5)], "f")
    assert borne_out([edge], frames, THRESHOLDS) == (edge,)


def test_a_higher_threshold_asks_for_a_stronger_look():
    frames = [frame(n) for n in range(4)]
    (sighting,) = associate([found(D, 0, 0.7)], "f")
    assert borne_out([sighting], frames, THRESHOLDS)
    assert not borne_out([sighting], frames, dict.fromkeys(ObjectClass, 0.5))


def test_the_order_and_the_sightings_are_left_as_they_are():
    frames = [frame(n) for n in range(3)]
    detections = [found(D, n, 0.9, east_m=x) for n in range(3) for x in (0.0, 20.0)]
    sightings = associate(detections, "f")
    assert borne_out(sightings, frames, THRESHOLDS) == sightings
    assert borne_out([replace(s) for s in sightings], frames, THRESHOLDS) == sightings
