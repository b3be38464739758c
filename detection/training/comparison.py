"""Whether a candidate model does what the present one does: gates, each with its noise.

Both models are scored on the same flights, so that each flight, frame and object is a pair. A gate
regresses when the candidate is worse

- by more than chance in the choice of flights explains: the 95 % bootstrap interval of the
  difference, flights drawn anew (Efron 1979), lies wholly on the worse side; where one flight alone
  tells, any loss counts;
- or, since few flights give wide intervals that would let nearly anything pass, by more than one
  and more than a twentieth of what is there, while the pairs speak against it: of those that
  differ, as many or more fell to the worse side as happens to equals at most once in four (exact
  sign test of pairs, McNemar 1947). Two objects lost and none gained refuses, three lost and one
  gained does not. That is far from proof: a good candidate that is refused costs another training
  or a look, a bad one that passes costs animals.

Pairs are objects for recall, frames for false alarms and precision, flights for counts.

Real photographs without dugongs are too few for either rule. There a limit counts, the one a model
is shipped by, or what the present model shows where that is more already.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from detection.evaluation.bootstrap import Interval, Resampling
from detection.evaluation.counting import FlightCount, Unit
from detection.evaluation.gates import MOST_FALSE_ON_PHOTOS
from detection.evaluation.scoring import Match, ScoredFrame, match
from detection.types import ObjectClass

COMPARISON_FILE = "comparison.md"  # beside a candidate's manifest
LEAST_CHANCE = 0.25
TOLERATED = 1
TOLERATED_SHARE = 0.05


@dataclass(frozen=True)
class Pairs:
    """How many pairs got worse and better, by how much all got worse, and of how much there is."""

    worse: int = 0
    better: int = 0
    net: int = 0
    of: int = 0

    @classmethod
    def of_changes(cls, changes: Sequence[int], of: int) -> "Pairs":
        """Pairs by their changes, above 0 for the worse."""
        return cls(sum(c > 0 for c in changes), sum(c < 0 for c in changes), sum(changes), of)

    @property
    def speak_against(self) -> bool:
        """Whether more was lost than is tolerated, and than happens to equals now and then."""
        if self.net <= max(TOLERATED, TOLERATED_SHARE * self.of):
            return False
        differing = self.worse + self.better
        ways: int = sum(comb(differing, n) for n in range(self.worse, differing + 1))
        return bool(ways <= LEAST_CHANCE * 2**differing)


@dataclass(frozen=True)
class Comparison:
    """One measure of both models on the same flights.

    `difference` is after minus before; `better_is_more` says which direction is good. Where there
    is a `limit`, the most that is borne, that alone decides.
    """

    where: str
    object_class: ObjectClass
    measure: str
    before: float
    after: float
    difference: Interval
    better_is_more: bool
    pairs: Pairs = Pairs()  # frozen
    limit: float | None = None

    @property
    def regressed(self) -> bool:
        """Whether the candidate is worse by more than the noise, or than the limit."""
        if self.limit is not None:
            return self.after > self.limit
        sign = 1 if self.better_is_more else -1
        worst_case_good = [
            sign * limit
            for limit in (self.difference.low, self.difference.high)
            if limit is not None
        ]
        change = sign * (self.after - self.before)
        beyond_interval = change < 0 and all(limit < 0 for limit in worst_case_good)
        return beyond_interval or self.pairs.speak_against


def compare(
    where: str,
    before: Sequence[ScoredFrame],
    after: Sequence[ScoredFrame],
    counts: tuple[Sequence[FlightCount], Sequence[FlightCount]] = ((), ()),
) -> tuple[Comparison, ...]:
    """Recall, precision, false alarms a frame and counts a flight, of each class that can be told.

    `before` and `after` are the same frames in the same order; their finds count as reported.
    `counts` are the flights' by both models, where sightings can be counted. Of no frames there is
    nothing to tell.
    """
    if not before:
        return ()
    found = []
    for object_class in ObjectClass:
        both = _Both(where, object_class, before, after)
        found += [both.recall(), both.precision(), both.false_alarms(), both.counts(*counts)]
    return tuple(comparison for comparison in found if comparison is not None)


def compare_on_photos(
    before: Sequence[ScoredFrame], after: Sequence[ScoredFrame]
) -> tuple[Comparison, ...]:
    """False dugongs, all told, on real photographs that show none; of none, nothing to tell."""
    if not before:
        return ()
    old, new = (
        sum(len(match(f.truths, f.finds, ObjectClass.DUGONG).false_alarms) for f in frames)
        for frames in (before, after)
    )
    limit = max(MOST_FALSE_ON_PHOTOS, old)
    return (
        Comparison(
            f"real photographs without dugongs ({len(before)})", ObjectClass.DUGONG,
            f"false alarms in all, at most {limit}", old, new, Interval(float(new - old)),
            better_is_more=False, limit=limit,
        ),
    )  # fmt: skip


class _Both:
    """One class in the same frames by both models."""

    def __init__(
        self,
        where: str,
        object_class: ObjectClass,
        before: Sequence[ScoredFrame],
        after: Sequence[ScoredFrame],
    ) -> None:
        self._where, self._class = where, object_class
        self._flight_of = [frame.flight for frame in before]
        self._flights = sorted(set(self._flight_of))
        self._resampling = Resampling(len(self._flights))
        self._old, self._new = (
            [match(frame.truths, frame.finds, object_class) for frame in frames]
            for frames in (before, after)
        )
        self._more_alarms = [
            len(new.false_alarms) - len(old.false_alarms)
            for old, new in zip(self._old, self._new, strict=True)
        ]

    def recall(self) -> Comparison | None:
        there = self._sums(self._old, lambda m: len(m.found) + len(m.missed))
        if not any(there):
            return None
        old, new = (self._sums(m, lambda m: len(m.found)) for m in (self._old, self._new))
        objects, after = self._objects(self._old), self._objects(self._new)
        pairs = Pairs.of_changes([objects[key] - after[key] for key in objects], len(objects))
        return self._compared("recall", (old, there), (new, there), pairs, better_is_more=True)

    def precision(self) -> Comparison | None:
        old, new = (self._found_of_reported(matches) for matches in (self._old, self._new))
        if not (any(old[1]) and any(new[1])):
            return None
        pairs = Pairs.of_changes(self._more_alarms, sum(old[1]))
        return self._compared("precision", old, new, pairs, better_is_more=True)

    def _found_of_reported(self, matches: Sequence[Match]) -> tuple[list[int], list[int]]:
        found = self._sums(matches, lambda m: len(m.found))
        return found, self._sums(matches, lambda m: len(m.found) + len(m.false_alarms))

    def false_alarms(self) -> Comparison:
        frames = self._sums(self._old, lambda m: 1)
        old, new = (self._sums(m, lambda m: len(m.false_alarms)) for m in (self._old, self._new))
        return self._compared(
            "false alarms a frame", (old, frames), (new, frames),
            Pairs.of_changes(self._more_alarms, len(self._old)), better_is_more=False,
        )  # fmt: skip

    def counts(
        self, before: Sequence[FlightCount], after: Sequence[FlightCount]
    ) -> Comparison | None:
        old, new = (
            {
                c.flight: abs(c.counted - c.there)
                for c in counts
                if c.object_class is self._class and c.unit is Unit.SIGHTINGS
            }
            for counts in (before, after)
        )
        counted = [flight for flight in self._flights if flight in old and flight in new]
        if not counted:
            return None
        under = [int(flight in counted) for flight in self._flights]
        return self._compared(
            "count error a flight",
            ([old.get(f, 0) for f in self._flights], under),
            ([new.get(f, 0) for f in self._flights], under),
            Pairs.of_changes([new[f] - old[f] for f in counted], len(counted)),
            better_is_more=False,
        )

    def _sums(self, matches: Sequence[Match], count: Callable[[Match], int]) -> list[int]:
        sums = dict.fromkeys(self._flights, 0)
        for flight, matched in zip(self._flight_of, matches, strict=True):
            sums[flight] += count(matched)
        return list(sums.values())

    def _objects(self, matches: Sequence[Match]) -> dict[tuple[object, ...], bool]:
        """Whether each object was found in any frame; a label without identity is one of its own.

        Objects come in the order of labels, so that both models' are the same.
        """
        seen: dict[tuple[object, ...], bool] = {}
        for frame, (flight, matched) in enumerate(zip(self._flight_of, matches, strict=True)):
            of_frame = [(t, True) for t, _ in matched.found] + [(t, False) for t in matched.missed]
            for truth, found in of_frame:
                named = truth.object_id is not None
                key = (flight, truth.object_id) if named else (flight, frame, truth.xyxy_px)
                seen[key] = seen.get(key, False) or found
        return seen

    def _compared(
        self,
        measure: str,
        old: tuple[Sequence[int], Sequence[int]],
        new: tuple[Sequence[int], Sequence[int]],
        pairs: Pairs,
        *,
        better_is_more: bool,
    ) -> Comparison:
        """Compare two ratios of sums by flight."""
        before, after = (sum(over) / sum(under) for over, under in (old, new))
        return Comparison(
            self._where, self._class, measure, before, after,
            self._difference(old, new), better_is_more, pairs,
        )  # fmt: skip

    def _difference(
        self, old: tuple[Sequence[int], Sequence[int]], new: tuple[Sequence[int], Sequence[int]]
    ) -> Interval:
        (over_old, under_old), (over_new, under_new) = (
            [np.asarray(part, np.float64) for part in each] for each in (old, new)
        )
        value = float(over_new.sum() / under_new.sum() - over_old.sum() / under_old.sum())
        if np.count_nonzero(under_old + under_new) < 2:
            return Interval(value)
        draws = self._resampling.draw_counts
        with np.errstate(invalid="ignore"):
            drawn = (draws @ over_new) / (draws @ under_new)
            drawn -= (draws @ over_old) / (draws @ under_old)
        return self._resampling.interval(value, drawn)


def as_markdown(comparisons: Sequence[Comparison]) -> str:
    """A table of comparisons, worst news marked."""
    lines = [
        "| measured on | class | measure | before | after | difference (95 %) | |",
        "| --- | --- | --- | ---: | ---: | ---: | --- |",
    ]
    for c in comparisons:
        d = c.difference
        spread = "" if d.low is None or d.high is None else f" ({d.low:+.3f} to {d.high:+.3f})"
        verdict = "**regressed**" if c.regressed else ""
        lines.append(
            f"| {c.where} | {c.object_class} | {c.measure} | {c.before:.3f} | {c.after:.3f} | "
            f"{c.after - c.before:+.3f}{spread} | {verdict} |"
        )
    return "\n".join(lines) + "\n"


def in_words(comparison: Comparison) -> str:
    """A comparison in a few words."""
    c = comparison
    return f"{c.object_class} {c.measure} on {c.where} from {c.before:.3f} to {c.after:.3f}"
