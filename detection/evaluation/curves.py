"""Over all scores: precision against recall, average precision, and how true the scores are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.evaluation.bootstrap import Interval, Resampling
from detection.evaluation.scoring import ScoredFrame, best_first, fit, match, region_of
from detection.types import ObjectClass

Floats = NDArray[np.float64]
# COCO's ten overlaps, 0.50 to 0.95, and its 101 recalls (Lin et al. 2014; pycocotools).
COCO_IOUS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
_RECALLS = np.linspace(0, 1, 101)
RELIABILITY_BINS = 10


@dataclass(frozen=True)
class CurvePoint:
    """Recall and precision with everything from `score` up reported."""

    score: float
    recall: float
    precision: float


@dataclass(frozen=True)
class ReliabilityBin:
    """Finds with scores from `low` to `high`: their mean score and the share that was true."""

    low: float
    high: float
    finds: int
    mean_score: float
    true_share: float


@dataclass(frozen=True)
class Reliability:
    """How far scores are from shares: the bins that hold finds, and the expected error.

    `expected_error` is the mean distance of score and share, weighted by finds (Naeini et al.
    2015); None without finds.
    """

    bins: tuple[ReliabilityBin, ...]
    expected_error: float | None


@dataclass(frozen=True)
class _Ranked:
    """Candidates of all frames, best first: score, whether true, the flight's number."""

    scores: Floats
    true: NDArray[np.bool_]
    flights: NDArray[np.int64]
    truths_by_flight: Floats


def precision_recall(
    frames: Sequence[ScoredFrame], object_class: ObjectClass
) -> tuple[CurvePoint, ...]:
    """Precision and recall from the highest score down, one point a score.

    Candidates are matched as finds are at the operating threshold, lines of gear in pieces too.
    """
    ranked = _rank_as_finds(frames, object_class)
    there = ranked.truths_by_flight.sum()
    if not there or not ranked.scores.size:
        return ()
    true, reported = np.cumsum(ranked.true), np.arange(1, ranked.scores.size + 1)
    last = np.append(np.flatnonzero(np.diff(ranked.scores)), ranked.scores.size - 1)
    return tuple(
        CurvePoint(float(ranked.scores[i]), float(true[i] / there), float(true[i] / reported[i]))
        for i in last
    )


def reliability(frames: Sequence[ScoredFrame], object_class: ObjectClass) -> Reliability:
    """The share of true finds by score, over the candidates."""
    ranked = _rank_as_finds(frames, object_class)
    edges = np.linspace(0, 1, RELIABILITY_BINS + 1)
    index = np.clip(np.digitize(ranked.scores, edges) - 1, 0, RELIABILITY_BINS - 1)
    bins = []
    for number in range(RELIABILITY_BINS):
        own = index == number
        if own.any():
            bins.append(
                ReliabilityBin(
                    float(edges[number]),
                    float(edges[number + 1]),
                    int(own.sum()),
                    float(ranked.scores[own].mean()),
                    float(ranked.true[own].mean()),
                )
            )
    finds = sum(b.finds for b in bins)
    apart = sum(b.finds * abs(b.mean_score - b.true_share) for b in bins)
    return Reliability(tuple(bins), apart / finds if finds else None)


def scores_and_hits(
    frames: Sequence[ScoredFrame], object_class: ObjectClass
) -> tuple[list[float], list[bool]]:
    """The score of each candidate of a class, and whether it is right."""
    ranked = _rank_as_finds(frames, object_class)
    return ranked.scores.tolist(), ranked.true.tolist()


def average_precisions(
    frames: Sequence[ScoredFrame], object_class: ObjectClass, resampling: Resampling
) -> tuple[Interval, Interval]:
    """AP50 and AP50-95 as COCO has them, of the candidates.

    Point labels have no outline: they count at AP50 where they lie inside the find, and with any of
    them there is no AP50-95.
    """
    truths = [t for f in frames for t in f.truths if t.object_class is object_class and t.fair]
    if not truths:
        return Interval(None), Interval(None)
    ap50 = ap50_of(frames, object_class, resampling)
    if any(t.is_point for t in truths):
        return ap50, Interval(None)
    ranked = [_rank_at(frames, object_class, wanted) for wanted in COCO_IOUS]
    mean = np.mean([_average_precision(r) for r in ranked])
    drawn = np.mean([_drawn(r, resampling) for r in ranked], axis=0)
    return ap50, resampling.interval(float(mean), drawn)


def ap50_of(
    frames: Sequence[ScoredFrame], object_class: ObjectClass, resampling: Resampling
) -> Interval:
    """AP50 as COCO has it, of the candidates; None where there is nothing to find."""
    ranked = _rank_at(frames, object_class, COCO_IOUS[0])
    if not ranked.truths_by_flight.any():
        return Interval(None)
    return resampling.interval(_average_precision(ranked), _drawn(ranked, resampling))


def _drawn(ranked: _Ranked, resampling: Resampling) -> Floats:
    return np.array([_average_precision(ranked, counts) for counts in resampling.draw_counts])


def _average_precision(ranked: _Ranked, counts: Floats | None = None) -> float:
    """COCO's AP, each flight weighing as often as it was drawn; NaN without truths."""
    weights = np.ones(ranked.truths_by_flight.size) if counts is None else counts
    there = float(weights @ ranked.truths_by_flight)
    if not there:
        return float("nan")
    weight = weights[ranked.flights]
    true = np.cumsum(weight * ranked.true)
    precision = true / np.maximum(np.cumsum(weight), 1e-12)
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    # a recall reached but for rounding counts as reached
    first = np.searchsorted(true / there, _RECALLS - 1e-9)
    reached = first < true.size
    return float(best_from_here[first[reached]].sum() / _RECALLS.size)


def flight_names(frames: Sequence[ScoredFrame]) -> tuple[str, ...]:
    """The flights in the order that per-flight sums are in."""
    return tuple(sorted({frame.flight for frame in frames}))


def _ranked(
    frames: Sequence[ScoredFrame],
    object_class: ObjectClass,
    rows: list[tuple[float, bool, str]],
) -> _Ranked:
    names = flight_names(frames)
    number = {name: i for i, name in enumerate(names)}
    truths = np.zeros(len(names))
    for frame in frames:
        truths[number[frame.flight]] += sum(
            t.object_class is object_class and t.fair for t in frame.truths
        )
    # of equal scores the false ones first, so that no order of frames flatters
    rows = sorted(rows, key=lambda row: (-row[0], row[1], row[2]))
    return _Ranked(
        np.array([score for score, _, _ in rows], np.float64),
        np.array([true for _, true, _ in rows], np.bool_),
        np.array([number[flight] for _, _, flight in rows], np.int64),
        truths,
    )


def _rank_as_finds(frames: Sequence[ScoredFrame], object_class: ObjectClass) -> _Ranked:
    rows = []
    for frame in frames:
        laid = match(frame.truths, frame.candidates, object_class)
        rows += [(find.score, True, frame.flight) for _, find in laid.found]
        rows += [(find.score, False, frame.flight) for find in laid.false_alarms]
    return _ranked(frames, object_class, rows)


def _rank_at(frames: Sequence[ScoredFrame], object_class: ObjectClass, wanted: float) -> _Ranked:
    """COCO's matching: best score first, each to the truth left that it overlaps most."""
    rows = []
    for frame in frames:
        left = [t for t in frame.truths if t.object_class is object_class and not t.region]
        for find in best_first(frame.candidates, object_class):
            # fair truths first, as COCO passes over ignored ones when another fits
            best = max(
                (t for t in left if fit(t, find) >= wanted),
                key=lambda t: (t.fair, fit(t, find)),
                default=None,
            )
            if best is not None:
                left.remove(best)
            if best is None and region_of(find, frame.truths, wanted) is not None:
                continue
            if best is None or best.fair:
                rows.append((find.score, best is not None, frame.flight))
    return _ranked(frames, object_class, rows)
