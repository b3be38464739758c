"""Fits and measures the estimate of `ingest.water_clarity` on rendered seas of known Secchi depth.

    python -m detection.training.water_clarity

prints the coefficients, fitted on the families that training may draw from, and how well they do:
on the families kept out of training, and family by family with that family left out of the fit.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import spearmanr

from detection.training.camera_effects import taken_by_camera
from detection.training.noise import Grid
from detection.training.random_world import (
    FAMILIES,
    HELD_OUT_FAMILIES,
    LOSS_TIMES_SECCHI,
    random_sea,
)
from detection.training.scene import render_ortho
from ingest.water_clarity import Look, look_of

_GSD_M, _SIDE_PX = 0.15, 400
_FIRST_SEED = 50_000
_RIDGE = 20.0  # like so many seas that say nothing: families are few and much alike within

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RenderedSea:
    """What a picture of a sea looks like, and its true Secchi depth."""

    family: str
    look: Look
    secchi_m: float


@dataclass(frozen=True)
class Fit:
    """A straight line through standardised looks to the logarithm of the Secchi depth."""

    middle: Array
    spread: Array
    slopes: Array
    usual: float

    def logs(self, seas: Sequence[RenderedSea]) -> Array:
        """The estimated logarithms."""
        told: Array = (_looks(seas) - self.middle) / self.spread @ self.slopes + self.usual
        return told


def rendered_seas(families: Sequence[str], seeds: range) -> tuple[RenderedSea, ...]:
    """Render seas without objects, as a camera takes them."""
    seas = []
    for family in families:
        for seed in seeds:
            world = random_sea(_FIRST_SEED + seed, family)
            half_m = _SIDE_PX * _GSD_M / 2
            rgb = render_ortho(world, Grid(-half_m, half_m, _SIDE_PX, _SIDE_PX, _GSD_M)).rgb
            taken = taken_by_camera(rgb, np.random.default_rng([seed, 3]))
            look = look_of(np.ascontiguousarray(taken[..., ::-1]), _GSD_M)
            if look is not None:
                secchi_m = LOSS_TIMES_SECCHI / world.water.attenuation_per_m[1]
                seas.append(RenderedSea(family, look, secchi_m))
    return tuple(seas)


def fitted(seas: Sequence[RenderedSea]) -> Fit:
    """Fit the line to seas of known depth."""
    looks, truth = _looks(seas), _truth(seas)
    middle, spread = looks.mean(axis=0), looks.std(axis=0)
    standard = (looks - middle) / spread
    usual = float(truth.mean())
    normal = standard.T @ standard + _RIDGE * np.eye(standard.shape[1])
    slopes = np.linalg.solve(normal, standard.T @ (truth - usual))
    return Fit(middle, spread, slopes, usual)


def rank_correlation(told: Array, seas: Sequence[RenderedSea]) -> float:
    """Spearman's, of estimates with the true depths."""
    return float(spearmanr(told, _truth(seas)).statistic)


def left_out(seas: Sequence[RenderedSea]) -> tuple[float, float]:
    """Rank correlation and error factor, each family estimated by a fit to the others."""
    told = np.zeros(len(seas))
    for family in {sea.family for sea in seas}:
        fit = fitted([sea for sea in seas if sea.family != family])
        its = [index for index, sea in enumerate(seas) if sea.family == family]
        told[its] = fit.logs([seas[index] for index in its])
    wrong = float(np.exp(np.sqrt(np.mean((told - _truth(seas)) ** 2))))
    return rank_correlation(told, seas), wrong


def _looks(seas: Sequence[RenderedSea]) -> Array:
    return np.array([sea.look for sea in seas], dtype=np.float64)


def _truth(seas: Sequence[RenderedSea]) -> Array:
    return np.log([sea.secchi_m for sea in seas])


def main() -> None:
    """Fit, measure, print."""
    seas = rendered_seas((*FAMILIES, *HELD_OUT_FAMILIES), range(60))
    known = [sea for sea in seas if sea.family in FAMILIES]
    unknown = [sea for sea in seas if sea.family in HELD_OUT_FAMILIES]
    fit = fitted(known)
    lines = [
        f"middle {fit.middle.round(3)}",
        f"spread {fit.spread.round(3)}",
        f"slopes {fit.slopes.round(3)}",
        f"usual  {fit.usual:.3f}",
        f"least  {np.percentile(_looks(seas), 1, axis=0).round(2)}",
        f"most   {np.percentile(_looks(seas), 99, axis=0).round(2)}",
        f"families kept out of the fit: {rank_correlation(fit.logs(unknown), unknown):.2f}",
        "each family left out in turn: {:.2f}, factor {:.2f}".format(*left_out(seas)),
    ]
    for family in (*FAMILIES, *HELD_OUT_FAMILIES):
        its = [sea for sea in seas if sea.family == family]
        others = fitted([sea for sea in seas if sea.family != family])
        lines.append(f"within {family}: {rank_correlation(others.logs(its), its):.2f}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
