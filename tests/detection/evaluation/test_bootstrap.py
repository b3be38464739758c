"""Intervals over flights."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.evaluation.bootstrap import Interval, Resampling


def test_a_ratio_of_sums_and_its_spread():
    # ten flights, each all found or all missed: the share found in a draw is binomial / 10
    found = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]
    interval = Resampling(10, draws=4000).ratio(found, [1] * 10)
    assert interval.value == 0.5
    assert (interval.low, interval.high) == (0.2, 0.8)  # the 2.5 and 97.5 % points of B(10, ½)


@pytest.mark.parametrize(
    ("over", "under", "expected"),
    [
        ([0, 0], [0, 0], Interval(None)),
        ([3, 0], [4, 0], Interval(0.75)),  # one flight tells nothing of how flights differ
        ([3, 3], [4, 4], Interval(0.75, 0.75, 0.75)),
    ],
)
def test_what_has_no_interval(over, under, expected):
    assert Resampling(2).ratio(over, under) == expected


def test_one_flight_or_none_has_no_interval():
    assert Resampling(1).interval(0.4, np.array([0.4, 0.4])) == Interval(0.4)
    assert Resampling(0).ratio([], []) == Interval(None)


def test_the_seed_decides():
    flights = ([1, 5, 2, 9, 11, 7, 13], [3, 5, 8, 9, 23, 19, 17])
    first, again, other = (Resampling(7, seed=s).ratio(*flights) for s in (1, 1, 2))
    assert first == again
    assert first.value == other.value
    assert first != other


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=8))
def test_the_interval_of_a_share_stays_within_0_and_1(flights):
    found, missed = zip(*flights, strict=True)
    there = [f + m for f, m in flights]
    interval = Resampling(len(flights), draws=200).ratio(found, there)
    if interval.low is not None:
        assert 0 <= interval.low <= interval.high <= 1
    assert (interval.value is None) == (sum(missed) + sum(found) == 0)
