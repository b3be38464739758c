"""Scores against known truth."""

import pytest

from detection.evaluation.scoring import (
    FoundBox,
    ScoredFrame,
    ScoringError,
    Tally,
    TrueBox,
    best_threshold,
    iou,
    objects_found,
    tally,
)
from detection.types import ObjectClass

DUGONG, BOAT = ObjectClass.DUGONG, ObjectClass.BOAT
HERE, NEAR, FAR = (0, 0, 10, 10), (3, 0, 13, 10), (50, 50, 60, 60)


def frame(truths=(), finds=(), flight="a"):
    return ScoredFrame(flight, "f.jpg", tuple(truths), tuple(finds), 0.01)


def there(xyxy=HERE, object_class=DUGONG, object_id=1, fair=True):
    return TrueBox(object_class, object_id, xyxy, fair)


def find(xyxy=HERE, score=0.9, object_class=DUGONG):
    return FoundBox(object_class, score, xyxy)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (HERE, HERE, 1.0),
        (HERE, FAR, 0.0),
        (HERE, (10, 0, 20, 10), 0.0),
        (HERE, NEAR, 70 / 130),
        (HERE, (0, 0, 5, 10), 0.5),
    ],
)
def test_iou(a, b, expected):
    assert iou(a, b) == pytest.approx(expected)
    assert iou(b, a) == pytest.approx(expected)


REGION = TrueBox(DUGONG, None, (0, 0, 40, 40), fair=False, region=True)


@pytest.mark.parametrize(
    ("truths", "finds", "expected"),
    [
        ((), (), Tally(0, 0, 0)),
        ((there(),), (find(),), Tally(1, 0, 0)),
        ((there(),), (find(NEAR),), Tally(1, 0, 0)),
        ((there(),), (find(FAR),), Tally(0, 1, 1)),
        ((there(),), (find(score=0.4),), Tally(0, 1, 0)),
        ((there(),), (find(object_class=BOAT),), Tally(0, 1, 0)),
        ((there(),), (find(), find(NEAR, 0.8)), Tally(1, 0, 1)),  # found twice is one false alarm
        ((there(fair=False),), (), Tally(0, 0, 0)),
        ((there(fair=False),), (find(),), Tally(0, 0, 0)),
        # in a region any number count as nothing, but for what is labelled, or lies half outside
        ((REGION,), (find(), find((20, 20, 30, 30)), find(FAR)), Tally(0, 0, 1)),
        ((REGION, there()), (find(), find((20, 20, 30, 30))), Tally(1, 0, 0)),
        ((REGION,), (find((36, 0, 46, 10)), find((34, 0, 44, 10))), Tally(0, 0, 1)),
        ((REGION,), (find(object_class=BOAT),), Tally(0, 0, 0)),
        ((there(), there(FAR, object_id=2)), (find(FAR),), Tally(1, 1, 0)),
        # a calf inside its mother's reach: each find goes to the truth it fits best
        ((there(), there(NEAR, object_id=2)), (find(NEAR), find(score=0.8)), Tally(2, 0, 0)),
    ],
)
def test_tally(truths, finds, expected):
    assert tally(frame(truths, finds), DUGONG, 0.5) == expected


GEAR = ObjectClass.FISHING_GEAR
LINE = (0, 0, 300, 200)


@pytest.mark.parametrize(
    ("finds", "expected"),
    [
        ([LINE], Tally(1, 0, 0, 0)),
        ([(0, 0, 60, 40)], Tally(1, 0, 0, 0)),  # a fifteenth of the box, but on the line
        ([(0, 0, 60, 40), (60, 40, 120, 80)], Tally(1, 0, 0, 1)),
        ([LINE, (60, 40, 120, 80)], Tally(1, 0, 0, 1)),
        ([(-50, 0, 50, 40)], Tally(0, 1, 1, 0)),  # half of it is beside the line
        ([(400, 0, 460, 40)], Tally(0, 1, 1, 0)),
    ],
)
def test_pieces_of_a_long_line(finds, expected):
    boxes = [find(xyxy, 0.9, GEAR) for xyxy in finds]
    one = frame((there(LINE, GEAR),), boxes)
    assert tally(one, GEAR, 0.5) == expected
    assert objects_found([one], GEAR, 0.5) == (expected.found, 1)


def test_only_gear_comes_in_pieces():
    part = frame((there((0, 0, 40, 20), BOAT),), (find((0, 0, 10, 5), 0.9, BOAT),))
    assert tally(part, BOAT, 0.5) == Tally(0, 1, 1)


def test_scores_of_a_tally():
    t = Tally(found=6, missed=2, false_alarms=3)
    assert t.recall == pytest.approx(6 / 8)
    assert t.precision == pytest.approx(6 / 9)
    assert t.f_score() == pytest.approx(2 * (6 / 8) * (6 / 9) / (6 / 8 + 6 / 9))
    assert t.f_score(2) == pytest.approx(5 * (6 / 8) * (6 / 9) / (6 / 8 + 4 * 6 / 9))
    assert t + Tally(1, 1, 1) == Tally(7, 3, 4)


def test_nothing_there_has_no_score():
    assert (Tally().recall, Tally().precision, Tally().f_score()) == (None, None, None)
    assert Tally(0, 0, 3).recall is None
    assert Tally(0, 3, 0).precision is None


def test_an_object_counts_once_a_flight():
    frames = (
        frame((there(),), (find(),)),
        frame((there(),), (find(),)),
        frame((there(object_id=2),), ()),
        frame((there(),), (), flight="b"),
        frame((there(object_id=3, fair=False),), ()),
    )
    assert objects_found(frames, DUGONG, 0.5) == (1, 3)


def test_best_threshold_parts_finds_from_false_alarms():
    frames = [frame((there(),), (find(score=0.62), find(FAR, 0.41))) for _ in range(5)]
    assert best_threshold(frames, DUGONG, beta=1.0) == 0.42  # the mildest that leaves them out


def test_beta_two_prefers_recall():
    # lowering the threshold finds one more dugong at the price of three false alarms
    alarms = tuple(find((80 + 20 * k, 80, 90 + 20 * k, 90), 0.35) for k in range(3))
    frames = [
        frame((there(),), (find(score=0.8),)),
        frame((there(),), (find(score=0.3), *alarms)),
    ]
    assert 0.35 < best_threshold(frames, DUGONG, beta=1.0) <= 0.8
    assert best_threshold(frames, DUGONG, beta=2.0) <= 0.3


def test_a_bound_on_false_alarms_goes_before_the_score():
    alarms = tuple(find((80 + 20 * k, 80, 90 + 20 * k, 90), 0.35) for k in range(2))
    frames = [frame((there(),), (find(score=0.3), *alarms)), frame((there(),), (find(score=0.8),))]
    assert best_threshold(frames, DUGONG, beta=2.0) == 0.25
    assert best_threshold(frames, DUGONG, beta=2.0, most_false_a_frame=0.2) == 0.36


def test_a_threshold_needs_something_to_find():
    frames = [frame((there(fair=False),), (find(),))]
    with pytest.raises(ScoringError, match="threshold for dugong needs frames that show some"):
        best_threshold(frames, DUGONG, beta=1.0)
