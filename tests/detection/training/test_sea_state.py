"""Rendered surfaces are told by the Douglas scale."""

from collections import Counter
from dataclasses import replace

import pytest

from detection.training.random_world import FAMILIES, HELD_OUT_FAMILIES, random_sea
from detection.training.sea_state import sea_state, wave_height_m

SURFACE = random_sea(1, "channel").surface
MIRROR = replace(SURFACE, waves=0.0, ripples=0.0, foam=0.0, swell=0.0)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, 0),
        ({"swell": 1.0, "wave_length_m": 6.0}, 0),  # swell has a scale of its own
        ({"ripples": 0.9}, 1),
        ({"waves": 0.2, "wave_length_m": 2.0}, 1),
        ({"waves": 0.5, "wave_length_m": 4.0}, 2),
        ({"waves": 0.5, "wave_length_m": 4.0, "foam": 0.05}, 3),
    ],
)
def test_states_by_hand(changes, state):
    assert sea_state(replace(MIRROR, **changes)) == state


def test_rougher_is_never_told_calmer():
    heights = [
        wave_height_m(replace(MIRROR, waves=w / 10, ripples=r / 10))
        for r in range(11)
        for w in range(11)
    ]
    by_ripples = [heights[i : i + 11] for i in range(0, len(heights), 11)]
    assert all(row == sorted(row) for row in by_ripples)
    assert all(list(column) == sorted(column) for column in zip(*by_ripples, strict=True))


@pytest.mark.parametrize("family", [*FAMILIES, *HELD_OUT_FAMILIES])
def test_every_family_of_seas_is_seen_in_several_states(family):
    states = Counter(sea_state(random_sea(seed, family).surface) for seed in range(60))
    assert len([state for state, seas in states.items() if seas >= 5]) >= 2
    assert set(states) <= {0, 1, 2, 3}
