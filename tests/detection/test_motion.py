from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.motion import GAITS, drift_sigma_m, follow
from detection.types import ObjectClass

HERE = np.zeros(2)


@pytest.mark.parametrize("object_class", list(ObjectClass))
def test_the_shares_of_gaits_make_a_whole(object_class):
    assert sum(gait.share for gait in GAITS[object_class]) == pytest.approx(1.0)


@given(st.sampled_from(list(ObjectClass)), st.floats(0, 600), st.floats(0, 600))
def test_waiting_twice_is_waiting_once_as_long(object_class, first_s, second_s):
    start = follow(object_class, 0.0, HERE, 4.0)
    twice = start.predicted(first_s).predicted(first_s + second_s)
    once = start.predicted(first_s + second_s)
    for a, b in zip(twice.filters, once.filters, strict=True):
        np.testing.assert_allclose(a.covariance, b.covariance, rtol=1e-6, atol=1e-6)


@given(st.sampled_from(list(ObjectClass)), st.floats(0, 600))
def test_an_unseen_things_place_widens_by_its_drift(object_class, elapsed_s):
    later = follow(object_class, 0.0, HERE, 4.0).predicted(elapsed_s)
    for part in later.filters:
        widened = 4.0 + drift_sigma_m(part.gait, elapsed_s) ** 2
        assert part.covariance[0, 0] == pytest.approx(widened, rel=1e-6, abs=1e-6)


def test_a_boat_seen_to_move_is_looked_for_ahead_of_it():
    follower = follow(ObjectClass.BOAT, 0.0, HERE, 1.0)
    for second in (3, 6, 9):
        follower = follower.predicted(second).corrected(np.array([7.0 * second, 0.0]), 1.0)
    ahead = follower.predicted(12.0)
    assert ahead.log_density(np.array([84.0, 0.0]), 1.0) > ahead.log_density(
        np.array([63.0, 0.0]), 1.0
    )


def test_a_boat_that_stays_is_expected_to_stay():
    follower = follow(ObjectClass.BOAT, 0.0, HERE, 1.0)
    for second in (3, 6, 9):
        follower = follower.predicted(second).corrected(HERE, 1.0)
    later = follower.predicted(120.0)
    assert exp(later.log_density(HERE, 1.0)) > 1e-3
    assert later.log_density(HERE, 1.0) > later.log_density(np.array([100.0, 0.0]), 1.0)
