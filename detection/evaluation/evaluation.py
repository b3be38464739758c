"""All scores of a detector over labelled flights, by class, with their confidence intervals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from detection.evaluation.bootstrap import Interval, Resampling
from detection.evaluation.box_scores import Scores, scores_of
from detection.evaluation.count_errors import CountError, CountSlice, count_errors, count_slices
from detection.evaluation.counting import FlightCount, Unit
from detection.evaluation.curves import (
    CurvePoint,
    Reliability,
    average_precisions,
    flight_names,
    precision_recall,
    reliability,
)
from detection.evaluation.scoring import (
    Match,
    ScoredFrame,
    ScoringError,
    Tally,
    match,
    objects_found,
)
from detection.evaluation.slice_scores import SliceScores, slice_scores
from detection.types import ObjectClass

RENDERED_CAVEAT = "Rendered scenes: not field accuracy."
# From here on a person sees the animal without doubt, so that a miss is the detector's.
CLEARLY_VISIBLE = 0.5


@dataclass(frozen=True)
class ClassEvaluation:
    """How one class did, at its operating threshold and over all scores.

    Boxes count in every frame, objects once a flight; they are None where labels do not say which
    boxes show the same object. `when_clear` is of truths whose visibility is
    `CLEARLY_VISIBLE` or more. False alarms are of all frames, those a km² of located ones. The
    means by flight are over the flights that hold the class, each weighing alike.
    `network_threshold` is the threshold in the network's own scores, where those are calibrated.
    """

    object_class: ObjectClass
    threshold: float
    network_threshold: float | None
    scores: Scores
    when_clear: Interval
    recall_by_flight: float | None
    f1_by_flight: float | None
    objects_found: int | None
    objects: int | None
    false_alarms_per_frame: Interval
    false_alarms_per_km2: Interval
    ap50: Interval
    ap50_95: Interval
    counts: tuple[CountError, ...]
    count_slices: tuple[CountSlice, ...]
    slices: tuple[SliceScores, ...]
    curve: tuple[CurvePoint, ...]
    reliability: Reliability

    @property
    def sightings(self) -> CountError | None:
        """The error of counted sightings; None where no flight had a place to count them by."""
        return next((c for c in self.counts if c.unit is Unit.SIGHTINGS), None)


@dataclass(frozen=True)
class Evaluation:
    """How a detector did on labelled flights; `rendered` tells how many of them are rendered."""

    flights: tuple[str, ...]
    rendered: int
    frames: int
    area_km2: float
    draws: int
    seed: int
    classes: tuple[ClassEvaluation, ...]
    counts: tuple[FlightCount, ...]

    def of(self, object_class: ObjectClass) -> ClassEvaluation:
        """The scores of a class."""
        return next(c for c in self.classes if c.object_class is object_class)

    @property
    def caveat(self) -> str | None:
        """What must be said where scores of rendered flights are shown."""
        if not self.rendered:
            return None
        if self.rendered == len(self.flights):
            return RENDERED_CAVEAT
        return f"{self.rendered} of {len(self.flights)} flights: {RENDERED_CAVEAT}"


def evaluate(
    frames: Sequence[ScoredFrame],
    thresholds: Mapping[ObjectClass, float],
    counts: Sequence[FlightCount] = (),
    *,
    network_thresholds: Mapping[ObjectClass, float] = MappingProxyType({}),
    rendered: Sequence[str] = (),
    draws: int = 1000,
    seed: int = 0,
) -> Evaluation:
    """Score frames that were searched: `finds` from the thresholds up, `candidates` for curves.

    Classes without a threshold are not scored. `network_thresholds` are those of the networks' own
    scores, to be told; `rendered` names the flights that are no photographs. The order of
    the frames changes nothing.

    Raises:
        ScoringError: without a frame there is nothing to score.
    """
    if not frames:
        raise ScoringError(
            "an evaluation needs at least one labelled picture; name a folder with labels"
        )
    frames = sorted(frames, key=lambda f: (f.flight, f.frame))
    names = flight_names(frames)
    resampling = Resampling(len(names), draws=draws, seed=seed)
    return Evaluation(
        flights=names,
        rendered=len(set(rendered) & set(names)),
        frames=len(frames),
        area_km2=sum(f.area_km2 for f in frames),
        draws=draws,
        seed=seed,
        classes=tuple(
            _ClassScorer(frames, names, c, threshold, resampling).evaluation(
                counts, network_thresholds.get(c)
            )
            for c, threshold in thresholds.items()
        ),
        counts=tuple(
            sorted(
                (c for c in counts if c.object_class in thresholds),
                key=lambda c: (c.flight, c.object_class),
            )
        ),
    )


class _ClassScorer:
    """Scores one class over frames in order; sums are by flight, in the order of `names`."""

    def __init__(
        self,
        frames: Sequence[ScoredFrame],
        names: Sequence[str],
        object_class: ObjectClass,
        threshold: float,
        resampling: Resampling,
    ) -> None:
        self._frames = frames
        self._names = names
        self._class = object_class
        self._threshold = threshold
        self._resampling = resampling
        self._matches = [
            (f, match(f.truths, [d for d in f.finds if d.score >= threshold], object_class))
            for f in frames
        ]

    def evaluation(
        self, counts: Sequence[FlightCount], network_threshold: float | None
    ) -> ClassEvaluation:
        by_flight = self._tallies()
        holding = [t for t in by_flight.values() if t.found + t.missed > 0]
        found, there = self._objects()
        ap50, ap50_95 = average_precisions(self._frames, self._class, self._resampling)
        own_counts = [c for c in counts if c.object_class is self._class]
        return ClassEvaluation(
            object_class=self._class,
            threshold=self._threshold,
            network_threshold=network_threshold,
            scores=scores_of(by_flight, self._names, self._resampling),
            when_clear=self._clear_recall(),
            recall_by_flight=_mean(holding, lambda t: t.recall),
            f1_by_flight=_mean(holding, Tally.f_score),
            objects_found=found,
            objects=there,
            false_alarms_per_frame=self._alarms_per(lambda f: 1.0),
            false_alarms_per_km2=self._alarms_per(lambda f: f.area_km2),
            ap50=ap50,
            ap50_95=ap50_95,
            counts=count_errors(own_counts, self._names, self._resampling),
            count_slices=count_slices(own_counts, self._frames, self._names, self._resampling),
            slices=slice_scores(self._matches, self._class, self._resampling),
            curve=precision_recall(self._frames, self._class),
            reliability=reliability(self._frames, self._class),
        )

    def _objects(self) -> tuple[int | None, int | None]:
        own = (t for f in self._frames for t in f.truths if t.object_class is self._class)
        if any(t.object_id is None for t in own if t.fair):
            return None, None
        return objects_found(self._frames, self._class, self._threshold)

    def _tallies(self) -> dict[str, Tally]:
        by_flight: dict[str, Tally] = {}
        for frame, laid in self._matches:
            by_flight[frame.flight] = by_flight.get(frame.flight, Tally()) + laid.tally
        return by_flight

    def _by_flight(self, count: Callable[[ScoredFrame, Match], float]) -> list[float]:
        sums = dict.fromkeys(self._names, 0.0)
        for frame, laid in self._matches:
            sums[frame.flight] += count(frame, laid)
        return list(sums.values())

    def _clear_recall(self) -> Interval:
        found = self._by_flight(lambda _, laid: sum(_clear(t.visibility) for t, _ in laid.found))
        missed = self._by_flight(lambda _, laid: sum(_clear(t.visibility) for t in laid.missed))
        there = [a + b for a, b in zip(found, missed, strict=True)]
        return self._resampling.ratio(found, there)

    def _alarms_per(self, measure: Callable[[ScoredFrame], float]) -> Interval:
        alarms = self._by_flight(
            lambda frame, laid: len(laid.false_alarms) if measure(frame) > 0 else 0
        )
        return self._resampling.ratio(alarms, self._by_flight(lambda frame, _: measure(frame)))


def _clear(visibility: float | None) -> bool:
    return visibility is not None and visibility >= CLEARLY_VISIBLE


def _mean(tallies: Sequence[Tally], score: Callable[[Tally], float | None]) -> float | None:
    scores = [value for t in tallies if (value := score(t)) is not None]
    return sum(scores) / len(scores) if scores else None
