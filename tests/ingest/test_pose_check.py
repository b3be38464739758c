"""Flights drawn of one ground by what each frame's pose sees, whose tags then tell it wrongly."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

import ingest.overlap
from ingest.camera import CameraIntrinsics
from ingest.flight import read_flight
from ingest.frame import Frame, Note
from ingest.lonlat import LonLat, distance_m
from ingest.matching import Features, features_of
from ingest.offsets import PoseOffsets
from ingest.photo import with_pose
from ingest.pose import CameraPose, HeightSource
from ingest.pose_check import check_poses
from ingest.projection import SeaView
from ingest.track import velocities_m_s

CAMERA = CameraIntrinsics("DJI", "test", 320, 240, 240.0, (160.0, 120.0), 0.03, "calibrated")
POSE = CameraPose(
    LonLat(99.4, 7.25), 60.0, HeightSource.RELATIVE, 0.0, -90.0, 0.0, 4.6, 2.2, 3.0, 1.0
)
M_PER_DEG_LON, M_PER_DEG_LAT = 110_442.0, 110_585.0  # WGS 84 at 7.25 N
GROUND_M, GROUND_PX_PER_M = 200, 4
STEP_M, STEP_S, LINES_APART_M = 14.0, 3.5, 30.0  # 4 m/s
BACK = range(4, 8)  # the frames of the second line
FOUND: dict[Path, Features] = {}


def frame_at(path, seconds: float, east_m: float, north_m: float, yaw_deg: float) -> Frame:
    place = LonLat(99.4 + east_m / M_PER_DEG_LON, 7.25 + north_m / M_PER_DEG_LAT)
    frame = Frame(
        path=path,
        sha256=path.name,
        width_px=CAMERA.width_px,
        height_px=CAMERA.height_px,
        taken_at_utc=datetime(2026, 2, 3, 3, tzinfo=UTC) + timedelta(seconds=seconds),
        camera=CAMERA,
        pose=POSE,
        gsd_cm=None,
        footprint=None,
        error_m=None,
    )
    return with_pose(frame, replace(POSE, position=place, yaw_deg=yaw_deg))


def draw(frame: Frame, ground: np.ndarray, east_m: float, north_m: float) -> None:
    half = GROUND_M / 2
    metres_from_ground = np.array(
        [
            [1 / GROUND_PX_PER_M, 0, -half - east_m],
            [0, -1 / GROUND_PX_PER_M, half - north_m],
            [0, 0, 1],
        ]
    )
    # OpenCV counts pixels from the first one's centre, SeaView from its corner.
    from_corner = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    seen = from_corner @ SeaView(frame.camera, frame.pose).homography_from_enu()
    size = frame.width_px, frame.height_px
    cv2.imwrite(str(frame.path), cv2.warpPerspective(ground, seen @ metres_from_ground, size))


def fly(folder, truth: PoseOffsets) -> list[Frame]:
    """Four frames to the east and four back on the next line; what they see has `truth` added."""
    side = GROUND_M * GROUND_PX_PER_M
    rng = np.random.default_rng(5)
    noise = (
        size * cv2.GaussianBlur(rng.normal(size=(side, side)).astype(np.float32), (0, 0), size)
        for size in (1.5, 4, 12)
    )
    ground = cv2.normalize(sum(noise), None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    east_m = [number * STEP_M - 21 for number in range(4)]
    stations = [(x, -LINES_APART_M / 2, 90.0) for x in east_m]
    stations += [(x, LINES_APART_M / 2, -90.0) for x in reversed(east_m)]
    frames = []
    for number, (east, north, yaw) in enumerate(stations):
        seconds = number * STEP_S + (10 if number in BACK else 0)
        frame = frame_at(folder / f"{number}.jpg", seconds, east, north, yaw)
        draw(with_pose(frame, truth.mended(frame.pose, np.zeros(2))), ground, east, north)
        frames.append(frame)
    return frames


@pytest.fixture(scope="module")
def survey(tmp_path_factory) -> list[Frame]:
    """A flight that is told rightly."""
    return fly(tmp_path_factory.mktemp("survey"), PoseOffsets())


@pytest.fixture(autouse=True)
def features_found_once(monkeypatch):
    """The tests tell the same pictures in many ways; their features stay the same."""

    def remembered(frame: Frame) -> Features:
        if frame.path not in FOUND:
            FOUND[frame.path] = features_of(frame)
        return FOUND[frame.path]

    monkeypatch.setattr(ingest.overlap, "features_of", remembered)


def told(frames, numbers=range(8), **changes: float) -> list[Frame]:
    """The frames with `changes` added to (for the height: multiplied into) the poses of some."""
    wrong = []
    for number, frame in enumerate(frames):
        pose = frame.pose
        if number in numbers:
            amounts = {
                name: getattr(pose, name) * amount
                if name == "height_above_sea_m"
                else getattr(pose, name) + amount
                for name, amount in changes.items()
            }
            pose = replace(pose, **amounts)
        wrong.append(with_pose(frame, pose))
    return wrong


def late(frames, lag_s: float) -> list[Frame]:
    """The frames with the places where the drone was `lag_s` before."""
    return [
        with_pose(frame, PoseOffsets(lag_s=-lag_s).mended(frame.pose, velocity))
        for frame, velocity in zip(frames, velocities_m_s(frames), strict=True)
    ]


def astray(frames, seed: int, own_m: float) -> tuple[list[Frame], np.ndarray]:
    """The frames with errors as tags have them, and what of each place's error is its own (N x 2).

    All share what the GPS, the compass and the launch point are off; `own_m` is the standard
    deviation along each axis of what is each frame's.
    """
    rng = np.random.default_rng(seed)
    shared_m, shared_yaw, higher = rng.normal(0, 3.2, 2), rng.normal(0, 0.6), rng.normal(1, 0.004)
    own = rng.normal(0, own_m, (len(frames), 2))
    wrong = []
    for frame, own_en in zip(frames, own, strict=True):
        east_m, north_m = shared_m + own_en
        lon, lat = frame.pose.position
        pose = replace(
            frame.pose,
            position=LonLat(lon + east_m / M_PER_DEG_LON, lat + north_m / M_PER_DEG_LAT),
            yaw_deg=frame.pose.yaw_deg + shared_yaw + rng.normal(0, 0.3),
            pitch_deg=frame.pose.pitch_deg + rng.normal(0, 0.1),
            height_above_sea_m=frame.pose.height_above_sea_m * higher,
        )
        wrong.append(with_pose(frame, pose))
    return wrong, own - own.mean(axis=0)


def posed(frames) -> tuple[Frame, ...]:
    """The frames without what the check found out about their errors."""
    return tuple(replace(frame, relative_error_m=None) for frame in frames)


def codes(frame: Frame) -> list[str]:
    return [note.code for note in frame.warnings]


def median_m(pairs) -> float:
    return float(np.median([pair.median_m for pair in pairs]))


def amounts(check) -> dict[str, float]:
    return {correction.code.value: correction.amount for correction in check.corrections}


def test_right_poses_are_left_alone(survey):
    check = check_poses(survey)
    assert posed(check.frames) == tuple(survey)
    assert check.corrections == ()
    assert [p.median_m for p in check.before] == [p.median_m for p in check.after]
    assert len(check.before) > 15
    assert any(pair.a is survey[1] and pair.b is survey[6] for pair in check.before)  # across lines
    assert max(pair.median_m for pair in check.before) < 0.1
    assert check.within_error == pytest.approx(1.0)


@pytest.mark.parametrize("turned", [(4, 5, 6, 7), (2, 5), tuple(range(8))])
def test_half_turns_are_found_frame_by_frame(survey, turned):
    wrong = told(survey, turned, yaw_deg=180.0)
    edited = [replace(frame, warnings=(Note("edited", "by a program"),)) for frame in wrong]
    check = check_poses(edited)
    assert amounts(check) == {"heading_turned": 180.0}
    assert check.corrections[0].paths == tuple(survey[number].path for number in turned)
    for number, (right, found) in enumerate(zip(survey, check.frames, strict=True)):
        # the pixels tell a turned frame better than the name of the program that changed it
        assert codes(found) == ["heading_turned" if number in turned else "edited"]
        assert (found.pose.yaw_deg - right.pose.yaw_deg) % 360 == pytest.approx(0)
    assert median_m(check.before) > 15
    assert median_m(check.after) < 0.1


@pytest.mark.parametrize(
    ("change", "code", "amount", "tolerance"),
    [
        ({"yaw_deg": -6.0}, "yaw_corrected", 6.0, 0.3),
        ({"height_above_sea_m": 1.08}, "height_corrected", 100 / 1.08 - 100, 0.5),
        ({"height_above_sea_m": 0.92}, "height_corrected", 100 / 0.92 - 100, 0.5),
        ({"pitch_deg": 3.0}, "pitch_corrected", -3.0, 0.2),
    ],
)
def test_a_fault_of_the_whole_flight_is_found(survey, change, code, amount, tolerance):
    check = check_poses(told(survey, **change))
    assert amounts(check) == {code: pytest.approx(amount, abs=tolerance)}
    assert check.corrections[0].sigma < abs(amount) / 3
    assert median_m(check.before) > 2
    assert median_m(check.after) < 0.1
    for right, found in zip(survey, check.frames, strict=True):
        assert codes(found) == [code]
        assert str(check.corrections[0]) in found.warnings[0].text
        # land above the sea looks like a flight lower than told, and the sea is no nearer there
        lowered_m = 60 * 0.08 if code == "height_corrected" and amount < 0 else 0.0
        height_sigma_m = max(POSE.height_sigma_m, lowered_m)
        assert found.pose.height_sigma_m == pytest.approx(height_sigma_m, abs=0.3)
        assert found.gsd_cm == pytest.approx(right.gsd_cm, rel=0.01)
        assert found.footprint is not None
        assert right.footprint is not None
        corners = zip(found.footprint, right.footprint, strict=True)
        assert max(distance_m(ours, true) for ours, true in corners) < 0.5


def test_a_leaning_gimbal_is_found(tmp_path):
    check = check_poses(fly(tmp_path, PoseOffsets(lean_deg=2.5)))
    assert amounts(check) == {"lean_corrected": pytest.approx(2.5, abs=0.2)}
    assert median_m(check.before) > 2
    assert median_m(check.after) < 0.1


def test_a_late_gps_is_found(survey):
    check = check_poses(late(survey, 1.5))
    assert amounts(check) == {"lag_corrected": pytest.approx(1.5, abs=0.1)}
    for right, found in zip(survey, check.frames, strict=True):
        assert distance_m(found.pose.position, right.pose.position) < 0.4
        assert codes(found) == ["lag_corrected"]
        assert "moved 6.0 m along the track" in found.warnings[0].text


def test_faults_together_are_found_together(survey):
    wrong = told(late(told(survey, height_above_sea_m=0.95), 1.0), (1, 6), yaw_deg=180.0)
    check = check_poses(wrong)
    assert amounts(check) == {
        "heading_turned": 180.0,
        "height_corrected": pytest.approx(100 / 0.95 - 100, abs=0.5),
        "lag_corrected": pytest.approx(1.0, abs=0.1),
    }
    assert codes(check.frames[6]) == ["heading_turned", "height_corrected", "lag_corrected"]
    assert codes(check.frames[7]) == ["height_corrected", "lag_corrected"]


def test_one_way_along_one_line_tells_neither_lag_nor_yaw_nor_scale(survey):
    line = told(late(survey, 1.5), yaw_deg=4.0, height_above_sea_m=1.05)[:4]
    check = check_poses(line)
    assert len(check.before) >= 3
    assert posed(check.frames) == tuple(line)
    assert check.corrections == ()


def test_a_scattered_gps_is_taken_for_no_fault(survey):
    rng = np.random.default_rng(3)
    scattered = [
        with_pose(
            frame,
            replace(
                frame.pose,
                position=LonLat(
                    frame.pose.position.lon + rng.normal(0, 1.0) / M_PER_DEG_LON,
                    frame.pose.position.lat + rng.normal(0, 1.0) / M_PER_DEG_LAT,
                ),
                yaw_deg=frame.pose.yaw_deg + rng.normal(0, 1.5),
            ),
        )
        for frame in survey
    ]
    check = check_poses(scattered)
    assert check.corrections == ()
    assert median_m(check.before) > 1
    assert check.within_error > 0.9


def test_one_place_far_off_widens_its_own_error_only(survey):
    far = list(survey)
    place = survey[5].pose.position
    east_30_m = LonLat(place.lon + 30 / M_PER_DEG_LON, place.lat)
    far[5] = with_pose(survey[5], replace(survey[5].pose, position=east_30_m))
    check = check_poses(far)
    assert [codes(frame) for frame in check.frames] == [
        ["error_widened"] if number == 5 else [] for number in range(8)
    ]
    assert 25 < check.frames[5].pose.position_sigma_m < 35
    assert check.frames[5].error_m > 25
    assert check.frames[5].pose.position == east_30_m
    assert check.within_error > 0.68


def test_opposite_headings_at_one_place_leave_both_in_doubt(survey):
    """Turned about the same point, either picture may be the wrong one."""
    here = survey[2]
    there = with_pose(here, replace(here.pose, yaw_deg=here.pose.yaw_deg + 180))
    check = check_poses(
        [here, replace(there, taken_at_utc=here.taken_at_utc + timedelta(seconds=2))]
    )
    assert check.corrections == ()
    for frame in check.frames:
        assert "heading_unsure" in codes(frame)
        assert frame.pose.yaw_sigma_deg > 80
        assert frame.pose.yaw_deg in (90.0, 270.0)


def test_an_assumed_yaw_is_not_turned(survey):
    assumed = [
        with_pose(f, replace(f.pose, yaw_deg=0.0, yaw_sigma_deg=104.0, assumed_nadir=True))
        for f in survey
    ]
    check = check_poses(assumed)
    assert check.corrections == ()
    assert [frame.pose.yaw_deg for frame in check.frames] == [0.0] * 8
    assert median_m(check.before) > 10


def test_open_water_tells_nothing(survey, tmp_path):
    rng = np.random.default_rng(11)
    water = []
    for number, frame in enumerate(told(survey, (1, 2), yaw_deg=180.0)):
        waves = cv2.GaussianBlur(rng.normal(size=(240, 320)).astype(np.float32), (0, 0), 2)
        path = tmp_path / f"water_{number}.jpg"
        cv2.imwrite(str(path), np.clip(120 + 60 * waves, 0, 255).astype(np.uint8))
        water.append(replace(frame, path=path))
    check = check_poses(water)
    assert posed(check.frames) == tuple(water)
    assert (check.before, check.after, check.corrections) == ((), (), ())
    assert check.within_error is None


def test_a_frame_that_cannot_be_decoded_is_left_as_it_is(survey, tmp_path):
    gone = replace(survey[3], path=tmp_path / "gone.jpg")
    wrong = told([*survey[:3], gone, *survey[4:]], yaw_deg=6.0)
    check = check_poses(wrong)
    assert amounts(check) == {"yaw_corrected": pytest.approx(-6.0, abs=0.3)}
    assert not any(gone.path in (pair.a.path, pair.b.path) for pair in check.before)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_frames(survey, count):
    check = check_poses(survey[:count])
    assert posed(check.frames) == tuple(survey[:count])
    assert check.corrections == ()


def test_progress_is_told(survey):
    heard = []
    check_poses(survey[:3], on_progress=lambda done, total: heard.append((done, total)))
    assert heard == [(1, 3), (2, 3), (3, 3)]


@pytest.fixture
def brighton(field_photos, site):
    return read_flight([field_photos / "brighton_beach"], site).frames


def test_the_flight_whose_pictures_someone_turned(brighton):
    """Frames 24 to 26 were turned in Windows Photo Viewer; with that undone nine frames agree."""
    check = check_poses(brighton)
    turned = check.corrections[0]
    assert [path.name for path in turned.paths] == [f"DJI_00{n}.JPG" for n in (24, 25, 26)]
    assert median_m(check.before) > 10
    assert max(pair.median_m for pair in check.after) < 2.5
    assert {frame.path for pair in check.after for frame in (pair.a, pair.b)} == {
        frame.path for frame in brighton
    }
    assert median_m(check.after) < 1.5
    # at least the two thirds that 1 sigma promises, and more, as the GPS errs alike in all frames
    assert check.within_error >= 0.68
    assert "edited" not in {code for frame in check.frames for code in codes(frame)}


def test_the_line_that_nobody_turned_is_left_alone(brighton):
    check = check_poses(brighton[:6])
    assert posed(check.frames) == brighton[:6]
    assert len(check.before) >= 5


@pytest.mark.deep
def test_relative_errors_hold_what_they_say_over_many_flights(survey):
    """68 % of what two frames put apart, foretold by the other pairs, is within their errors."""
    within, ratios = [], []
    for seed in range(9):
        own_m = (0.4, 0.8, 1.6)[seed % 3]
        frames, own = astray(survey, seed, own_m)
        check = check_poses(frames)
        within.append(check.within_relative)
        told_m = np.array([frame.relative_error_m for frame in check.frames])
        assert (told_m < [frame.error_m for frame in check.frames]).all()
        # the radius within which 68 % of a Gaussian lies is 1.51 of its standard deviations
        ratios.append(np.sqrt(np.mean(told_m**2)) / (1.51 * np.sqrt(np.mean(own**2))))
    assert 0.61 < np.mean(within) < 0.75
    assert 0.75 < np.median(ratios) < 1.35


def test_without_pairs_nothing_relative_is_told(survey):
    check = check_poses(survey[:1])
    assert check.within_relative is None
    assert check.frames[0].relative_error_m is None
