"""Over all scores: precision against recall, average precision, and how true the scores are."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.evaluation.bootstrap import Interval, Resampling
from detection.evaluation.scoring import (
    FoundBox,
    ScoredFrame,
    TrueBox,
    best_first,
    fit,
    match,
    region_of,
)
from detection.types import ObjectClass

Floats = NDArray[np.float64]
# COCO's ten overlaps, 0.50 to 0.95, and its 101 recalls (Lin et al. 2014; pycocotools).
COCO_IOUS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
_RECALLS = np.linspace(0, 1, 101)
RELIABILITY_BINS = 10
_DRAWS_AT_ONCE = 100  # as many as memory holds where thousands are found


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
    frames: Sequence[ScoredFrame],
    object_class: ObjectClass,
    resampling: Resampling,
    *,
    own: Callable[[ScoredFrame, FoundBox], bool] = lambda frame, find: True,
) -> tuple[Interval, Interval]:
    """AP50 and AP50-95 as COCO has them, of the candidates.

    Candidates that are not `own` count as nothing where they find nothing, as COCO's of other areas
    do. Point labels have no outline: they count at AP50 where they lie inside the find, and with
    any of them there is no AP50-95.
    """
    truths = [t for f in frames for t in f.truths if t.object_class is object_class and t.fair]
    if not truths:
        return Interval(None), Interval(None)
    points = any(t.is_point for t in truths)
    ranked = _rank_at_each(frames, object_class, COCO_IOUS[:1] if points else COCO_IOUS, own)
    each_once = np.ones((1, ranked[0].truths_by_flight.size))
    counts = np.vstack([each_once, resampling.draw_counts])
    precisions = np.array([_average_precision(r, counts) for r in ranked])
    ap50, mean = precisions[0], precisions.mean(axis=0)
    if np.count_nonzero(ranked[0].truths_by_flight) < 2:
        ap50, mean = ap50[:1], mean[:1]  # one flight is drawn or not: that tells no spread
    return (
        resampling.interval(float(ap50[0]), ap50[1:]),
        Interval(None) if points else resampling.interval(float(mean[0]), mean[1:]),
    )


def _average_precision(ranked: _Ranked, counts: Floats) -> Floats:
    """COCO's AP of each row of `counts`, which tell how often each flight is drawn.

    NaN where no flight drawn holds truths.
    """
    # precision is highest where a candidate is true, and recall rises nowhere else
    true_at = np.flatnonzero(ranked.true)
    true = _so_far(ranked, ranked.true, true_at)
    reported = _so_far(ranked, np.ones_like(ranked.true), true_at)
    blocks = np.array_split(counts, range(_DRAWS_AT_ONCE, len(counts), _DRAWS_AT_ONCE))
    return np.concatenate(
        [_area(block @ true, block @ reported, block @ ranked.truths_by_flight) for block in blocks]
    )


def _so_far(ranked: _Ranked, counted: NDArray[np.bool_], at: NDArray[np.int64]) -> Floats:
    """How many of the counted candidates each flight has down to each place: (flights, places)."""
    of_flights = (ranked.flights == flight for flight in range(ranked.truths_by_flight.size))
    sums = [np.searchsorted(np.flatnonzero(counted & own), at, "right") for own in of_flights]
    return np.array(sums, np.float64)


def _area(true: Floats, reported: Floats, there: Floats) -> Floats:
    """The area under each row's curve; a row has the sums so far at every true candidate."""
    precision = true / np.maximum(reported, 1)
    best_from_here = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    with np.errstate(invalid="ignore"):  # nothing there
        recall = true / there[:, None]
    # a recall reached but for rounding counts as reached
    reached = np.searchsorted(_RECALLS - 1e-9, recall, "right")
    area = (best_from_here * np.diff(reached, axis=1, prepend=0)).sum(axis=1) / _RECALLS.size
    return np.where(there > 0, area, np.nan)


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


@dataclass(frozen=True)
class _Candidate:
    """A find, and the truths that it could be, the best first: their numbers, and how it fits them.

    `own` is as in `average_precisions`.
    """

    find: FoundBox
    fits: tuple[tuple[int, float], ...]
    own: bool


def _rank_at_each(
    frames: Sequence[ScoredFrame],
    object_class: ObjectClass,
    overlaps: Sequence[float],
    own: Callable[[ScoredFrame, FoundBox], bool],
) -> list[_Ranked]:
    """COCO's matching at each overlap: best score first, each to the best truth left."""
    rows: list[list[tuple[float, bool, str]]] = [[] for _ in overlaps]
    for frame in frames:
        truths = [t for t in frame.truths if t.object_class is object_class and not t.region]
        candidates = [
            _Candidate(find, _fits(find, truths), own(frame, find))
            for find in best_first(frame.candidates, object_class)
        ]
        for wanted, out in zip(overlaps, rows, strict=True):
            out += _rows_at(wanted, frame, truths, candidates)
    return [_ranked(frames, object_class, out) for out in rows]


def _fits(find: FoundBox, truths: Sequence[TrueBox]) -> tuple[tuple[int, float], ...]:
    fits = [(number, fit(truth, find)) for number, truth in enumerate(truths)]
    # fair truths first, as COCO passes over ignored ones when another fits
    fits.sort(key=lambda each: (truths[each[0]].fair, each[1]), reverse=True)
    return tuple(each for each in fits if each[1] >= COCO_IOUS[0])


def _rows_at(
    wanted: float, frame: ScoredFrame, truths: Sequence[TrueBox], candidates: Sequence[_Candidate]
) -> Iterator[tuple[float, bool, str]]:
    taken: set[int] = set()
    for candidate in candidates:
        best = next((n for n, f in candidate.fits if f >= wanted and n not in taken), None)
        if best is not None:
            taken.add(best)
            if truths[best].fair:
                yield candidate.find.score, True, frame.flight
        elif candidate.own and region_of(candidate.find, frame.truths, wanted) is None:
            yield candidate.find.score, False, frame.flight
