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
        [0.1, 0.1, 0.3, 0.5, 0.5]
    )


many = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80)


@given(many, st.lists(st.floats(0, 1), min_size=2, max_size=10))
def test_the_order_of_scores_is_kept(rows, scores):
    calibration = fit([s for s, _ in rows], [h for _, h in rows])
    calibrated = calibration.apply_many(sorted(scores))
    assert np.all(np.diff(calibrated) >= 0)
    assert np.all((calibrated >= 0) & (calibrated <= 1))


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
