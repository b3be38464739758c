"""What lies on a boat's deck is no gear set in the sea."""

import numpy as np
import pytest

from detection.boxes import Boxes
from detection.on_board import without_gear_on_board

BOAT, GEAR = 1, 2


def boxes(*rows):
    """rows: (left, top, right, bottom, class)"""
    return Boxes(
        np.array([r[:4] for r in rows], np.float32),
        np.full(len(rows), 0.8, np.float32),
        np.array([r[4] for r in rows], np.int64),
        np.zeros(len(rows), np.uint8),
    )


LONG_TAIL = (500, 680, 560, 930, BOAT)


@pytest.mark.parametrize(
    ("name", "gear", "stays"),
    [
        ("a float on the deck", (546, 682, 559, 701), False),
        ("an engine that reaches beyond the box of its boat", (546, 677, 559, 698), False),
        ("a float half over the side", (550, 700, 570, 715), True),
        ("a float beside the boat", (600, 700, 615, 715), True),
        ("a net as large as the boat, alongside", (500, 680, 556, 925), True),
        ("just over a tenth of the boat", (505, 685, 545, 725), True),
        ("just under a tenth of the boat", (505, 685, 542, 725), False),
    ],
)
def test_gear_on_board_is_left_out(name, gear, stays):
    kept = without_gear_on_board(boxes(LONG_TAIL, (*gear, GEAR)), GEAR, BOAT)
    assert kept.classes.tolist() == ([BOAT, GEAR] if stays else [BOAT])


def test_an_animal_or_another_boat_in_a_boats_box_stays():
    found = boxes(LONG_TAIL, (546, 682, 559, 701, 0), (546, 682, 559, 701, BOAT))
    assert len(without_gear_on_board(found, GEAR, BOAT)) == 3


def test_without_boats_nothing_is_left_out():
    found = boxes((546, 682, 559, 701, GEAR))
    assert without_gear_on_board(found, GEAR, BOAT) is found
