from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest

from ingest.agreement import pair_disagreements
from ingest.errors import PhotoError
from ingest.frame import Frame
from ingest.lonlat import LonLat
from ingest.photo import read_frame
from ingest.projection import SeaView

GROUND_PX_PER_M = 5.0


@pytest.fixture
def overlapping(make_photo, site, tmp_path):
    """Three frames 60 m up, drawn of one ground 200 m wide by what each one's pose sees of it."""
    rng = np.random.default_rng(7)
    ground = cv2.GaussianBlur(rng.integers(0, 256, (1000, 1000, 3), dtype=np.uint8), (0, 0), 3)
    ground = cv2.normalize(ground, None, 0, 255, cv2.NORM_MINMAX)
    base = read_frame(make_photo(size=(1600, 900)), site)
    frames = []
    for number, (yaw, east_deg) in enumerate([(0.0, 0.0), (70.0, 1e-4), (-160.0, 2e-4)]):
        pose = replace(base.pose, yaw_deg=yaw, position=LonLat(99.4 + east_deg, 7.25))
        view = SeaView(base.camera, pose)
        east_m = east_deg * 110_480  # metres a degree of longitude at 7.25 N
        ground_from_view = np.array([[1, 0, -east_m], [0, 1, 0], [0, 0, 1]]) @ np.array(
            [
                [1 / GROUND_PX_PER_M, 0, -100],
                [0, -1 / GROUND_PX_PER_M, 100],
                [0, 0, 1],
            ]
        )
        picture = cv2.warpPerspective(
            ground, view.homography_from_enu() @ ground_from_view, (1600, 900)
        )
        path = tmp_path / f"{number}.jpg"
        cv2.imwrite(str(path), picture)
        frames.append(replace(base, path=path, pose=pose))
    return frames


def test_right_poses_agree(overlapping):
    pairs = pair_disagreements(overlapping)
    assert [(pair.a, pair.b) for pair in pairs] == list(pairwise(overlapping))
    for pair in pairs:
        assert pair.matches >= 20
        assert pair.median_m is not None
        assert pair.median_m < 0.3


def test_a_wrong_yaw_and_a_wrong_place_show(overlapping):
    def wrong(frame: Frame, **changes: object) -> Frame:
        return replace(frame, pose=replace(frame.pose, **changes))

    first, second, third = overlapping
    turned = wrong(second, yaw_deg=second.pose.yaw_deg + 180)
    moved = wrong(third, position=LonLat(third.pose.position.lon + 1e-4, 7.25))
    medians = [
        pair_disagreements([first, turned])[0].median_m,
        pair_disagreements([second, moved])[0].median_m,
    ]
    assert medians[0] is not None
    assert medians[0] > 10
    assert medians[1] == pytest.approx(11.05, abs=0.4)


def test_frames_that_share_nothing_are_not_compared(overlapping, make_photo, site):
    smooth = read_frame(make_photo("smooth.jpg", size=(1600, 900)), site)
    (pair,) = pair_disagreements([overlapping[0], smooth])
    assert pair.median_m is None


def test_one_frame_has_no_pair(overlapping):
    assert pair_disagreements(overlapping[:1]) == ()


def test_a_frame_whose_file_is_gone_is_refused(overlapping):
    overlapping[1].path.unlink()
    with pytest.raises(PhotoError):
        pair_disagreements(overlapping)
