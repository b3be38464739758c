from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.boxes import BOTTOM, LEFT, RIGHT, TOP, concatenate
from detection.merge import merge
from tests.detection.box_rows import boxes, listed


@pytest.mark.parametrize(
    ("name", "given_boxes", "expected"),
    [
        ("nothing", boxes(), []),
        (
            "the same object seen by two tiles",
            boxes((0, 0, 100, 50, 0.9, 0, False), (2, 1, 101, 50, 0.8, 0, False)),
            [(0, 0, 100, 50, 0)],
        ),
        (
            "the same place, another class, stays",
            boxes((0, 0, 100, 50, 0.9, 0, False), (0, 0, 100, 50, 0.8, 1, False)),
            [(0, 0, 100, 50, 0), (0, 0, 100, 50, 1)],
        ),
        (
            "a calf inside its mother's box stays",
            boxes((0, 0, 60, 60, 0.9, 0, False), (5, 5, 30, 25, 0.7, 0, False)),
            [(0, 0, 60, 60, 0), (5, 5, 30, 25, 0)],
        ),
        (
            "a cut piece of a whole boat goes, though its score is better",
            boxes((0, 0, 200, 60, 0.6, 1, False), (120, 2, 200, 60, 0.9, 1, LEFT)),
            [(0, 0, 200, 60, 1)],
        ),
        (
            "a line over two tiles becomes one",
            boxes((0, 100, 640, 120, 0.6, 2, RIGHT), (512, 101, 900, 121, 0.7, 2, LEFT)),
            [(0, 100, 900, 121, 2)],
        ),
        (
            "a line over three tiles becomes one",
            boxes(
                (100, 0, 120, 640, 0.6, 2, BOTTOM),
                (101, 512, 121, 1152, 0.5, 2, TOP | BOTTOM),
                (100, 1024, 122, 1300, 0.4, 2, TOP),
            ),
            [(100, 0, 122, 1300, 2)],
        ),
        (
            "two cut neighbours that do not touch stay two",
            boxes((0, 0, 640, 50, 0.6, 2, RIGHT), (700, 0, 900, 50, 0.7, 2, LEFT)),
            [(700, 0, 900, 50, 2), (0, 0, 640, 50, 2)],
        ),
        (
            "two boats side by side, not cut, stay two",
            boxes((0, 0, 100, 40, 0.8, 1, False), (0, 35, 100, 75, 0.7, 1, False)),
            [(0, 0, 100, 40, 1), (0, 35, 100, 75, 1)],
        ),
    ],
)
def test_merging_table(name, given_boxes, expected):
    assert listed(merge(given_boxes)) == expected, name


# Tiles of 640 px of which each shares 80 with the next: the first ends at 640, the second starts
# at 560.
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("name", "given_boxes", "expected"),
    [
        (
            "boats side by side across an edge",
            boxes(
                (500, 100, 640, 195, 0.9, 1, RIGHT), (500, 190, 640, 290, 0.8, 1, RIGHT),
                (560, 100, 720, 195, 0.7, 1, LEFT), (560, 190, 720, 290, 0.6, 1, LEFT),
            ),
            [(500, 100, 720, 195, 1), (500, 190, 720, 290, 1)],
        ),
        (
            "boats side by side that one edge cuts, without the rest of them",
            boxes((500, 100, 640, 160, 0.9, 1, RIGHT), (510, 155, 640, 220, 0.8, 1, RIGHT)),
            [(500, 100, 640, 160, 1), (510, 155, 640, 220, 1)],
        ),
        (
            "boats side by side, of each of which the other piece was missed",
            boxes((520, 100, 640, 160, 0.9, 1, RIGHT), (560, 155, 720, 220, 0.8, 1, LEFT)),
            [(520, 100, 640, 160, 1), (560, 155, 720, 220, 1)],
        ),
        (
            "a boat behind another, each cut at the edge that is far from the other",
            boxes((500, 100, 640, 160, 0.9, 1, LEFT), (630, 100, 760, 160, 0.8, 1, RIGHT)),
            [(500, 100, 640, 160, 1), (630, 100, 760, 160, 1)],
        ),
        (
            "a long boat over three narrow tiles",
            boxes(
                (10, 100, 160, 130, 0.5, 1, RIGHT), (80, 100, 240, 131, 0.6, 1, LEFT | RIGHT),
                (160, 100, 290, 130, 0.7, 1, LEFT),
            ),
            [(10, 100, 290, 131, 1)],
        ),
        (
            "a boat aslant",
            boxes((500, 100, 640, 190, 0.9, 1, RIGHT), (560, 120, 730, 220, 0.8, 1, LEFT)),
            [(500, 100, 730, 220, 1)],
        ),
        (
            "a boat aslant over a corner, in two of four tiles",
            boxes(
                (500, 500, 640, 640, 0.9, 1, RIGHT | BOTTOM),
                (560, 560, 720, 720, 0.8, 1, LEFT | TOP),
            ),
            [(500, 500, 720, 720, 1)],
        ),
        (
            "a boat aslant over a corner, in four tiles",
            boxes(
                (554, 506, 640, 640, 0.8, 1, RIGHT | BOTTOM),
                (560, 439, 726, 640, 0.7, 1, LEFT | BOTTOM),
                (541, 560, 640, 685, 0.6, 1, RIGHT | TOP),
                (560, 560, 667, 687, 0.9, 1, LEFT | TOP),
            ),
            [(554, 439, 726, 687, 1)],
        ),
        (
            "boats side by side over a corner",
            boxes(
                (500, 540, 640, 600, 0.9, 1, RIGHT), (500, 597, 640, 640, 0.5, 1, RIGHT | BOTTOM),
                (560, 540, 720, 600, 0.8, 1, LEFT), (560, 597, 720, 640, 0.4, 1, LEFT | BOTTOM),
                (500, 560, 640, 600, 0.4, 1, RIGHT | TOP), (500, 597, 640, 657, 0.8, 1, RIGHT),
                (560, 560, 720, 600, 0.4, 1, LEFT | TOP), (560, 597, 720, 657, 0.7, 1, LEFT),
            ),
            [(500, 540, 720, 600, 1), (500, 597, 720, 657, 1)],
        ),
        (
            "boats side by side that edges of tiles of two scales cut",
            boxes((500, 100, 640, 160, 0.9, 1, RIGHT), (400, 155, 600, 220, 0.8, 1, RIGHT)),
            [(500, 100, 640, 160, 1), (400, 155, 600, 220, 1)],
        ),
        (
            "pieces of one boat in tiles of two scales",
            boxes((500, 100, 640, 160, 0.9, 1, RIGHT), (575, 101, 760, 161, 0.8, 1, LEFT)),
            [(500, 100, 760, 161, 1)],
        ),
        (
            "a piece within a larger one that the same edge cuts",
            boxes((560, 105, 640, 155, 0.9, 1, RIGHT), (450, 100, 640, 160, 0.8, 1, RIGHT)),
            [(450, 100, 640, 160, 1)],
        ),
    ],
)  # fmt: skip
def test_pieces_of_one_thing_meet_at_the_edge_between_them(name, given_boxes, expected, turned):
    if turned:
        across = given_boxes.cut
        given_boxes = replace(
            given_boxes,
            xyxy_px=given_boxes.xyxy_px[:, [1, 0, 3, 2]],
            cut=(across & (LEFT | RIGHT)) << 1 | (across & (TOP | BOTTOM)) >> 1,
        )
        expected = [(t, le, b, r, c) for le, t, r, b, c in expected]
    assert listed(merge(given_boxes)) == expected, name


def test_a_joined_thing_is_cut_where_it_still_goes_on():
    first, middle = (10, 0, 640, 20, 0.6, 2, RIGHT), (560, 0, 1200, 20, 0.5, 2, LEFT | RIGHT)
    last = (1120, 0, 1500, 20, 0.5, 2, LEFT | BOTTOM)
    assert merge(boxes(first, middle)).cut.tolist() == [RIGHT]
    assert merge(boxes(first, middle, last)).cut.tolist() == [BOTTOM]


corner = st.integers(0, 300)
row = st.tuples(
    corner,
    corner,
    st.integers(1, 200),
    st.integers(1, 200),
    st.floats(0.125, 1, width=32),
    st.integers(0, 2),
    st.integers(0, LEFT | TOP | RIGHT | BOTTOM),
).map(lambda r: (r[0], r[1], r[0] + r[2], r[1] + r[3], *r[4:]))


@given(st.lists(row, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_tiles_does_not_matter(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    a, b = merge(boxes(*rows)), merge(boxes(*shuffled))
    assert listed(a) == listed(b)
    assert a.scores.tolist() == b.scores.tolist()


@given(st.lists(row, min_size=1, max_size=12))
def test_merging_invents_nothing_and_loses_no_class(rows):
    before, after = boxes(*rows), merge(boxes(*rows))
    assert 1 <= len(after) <= len(before)
    assert set(after.classes.tolist()) == set(before.classes.tolist())
    if not before.cut.all():  # the best whole box always stays
        assert after.scores.max() >= before.scores[before.cut == 0].max()
    assert (after.xyxy_px[:, :2] >= before.xyxy_px[:, :2].min(axis=0)).all()
    assert (after.xyxy_px[:, 2:] <= before.xyxy_px[:, 2:].max(axis=0)).all()


def test_concatenate_of_nothing_is_empty():
    assert len(concatenate([])) == 0
