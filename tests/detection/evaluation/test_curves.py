"""Precision over recall, average precision and reliability, on cases worked out by hand."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.calibration import Calibration, ReliabilityBin
from detection.evaluation.bootstrap import Interval, Resampling
from detection.evaluation.charts import calibration_svg
from detection.evaluation.curves import (
    COCO_IOUS,
    CurvePoint,
    average_precisions,
    precision_recall,
    reliability,
    scores_and_hits,
)
from detection.types import ObjectClass

DUGONG = ObjectClass.DUGONG


def ap(frames):
    flights = len({f.flight for f in frames})
    return average_precisions(frames, DUGONG, Resampling(flights, draws=50))


def test_a_curve_by_hand(make):
    frames = [
        make.frame([make.truth(0), make.truth(1)], [make.find(0, 0.9), make.find(5, 0.8)]),
        make.frame([make.truth(0)], [make.find(0, 0.7)], frame="2.jpg"),
    ]
    assert precision_recall(frames, DUGONG) == (
        CurvePoint(0.9, pytest.approx(1 / 3), 1.0),
        CurvePoint(0.8, pytest.approx(1 / 3), 0.5),
        CurvePoint(0.7, pytest.approx(2 / 3), pytest.approx(2 / 3)),
    )
    # recalls 0 to 0.33 at precision 1 (34 of COCO's 101), 0.34 to 0.66 at 2/3 (33), then nothing
    assert ap(frames)[0].value == pytest.approx((34 + 33 * 2 / 3) / 101)


def test_finds_of_one_score_are_one_point(make):
    frames = [make.frame([make.truth(0)], [make.find(0, 0.5), make.find(3, 0.5)])]
    assert precision_recall(frames, DUGONG) == (CurvePoint(0.5, 1.0, 0.5),)


@pytest.mark.parametrize(
    ("shift", "overlap"), [(0.0, 1.0), (1.0, 9 / 11), (2.0, 8 / 12), (4.0, 6 / 14)]
)
def test_ap50_95_counts_the_overlaps_that_a_box_reaches(make, shift, overlap):
    frames = [make.frame([make.truth(0)], [make.find(0, shift=shift)])]
    ap50, ap50_95 = ap(frames)
    assert ap50.value == (1.0 if overlap >= 0.5 else 0.0)
    assert ap50_95.value == pytest.approx(sum(overlap >= t for t in COCO_IOUS) / 10)


def test_points_count_inside_the_find_and_have_no_ap50_95(make):
    point = make.truth(0, xyxy_px=(2.0, 2.0, 2.0, 2.0))
    ap50, ap50_95 = ap([make.frame([point], [make.find(0)])])
    assert (ap50.value, ap50_95) == (1.0, Interval(None))
    assert ap([make.frame([point], [make.find(1)])])[0].value == 0.0


def test_an_unfair_truth_neither_helps_nor_harms(make):
    frames = [make.frame([make.truth(0), make.truth(1, fair=False)], [make.find(1), make.find(0)])]
    assert ap(frames)[0].value == 1.0
    assert precision_recall(frames, DUGONG) == (CurvePoint(0.9, 1.0, 1.0),)


def test_finds_in_a_region_neither_help_nor_harm(make):
    region = make.truth(0, xyxy_px=(100.0, 0.0, 300.0, 50.0), fair=False, region=True)
    finds = [*(make.find(n) for n in (6, 7, 8)), make.find(0, 0.3)]
    frames = [make.frame([make.truth(0), region], finds)]
    assert ap(frames)[0].value == 1.0
    assert precision_recall(frames, DUGONG) == (CurvePoint(0.3, 1.0, 1.0),)


def test_a_find_partly_in_a_region_is_passed_over_as_far_as_coco_does(make):
    region = make.truth(0, xyxy_px=(100.0, 0.0, 300.0, 50.0), fair=False, region=True)
    partly = make.find(4, shift=16.5)  # 96.5 to 106.5: 65 % of it lies in the region
    frames = [make.frame([make.truth(0), region], [partly, make.find(0, 0.3)])]
    ap50, ap50_95 = ap(frames)
    assert ap50.value == 1.0
    # at 0.5, 0.55, 0.6 and 0.65 of COCO's ten overlaps it is nothing, from 0.7 on a false alarm
    assert ap50_95.value == pytest.approx((4 * 1.0 + 6 * 0.5) / 10)


# a true and a false find share a level part of the curve, before it, within it and beyond it
LEVEL = Calibration(((0.2, 0.1), (0.4, 0.3), (0.7, 0.3), (0.9, 0.8)))


def test_calibrated_scores_rank_as_the_networks_own_do(make):
    scores = [(0.98, 0.95), (0.65, 0.5), (0.15, 0.07)]  # of a true find, and of a false one
    frames = [
        make.frame([make.truth(0)], [make.find(0, true), make.find(3, false)], frame=str(number))
        for number, (true, false) in enumerate(scores)
    ]
    told = [
        replace(
            frame,
            candidates=tuple(replace(c, score=LEVEL.apply(c.score)) for c in frame.candidates),
        )
        for frame in frames
    ]
    assert ap(told) == ap(frames)
    precisions = [1, 1 / 2, 2 / 3, 1 / 2, 3 / 5, 1 / 2]
    assert [p.precision for p in precision_recall(told, DUGONG)] == pytest.approx(precisions)


def test_objects_of_a_single_flight_tell_no_interval(make):
    found = make.frame([make.truth(0)], [make.find(0)], "a")
    empty = make.frame([], [make.find(3)], "b")  # a false alarm of the same score, ranked first
    assert ap([found, empty]) == (Interval(0.5), Interval(0.5))
    missed = make.frame([make.truth(0)], [], "b")
    assert None not in (ap([found, missed])[0].low, ap([found, missed])[1].high)


def test_nothing_there_has_no_curve(make):
    frames = [make.frame([], [make.find(0)])]
    assert precision_recall(frames, DUGONG) == ()
    assert ap(frames) == (Interval(None), Interval(None))


def test_reliability_by_hand(make):
    finds = [make.find(0, 0.95), make.find(1, 0.92), make.find(2, 0.15), make.find(3, 1.0)]
    truths = [make.truth(0), make.truth(3)]
    told = reliability([make.frame(truths, finds)], DUGONG)
    low, high = told.bins
    assert (low.finds, low.mean_score, low.true_share) == (1, pytest.approx(0.15), 0.0)
    assert (high.finds, high.true_share) == (3, pytest.approx(2 / 3))
    wanted = (0.15 + 3 * abs((0.95 + 0.92 + 1.0) / 3 - 2 / 3)) / 4
    assert told.expected_error == pytest.approx(wanted)


def test_candidates_with_their_truth_and_the_picture_of_them(make):
    frames = [make.frame([make.truth(0)], [make.find(0, 0.9), make.find(5, 0.3)])]
    scores, hits = scores_and_hits(frames, DUGONG)
    assert (scores, hits) == ([0.9, 0.3], [True, False])
    assert scores_and_hits(frames, ObjectClass.BOAT) == ([], [])
    before = [ReliabilityBin(3, 0.9, 1.0)]
    picture = ElementTree.fromstring(  # noqa: S314  our own
        calibration_svg([("dugong", before, before), ("boat", [], [])])
    )
    dots = list(picture.iter("{http://www.w3.org/2000/svg}circle"))
    assert [dot[0].text for dot in dots] == ["before: 3 boxes", "calibrated: 3 boxes"]


def test_scores_that_were_never_given_have_no_reliability(make):
    assert reliability([make.frame([make.truth(0)])], DUGONG).expected_error is None


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from([0.2, 0.5, 0.9]), st.booleans()), max_size=6
    )
)
def test_curves_keep_their_bounds(make, boxes):
    truths = [make.truth(n) for n in {n for n, _, there in boxes if there}]
    finds = [make.find(n, score) for n, score, _ in boxes]
    frames = [make.frame(truths, finds)]
    curve = precision_recall(frames, DUGONG)
    assert [p.recall for p in curve] == sorted(p.recall for p in curve)
    assert all(0 <= p.recall <= 1 and 0 <= p.precision <= 1 for p in curve)
    ap50, ap50_95 = ap(frames)
    assert (ap50.value is None) == (not truths)
    if truths:
        assert 0 <= ap50_95.value <= ap50.value + 1e-9 <= 1 + 2e-9
