from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.calibration import (
    Calibration,
    CalibrationError,
    ReliabilityBin,
    expected_calibration_error,
    fit,
    reliability,
)
from detection.manifest import read_manifest


def boxes(count, seed, *, chance):
    """Scores, and hits with the chance that a score really has."""
    rng = np.random.default_rng(seed)
    scores = rng.uniform(0.05, 1, count)
    return scores, rng.random(count) < chance(scores)


@pytest.mark.parametrize("chance", [lambda s: s**2, np.sqrt, lambda s: 0.2 + 0.6 * s])
def test_scores_that_say_too_much_or_too_little_are_mended(chance):
    calibration = fit(*boxes(3000, 1, chance=chance))
    scores, hits = boxes(3000, 2, chance=chance)
    before = expected_calibration_error(scores, hits)
    after = expected_calibration_error(calibration.apply_many(scores), hits)
    assert after < 0.04 < before


def test_good_scores_stay_as_they_are():
    calibration = fit(*boxes(5000, 3, chance=lambda s: s))
    for score in (0.2, 0.5, 0.8):
        assert calibration.apply(score) == pytest.approx(score, abs=0.07)


def test_few_boxes_make_no_certainty():
    assert fit([0.5, 0.6, 0.7], [True, True, True]).apply(0.7) < 0.9
    assert fit([0.5], [False]).apply(0.5) == pytest.approx(0.4)  # four own votes of 0.5, one of 0


def test_between_points_the_curve_is_straight_and_beyond_them_level():
    calibration = Calibration(((0.2, 0.1), (0.6, 0.5)))
    assert [calibration.apply(s) for s in (0.0, 0.2, 0.4, 0.6, 1.0)] == pytest.approx(
        [0.1, 0.1, 0.3, 0.5, 0.5], abs=2e-6
    )


many = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80)


@given(many, st.lists(st.floats(0, 1), min_size=2, max_size=10))
def test_the_order_of_scores_is_kept(rows, scores):
    calibration = fit([s for s, _ in rows], [h for _, h in rows])
    calibrated = calibration.apply_many(sorted(scores))
    assert np.all(np.diff(calibrated) >= 0)
    assert np.all((calibrated >= 0) & (calibrated <= 1))


COMMITTED = read_manifest(Path(__file__).parents[2] / "models" / "manifest.json")
# a network's answers: 32 bits, from a score on that is too low to be decoded
network_scores = st.floats(0.015625, 1, width=32)


@pytest.mark.parametrize("object_class", COMMITTED.classes)
@given(first=network_scores, second=network_scores)
def test_no_two_scores_of_a_network_are_told_as_one(object_class, first, second):
    curve = COMMITTED.calibration(object_class)
    told = curve.apply(first), curve.apply(second)
    assert (first < second) == (told[0] < told[1])
    assert (first == second) == (told[0] == told[1])


@pytest.mark.parametrize("level", [0.0, 0.4, 1.0])
@given(score=network_scores.filter(lambda score: score < 1))
def test_neighbouring_scores_keep_their_order_where_the_curve_is_level(level, score):
    curve = Calibration(((0.3, level), (0.6, level)))
    assert curve.apply(score) < curve.apply(float(np.nextafter(np.float32(score), np.float32(1))))
    assert curve.apply(score) == pytest.approx(level, abs=1.1e-6)


@given(many, st.randoms(use_true_random=False))
def test_a_reliability_curve_holds_every_box_once(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    curve = reliability([s for s, _ in rows], [h for _, h in rows])
    assert sum(each.boxes for each in curve) == len(rows)
    other = reliability([s for s, _ in shuffled], [h for _, h in shuffled])
    for a, b in zip(curve, other, strict=True):
        assert (a.boxes, a.share_right) == (b.boxes, pytest.approx(b.share_right))
        assert a.mean_score == pytest.approx(b.mean_score)


def test_a_reliability_curve_and_its_error_by_hand():
    scores, hits = [0.05, 0.91, 0.93, 1.0], [False, True, True, False]
    assert reliability(scores, hits) == (
        ReliabilityBin(1, 0.05, 0.0),
        ReliabilityBin(3, pytest.approx(2.84 / 3), pytest.approx(2 / 3)),
    )
    assert expected_calibration_error(scores, hits) == pytest.approx((0.05 + 2.84 - 2) / 4)


@pytest.mark.parametrize(
    "points",
    [(), ((0.5, 0.2), (0.5, 0.3)), ((0.1, 0.4), (0.5, 0.3)), ((0.1, 1.2),), ((-0.1, 0.1),)],
)
def test_points_that_make_no_curve_are_refused(points):
    with pytest.raises(CalibrationError, match="strictly ascending"):
        Calibration(points)


@pytest.mark.parametrize(
    ("scores", "hits", "why"),
    [([], [], "at least one score"), ([0.1, 0.2], [True], "at least one"), ([1.5], [True], "0, 1")],
)
def test_boxes_that_tell_nothing_are_refused(scores, hits, why):
    with pytest.raises(CalibrationError, match=why):
        fit(scores, hits)
