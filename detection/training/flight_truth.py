"""The truth of a rendered flight: where each object was in each frame, as `truth.json` tells it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from detection.training.flight_plan import FlightPlan, Shot, place
from detection.training.random_tile import drawn_xyxy, worth_labelling
from detection.training.scene import Box
from detection.training.sea_state import sea_state
from detection.training.world import UNDER_WATER, SceneObject


@dataclass(frozen=True)
class FrameTruth:
    """One object in one frame: its box in pixels and its true place at that moment.

    It is not `fair` to expect a find where only a corner of it shows, or next to nothing.
    `visibility` is the box's, 0..1.
    """

    frame: str
    object_id: int
    object_class: str
    xyxy_px: tuple[float, float, float, float]
    lon: float
    lat: float
    fair: bool
    visibility: float


def frame_truths(
    plan: FlightPlan, shot: Shot, name: str, boxes: tuple[Box, ...]
) -> list[FrameTruth]:
    """The truth of the frame of a name: what its boxes are and where those things are."""
    placed = {thing.object_id: thing.at(shot.time_s) for thing in plan.world.objects}
    truths = []
    for box in boxes:
        thing = placed[box.object_id]
        lon, lat = place(plan.origin, thing.east_m, thing.north_m)
        xyxy = drawn_xyxy(box, plan.camera.width_px, plan.camera.height_px)
        left, top, right, bottom = (round(v, 1) for v in xyxy)
        truths.append(
            FrameTruth(
                name, box.object_id, box.object_class.value, (left, top, right, bottom),
                round(lon, 7), round(lat, 7), worth_labelling(box),
                round(box.visibility, 2),
            )
        )  # fmt: skip
    return truths


def truth_document(plan: FlightPlan, truths: Sequence[FrameTruth]) -> dict[str, object]:
    """What `truth.json` says, ready for JSON.

    `depth_m`, of its top under the surface, is told of animals only; `sea_state` on the Douglas
    scale.
    """
    seen = {number: [t for t in truths if t.object_id == number] for number in _numbers(truths)}
    fair = {(truth.object_id, truth.object_class) for truth in truths if truth.fair}
    return {
        "synthetic": True,
        "title": plan.title,
        "seed": plan.seed,
        "sea_state": sea_state(plan.world.surface),
        "frames": len(plan.shots),
        "expected_sightings": Counter(object_class for _, object_class in sorted(fair)),
        "expected_incidents": [
            {"rule": i.rule, "zone": i.zone_id, "object_id": i.object_id}
            for i in plan.expected_incidents
        ],
        "objects": [
            _object_document(thing, seen[thing.object_id])
            for thing in plan.world.objects
            if thing.object_id in seen
        ],
    }


def _numbers(truths: Sequence[FrameTruth]) -> set[int]:
    return {truth.object_id for truth in truths}


def _object_document(thing: SceneObject, seen: Sequence[FrameTruth]) -> dict[str, object]:
    under = {"depth_m": round(thing.depth_m, 2)} if thing.kind in UNDER_WATER else {}
    return {
        "object_id": thing.object_id,
        "class": seen[0].object_class,
        "kind": thing.kind.value,
        "length_m": round(thing.length_m, 2),
        **under,
        "speed_m_s": round(thing.speed_m_s, 2),
        "frames": [
            {
                "frame": t.frame,
                "xyxy_px": t.xyxy_px,
                "lon": t.lon,
                "lat": t.lat,
                "fair": t.fair,
                "visibility": t.visibility,
            }
            for t in seen
        ],
    }
