"""Datasets of tiles in YOLO's layout."""

import json
import os
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from detection.training.camera_effects import taken_by_camera
from detection.training.dataset import SPLIT_SEEDS, TilePlan, label_lines, make_tile
from detection.training.land import random_land
from detection.training.random_world import HELD_OUT_FAMILIES
from detection.training.sea_photos import SeaPhotoError, load_sea_photos, random_crop
from detection.training.tile_folder import write_dataset


def test_tiles_are_fixed_by_plan_and_number():
    plan = TilePlan("train", 4, 96)
    first, again, other = make_tile(plan, 1), make_tile(plan, 1), make_tile(plan, 2)
    assert np.array_equal(first.rgb, again.rgb)
    assert label_lines(first) == label_lines(again)
    assert not np.array_equal(first.rgb, other.rgb)


def test_no_world_is_in_two_splits():
    starts = sorted(SPLIT_SEEDS.values())
    assert np.diff(starts).min() >= 10_000_000
    same_number = [make_tile(TilePlan(split, 1, 64), 0).rgb for split in SPLIT_SEEDS]
    assert not np.array_equal(same_number[0], same_number[1])


def test_tiles_to_test_on_show_only_seas_held_out_from_training():
    plan = TilePlan("test", 30, 32)
    scenes = {make_tile(plan, number).scene for number in range(30)}
    assert scenes == {*HELD_OUT_FAMILIES, "land"}


def test_first_seed_continues_a_dataset_with_fresh_tiles():
    plan = TilePlan("train", 2, 64)
    later = replace(plan, first_seed=1)
    assert np.array_equal(make_tile(plan, 1).rgb, make_tile(later, 0).rgb)


def test_labels_are_shares_of_the_picture():
    lines = [
        line for n in range(25) for line in label_lines(make_tile(TilePlan("val", 25, 256), n))
    ]
    assert lines
    for line in lines:
        number, *values = line.split()
        x, y, width, height = map(float, values)
        assert number in {"0", "1", "2"}
        assert x - width / 2 + 1e-5 >= 0
        assert x + width / 2 <= 1 + 1e-5
        assert 0 < height <= 1
        assert 0 <= y <= 1


def test_a_written_dataset_has_a_label_file_for_each_picture(tmp_path):
    data = write_dataset(tmp_path, (TilePlan("val", 3, 64), TilePlan("train", 5, 64)))
    for split, count in (("val", 3), ("train", 5)):
        pictures = sorted(p.stem for p in (tmp_path / "images" / split).iterdir())
        assert pictures == sorted(p.stem for p in (tmp_path / "labels" / split).iterdir())
        assert len(pictures) == count
    assert f"path: {tmp_path}" in data.read_text()
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert sum(summary["train"]["tiles_by_scene"].values()) == 5
    assert summary["train"]["real_sea_backgrounds"] is False


def test_camera_effects_keep_shape_and_follow_the_seed():
    picture = random_land(1, 80, 0.05)
    first, again, other = (taken_by_camera(picture, np.random.default_rng(s)) for s in (1, 1, 2))
    assert first.shape == picture.shape
    assert first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_land_is_fixed_by_its_seed():
    assert np.array_equal(random_land(4, 64, 0.05), random_land(4, 64, 0.05))
    assert not np.array_equal(random_land(4, 64, 0.05), random_land(5, 64, 0.05))


def test_photos_are_looked_for_by_name(tmp_path):
    assert load_sea_photos(tmp_path) == ()
    (tmp_path / "DSC00316.jpg").write_bytes(b"no picture")
    with pytest.raises(SeaPhotoError, match=r"DSC00316\.jpg is no readable picture"):
        load_sea_photos(tmp_path)


def test_photos_are_brought_to_scale_and_split_left_and_right(tmp_path):
    # a strip 2000 px wide at 1.88 cm, red on the left three quarters and blue on the right
    strip = np.zeros((400, 2000, 3), np.uint8)
    strip[:, :1500] = (0, 0, 255)
    strip[:, 1500:] = (255, 0, 0)
    cv2.imwrite(str(tmp_path / "DJI_20240213141303_0001.JPG"), strip)
    (photo,) = load_sea_photos(tmp_path)
    assert photo.gsd_m == 0.025
    assert photo.rgb.shape[1] == pytest.approx(2000 * 1.877 / 2.5, rel=0.01)
    for training, channel in ((True, 0), (False, 2)):
        for seed in range(8):
            crop = random_crop(photo, np.random.default_rng(seed), 40, 0.05, training=training)
            assert crop.shape == (40, 40, 3)
            assert crop[20, 20].argmax() == channel


def test_real_sea_photos_become_backgrounds():
    folder = os.environ.get("LIBONG_FIELD_DATA")
    if not folder:
        pytest.skip("LIBONG_FIELD_DATA does not name a folder with sea photos")
    plan = TilePlan("val", 60, 128, Path(folder) / "photos" / "sea")
    scenes = {make_tile(plan, number).scene for number in range(40)}
    assert {"composite", "photo"} & scenes
