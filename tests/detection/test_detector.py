"""The way of a box from tile to sea, with an engine that sees coloured squares exactly."""

from dataclasses import replace
from datetime import UTC, datetime
from threading import Event

import cv2
import numpy as np
import pytest

from detection.detector import Detector, Picture
from detection.manifest import Manifest
from detection.types import ObjectClass
from ingest.camera import CameraIntrinsics
from ingest.errors import PhotoError
from ingest.frame import Frame
from ingest.lonlat import LonLat, distance_m
from ingest.pixels import decode_bgr
from ingest.pose import CameraPose, HeightSource
from ingest.projection import SeaView

COLOURS = {0: (0, 0, 255), 1: (0, 255, 0), 2: (255, 0, 0)}  # BGR by class index


class ColourEngine:
    """Stands in for the network: one anchor for each blob of a class's colour."""

    input_px = 640
    outputs = 7

    def __init__(self):
        self.tiles_seen = 0

    def infer(self, tiles):
        return [self._one(tile) for tile in tiles]

    def _one(self, tile):
        self.tiles_seen += 1
        assert tile.shape == (640, 640, 3)
        rows = []
        for index, colour in COLOURS.items():
            mask = (np.abs(tile.astype(int) - colour).max(axis=2) < 90).astype(np.uint8)
            count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
            for x, y, w, h, area in stats[1:count]:
                if area >= 20:
                    scores = [0.0, 0.0, 0.0]
                    scores[index] = 0.9
                    rows.append([x + w / 2, y + h / 2, w, h, *scores])
        return np.array(rows or [[0.0] * 7], np.float32).T


MANIFEST = Manifest(
    file="none.onnx",
    sha256="a" * 64,
    architecture="colour",
    input_px=640,
    target_gsd_cm=5.0,
    classes=tuple(ObjectClass),
    thresholds=dict.fromkeys(ObjectClass, 0.5),
)


def frame_of(path, *, width=2400, height=1800, height_m=60.0, pitch=-90.0, focal=2000.0):
    camera = CameraIntrinsics(
        "DJI", "test", width, height, focal, (width / 2, height / 2), 0.01, "calibrated"
    )
    pose = CameraPose(
        LonLat(99.45, 7.256), height_m, HeightSource.RELATIVE, 30.0, pitch, 0.0, 1.0, 1.0, 2.0, 1.0
    )
    gsd_cm = SeaView(camera, pose).gsd_cm_at((width / 2, height / 2))
    return Frame(
        path, "f" * 64, width, height, datetime(2026, 3, 1, 3, tzinfo=UTC), camera, pose,
        gsd_cm, None, 2.0,
    )  # fmt: skip


def painted(tmp_path, *squares, width=2400, height=1800):
    """squares: (class index, left, top, right, bottom)"""
    picture = np.full((height, width, 3), 128, np.uint8)
    for index, left, top, right, bottom in squares:
        picture[top:bottom, left:right] = COLOURS[index]
    path = tmp_path / "picture.jpg"
    cv2.imwrite(str(path), picture, [cv2.IMWRITE_JPEG_QUALITY, 95])
    return path


def test_boxes_come_back_in_full_frame_pixels_and_on_the_sea(tmp_path):
    truth = [(0, 300, 400, 380, 450), (1, 1200, 800, 1500, 900), (2, 2000, 1500, 2100, 1520)]
    frame = frame_of(painted(tmp_path, *truth))
    found = Detector(ColourEngine(), MANIFEST).detect(frame)
    assert len(found) == 3
    view = SeaView(frame.camera, frame.pose)
    for index, *box in truth:
        (d,) = [d for d in found if d.object_class is MANIFEST.classes[index]]
        assert np.allclose(d.xyxy_px, box, atol=4)
        centre = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        assert distance_m(d.position, view.to_ground(centre).position) < 0.15
        assert d.error_m > 0
        assert d.model_sha256 == "a" * 64


def test_an_object_across_a_seam_is_counted_once(tmp_path):
    # at 3 cm a pixel the picture shrinks to 1440 x 1080: tiles start at 0, 400 and 800 across
    frame = frame_of(painted(tmp_path, (2, 100, 600, 2300, 630)))
    found = Detector(ColourEngine(), MANIFEST).detect(frame)
    assert len(found) == 1
    assert np.allclose(found[0].xyxy_px, (100, 600, 2300, 630), atol=5)


def test_where_the_height_is_unsure_several_scales_are_searched_and_no_size_is_impossible(tmp_path):
    frame = frame_of(painted(tmp_path, (0, 100, 100, 1000, 200)))
    unsure = replace(frame, pose=replace(frame.pose, height_sigma_m=30.0))
    sure, engine = ColourEngine(), ColourEngine()
    assert Detector(sure, MANIFEST).detect(frame) == ()
    (found,) = Detector(engine, MANIFEST).detect(unsure)
    assert found.position is not None
    assert engine.tiles_seen > 2 * sure.tiles_seen


def test_impossible_sizes_are_dropped(tmp_path):
    # 900 px at 3 cm are 27 m: no dugong, but a boat may be that long
    frame = frame_of(painted(tmp_path, (0, 100, 100, 1000, 200), (1, 100, 600, 1000, 700)))
    found = Detector(ColourEngine(), MANIFEST).detect(frame)
    assert [d.object_class for d in found] == [ObjectClass.BOAT]


def test_nothing_is_found_above_the_horizon(tmp_path):
    path = painted(tmp_path, (1, 1000, 20, 1100, 60), (1, 1000, 1600, 1100, 1640))
    frame = frame_of(path, pitch=-20.0, focal=1400.0)
    found = Detector(ColourEngine(), MANIFEST).detect(frame)
    assert len(found) == 1
    assert found[0].xyxy_px[1] == pytest.approx(1600, abs=8)


def test_a_coarser_look_needs_fewer_tiles(tmp_path):
    path = painted(tmp_path, (1, 1000, 1000, 1200, 1100))
    normalised, native = ColourEngine(), ColourEngine()
    frame = frame_of(path)
    Detector(normalised, MANIFEST).detect(frame)
    Detector(native, MANIFEST).searching_at(frame.gsd_cm).detect(frame)
    assert native.tiles_seen > 1.6 * normalised.tiles_seen


def test_a_picture_without_place_is_searched_at_several_scales(tmp_path):
    path = painted(tmp_path, (1, 1000, 1000, 1200, 1100))
    found = Detector(ColourEngine(), MANIFEST).detect_unlocated(Picture(path, "f" * 64, 2400, 1800))
    assert len(found) == 1
    assert found[0].position is None
    assert found[0].error_m is None
    assert np.allclose(found[0].xyxy_px, (1000, 1000, 1200, 1100), atol=6)


def test_a_small_picture_is_padded(tmp_path):
    path = painted(tmp_path, (1, 50, 60, 150, 100), width=300, height=200)
    found = Detector(ColourEngine(), MANIFEST).detect_unlocated(Picture(path, "f" * 64, 300, 200))
    assert [np.round(d.xyxy_px, -1).tolist() for d in found] == [[50, 60, 150, 100]]


def test_min_score_replaces_the_thresholds(tmp_path):
    path = painted(tmp_path, (1, 1000, 1000, 1200, 1100))
    assert Detector(ColourEngine(), MANIFEST, min_score=0.95).detect(frame_of(path)) == ()


def test_a_broken_file_is_a_photo_error(tmp_path):
    path = painted(tmp_path, (1, 1000, 1000, 1200, 1100))
    path.write_bytes(path.read_bytes()[:4000])
    with pytest.raises(PhotoError):
        Detector(ColourEngine(), MANIFEST).detect(frame_of(path))


def test_frames_searched_in_a_row_give_what_each_gives_alone(tmp_path):
    frames = []
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        left = 300 + 500 * number
        frames.append(frame_of(painted(folder, (1, left, 400, left + 180, 450))))
    broken = frames[1].path
    broken.write_bytes(broken.read_bytes()[:4000])
    detector = Detector(ColourEngine(), MANIFEST)
    answers = list(detector.detect_each(iter(frames)))
    assert [frame for frame, _ in answers] == frames
    assert answers[0][1] == detector.detect(frames[0])
    assert isinstance(answers[1][1], PhotoError)
    assert answers[2][1] == detector.detect(frames[2])
    assert len(answers[0][1]) == len(answers[2][1]) == 1
    assert list(detector.detect_each([])) == []


def test_the_next_picture_is_decoded_while_one_is_searched(tmp_path, monkeypatch):
    frames = []
    for number in range(2):
        (tmp_path / str(number)).mkdir()
        left = 300 + 500 * number
        frames.append(frame_of(painted(tmp_path / str(number), (1, left, 400, left + 180, 450))))
    decoding, prepare = Event(), Detector.prepare

    def told(self, frame):
        if frame == frames[1]:
            decoding.set()
        return prepare(self, frame)

    class WaitingEngine(ColourEngine):
        def infer(self, tiles):
            assert decoding.wait(60), "the second picture is left alone until the first is searched"
            return super().infer(tiles)

    monkeypatch.setattr(Detector, "prepare", told)
    answers = [found for _, found in Detector(WaitingEngine(), MANIFEST).detect_each(frames)]
    assert [len(found) for found in answers] == [1, 1]


def test_a_picture_is_decoded_once_for_all_its_levels(tmp_path, monkeypatch):
    decoded = []

    def counted(path, *, scale_denominator):
        decoded.append(scale_denominator)
        return decode_bgr(path, scale_denominator=scale_denominator)

    monkeypatch.setattr("detection.resampling.decode_bgr", counted)
    path = painted(tmp_path, (1, 1001, 1001, 1201, 1101), width=2401, height=1799)
    found = Detector(ColourEngine(), MANIFEST).detect_unlocated(Picture(path, "f" * 64, 2401, 1799))
    assert decoded == [1]
    assert len(found) == 1
    assert np.allclose(found[0].xyxy_px, (1001, 1001, 1201, 1101), atol=6)


def test_scores_are_told_calibrated_and_thresholds_held_against_the_networks(tmp_path):
    path = painted(tmp_path, (0, 1000, 800, 1060, 830))
    curve = ((0.2, 0.1), (0.9, 0.7), (0.95, 0.8))
    calibrated = MANIFEST.model_copy(
        update={
            "calibrations": {ObjectClass.DUGONG: curve},
            "thresholds": dict.fromkeys(ObjectClass, 0.85),
        }
    )
    (found,) = Detector(ColourEngine(), calibrated).detect(frame_of(path))
    assert found.score == pytest.approx(0.7)  # the network's 0.9 reached the threshold
    assert calibrated.reported_thresholds == {
        ObjectClass.DUGONG: pytest.approx(0.1 + 0.6 * 0.65 / 0.7),
        ObjectClass.BOAT: 0.85,
        ObjectClass.FISHING_GEAR: 0.85,
    }


class ByLength(ColourEngine):
    """Sees gear, the surer the longer it is."""

    def _one(self, tile):
        raw = super()._one(tile)
        raw[6] = np.where(raw[6] > 0, np.minimum(0.9, raw[2] / 100), 0)
        return raw


def test_what_is_joined_depends_on_the_threshold_and_one_search_tells_of_each(tmp_path):
    # thin pieces of 2.4 m and 1.8 m in one line, 0.6 m apart: 48 and 36 px in tiles of 5 cm
    frame = frame_of(painted(tmp_path, (2, 600, 600, 680, 612), (2, 700, 602, 760, 610)))
    gear, engine = ObjectClass.FISHING_GEAR, ByLength()
    detector = Detector(engine, MANIFEST, min_score=0.1)
    mild, strict, none = detector.detect_at_each(frame, [{}, {gear: 0.42}, {gear: 0.6}])
    tiles = engine.tiles_seen
    assert mild == detector.detect(frame)
    assert engine.tiles_seen == 2 * tiles
    assert [round(d.xyxy_px[2] - d.xyxy_px[0], -1) for d in mild] == [160]
    assert [round(d.xyxy_px[2] - d.xyxy_px[0], -1) for d in strict] == [80]
    assert none == ()


def test_gear_side_by_side_is_told_apart(tmp_path):
    # 0.6 m between a stretch of floats and a buoy
    frame = frame_of(painted(tmp_path, (2, 600, 600, 680, 620), (2, 700, 600, 740, 620)))
    found = Detector(ColourEngine(), MANIFEST).detect(frame)
    assert sorted(round(d.xyxy_px[2] - d.xyxy_px[0], -1) for d in found) == [40, 80]
