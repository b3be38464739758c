"""Pieces of gear: joined to whole things, and told from their neighbours. A metre is 20 px here."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.boxes import LEFT, RIGHT, Boxes
from detection.gear_pieces import join_pieces, without_pieces
from detection.merge import merge
from tests.detection.box_rows import boxes, listed

METRE_PX = 20.0


def test_a_net_aslant_over_tiles_is_one():
    pieces = boxes((0, 100, 640, 400, 0.6, 2, RIGHT), (560, 355, 1200, 660, 0.7, 2, LEFT))
    assert listed(join_pieces(merge(pieces), 2, METRE_PX)) == [(0, 100, 1200, 660, 2)]


@pytest.mark.parametrize(
    ("name", "given_boxes", "expected"),
    [
        ("nothing", boxes(), []),
        (
            "a piece that lies mostly in a larger one, and sticks out",
            boxes((0, 0, 100, 40, 0.9, 2), (80, 10, 120, 30, 0.6, 2)),
            [(0, 0, 120, 40, 2)],
        ),
        (
            "two traps that touch",
            boxes((0, 0, 40, 40, 0.6, 2), (38, 0, 80, 40, 0.9, 2)),
            [(38, 0, 80, 40, 2), (0, 0, 40, 40, 2)],
        ),
        (
            "a long line aslant, its pieces corner at corner",
            boxes(
                (0, 0, 210, 210, 0.6, 2), (200, 190, 420, 400, 0.9, 2), (400, 390, 610, 600, 0.5, 2)
            ),
            [(0, 0, 610, 600, 2)],
        ),
        (
            "one that rises the other way, with a metre between the pieces",
            boxes((0, 220, 210, 420, 0.6, 2), (215, 0, 420, 205, 0.9, 2)),
            [(0, 0, 420, 420, 2)],
        ),
        (
            "with two metres between them",
            boxes((0, 240, 210, 440, 0.6, 2), (240, 0, 440, 205, 0.9, 2)),
            [(240, 0, 440, 205, 2), (0, 240, 210, 440, 2)],
        ),
        (
            "short things corner at corner",
            boxes((0, 0, 60, 60, 0.6, 2), (55, 55, 120, 120, 0.9, 2)),
            [(55, 55, 120, 120, 2), (0, 0, 60, 60, 2)],
        ),
        (
            "a short thing at the corner of a long one",
            boxes((0, 0, 300, 300, 0.6, 2), (290, 290, 340, 340, 0.9, 2)),
            [(290, 290, 340, 340, 2), (0, 0, 300, 300, 2)],
        ),
        (
            "a trap beside a line aslant, into whose box it reaches",
            boxes((0, 0, 300, 400, 0.6, 2), (-250, 150, 40, 390, 0.9, 2)),
            [(-250, 150, 40, 390, 2), (0, 0, 300, 400, 2)],
        ),
        (
            "a box around two buoys, each found more surely",
            boxes((0, 0, 100, 100, 0.6, 2), (0, 0, 30, 30, 0.9, 2), (70, 70, 100, 100, 0.8, 2)),
            [(0, 0, 30, 30, 2), (70, 70, 100, 100, 2)],
        ),
        (
            "a net around two of its floats, found less surely",
            boxes((0, 0, 100, 100, 0.9, 2), (0, 0, 30, 30, 0.6, 2), (70, 70, 100, 100, 0.8, 2)),
            [(0, 0, 100, 100, 2)],
        ),
        (
            "a net around one of its floats, found more surely",
            boxes((0, 0, 100, 100, 0.6, 2), (0, 0, 30, 30, 0.9, 2)),
            [(0, 0, 100, 100, 2)],
        ),
        (
            "long pieces in one line, a part of which was missed",
            boxes((0, 0, 200, 10, 0.6, 2), (260, 6, 400, 16, 0.9, 2)),
            [(0, 0, 400, 16, 2)],
        ),
        (
            "long pieces that far apart but side by side",
            boxes((0, 0, 200, 10, 0.6, 2), (0, 60, 200, 70, 0.9, 2)),
            [(0, 60, 200, 70, 2), (0, 0, 200, 10, 2)],
        ),
        (
            "long pieces across each other's line",
            boxes((0, 0, 200, 10, 0.6, 2), (240, 0, 250, 200, 0.9, 2)),
            [(240, 0, 250, 200, 2), (0, 0, 200, 10, 2)],
        ),
        (
            "boats and dugongs are never joined",
            boxes((0, 0, 10, 10, 0.6, 1), (0, 0, 10, 10, 0.9, 0)),
            [(0, 0, 10, 10, 0), (0, 0, 10, 10, 1)],
        ),
    ],
)
@pytest.mark.parametrize("mirrored", [False, True])
def test_pieces_of_one_thing_become_one(name, given_boxes, expected, mirrored):
    if mirrored:  # the way a line runs and the picture's side make no difference
        left, top, right, bottom = given_boxes.xyxy_px.T
        turned = np.stack([top, left, bottom, right], axis=1)
        given_boxes = Boxes(turned, given_boxes.scores, given_boxes.classes, given_boxes.cut)
        expected = [(t, le, b, r, c) for le, t, r, b, c in expected]
    assert listed(join_pieces(given_boxes, 2, METRE_PX)) == expected, name


row = st.tuples(
    st.integers(0, 600), st.integers(0, 600), st.integers(1, 400), st.integers(1, 400),
    st.floats(0.125, 1, width=32), st.integers(1, 2),
).map(lambda r: (r[0], r[1], r[0] + r[2], r[1] + r[3], *r[4:]))  # fmt: skip


@given(st.lists(row, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_boxes_does_not_matter_and_the_surest_stays(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    joined = join_pieces(boxes(*rows), 2, METRE_PX)
    assert listed(joined) == listed(join_pieces(boxes(*shuffled), 2, METRE_PX))
    for object_class in (1, 2):
        before = [r[4] for r in rows if r[5] == object_class]
        after = joined.scores[joined.classes == object_class].tolist()
        assert max(after, default=0) == max(before, default=0)
        assert len(after) == len(before) if object_class == 1 else len(after) <= len(before)


@pytest.mark.parametrize(
    ("name", "given_boxes", "expected"),
    [
        ("nothing", boxes(), []),
        (
            "a float of a net found whole",
            boxes((0, 0, 100, 40, 0.5, 2), (5, 5, 15, 15, 0.6, 2)),
            [(0, 0, 100, 40, 2)],
        ),
        (
            "a float much surer than what is around it",
            boxes((0, 0, 100, 40, 0.5, 2), (5, 5, 15, 15, 0.7, 2)),
            [(0, 0, 100, 40, 2), (5, 5, 15, 15, 2)],
        ),
        (
            "a float half outside",
            boxes((0, 0, 100, 40, 0.5, 2), (95, 5, 105, 15, 0.5, 2)),
            [(0, 0, 100, 40, 2), (95, 5, 105, 15, 2)],
        ),
        (
            "two boxes of one place are no pieces of each other",
            boxes((0, 0, 100, 40, 0.5, 2), (0, 0, 100, 40, 0.5, 2)),
            [(0, 0, 100, 40, 2), (0, 0, 100, 40, 2)],
        ),
        (
            "a calf within its mother's box is a dugong of its own",
            boxes((0, 0, 100, 40, 0.5, 0), (5, 5, 35, 25, 0.5, 0)),
            [(0, 0, 100, 40, 0), (5, 5, 35, 25, 0)],
        ),
    ],
)
def test_pieces_within_a_whole_are_left_out(name, given_boxes, expected):
    assert listed(without_pieces(given_boxes, 2)) == expected, name
