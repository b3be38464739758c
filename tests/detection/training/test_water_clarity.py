"""The estimate of how clear water is, on rendered seas whose Secchi depth is known."""

import numpy as np
import pytest

from detection.training.random_world import FAMILIES, HELD_OUT_FAMILIES
from detection.training.water_clarity import fitted, left_out, rank_correlation, rendered_seas
from ingest.water_clarity import ERROR_FACTOR, clearness


@pytest.fixture(scope="module")
def seas():
    """Seeds that the shipped formula was not fitted on."""
    return rendered_seas((*FAMILIES, *HELD_OUT_FAMILIES), range(700, 707))


def test_the_shipped_formula_ranks_seas_it_was_not_fitted_on(seas):
    told = np.log([clearness(sea.look) for sea in seas])
    assert rank_correlation(told, seas) > 0.5
    wrong = np.sqrt(np.mean((told - np.log([sea.secchi_m for sea in seas])) ** 2))
    assert np.exp(wrong) < 1.2 * ERROR_FACTOR


def test_a_kind_of_sea_left_out_of_the_fit_is_ranked_among_the_others(seas):
    correlation, factor = left_out(seas)
    assert correlation > 0.2  # of 56 seas; the command renders 480 and finds 0.65
    assert factor < 1.3 * ERROR_FACTOR


def test_clear_water_is_told_from_murky(seas):
    fit = fitted(seas)
    reef = [sea for sea in seas if sea.family == "reef"]
    silty = [sea for sea in seas if sea.family == "silty"]
    assert fit.logs(reef).mean() > fit.logs(silty).mean() + np.log(2)
