"""Recall, precision and F1 of boxes, with intervals over flights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detection.evaluation.bootstrap import Interval, Resampling
from detection.evaluation.scoring import Tally


@dataclass(frozen=True)
class Scores:
    """Counts of boxes and what they give, with intervals over flights."""

    tally: Tally
    recall: Interval
    precision: Interval
    f1: Interval


def scores_of(
    by_flight: Mapping[str, Tally], names: Sequence[str], resampling: Resampling
) -> Scores:
    """The scores of tallies by flight; `names` are all flights, in the order they are drawn."""
    tallies = [by_flight.get(name, Tally()) for name in names]
    found = [t.found for t in tallies]
    there = [t.found + t.missed for t in tallies]
    reported = [t.found + t.false_alarms for t in tallies]
    ratio = resampling.ratio
    return Scores(
        sum(tallies, Tally()),
        ratio(found, there),
        ratio(found, reported),
        ratio([2 * n for n in found], [a + b for a, b in zip(there, reported, strict=True)]),
    )
