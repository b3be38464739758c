"""The boat network by itself: what it finds, and what asking both keeps of it."""

import numpy as np
import pytest

from detection.evaluation.scoring import FoundBox, ScoredFrame, TrueBox
from detection.training.boat_floor import boat_row, coco_boats, kept_share
from detection.types import ObjectClass
from tests.detection.test_detector import ColourEngine, frame_of, painted

BOAT = ObjectClass.BOAT


def test_the_network_alone_reports_a_boat_once_and_no_vehicle(tmp_path):
    # the engine's first class stands for boats, its second for vehicles
    boat, lorry = (0, 300, 400, 600, 500), (1, 1500, 900, 1800, 1000)
    (found,) = coco_boats(ColourEngine(), frame_of(painted(tmp_path, boat, lorry)), 0.25)
    assert found.object_class is BOAT
    assert found.score == pytest.approx(0.9)
    assert np.allclose(found.xyxy_px, boat[1:], atol=12)
    assert coco_boats(ColourEngine(), frame_of(painted(tmp_path, boat)), 0.95) == ()


def frame(*boxes, truths=()):
    finds = tuple(FoundBox(BOAT, 0.5, box) for box in boxes)
    return ScoredFrame("f", "1.jpg", tuple(truths), finds, 0.0, candidates=finds)


def test_the_share_that_is_kept_is_of_its_boats():
    one, near, far = (0.0, 0, 20, 10), (0.0, 0, 22, 10), (90.0, 90, 99, 99)
    assert kept_share([frame(one, far)], [frame(near)]) == 0.5
    assert kept_share([frame(one), frame()], [frame(near, far), frame(far)]) == 1.0
    assert kept_share([frame()], [frame(far)]) is None


def test_a_row_tells_recall_precision_and_alarms():
    one, far = (0.0, 0, 20, 10), (90.0, 90, 99, 99)
    there = TrueBox(BOAT, 1, one, fair=True)
    assert boat_row([frame(one, far, truths=[there])]) == {
        "recall": 1.0, "precision": 0.5, "false_alarms": 1,
    }  # fmt: skip
    assert boat_row([frame()]) == {"recall": None, "precision": None, "false_alarms": 0}
