"""Rendered flights: metadata that ingest reads back, truth that agrees with the projection."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image

from detection.training.evaluate import RENDERED_SITE
from detection.training.flight import render_flight, render_shot
from detection.training.flight_plan import (
    BANGKOK,
    FlightPlan,
    RenderCamera,
    Shot,
    TagErrors,
    lawnmower,
    place,
)
from detection.training.random_flight import random_flight
from detection.training.random_world import random_sea
from detection.training.sample_plans import (
    SAMPLE_NAMES,
    UnknownPlanError,
    go_slow_bay,
    render_sample,
    render_with_faults,
    seagrass_survey,
)
from detection.training.world import Kind, SceneObject
from ingest.flight import read_flight, read_frame
from ingest.lonlat import LonLat, distance_m
from ingest.projection import SeaView

ORIGIN = LonLat(99.45, 7.25)
EXACT = TagErrors(0.0, 0.0, 0.0, 0.0, 0.0)
BOAT = SceneObject(1, Kind.SPEEDBOAT, 3.0, 12.0, 40.0, 7.0, 2.4, 0.0, 0.0, 3)
DRIFTER = SceneObject(2, Kind.KAYAK, -6.0, 2.0, 90.0, 4.0, 0.8, 0.0, 1.0, 4)


def plan(shots=None, **changes):
    small = FlightPlan(
        name="small",
        title="a small test flight",
        origin=ORIGIN,
        start=datetime(2026, 3, 1, 8, 30, 0, tzinfo=BANGKOK),
        launch_height_m=2.0,
        world=replace(random_sea(11, "channel"), objects=(BOAT, DRIFTER)),
        shots=shots or lawnmower(1, 2, 8.0, 0.0, 40.0, 4.0),
        camera=RenderCamera(320, 240, 24),
        tag_errors=EXACT,
    )
    return replace(small, **changes)


@pytest.fixture(scope="module")
def flown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flight")
    shots = (
        Shot(0.0, 0.0, 0.0, 40.0, 0.0),
        Shot(2.0, 1.0, 8.0, 42.0, 180.0),
        Shot(4.0, 0.0, -8.0, 40.0, 33.0, pitch_deg=-62.0, roll_deg=4.0),
    )
    truth = render_flight(plan(shots), folder)
    return folder, json.loads(truth.read_text())


def test_ingest_reads_back_what_was_written(flown):
    folder, _ = flown
    frames = read_flight([folder], RENDERED_SITE).frames
    assert [f.path.name for f in frames] == [f"LIBONG_000{n}.JPG" for n in (1, 2, 3)]
    oblique = frames[2]
    assert oblique.taken_at_utc == datetime(2026, 3, 1, 1, 30, 4, tzinfo=UTC)
    assert oblique.pose.height_above_sea_m == pytest.approx(40.0)
    assert oblique.pose.yaw_deg == pytest.approx(33.0)
    assert oblique.pose.pitch_deg == pytest.approx(-62.0)
    assert oblique.pose.roll_deg == pytest.approx(4.0)
    assert oblique.camera.focal_px == pytest.approx(24 / np.hypot(36, 24) * np.hypot(320, 240))
    assert distance_m(oblique.pose.position, place(ORIGIN, 0.0, -8.0)) < 0.02
    assert frames[1].pose.yaw_deg % 360 == pytest.approx(180.0)


def test_the_file_says_that_it_is_rendered(flown):
    data = (flown[0] / "LIBONG_0001.JPG").read_bytes()
    assert b"synthetic picture" in data
    assert b"Libong Watch renderer" in data


def test_truth_boxes_stand_on_the_true_places(flown):
    folder, truth = flown
    assert truth["expected_sightings"] == {"boat": 2}
    checked = 0
    for thing in truth["objects"]:
        for seen in thing["frames"]:
            left, top, right, bottom = seen["xyxy_px"]
            if min(left, top) <= 0 or right >= 320 or bottom >= 240:
                continue  # cut by the border: its middle is not the object's
            frame = read_frame(folder / seen["frame"], RENDERED_SITE)
            middle = ((left + right) / 2, (top + bottom) / 2)
            found = SeaView(frame.camera, frame.pose).to_ground(middle).position
            assert distance_m(found, LonLat(seen["lon"], seen["lat"])) < 0.8  # 4 px
            checked += 1
    assert checked >= 3


def test_the_true_place_moves_with_the_object(flown):
    drifter = next(o for o in flown[1]["objects"] if o["kind"] == "kayak")
    first, second = (LonLat(f["lon"], f["lat"]) for f in drifter["frames"][:2])
    assert distance_m(first, second) == pytest.approx(2.0, rel=0.02)


def test_the_same_plan_writes_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        render_flight(plan(tag_errors=TagErrors()), tmp_path / name)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_a_flat_profile_changes_the_colours_alone(tmp_path):
    one = plan(lawnmower(1, 1, 10, 0, 40, 8))
    truths = [
        json.loads(render_flight(each, tmp_path / name).read_text())
        for each, name in ((one, "as it is"), (replace(one, flat_profile=True), "flat"))
    ]
    assert truths[0] == truths[1]
    spread = [
        np.asarray(Image.open(tmp_path / name / "LIBONG_0001.JPG")).std()
        for name in ("as it is", "flat")
    ]
    assert spread[1] < 0.5 * spread[0]


def test_truth_tells_the_sea_state_and_how_deep_animals_are(tmp_path):
    calm = random_sea(11, "channel")
    calm = replace(calm, surface=replace(calm.surface, waves=0.0, ripples=0.0, foam=0.0))
    dugong = SceneObject(3, Kind.DUGONG, 0.0, 0.0, 10.0, 2.8, 0.8, 0.456, 0.0, 5)
    rough = replace(calm, surface=replace(calm.surface, foam=0.1), objects=(dugong, BOAT))
    told = [
        json.loads(render_flight(plan(world=world), tmp_path / name).read_text())
        for name, world in (("calm", calm), ("rough", rough))
    ]
    assert [truth["sea_state"] for truth in told] == [0, 3]
    depths = {thing["kind"]: thing.get("depth_m") for thing in told[1]["objects"]}
    assert depths == {"dugong": 0.46, "speedboat": None}


def test_tag_errors_move_the_tags_and_not_the_truth(tmp_path):
    exact = render_flight(plan(), tmp_path / "exact").read_text()
    noisy = render_flight(plan(tag_errors=TagErrors()), tmp_path / "noisy").read_text()
    assert exact == noisy
    a, b = (read_frame(tmp_path / n / "LIBONG_0001.JPG", RENDERED_SITE) for n in ("exact", "noisy"))
    assert 0.01 < distance_m(a.pose.position, b.pose.position) < 15


def test_a_picture_from_straight_above_is_the_orthogonal_one():
    _, boxes = render_shot(plan(), Shot(0.0, 0.0, 0.0, 40.0, 0.0))
    _, turned = render_shot(plan(), Shot(0.0, 0.0, 0.0, 40.0, 180.0))
    by_id = {box.object_id: box.xyxy_px for box in turned}
    for box in boxes:
        left, top, right, bottom = box.xyxy_px
        opposite = (320 - right, 240 - bottom, 320 - left, 240 - top)
        assert by_id[box.object_id] == pytest.approx(opposite, abs=1e-6)


def test_lawnmower_lines_run_to_and_fro():
    shots = lawnmower(2, 3, 10.0, 15.0, 50.0, 5.0)
    assert [(s.east_m, s.north_m) for s in shots] == [
        (0, 0), (0, 10), (0, 20), (15, 20), (15, 10), (15, 0),
    ]  # fmt: skip
    assert [s.yaw_deg for s in shots] == [0, 0, 0, 180, 180, 180]
    assert np.all(np.diff([s.time_s for s in shots]) >= 2)


@pytest.mark.parametrize("number", range(6))
def test_random_flights_are_fixed_by_split_and_number(number):
    assert random_flight("val", number) == random_flight("val", number)
    assert random_flight("val", number) != random_flight("test", number)


def test_some_random_flights_look_far_ahead_from_25_to_110_m_and_see_what_is_there():
    plans = [random_flight(split, number) for split in ("val", "test") for number in range(150)]
    heights = [plan.shots[0].height_above_sea_m for plan in plans]
    assert 25 <= min(heights) < 29
    assert 102 < max(heights) <= 110
    pitches = np.array([plan.shots[0].pitch_deg for plan in plans])
    assert 0.06 < (pitches > -60).mean() < 0.18
    assert pitches.max() <= -45
    assert (pitches == -90).mean() > 0.5
    seen = {}
    for slanted in (False, True):
        shown = [
            any(in_sight(plan, shot, thing) for shot in plan.shots)
            for plan in plans
            if (plan.shots[0].pitch_deg > -60) is slanted
            for thing in plan.world.objects
        ]
        seen[slanted] = np.mean(shown)
    assert seen[True] > 0.9 * seen[False] > 0.5


def in_sight(plan, shot, thing):
    """Whether a thing's middle lies in the picture of a shot to the north."""
    pitch = np.radians(shot.pitch_deg)
    north, up = thing.north_m - shot.north_m, -shot.height_above_sea_m
    ahead = north * np.cos(pitch) + up * np.sin(pitch)
    above = -north * np.sin(pitch) + up * np.cos(pitch)
    focal_px = plan.camera.intrinsics().focal_px
    x, y = focal_px * (thing.east_m - shot.east_m) / ahead, focal_px * above / ahead
    return abs(x) < plan.camera.width_px / 2 and abs(y) < plan.camera.height_px / 2


def test_truth_holds_in_a_picture_45_degrees_aslant(tmp_path):
    shots = (Shot(0.0, 0.0, -24.0, 40.0, 0.0, pitch_deg=-45.0),)
    truth = json.loads(render_flight(plan(shots), tmp_path).read_text())
    frame = read_frame(tmp_path / "LIBONG_0001.JPG", RENDERED_SITE)
    assert len(truth["objects"]) == 2
    for thing in truth["objects"]:
        (seen,) = thing["frames"]
        left, top, right, bottom = seen["xyxy_px"]
        found = SeaView(frame.camera, frame.pose).to_ground(
            ((left + right) / 2, (top + bottom) / 2)
        )
        assert distance_m(found.position, LonLat(seen["lon"], seen["lat"])) < 1.5


@pytest.mark.parametrize("make", [seagrass_survey, go_slow_bay])
def test_sample_frames_overlap_by_more_than_half(make):
    sample = make()
    high = sample.camera.intrinsics()
    for a, b in zip(sample.shots, sample.shots[1:], strict=False):
        along = abs(a.north_m - b.north_m) * high.focal_px / a.height_above_sea_m / high.height_px
        across = abs(a.east_m - b.east_m) * high.focal_px / a.height_above_sea_m / high.width_px
        assert along < 0.4
        assert across < 0.4


def test_the_faulty_files_are_refused_each_for_its_fault(tmp_path):
    render_with_faults(plan(lawnmower(1, 3, 8.0, 0.0, 40.0, 4.0)), tmp_path)
    flight = read_flight([tmp_path], RENDERED_SITE)
    assert len(flight.frames) == 3
    assert {r.path.name: r.reason.code for r in flight.refused} == {
        "LIBONG_0101_NO_GPS.JPG": "no_gps",
        "LIBONG_0102_TRUNCATED.JPG": "truncated",
        "LIBONG_0103_NO_PICTURE.JPG": "not_an_image",
        "LIBONG_0104_DUPLICATE.JPG": "duplicate",
    }


def test_unknown_samples_are_refused_with_the_names(tmp_path):
    with pytest.raises(UnknownPlanError, match=r"with_faults, boats_on_video; got 'nowhere'"):
        render_sample("nowhere", tmp_path)
    assert SAMPLE_NAMES == ("seagrass_survey", "with_faults", "boats_on_video")
