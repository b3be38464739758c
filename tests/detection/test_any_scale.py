"""Scores of pictures without scale compare with those of pictures with one."""

import numpy as np
import pytest

from detection.any_scale import as_of_known_scale
from detection.boxes import Boxes
from detection.detector import Detector, Picture
from detection.types import ObjectClass
from tests.detection.test_detector import MANIFEST, ColourEngine, frame_of, painted

STRICTER = MANIFEST.model_copy(update={"any_scale_thresholds": {ObjectClass.DUGONG: 0.7}})


def boxes_of(scores, classes):
    n = len(scores)
    xyxy = np.tile(np.array([[0, 0, 9, 9]], np.float32), (n, 1))
    return Boxes(
        xyxy, np.array(scores, np.float32), np.array(classes, np.int64), np.zeros(n, np.uint8)
    )


def test_the_threshold_of_such_pictures_becomes_the_operating_one():
    told = as_of_known_scale(boxes_of([0.0, 0.35, 0.7, 0.85, 1.0], [0] * 5), STRICTER)
    assert told.scores.tolist() == pytest.approx([0.0, 0.25, 0.5, 0.75, 1.0])


def test_classes_without_a_threshold_for_such_pictures_keep_their_scores():
    told = as_of_known_scale(boxes_of([0.35, 0.7], [1, 2]), STRICTER)
    assert told.scores.tolist() == pytest.approx([0.35, 0.7])
    assert as_of_known_scale(boxes_of([0.35], [0]), MANIFEST).scores.tolist() == pytest.approx(
        [0.35]
    )


class Hesitant(ColourEngine):
    """Sees what its parent sees, less surely."""

    def _one(self, tile):
        raw = super()._one(tile)
        raw[4:] *= 0.6 / 0.9
        return raw


@pytest.mark.deep
def test_only_pictures_searched_without_their_scale_are_held_to_it(tmp_path):
    # 100 px at 3 cm: an animal; what agrees at all scales has 0.6, between the two thresholds
    path = painted(tmp_path, (0, 600, 600, 700, 650))
    frame = frame_of(path)
    picture = Picture(path, frame.sha256, frame.width_px, frame.height_px)
    found = [
        (
            len(Detector(Hesitant(), manifest).detect(frame)),
            len(Detector(Hesitant(), manifest).detect_unlocated(picture)),
        )
        for manifest in (MANIFEST, STRICTER)
    ]
    assert found == [(1, 1), (1, 0)]
