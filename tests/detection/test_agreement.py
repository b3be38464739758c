"""What several passes over a picture make of each other's finds."""

import numpy as np
import pytest

from detection.agreement import agreed
from detection.boxes import Boxes, no_boxes

THING = (100.0, 100.0, 160.0, 130.0)


def one(score, xyxy=THING, index=0):
    return Boxes(
        np.array([xyxy], np.float32), np.array([score], np.float32), np.array([index]),
        np.zeros(1, np.uint8),
    )  # fmt: skip


def scores(passes):
    return sorted(agreed(passes).scores.tolist(), reverse=True)


def test_one_pass_is_as_it_came():
    assert scores([one(0.6)]) == pytest.approx([0.6])


def test_what_both_neighbours_see_keeps_its_score_and_what_none_sees_loses_half():
    assert scores([one(0.6), one(0.6)]) == pytest.approx([0.6, 0.6])
    assert scores([one(0.6), no_boxes()]) == pytest.approx([0.3])


def test_the_better_neighbour_counts_and_the_next_but_one_does_not():
    faint = scores([one(0.1), one(0.8), one(0.4)])
    assert faint[0] == pytest.approx((0.8 + (0.8 * 0.4) ** 0.5) / 2)
    apart = scores([one(0.8), no_boxes(), one(0.8)])
    assert apart == pytest.approx([0.4, 0.4])


@pytest.mark.parametrize(
    "other", [one(0.8, index=1), one(0.8, (160, 100, 220, 130)), one(0.8, (100, 100, 125, 115))]
)
def test_another_class_place_or_size_is_no_support(other):
    assert scores([one(0.8), other]) == pytest.approx([0.4, 0.4])


def test_boxes_of_overlapping_tiles_support_nothing_within_their_pass():
    twice = Boxes(
        *(
            np.concatenate([getattr(one(0.6), k)] * 2)
            for k in ("xyxy_px", "scores", "classes", "cut")
        )
    )
    assert scores([twice, no_boxes()]) == pytest.approx([0.3])
