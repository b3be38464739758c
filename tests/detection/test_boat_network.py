"""Two opinions on boats made one."""

import numpy as np
import pytest

from detection.boat_network import BOAT, VEHICLE, Opinions, fuse
from detection.boxes import Boxes, concatenate, no_boxes
from detection.errors import ModelError

OURS = Opinions(boat_index=1, threshold=0.4, coco_threshold=0.25)
DUGONG_INDEX, BOAT_INDEX = 0, 1


def one(xyxy: tuple[float, float, float, float], score: float, index: int) -> Boxes:
    return Boxes(
        np.array([xyxy], np.float32), np.array([score], np.float32), np.array([index]),
        np.zeros(1, np.uint8),
    )  # fmt: skip


@pytest.mark.parametrize(("coco", "ours"), [(0.0, 0.0), (0.25, 0.4), (1.0, 1.0), (0.625, 0.7)])
def test_scores_are_compared_by_their_thresholds(coco: float, ours: float) -> None:
    assert OURS.as_ours(np.array([coco], np.float32))[0] == pytest.approx(ours)


def test_a_boat_only_coco_sees_is_added() -> None:
    fused = fuse(no_boxes(), one((10, 10, 90, 40), 0.25, BOAT), OURS)
    assert fused.classes.tolist() == [BOAT_INDEX]
    assert fused.scores[0] == pytest.approx(0.4)


def test_agreement_is_one_box_with_a_better_score_than_either() -> None:
    fused = fuse(one((0, 0, 100, 40), 0.3, BOAT_INDEX), one((5, 0, 105, 42), 0.2, BOAT), OURS)
    assert len(fused) == 1
    assert fused.scores[0] == pytest.approx(1 - 0.7 * (1 - 0.32))


def test_a_box_with_its_wake_and_the_hull_within_it_are_one_boat() -> None:
    fused = fuse(one((0, 0, 200, 40), 0.8, BOAT_INDEX), one((120, 5, 200, 38), 0.5, BOAT), OURS)
    assert len(fused) == 1


def test_two_boxes_of_ours_around_one_boat_are_one() -> None:
    ours = concatenate(
        [one((401, 301, 545, 384), 0.87, BOAT_INDEX), one((382, 322, 481, 382), 0.75, BOAT_INDEX)]
    )
    assert fuse(ours, no_boxes(), OURS).scores.tolist() == pytest.approx([0.87])


SIDE_BY_SIDE = ((0, 0, 200, 48), (4, 52, 204, 100))
IN_A_ROW = ((0, 0, 98, 40), (102, 2, 200, 40))


@pytest.mark.parametrize("pair", [SIDE_BY_SIDE, IN_A_ROW])
@pytest.mark.parametrize("around_is_ours", [True, False])
@pytest.mark.parametrize("score", [0.5, 0.95])
def test_two_boats_that_one_network_tells_apart_stay_two(pair, around_is_ours, score) -> None:
    around = (0, 0, 204, max(box[3] for box in pair))
    first, second = (one(box, 0.5, BOAT if around_is_ours else BOAT_INDEX) for box in pair)
    apart = concatenate([first, second])
    if around_is_ours:
        fused = fuse(one(around, score, BOAT_INDEX), apart, OURS)
    else:
        fused = fuse(apart, one(around, score, BOAT), OURS)
    assert sorted(map(tuple, fused.xyxy_px.tolist())) == [tuple(map(float, box)) for box in pair]


def test_bow_and_stern_that_hardly_fill_a_boat_or_are_doubtful_are_no_two_boats() -> None:
    ship = one((0, 0, 300, 100), 0.8, BOAT_INDEX)
    parts = concatenate([one((0, 0, 80, 80), 0.5, BOAT), one((220, 20, 300, 100), 0.5, BOAT)])
    assert len(fuse(ship, parts, OURS)) == 1
    doubtful = concatenate([one((0, 0, 140, 100), 0.2, BOAT), one((150, 0, 300, 100), 0.2, BOAT)])
    assert len(fuse(ship, doubtful, OURS)) == 1


def test_a_kayak_beside_a_ferry_stays_a_boat_of_its_own() -> None:
    ferry = one((0, 0, 400, 100), 0.9, BOAT_INDEX)
    kayak = one((10, 10, 60, 25), 0.6, BOAT)
    assert len(fuse(ferry, kayak, OURS)) == 2


@pytest.mark.parametrize("index", [DUGONG_INDEX, BOAT_INDEX])
def test_what_coco_is_surer_to_be_a_car_is_neither_boat_nor_dugong(index: int) -> None:
    car = one((0, 0, 80, 40), 0.6, VEHICLE)
    assert len(fuse(one((2, 0, 82, 41), 0.5, index), car, OURS)) == 0
    assert len(fuse(one((2, 0, 82, 41), 0.7, index), car, OURS)) == 1


def test_coco_keeps_a_boat_it_is_surer_of_than_of_the_vehicle() -> None:
    both = concatenate([one((0, 0, 80, 40), 0.45, VEHICLE), one((0, 0, 80, 41), 0.6, BOAT)])
    assert fuse(no_boxes(), both, OURS).classes.tolist() == [BOAT_INDEX]


@pytest.mark.parametrize(("boat_score", "stays"), [(0.26, True), (0.24, False)])
def test_a_boat_that_coco_reports_stays_though_it_looks_more_like_a_lorry(
    boat_score: float, stays: bool
) -> None:
    lorry = one((0, 0, 80, 40), 0.9, VEHICLE)
    boat = one((0, 0, 80, 41), boat_score, BOAT)
    assert OURS.coco_threshold == 0.25
    assert len(fuse(no_boxes(), concatenate([lorry, boat]), OURS)) == stays


def test_dugongs_pass_untouched_and_in_order() -> None:
    dugongs = concatenate(
        [one((0, 0, 9, 9), 0.5, DUGONG_INDEX), one((50, 0, 60, 9), 0.8, DUGONG_INDEX)]
    )
    fused = fuse(dugongs, one((300, 300, 380, 330), 0.7, BOAT), OURS)
    assert fused.scores.tolist() == pytest.approx([0.8, 0.76, 0.5], abs=1e-6)


@pytest.mark.parametrize("threshold", [0.0, 1.0, -1.0])
def test_a_threshold_that_compares_nothing_is_refused(threshold: float) -> None:
    with pytest.raises(ModelError, match="threshold for boats"):
        Opinions(1, threshold, 0.25)
