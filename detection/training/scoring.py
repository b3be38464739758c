"""Scores of detections against known truth: matching, recall, precision, F, thresholds."""

from collections.abc import Sequence
from dataclasses import dataclass

from detection.types import ObjectClass
from ingest.errors import LibongError

Xyxy = tuple[float, float, float, float]

# A find counts when the boxes overlap by this much (intersection over union). Officers look at a
# place, not at an outline, and lines of floats have no sharp ends; COCO's 0.5 asks for too much.
MATCH_IOU = 0.3
# A line of floats is as long as a field; a find that lies within it to this share is a piece of it.
PIECE_SHARE = 0.6


class ScoringError(LibongError, ValueError):
    """Frames that a score cannot be made of."""


@dataclass(frozen=True)
class TrueBox:
    """One object in one frame; if not `fair` to expect a find, neither find nor miss counts."""

    object_class: ObjectClass
    object_id: int
    xyxy_px: Xyxy
    fair: bool


@dataclass(frozen=True)
class FoundBox:
    """One detection."""

    object_class: ObjectClass
    score: float
    xyxy_px: Xyxy


@dataclass(frozen=True)
class ScoredFrame:
    """What was in a frame and what was found; `area_km2` is the sea seen."""

    flight: str
    frame: str
    truths: tuple[TrueBox, ...]
    finds: tuple[FoundBox, ...]
    area_km2: float


@dataclass(frozen=True)
class Tally:
    """Boxes found, missed and falsely reported.

    `pieces` are further finds along a line or net that was found already: no false alarms, but a
    person sees them twice.
    """

    found: int = 0
    missed: int = 0
    false_alarms: int = 0
    pieces: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            self.found + other.found,
            self.missed + other.missed,
            self.false_alarms + other.false_alarms,
            self.pieces + other.pieces,
        )

    @property
    def recall(self) -> float | None:
        """Share of what was there that was found; None where nothing was there."""
        there = self.found + self.missed
        return self.found / there if there else None

    @property
    def precision(self) -> float | None:
        """Share of what was reported that was there; None where nothing was reported."""
        reported = self.found + self.false_alarms
        return self.found / reported if reported else None

    def f_score(self, beta: float = 1.0) -> float | None:
        """F score; `beta` 2 weighs recall twice as much as precision. None where nothing was."""
        weight = beta * beta
        total = (1 + weight) * self.found + weight * self.missed + self.false_alarms
        return (1 + weight) * self.found / total if total else None


def iou(a: Xyxy, b: Xyxy) -> float:
    """Intersection over union of two boxes."""
    shared = _shared(a, b)
    return shared / (_area(a) + _area(b) - shared) if shared else 0.0


def is_piece(find: FoundBox, truth: TrueBox) -> bool:
    """Whether a find is a part of a line, net or trap that it does not enclose as a whole."""
    if truth.object_class is not ObjectClass.FISHING_GEAR:
        return False
    return _shared(find.xyxy_px, truth.xyxy_px) >= PIECE_SHARE * _area(find.xyxy_px)


def _shared(a: Xyxy, b: Xyxy) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return width * height if width > 0 and height > 0 else 0.0


def _area(box: Xyxy) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def tally(frame: ScoredFrame, object_class: ObjectClass, threshold: float) -> Tally:
    """Match a class's finds from `threshold` up, best first, each to the truth it fits best.

    Then what is left over may still be a piece of long gear.
    """
    truths = [t for t in frame.truths if t.object_class is object_class]
    open_truths, left_over, found = list(truths), [], 0
    for find in _finds(frame, object_class, threshold):
        best = max(open_truths, key=lambda t: iou(t.xyxy_px, find.xyxy_px), default=None)
        if best is None or iou(best.xyxy_px, find.xyxy_px) < MATCH_IOU:
            left_over.append(find)
            continue
        open_truths.remove(best)
        found += best.fair
    pieces = 0
    for find in left_over:
        whole = next((t for t in open_truths if is_piece(find, t)), None)
        if whole is not None:
            open_truths.remove(whole)
            found += whole.fair
        else:
            pieces += any(is_piece(find, t) for t in truths)
    whole_or_first = len(truths) - len(open_truths)
    finds = len(_finds(frame, object_class, threshold))
    return Tally(found, sum(t.fair for t in open_truths), finds - whole_or_first - pieces, pieces)


def _finds(frame: ScoredFrame, object_class: ObjectClass, threshold: float) -> list[FoundBox]:
    """A class's finds from `threshold` up, best first."""
    finds = (f for f in frame.finds if f.object_class is object_class and f.score >= threshold)
    return sorted(finds, key=lambda f: -f.score)


def objects_found(
    frames: Sequence[ScoredFrame], object_class: ObjectClass, threshold: float
) -> tuple[int, int]:
    """Objects found in at least one frame of their flight, and objects there were to find."""
    there: set[tuple[str, int]] = set()
    found: set[tuple[str, int]] = set()
    for frame in frames:
        finds = _finds(frame, object_class, threshold)
        for truth in frame.truths:
            if truth.object_class is not object_class or not truth.fair:
                continue
            there.add((frame.flight, truth.object_id))
            if any(iou(truth.xyxy_px, f.xyxy_px) >= MATCH_IOU or is_piece(f, truth) for f in finds):
                found.add((frame.flight, truth.object_id))
    return len(found), len(there)


def best_threshold(
    frames: Sequence[ScoredFrame], object_class: ObjectClass, *, beta: float, lowest: float = 0.25
) -> float:
    """The threshold in hundredths with the highest F score; of a plateau of equals, its middle.

    `lowest` is there since real seas hold more look-alikes than rendered ones. Raises ScoringError
    when the frames hold nothing of the class.
    """
    if not any(t.object_class is object_class and t.fair for f in frames for t in f.truths):
        raise ScoringError(
            f"a threshold for {object_class} needs frames that show some; none of {len(frames)} "
            "does: give more flights to choose it on"
        )
    scores = {
        step / 100: _f_score(frames, object_class, step / 100, beta)
        for step in range(round(lowest * 100), 96)
    }
    best = [threshold for threshold, score in scores.items() if score == max(scores.values())]
    return best[len(best) // 2]


def _f_score(
    frames: Sequence[ScoredFrame], object_class: ObjectClass, threshold: float, beta: float
) -> float:
    total = sum((tally(frame, object_class, threshold) for frame in frames), Tally())
    return total.f_score(beta) or 0.0
