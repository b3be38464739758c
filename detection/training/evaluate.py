"""Rendered flights to measure on, thresholds chosen on them, and scores as plain numbers.

Scores on rendered flights say whether the detector learnt the renderer's sea; they are no field
accuracy, and every report carries that sentence.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from detection.detector import Detector, Picture
from detection.evaluation.count_errors import CountError
from detection.evaluation.counting import FlightCount
from detection.evaluation.dataset import read_labelled
from detection.evaluation.evaluation import ClassEvaluation, evaluate
from detection.evaluation.gates import FALSE_DUGONGS_PER_FRAME
from detection.evaluation.scoring import (
    GIVEN_UP,
    FoundBox,
    ScoredFrame,
    Tally,
    TrueBox,
    best_threshold,
    found_boxes,
    tally,
)
from detection.evaluation.search import (
    SearchedFlights,
    Searchers,
    area_km2,
    search_flights,
)
from detection.training.kept_flights import keep_flights
from detection.training.random_flight import random_flight
from detection.types import Detection, ObjectClass
from ingest.flight import read_flight
from ingest.frame import Frame
from ingest.site_reference import SiteReference

CAVEAT = "Measured on rendered flights: no statement about real animals, boats or gear."
# Missing a dugong is worse than one look at a false alarm; for boats and gear both count alike.
BETA = {ObjectClass.DUGONG: 2.0, ObjectClass.BOAT: 1.0, ObjectClass.FISHING_GEAR: 1.0}
# More false alarms than in one frame of five, and people stop looking: the gate of dugongs. A
# quarter less on the flights that thresholds are chosen on, since other seas have others.
_MOST_FALSE_A_FRAME = 0.75 * FALSE_DUGONGS_PER_FRAME
# So much of the best F score goes for a milder threshold: real animals and nets score lower than
# drawn ones; of boats another network knows the real ones.
GIVEN_UP_OF = dict.fromkeys(ObjectClass, 2 * GIVEN_UP) | {ObjectClass.BOAT: GIVEN_UP}
# The rendered drones start 2 m above the sea, as FlightPlan's makers say.
RENDERED_SITE = SiteReference(ZoneInfo("Asia/Bangkok"), None, 2.0, 0.0)


def render_flights(
    split: str,
    count: int,
    folder: Path,
    processes: int = 2,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    *,
    first: int = 0,
) -> tuple[Path, ...]:
    """Keep flights of a split, from number `first` on, as `keep_flights` does; their folders."""
    plans = (random_flight(split, number) for number in range(first, first + count))
    return keep_flights(
        {folder / plan.name: plan for plan in plans}, processes=processes, on_progress=on_progress
    )


def score_flights(
    detector: Detector,
    folders: Iterable[Path],
    *,
    as_plain: bool = False,
) -> tuple[ScoredFrame, ...]:
    """Run a detector over rendered flights and lay its finds beside their truth.

    The finds are the candidates for curves too. `as_plain` searches the pictures as if they told no
    scale.
    """
    return tuple(
        _scored(detector, frame, flight, truths, as_plain)
        for flight, frame, truths in labelled_frames(folders)
    )


def search_rendered(searchers: Searchers, folders: Iterable[Path]) -> SearchedFlights:
    """Search rendered flights as any labelled ones: for scores, and to count their objects."""
    flights = [flight for folder in folders for flight in read_labelled(folder).flights]
    return search_flights(flights, searchers, lambda flight: RENDERED_SITE)


def score_at_each(
    detector: Detector,
    folders: Iterable[Path],
    thresholds: Sequence[Mapping[ObjectClass, float]],
) -> tuple[tuple[ScoredFrame, ...], ...]:
    """Score rendered flights as with each of several thresholds, searched once."""
    by_threshold: list[list[ScoredFrame]] = [[] for _ in thresholds]
    for flight, frame, truths in labelled_frames(folders):
        for scored, found in zip(
            by_threshold, detector.detect_at_each(frame, thresholds), strict=True
        ):
            finds = found_boxes(found)
            scored.append(laid_beside(frame, flight, truths, finds, finds))
    return tuple(tuple(scored) for scored in by_threshold)


def labelled_frames(
    folders: Iterable[Path],
) -> Iterator[tuple[str, Frame, tuple[TrueBox, ...]]]:
    """Give the frames of rendered flights: the flight's name, the frame, and what is in it."""
    for folder in folders:
        labelled = [p for flight in read_labelled(folder).flights for p in flight.pictures]
        truths = {picture.path: picture.truths for picture in labelled}
        for frame in read_flight([folder], RENDERED_SITE).frames:
            yield folder.name, frame, truths[frame.path]


@dataclass(frozen=True)
class EmptyPhotos:
    """Photographs with nothing to find in them, and the site's clock and sea level."""

    paths: tuple[Path, ...]
    site: SiteReference


def score_photos(
    detector: Detector, photos: EmptyPhotos, *, as_plain: bool = False
) -> tuple[ScoredFrame, ...]:
    """Run a detector over located photographs with nothing to find: each find is a false alarm."""
    return tuple(
        _scored(detector, frame, "photos", (), as_plain)
        for frame in read_flight(photos.paths, photos.site).frames
    )


def _scored(
    detector: Detector,
    frame: Frame,
    flight: str,
    truths: tuple[TrueBox, ...],
    as_plain: bool,
) -> ScoredFrame:
    finds = found_boxes(_detected(detector, frame, as_plain))
    return laid_beside(frame, flight, truths, finds, finds)


def _detected(detector: Detector, frame: Frame, as_plain: bool) -> tuple[Detection, ...]:
    if not as_plain:
        return detector.detect(frame)
    return detector.detect_unlocated(
        Picture(frame.path, frame.sha256, frame.width_px, frame.height_px)
    )


def laid_beside(
    frame: Frame,
    flight: str,
    truths: tuple[TrueBox, ...],
    finds: tuple[FoundBox, ...],
    candidates: tuple[FoundBox, ...],
) -> ScoredFrame:
    """A frame with its finds beside its truth."""
    return ScoredFrame(
        flight,
        frame.path.name,
        truths,
        finds,
        area_km2(frame.footprint),
        candidates=candidates,
        gsd_cm=frame.gsd_cm,
        path=frame.path,
    )


def choose_thresholds(frames: Sequence[ScoredFrame]) -> dict[ObjectClass, float]:
    """The operating threshold of each class: by F2 for dugongs, by F1 for the others.

    Each is the mildest that is nearly as good as the best, and bearable in its false alarms.

    `frames` must come from flights that no result is later reported on, searched at a low score.
    """
    return {
        c: best_threshold(
            frames,
            c,
            beta=BETA[c],
            most_false_a_frame=_MOST_FALSE_A_FRAME,
            given_up=GIVEN_UP_OF[c],
        )
        for c in ObjectClass
    }


def f_scores(
    frames: Sequence[ScoredFrame], thresholds: Mapping[ObjectClass, float]
) -> dict[ObjectClass, float]:
    """What thresholds are chosen by: F2 of dugongs, F1 of the others; 0 where nothing is found."""
    totals = {c: sum((tally(f, c, thresholds[c]) for f in frames), Tally()) for c in ObjectClass}
    return {c: total.f_score(BETA[c]) or 0.0 for c, total in totals.items()}


def report(
    frames: Sequence[ScoredFrame],
    thresholds: Mapping[ObjectClass, float],
    counts: Sequence[FlightCount] = (),
) -> tuple[ClassEvaluation, ...]:
    """The scores of each class at its threshold, with what was counted by flight."""
    return evaluate(frames, {c: thresholds[c] for c in ObjectClass}, counts).classes


def as_metrics(classes: Sequence[ClassEvaluation]) -> dict[str, dict[str, float | int | None]]:
    """Scores as plain numbers for a manifest, rounded to three places.

    `threshold` is as scores are told. Of flights whose sightings were counted, the `count_` figures
    tell what `CountError` does.
    """
    return {
        c.object_class.value: {
            "threshold": _rounded(c.threshold),
            "recall": _rounded(c.scores.recall.value),
            "recall_low": _rounded(c.scores.recall.low),
            "recall_high": _rounded(c.scores.recall.high),
            "precision": _rounded(c.scores.precision.value),
            "precision_low": _rounded(c.scores.precision.low),
            "precision_high": _rounded(c.scores.precision.high),
            "f1": _rounded(c.scores.f1.value),
            "recall_when_clear": _rounded(c.when_clear.value),
            "recall_by_flight": _rounded(c.recall_by_flight),
            "f1_by_flight": _rounded(c.f1_by_flight),
            "ap50": _rounded(c.ap50.value),
            "ap50_95": _rounded(c.ap50_95.value),
            "calibration_error": _rounded(c.reliability.expected_error),
            "boxes": c.scores.tally.found + c.scores.tally.missed,
            "objects_found": c.objects_found,
            "objects": c.objects,
            "false_alarms": c.scores.tally.false_alarms,
            "further_pieces": c.scores.tally.pieces,
            "false_alarms_per_frame": _rounded(c.false_alarms_per_frame.value),
            "false_alarms_per_km2": _rounded(c.false_alarms_per_km2.value),
            **_count_metrics(c.sightings),
        }
        for c in classes
    }


def _count_metrics(error: CountError | None) -> dict[str, float | int | None]:
    if error is None:
        return {}
    return {
        "count_flights": error.flights,
        "count_flights_with_any": error.with_any,
        "count_mean_there": _rounded(error.mean_there),
        "count_mean_counted": _rounded(error.mean_counted),
        "count_mean_absolute_error": _rounded(error.mean_absolute.value),
        "count_relative_error": _rounded(error.relative.value),
        "count_bias": _rounded(error.bias.value),
        "count_within_tenth": _rounded(error.within_tenth.value),
        "count_within_one": _rounded(error.within_one.value),
        "count_exact": _rounded(error.exact.value),
    }


def false_alarm_metrics(
    frames: Sequence[ScoredFrame], thresholds: Mapping[ObjectClass, float]
) -> dict[str, int]:
    """Of frames with nothing to find: how many there are, and the false alarms of each class."""
    counts = {
        c.value: sum(tally(frame, c, thresholds[c]).false_alarms for frame in frames)
        for c in ObjectClass
    }
    return {"frames": len(frames), **counts}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
