"""Scores of detections against known truth: matching, recall, precision, F, thresholds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import hypot, inf
from pathlib import Path

from detection.types import Detection, ObjectClass
from ingest.errors import LibongError

Xyxy = tuple[float, float, float, float]

# A find counts when the boxes overlap by this much (intersection over union). Officers look at a
# place, not at an outline, and lines of floats have no sharp ends; COCO's 0.5 asks for too much.
MATCH_IOU = 0.3
# A find lies in a region that nobody labelled one by one when so much of it does: COCO's measure of
# crowds, at its usual overlap.
IN_REGION_SHARE = 0.5
# A line of floats is as long as a field; a find that lies within it to this share is a piece of it.
PIECE_SHARE = 0.6


class ScoringError(LibongError, ValueError):
    """Frames that a score cannot be made of."""


@dataclass(frozen=True)
class TrueBox:
    """One object in one frame; if not `fair` to expect a find, neither find nor miss counts.

    A label that is a point is a box without sides. `object_id` is the same in all frames of a
    flight that show the object; None where the labels do not tell. `visibility` is in [0, 1],
    `depth_m` of its top under the surface, each None where the labels do not tell. A `region` is a
    place where nothing was labelled one by one: any number of finds in it count as nothing, so
    that it is never fair.
    """

    object_class: ObjectClass
    object_id: int | str | None
    xyxy_px: Xyxy
    fair: bool
    visibility: float | None = None
    depth_m: float | None = None
    region: bool = False

    def __post_init__(self) -> None:
        """Refuse a region that something is expected of."""
        if self.region and self.fair:
            raise ScoringError("a region holds nothing labelled one by one; it cannot be fair")

    @property
    def is_point(self) -> bool:
        """Whether the label is a point."""
        left, top, right, bottom = self.xyxy_px
        return left == right and top == bottom


@dataclass(frozen=True)
class FoundBox:
    """One detection."""

    object_class: ObjectClass
    score: float
    xyxy_px: Xyxy


def found_boxes(detections: Iterable[Detection]) -> tuple[FoundBox, ...]:
    """Return what was detected as it is scored."""
    return tuple(FoundBox(d.object_class, d.score, d.xyxy_px) for d in detections)


@dataclass(frozen=True)
class ScoredFrame:
    """What was in a frame and what was found.

    `finds` are what the detector reports at its operating thresholds; `candidates` what it gives
    when searched at a low score, for curves. `area_km2` is the sea seen, 0 where that is unknown;
    `gsd_cm` the ground sample distance at the middle, None where unknown.
    """

    flight: str
    frame: str
    truths: tuple[TrueBox, ...]
    finds: tuple[FoundBox, ...]
    area_km2: float
    candidates: tuple[FoundBox, ...] = ()
    gsd_cm: float | None = None
    sea_state: str | None = None
    path: Path | None = None


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


@dataclass(frozen=True)
class Match:
    """A class's finds in one frame laid beside its truths.

    Only fair truths are in `found` and `missed`; finds of the others, and in regions, are
    `passed_over`, each with its truth: they count as nothing.
    """

    found: tuple[tuple[TrueBox, FoundBox], ...]
    missed: tuple[TrueBox, ...]
    false_alarms: tuple[FoundBox, ...]
    pieces: tuple[FoundBox, ...]
    passed_over: tuple[tuple[TrueBox, FoundBox], ...]

    @property
    def tally(self) -> Tally:
        """How many of each."""
        return Tally(len(self.found), len(self.missed), len(self.false_alarms), len(self.pieces))


def iou(a: Xyxy, b: Xyxy) -> float:
    """Intersection over union of two boxes."""
    shared = _shared(a, b)
    return shared / (_area(a) + _area(b) - shared) if shared else 0.0


def fit(truth: TrueBox, find: FoundBox) -> float:
    """How well a find fits a truth, in [0, 1]: the intersection over union of their boxes.

    Of a point label, 0 outside the find's box, and inside from 0.5 in a corner to 1 in its middle.
    """
    if not truth.is_point:
        return iou(truth.xyxy_px, find.xyxy_px)
    x, y = truth.xyxy_px[:2]
    left, top, right, bottom = find.xyxy_px
    if not (left <= x <= right and top <= y <= bottom):
        return 0.0
    diagonal = hypot(right - left, bottom - top)
    off_centre = hypot(x - (left + right) / 2, y - (top + bottom) / 2)
    return 1 - off_centre / diagonal if diagonal else 1.0


def is_piece(find: FoundBox, truth: TrueBox) -> bool:
    """Whether a find is a part of a line, net or trap that it does not enclose as a whole."""
    if truth.object_class is not ObjectClass.FISHING_GEAR:
        return False
    return _shared(find.xyxy_px, truth.xyxy_px) >= PIECE_SHARE * _area(find.xyxy_px) > 0


def region_of(
    find: FoundBox, truths: Iterable[TrueBox], least_share: float = IN_REGION_SHARE
) -> TrueBox | None:
    """The region of a find's class in which at least a share of it lies, or None."""
    least = least_share * _area(find.xyxy_px)
    regions = (t for t in truths if t.region and t.object_class is find.object_class)
    return next((t for t in regions if _shared(find.xyxy_px, t.xyxy_px) >= least > 0), None)


def _shared(a: Xyxy, b: Xyxy) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return width * height if width > 0 and height > 0 else 0.0


def _area(box: Xyxy) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def match(truths: Sequence[TrueBox], finds: Sequence[FoundBox], object_class: ObjectClass) -> Match:
    """Match a class's finds, best first, each to the truth left that it fits best.

    Then what is left over may still be a piece of long gear, or lie in a region.
    """
    own = [t for t in truths if t.object_class is object_class]
    truths = [t for t in own if not t.region]
    open_truths, left_over = list(truths), []
    found: list[tuple[TrueBox, FoundBox]] = []
    for find in best_first(finds, object_class):
        best = max(open_truths, key=lambda t: fit(t, find), default=None)
        if best is None or fit(best, find) < MATCH_IOU:
            left_over.append(find)
            continue
        open_truths.remove(best)
        found.append((best, find))
    pieces, false_alarms = [], []
    for find in left_over:
        whole = next((t for t in open_truths if is_piece(find, t)), None)
        if whole is not None:
            open_truths.remove(whole)
            found.append((whole, find))
        elif any(is_piece(find, t) for t in truths):
            pieces.append(find)
        elif (region := region_of(find, own)) is not None:
            found.append((region, find))
        else:
            false_alarms.append(find)
    return Match(
        tuple((truth, find) for truth, find in found if truth.fair),
        tuple(t for t in open_truths if t.fair),
        tuple(false_alarms),
        tuple(pieces),
        tuple((truth, find) for truth, find in found if not truth.fair),
    )


def tally(frame: ScoredFrame, object_class: ObjectClass, threshold: float) -> Tally:
    """Count a frame's matches of a class's finds from `threshold` up."""
    return match(frame.truths, _from(frame, threshold), object_class).tally


def _from(frame: ScoredFrame, threshold: float) -> list[FoundBox]:
    return [f for f in frame.finds if f.score >= threshold]


def best_first(finds: Sequence[FoundBox], object_class: ObjectClass) -> list[FoundBox]:
    """A class's finds by score, those of equal score by place."""
    own = (f for f in finds if f.object_class is object_class)
    return sorted(own, key=lambda f: (-f.score, f.xyxy_px))


def objects_found(
    frames: Sequence[ScoredFrame], object_class: ObjectClass, threshold: float
) -> tuple[int, int]:
    """Objects found in at least one frame of their flight, and objects there were to find.

    Truths need an `object_id`: those without are taken for one object a flight.
    """
    there: set[tuple[str, int | str | None]] = set()
    found: set[tuple[str, int | str | None]] = set()
    for frame in frames:
        finds = best_first(_from(frame, threshold), object_class)
        for truth in frame.truths:
            if truth.object_class is not object_class or not truth.fair:
                continue
            there.add((frame.flight, truth.object_id))
            if any(fit(truth, f) >= MATCH_IOU or is_piece(f, truth) for f in finds):
                found.add((frame.flight, truth.object_id))
    return len(found), len(there)


GIVEN_UP = 0.01  # of the F score, for a milder threshold


def best_threshold(
    frames: Sequence[ScoredFrame],
    object_class: ObjectClass,
    *,
    beta: float,
    lowest: float = 0.25,
    most_false_a_frame: float = inf,
    given_up: float = GIVEN_UP,
) -> float:
    """The mildest threshold, in hundredths, whose F score is within `given_up` of the best.

    Mild, because a find on a real picture scores lower than on the rendered ones it is chosen on,
    and a missed animal is not looked at again. `lowest` is there since real seas hold more
    look-alikes than rendered ones; more than `most_false_a_frame` false alarms are only accepted
    where every threshold has them. Raises ScoringError when the frames hold nothing of the class.
    """
    if not any(t.object_class is object_class and t.fair for f in frames for t in f.truths):
        raise ScoringError(
            f"a threshold for {object_class} needs frames that show some; none of {len(frames)} "
            "does: give more flights to choose it on"
        )
    steps = [step / 100 for step in range(round(lowest * 100), 96)]
    bearable = [
        step
        for step in steps
        if sum(tally(f, object_class, step).false_alarms for f in frames)
        <= most_false_a_frame * len(frames)
    ]
    return mildest_as_good(
        {step: _f_score(frames, object_class, step, beta) for step in bearable or steps}, given_up
    )


def mildest_as_good(scores: Mapping[float, float], given_up: float = GIVEN_UP) -> float:
    """The first of thresholds, the mildest first, with an F score within `given_up` of the best."""
    least = max(scores.values()) - given_up
    return next(threshold for threshold, score in scores.items() if score >= least)


def _f_score(
    frames: Sequence[ScoredFrame], object_class: ObjectClass, threshold: float, beta: float
) -> float:
    total = sum((tally(frame, object_class, threshold) for frame in frames), Tally())
    return total.f_score(beta) or 0.0
