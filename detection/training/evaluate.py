"""Evaluation on rendered flights with known truth, and of false alarms on any photographs.

Scores on rendered flights say whether the detector learnt the renderer's sea; they are no field
accuracy, and every report carries that sentence.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pyproj import Geod

from detection.detector import Detector
from detection.training.flight import render_flight
from detection.training.random_flight import random_flight
from detection.training.scoring import (
    FoundBox,
    ScoredFrame,
    Tally,
    TrueBox,
    best_threshold,
    objects_found,
    tally,
)
from detection.types import ObjectClass
from ingest.flight import read_flight
from ingest.frame import Frame
from ingest.site_reference import SiteReference

CAVEAT = "Measured on rendered flights: no statement about real animals, boats or gear."
# Missing a dugong is worse than one look at a false alarm; for boats and gear both count alike.
_BETA = {ObjectClass.DUGONG: 2.0, ObjectClass.BOAT: 1.0, ObjectClass.FISHING_GEAR: 1.0}
# The rendered drones start 2 m above the sea, as FlightPlan's makers say.
RENDERED_SITE = SiteReference(ZoneInfo("Asia/Bangkok"), None, 2.0, 0.0)
_WGS84 = Geod(ellps="WGS84")


@dataclass(frozen=True)
class ClassReport:
    """How one class did at one threshold.

    Boxes count in every frame; objects once a flight. `f1_by_flight` is the mean over the flights
    that hold the class. False alarms are of all frames, also those without the class.
    """

    object_class: ObjectClass
    threshold: float
    boxes: Tally
    objects_found: int
    objects: int
    f1_by_flight: float | None
    recall_by_flight: float | None
    false_alarms_per_frame: float
    false_alarms_per_km2: float


def render_flights(split: str, count: int, folder: Path) -> tuple[Path, ...]:
    """Render flights of a split, those already there left as they are; returns their folders."""
    folders = []
    for number in range(count):
        plan = random_flight(split, number)
        target = folder / plan.name
        if not (target / "truth.json").is_file():  # written last
            render_flight(plan, target)
        folders.append(target)
    return tuple(folders)


def score_flights(detector: Detector, folders: Iterable[Path]) -> tuple[ScoredFrame, ...]:
    """Run a detector over rendered flights and lay its finds beside their truth."""
    scored = []
    for folder in folders:
        truths = _truths_by_frame(json.loads((folder / "truth.json").read_text(encoding="utf-8")))
        for frame in read_flight([folder], RENDERED_SITE).frames:
            name = frame.path.name
            scored.append(_scored(detector, frame, folder.name, truths.get(name, ())))
    return tuple(scored)


def score_photos(
    detector: Detector, photos: Sequence[Path], site: SiteReference
) -> tuple[ScoredFrame, ...]:
    """Run a detector over located photographs with nothing to find: each find is a false alarm."""
    return tuple(
        _scored(detector, frame, "photos", ()) for frame in read_flight(photos, site).frames
    )


def _scored(
    detector: Detector, frame: Frame, flight: str, truths: tuple[TrueBox, ...]
) -> ScoredFrame:
    finds = tuple(FoundBox(d.object_class, d.score, d.xyxy_px) for d in detector.detect(frame))
    return ScoredFrame(flight, frame.path.name, truths, finds, _area_km2(frame))


def _area_km2(frame: Frame) -> float:
    if frame.footprint is None:
        return 0.0
    lons, lats = zip(*frame.footprint, strict=True)
    area_m2, _ = _WGS84.polygon_area_perimeter(lons, lats)
    return abs(float(area_m2)) / 1e6


def _truths_by_frame(document: Mapping[str, Any]) -> dict[str, tuple[TrueBox, ...]]:
    by_frame: dict[str, list[TrueBox]] = {}
    for thing in document["objects"]:
        for seen in thing["frames"]:
            left, top, right, bottom = seen["xyxy_px"]
            box = TrueBox(
                ObjectClass(thing["class"]),
                thing["object_id"],
                (left, top, right, bottom),
                seen["fair"],
            )
            by_frame.setdefault(seen["frame"], []).append(box)
    return {frame: tuple(boxes) for frame, boxes in by_frame.items()}


def choose_thresholds(frames: Sequence[ScoredFrame]) -> dict[ObjectClass, float]:
    """The operating threshold of each class: the best F2 for dugongs, the best F1 for the others.

    `frames` must come from flights that no result is later reported on, searched at a low score.
    """
    return {c: best_threshold(frames, c, beta=_BETA[c]) for c in ObjectClass}


def report(
    frames: Sequence[ScoredFrame], thresholds: Mapping[ObjectClass, float]
) -> tuple[ClassReport, ...]:
    """The scores of each class at its threshold."""
    return tuple(_class_report(frames, c, thresholds[c]) for c in ObjectClass)


def _class_report(
    frames: Sequence[ScoredFrame], object_class: ObjectClass, threshold: float
) -> ClassReport:
    by_flight: dict[str, Tally] = {}
    for frame in frames:
        before = by_flight.get(frame.flight, Tally())
        by_flight[frame.flight] = before + tally(frame, object_class, threshold)
    total = sum(by_flight.values(), Tally())
    holding = [t for t in by_flight.values() if t.found + t.missed > 0]
    found, there = objects_found(frames, object_class, threshold)
    area_km2 = sum(frame.area_km2 for frame in frames)
    return ClassReport(
        object_class=object_class,
        threshold=threshold,
        boxes=total,
        objects_found=found,
        objects=there,
        f1_by_flight=_mean(holding, Tally.f_score),
        recall_by_flight=_mean(holding, lambda t: t.recall),
        false_alarms_per_frame=total.false_alarms / max(len(frames), 1),
        false_alarms_per_km2=total.false_alarms / area_km2 if area_km2 else 0.0,
    )


def _mean(tallies: Sequence[Tally], score: Callable[[Tally], float | None]) -> float | None:
    scores = [value for t in tallies if (value := score(t)) is not None]
    return sum(scores) / len(scores) if scores else None


def as_metrics(reports: Sequence[ClassReport]) -> dict[str, dict[str, float | int | None]]:
    """Reports as plain numbers for a manifest or JSON output, rounded to three places."""
    return {
        r.object_class.value: {
            "threshold": r.threshold,
            "recall": _rounded(r.boxes.recall),
            "precision": _rounded(r.boxes.precision),
            "f1": _rounded(r.boxes.f_score()),
            "recall_by_flight": _rounded(r.recall_by_flight),
            "f1_by_flight": _rounded(r.f1_by_flight),
            "boxes": r.boxes.found + r.boxes.missed,
            "objects_found": r.objects_found,
            "objects": r.objects,
            "false_alarms": r.boxes.false_alarms,
            "further_pieces": r.boxes.pieces,
            "false_alarms_per_frame": _rounded(r.false_alarms_per_frame),
            "false_alarms_per_km2": _rounded(r.false_alarms_per_km2),
        }
        for r in reports
    }


def false_alarm_metrics(
    frames: Sequence[ScoredFrame], thresholds: Mapping[ObjectClass, float]
) -> dict[str, int]:
    """Of frames with nothing to find: how many there are, and the false alarms of each class."""
    counts = {r.object_class.value: r.boxes.false_alarms for r in report(frames, thresholds)}
    return {"frames": len(frames), **counts}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
