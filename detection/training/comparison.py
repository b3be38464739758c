"""Whether a candidate model does what the present one does: gates, each with its noise.

Both models are scored on the same flights. A gate regresses when the candidate is worse by more
than chance in the choice of flights explains: when the 95 % bootstrap interval of the difference,
flights drawn anew (Efron 1979), lies wholly on the worse side. Where one flight alone tells, any
loss counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detection.evaluation.bootstrap import Interval, Resampling
from detection.evaluation.scoring import ScoredFrame, Tally, tally
from detection.types import ObjectClass


@dataclass(frozen=True)
class Comparison:
    """One measure of both models on the same flights.

    `difference` is after minus before; `better_is_more` says which direction is good.
    """

    where: str
    object_class: ObjectClass
    measure: str
    before: float
    after: float
    difference: Interval
    better_is_more: bool

    @property
    def regressed(self) -> bool:
        """Whether the candidate is worse by more than the noise."""
        sign = 1 if self.better_is_more else -1
        worst_case_good = [
            sign * limit
            for limit in (self.difference.low, self.difference.high)
            if limit is not None
        ]
        change = sign * (self.after - self.before)
        return change < 0 and all(limit < 0 for limit in worst_case_good)


def compare(
    where: str, before: Sequence[ScoredFrame], after: Sequence[ScoredFrame]
) -> tuple[Comparison, ...]:
    """Recall and false alarms a frame of each class that the frames can tell of.

    `before` and `after` are the same frames in the same order; their finds count as reported.
    Of no frames there is nothing to tell.
    """
    if not before:
        return ()
    flights = sorted({frame.flight for frame in before})
    resampling = Resampling(len(flights))
    found = []
    for object_class in ObjectClass:
        old, new = (_by_flight(frames, flights, object_class) for frames in (before, after))
        there = [t.found + t.missed for t in old]
        if sum(there):
            found.append(
                _compared(
                    (where, object_class, "recall"), resampling,
                    [t.found for t in old], [t.found for t in new], there, better_is_more=True,
                )
            )  # fmt: skip
        frames_of = [sum(frame.flight == flight for frame in before) for flight in flights]
        found.append(
            _compared(
                (where, object_class, "false alarms a frame"), resampling,
                [t.false_alarms for t in old], [t.false_alarms for t in new], frames_of,
                better_is_more=False,
            )
        )  # fmt: skip
    return tuple(found)


def _by_flight(
    frames: Sequence[ScoredFrame], flights: Sequence[str], object_class: ObjectClass
) -> list[Tally]:
    sums = dict.fromkeys(flights, Tally())
    for frame in frames:
        sums[frame.flight] += tally(frame, object_class, 0.0)
    return [sums[flight] for flight in flights]


def _compared(
    what: tuple[str, ObjectClass, str],
    resampling: Resampling,
    old: Sequence[int],
    new: Sequence[int],
    under: Sequence[int],
    *,
    better_is_more: bool,
) -> Comparison:
    change = np.subtract(new, old).astype(np.float64)
    return Comparison(
        *what,
        before=sum(old) / sum(under),
        after=sum(new) / sum(under),
        difference=resampling.ratio(change.tolist(), list(map(float, under))),
        better_is_more=better_is_more,
    )


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
