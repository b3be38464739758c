from collections import defaultdict
from dataclasses import replace
from math import cos, radians, sin

import numpy as np
import pytest

from detection.sightings import associate
from detection.simulated_flight import Conditions, simulate_flight
from detection.tracks import course_deg_of, fit_track
from detection.types import ObjectClass

CALM = Conditions(
    error_m=0.2, shared_share=0.0, yaw_sigma_deg=0.0, missed_share=0.0, false_per_frame=0.0
)


def boats_of(conditions, seeds, *, moored):
    """Detections of each boat in one pass of the drone, with the boat and the frames' poses."""
    for seed in seeds:
        flight = simulate_flight(conditions, seed)
        poses = {frame.sha256: frame.pose for frame in flight.frames}
        by_boat = defaultdict(list)
        for detection, thing in zip(flight.detections, flight.source, strict=True):
            if thing is not None and thing.object_class is ObjectClass.BOAT:
                by_boat[thing].append(detection)
        for boat, found in by_boat.items():
            start = found[0].taken_at_utc
            found = [d for d in found if (d.taken_at_utc - start).total_seconds() < 25]
            if (boat.speed_m_s == 0) is moored:
                yield boat, found, poses


def test_speed_and_course_of_boats_seen_well_are_theirs():
    told = 0
    for boat, found, poses in boats_of(CALM, range(12), moored=False):
        track = fit_track(found, poses)
        if track is not None and boat.speed_m_s > 2:
            told += 1
            assert track.speed_m_s == pytest.approx(boat.speed_m_s, abs=0.3)
            assert abs((track.course_deg - boat.course_deg + 180) % 360 - 180) < 5
            assert track.speed_knots == pytest.approx(track.speed_m_s * 1.943844, rel=1e-6)
            assert track.moves
    assert told >= 5


@pytest.mark.parametrize(
    ("conditions", "within_least", "within_most", "most_chi_square"),
    [
        # as claimed, half of the square shared by all frames
        (Conditions(), 0.6, 0.9, 1.3),
        # nothing shared: as good as two frames can be judged
        (Conditions(shared_share=0.0), 0.5, 0.8, 1.6),
        # nearly all shared: the error that few frames claim is larger than theirs of a speed
        (Conditions(error_m=5.0, shared_share=0.9), 0.85, 1.0, 0.6),
        # a heading off by 4 degrees makes things at rest seem to move
        (Conditions(error_m=1.0, yaw_sigma_deg=4.0, shared_share=0.9), 0.6, 1.0, 1.3),
    ],
)
def test_the_error_of_a_speed_is_honest(conditions, within_least, within_most, most_chi_square):
    off, squares = [], []
    for boat, found, poses in boats_of(conditions, range(60), moored=False):
        track = fit_track(found, poses)
        if track is None:
            continue
        course, true_course = radians(track.course_deg), radians(boat.course_deg)
        east = track.speed_m_s * sin(course) - boat.speed_m_s * sin(true_course)
        north = track.speed_m_s * cos(course) - boat.speed_m_s * cos(true_course)
        squares.append((east**2 + north**2) / track.speed_sigma_m_s**2 / 2)
        off.append(abs(track.speed_m_s - boat.speed_m_s) / track.speed_sigma_m_s)
    assert len(off) > 20
    assert within_least <= np.mean(np.array(off) <= 1) <= within_most
    assert np.mean(squares) <= most_chi_square


def test_few_boats_at_rest_are_said_to_move():
    tracks = [
        fit_track(found, poses)
        for _, found, poses in boats_of(Conditions(), range(60), moored=True)
    ]
    moving = [track.moves for track in tracks if track is not None]
    assert len(moving) > 50
    assert np.mean(moving) < 0.06


def test_less_than_a_second_or_a_single_frame_tells_no_speed():
    _, found, poses = next(boats_of(CALM, range(12), moored=False))
    assert fit_track(found[:1], poses) is None
    assert fit_track([], poses) is None
    at_once = [replace(d, taken_at_utc=found[0].taken_at_utc) for d in found]
    assert fit_track(at_once, poses) is None
    unplaced = [replace(d, position=None) for d in found]
    assert fit_track(unplaced, poses) is None


def test_a_heading_that_is_ill_known_widens_the_speeds_error():
    found, poses = next(
        (found, poses)
        for _, found, poses in boats_of(CALM, range(12), moored=False)
        if fit_track(found, poses) is not None
    )
    doubted = {sha256: replace(pose, yaw_sigma_deg=10.0) for sha256, pose in poses.items()}
    sure, unsure = fit_track(found, poses), fit_track(found, doubted)
    assert unsure.speed_m_s == sure.speed_m_s
    # 7 m/s of the drone, 10 degrees, along one axis of two
    assert unsure.speed_sigma_m_s == pytest.approx(7 * radians(10) / 2**0.5, rel=0.1)


def test_a_sighting_that_does_not_move_has_no_course():
    flight = simulate_flight(replace(CALM, most_dugongs=0, most_gear=0), 3)
    sightings = associate(flight.detections, "f", frames=flight.frames)
    assert sightings
    for sighting in sightings:
        assert (course_deg_of(sighting) is None) is (sighting.speed_m_s is None)
