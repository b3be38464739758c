"""How many objects a flight holds: counted by the detector, and there by its labels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from detection.evaluation.scoring import FoundBox, ScoredFrame, TrueBox, match
from detection.flight_sightings import sightings_of
from detection.frame_look import FrameLook
from detection.sightings import LengthOf, associate
from detection.types import Detection, ObjectClass
from ingest.errors import ProjectionError
from ingest.frame import Frame
from ingest.projection import SeaView

# How well a person sets a label's middle, metres; next to it the pose's own error is left out,
# since it moves all labels of a flight alike.
_LABEL_ERROR_M = 1.0


class Unit(StrEnum):
    """What is counted: objects once a flight where frames are located, else boxes."""

    SIGHTINGS = "sightings"
    BOXES = "boxes"


@dataclass(frozen=True)
class SearchedPicture:
    """A labelled picture and what was found in it; `look` is None where it has no place."""

    scored: ScoredFrame
    look: FrameLook | None


@dataclass(frozen=True)
class FlightCount:
    """How many objects of a class were counted in a flight, and how many there were."""

    flight: str
    object_class: ObjectClass
    counted: int
    there: int
    unit: Unit


def count_flight(
    flight: str,
    pictures: Sequence[SearchedPicture],
    thresholds: Mapping[ObjectClass, float],
) -> tuple[FlightCount, ...]:
    """Count a flight's objects by class as a ranger is told of them, and as its labels tell.

    `thresholds` are those in which scores are told; `libong process` also leaves out what a site's
    coast shows to lie on dry land. What no label demands is not counted either: finds of objects
    that are fair in no frame of the flight, and finds in regions.

    Where labels do not say which boxes show the same object, they are associated as finds are.
    """
    looks = [p.look for p in pictures if p.look is not None]
    passed_over = _passed_over(pictures)
    if len(looks) < len(pictures):
        return tuple(_count_boxes(flight, pictures, passed_over, c) for c in thresholds)
    undemanded = {
        (look.frame.sha256, find.xyxy_px)
        for look, finds in zip(looks, passed_over, strict=True)
        for find in finds
    }
    sightings = [
        s
        for s in sightings_of(looks, flight, thresholds)
        if not all((d.frame_sha256, d.xyxy_px) in undemanded for d in s.detections)
    ]
    return tuple(
        FlightCount(
            flight,
            c,
            sum(s.object_class is c for s in sightings),
            _objects_there(flight, pictures, c),
            Unit.SIGHTINGS,
        )
        for c in thresholds
    )


def _count_boxes(
    flight: str,
    pictures: Sequence[SearchedPicture],
    passed_over: Sequence[Sequence[FoundBox]],
    object_class: ObjectClass,
) -> FlightCount:
    def boxes(finds_by_picture: Iterable[Sequence[FoundBox]]) -> int:
        return sum(f.object_class is object_class for finds in finds_by_picture for f in finds)

    counted = boxes(p.scored.finds for p in pictures) - boxes(passed_over)
    there = sum(len(_fair(p, object_class)) for p in pictures)
    return FlightCount(flight, object_class, counted, there, Unit.BOXES)


def _passed_over(pictures: Sequence[SearchedPicture]) -> list[list[FoundBox]]:
    """Each picture's finds of what is fair in no picture of the flight.

    Truths that tell no object stand alone.
    """
    fair = {
        (t.object_class, t.object_id)
        for p in pictures
        for t in p.scored.truths
        if t.fair and t.object_id is not None
    }
    return [
        [
            find
            for c in {f.object_class for f in p.scored.finds}
            for truth, find in match(p.scored.truths, p.scored.finds, c).passed_over
            if (c, truth.object_id) not in fair
        ]
        for p in pictures
    ]


def _fair(picture: SearchedPicture, object_class: ObjectClass) -> list[TrueBox]:
    return [t for t in picture.scored.truths if t.object_class is object_class and t.fair]


def _objects_there(
    flight: str, pictures: Sequence[SearchedPicture], object_class: ObjectClass
) -> int:
    frames = [p.look.frame for p in pictures if p.look is not None]
    truths = [(f, t) for f, p in zip(frames, pictures, strict=True) for t in _fair(p, object_class)]
    if all(truth.object_id is not None for _, truth in truths):
        return len({truth.object_id for _, truth in truths})
    placed = [_as_detection(frame, truth) for frame, truth in truths]
    seen = [d for d in placed if d is not None]
    length_m = LengthOf({frame.sha256: frame.gsd_cm for frame in frames})
    return len(associate(seen, flight, length_m=length_m, frames=frames))


def _as_detection(frame: Frame, truth: TrueBox) -> Detection | None:
    """A label as a find that is sure, or None where there is no sea under it."""
    left, top, right, bottom = truth.xyxy_px
    centre = (left + right) / 2, (top + bottom) / 2
    try:
        ground = SeaView(frame.camera, frame.pose).to_ground(centre)
    except ProjectionError:
        return None
    return Detection(
        truth.object_class,
        1.0,
        truth.xyxy_px,
        frame.sha256,
        frame.taken_at_utc,
        ground.position,
        _LABEL_ERROR_M,
        "",
    )
