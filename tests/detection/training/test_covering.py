"""How much of a shape other shapes leave free, against areas worked out by hand."""

import numpy as np
import pytest

from detection.training.covering import uncovered_share


def square(left, top, side):
    return np.array(
        [[left, top], [left + side, top], [left + side, top + side], [left, top + side]], float
    )


@pytest.mark.parametrize(
    ("covers", "share"),
    [
        ([], 1.0),
        ([square(50, 50, 10)], 1.0),
        ([square(5, 0, 20)], 0.5),
        ([square(5, 5, 10)], 0.75),
        ([square(5, 5, 10), square(5, 5, 10)], 0.75),
        ([square(-5, -5, 30)], 0.0),
        ([square(-5, 0, 10), square(5, 0, 10)], 0.0),
    ],
)
def test_what_is_left_of_a_square(covers, share):
    assert uncovered_share([square(0, 0, 10)], covers) == pytest.approx(share, abs=0.03)


def test_parts_that_overlap_count_once():
    body = [square(0, 0, 10), square(5, 0, 10)]  # 15 by 10
    assert uncovered_share(body, [square(0, 0, 5)]) == pytest.approx(1 - 25 / 150, abs=0.03)


def test_a_shape_without_area_is_not_covered():
    line = np.array([[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    assert uncovered_share([line], [square(-5, -5, 10)]) in {0.0, 1.0}
