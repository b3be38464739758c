"""How a model searches and from which scores on it reports, chosen on flights kept for choosing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor
from pathlib import Path

from detection.detector import Detector
from detection.evaluation.gates import MOST_FALSE_ON_PHOTOS
from detection.evaluation.scoring import ScoredFrame, mildest_as_good
from detection.manifest import LookAgain
from detection.training.evaluate import (
    GIVEN_UP_OF,
    choose_thresholds,
    f_scores,
    score_at_each,
    score_flights,
)
from detection.types import ObjectClass

# Of the mean F score, for a way that takes less time. Little, since the ways below take much alike:
# 144 rendered frames, full of look-alikes, took 173 s at 5 cm, 189 s with another look at 4.2 cm
# and 204 s with two more, and what looking again gains shows in one class of three.
_GIVEN_UP_FOR_SPEED = 0.003
# Gear is joined to whole lines, and what there is to join depends on the threshold: each of these
# is tried on its own.
_GEAR_THRESHOLDS = tuple(step / 100 for step in range(26, 70, 2))


@dataclass(frozen=True)
class Way:
    """A way to search: the ground scales of its passes, and how suspects are looked at again."""

    gsd_cm: tuple[float, ...]
    again: LookAgain | None = None


# The cheapest first. A pass costs by the square of its scale; looking again costs a tile a scale
# for four suspects, nothing where there are none.
WAYS = (
    Way((5.9,), LookAgain(gsd_cm=(4.2,), from_score=0.2)),
    Way((5.0,)),
    Way((5.0,), LookAgain(gsd_cm=(4.2,), from_score=0.1)),
    Way((5.0,), LookAgain(gsd_cm=(4.2, 5.9), from_score=0.1)),
)


@dataclass(frozen=True)
class Trial:
    """What a way came to on the flights that are chosen on."""

    way: Way
    frames: tuple[ScoredFrame, ...]
    thresholds: Mapping[ObjectClass, float]
    f_scores: Mapping[ObjectClass, float]

    @property
    def mean(self) -> float:
        """The mean score of the classes."""
        return sum(self.f_scores.values()) / len(self.f_scores)


def tried(searching: Detector, way: Way, flights: Sequence[Path]) -> Trial:
    """Search flights one way, from a low score up, and choose thresholds."""
    gear = ObjectClass.FISHING_GEAR
    frames, *at_each = score_at_each(
        searching.searching_at(*way.gsd_cm, again=way.again),
        flights,
        [{}, *({gear: threshold} for threshold in _GEAR_THRESHOLDS)],
    )
    thresholds = choose_thresholds(frames)
    joined = {
        threshold: f_scores(at, thresholds | {gear: threshold})[gear]
        for threshold, at in zip(_GEAR_THRESHOLDS, at_each, strict=True)
    }
    thresholds[gear] = mildest_as_good(joined, GIVEN_UP_OF[gear])
    return Trial(
        way, frames, thresholds, f_scores(frames, thresholds) | {gear: joined[thresholds[gear]]}
    )


def best_trial(trials: Sequence[Trial]) -> Trial:
    """The first trial nearly as good as the best; they are in the order of their cost."""
    least = max(trial.mean for trial in trials) - _GIVEN_UP_FOR_SPEED
    return next(trial for trial in trials if trial.mean >= least)


def any_scale_thresholds(
    searching: Detector, flights: Sequence[Path], empty: Sequence[ScoredFrame] = ()
) -> dict[ObjectClass, float]:
    """The thresholds of pictures that are searched without their scale.

    They are chosen as those of other pictures are. No size is impossible there, so that more looks
    like an animal: `empty` are real photographs without dugongs, searched so from a low score up,
    of which no more than `MOST_FALSE_ON_PHOTOS` may show a false one for that.
    """
    frames = score_flights(searching, flights, as_plain=True)
    thresholds = choose_thresholds(frames)
    dugong = ObjectClass.DUGONG
    return thresholds | {dugong: above_false_ones(empty, dugong, thresholds[dugong])}


def above_false_ones(
    empty: Sequence[ScoredFrame], object_class: ObjectClass, threshold: float
) -> float:
    """A threshold, in hundredths, raised until few enough false finds reach it in empty frames."""
    scores = sorted(
        (f.score for frame in empty for f in frame.finds if f.object_class is object_class),
        reverse=True,
    )
    if len(scores) <= MOST_FALSE_ON_PHOTOS:
        return threshold
    return max(threshold, (floor(scores[MOST_FALSE_ON_PHOTOS] * 100) + 1) / 100)
