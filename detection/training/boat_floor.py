"""What the boat network would find by itself, beside what our network and both together find.

The untouched COCO network is the floor: boats that it reports must not be lost by asking another
network too. It is tiled as one would tile it alone, at three ground scales.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from detection import boat_network
from detection.boxes import concatenate
from detection.engine import Engine
from detection.evaluation.scoring import FoundBox, ScoredFrame, Tally, iou, tally
from detection.level_search import search_level
from detection.merge import merge
from detection.resampling import DecodedPicture, looks
from detection.search_plan import plan_located
from detection.training.evaluate import labelled_frames, laid_beside
from detection.types import ObjectClass
from ingest.frame import Frame
from ingest.projection import SeaView

# Ground scales that the network is tiled at by itself, cm per pixel.
ALONE_GSD_CM = (5.0, 10.0, 20.0)
# Boxes of one boat: those of two networks differ by a wake or a mast.
_SAME_IOU = 0.3


def coco_boats(engine: Engine, frame: Frame, threshold: float) -> tuple[FoundBox, ...]:
    """The boats that the boat network finds in a located frame by itself."""
    searches = plan_located(
        frame, SeaView(frame.camera, frame.pose), (), ALONE_GSD_CM, engine.input_px
    )
    picture = DecodedPicture(frame.path, frame.width_px, frame.height_px)
    from_scores = boat_network.thresholds(threshold)
    found = merge(
        concatenate(
            [
                boxes
                for look in looks(picture, searches)
                for boxes in search_level(engine, from_scores, look.pixels, look.search.level)
            ]
        )
    )
    boats = found.take(found.classes == boat_network.BOAT)
    boxes = zip(boats.scores.tolist(), boats.xyxy_px.tolist(), strict=True)
    return tuple(
        FoundBox(ObjectClass.BOAT, score, (left, top, right, bottom))
        for score, (left, top, right, bottom) in boxes
    )


def score_alone(
    engine: Engine, folders: Sequence[Path], threshold: float
) -> tuple[ScoredFrame, ...]:
    """Lay the boats that the boat network finds by itself beside the truth of rendered flights."""
    return tuple(
        laid_beside(frame, flight, truths, found := coco_boats(engine, frame, threshold), found)
        for flight, frame, truths in labelled_frames(folders)
    )


def kept_share(alone: Sequence[ScoredFrame], together: Sequence[ScoredFrame]) -> float | None:
    """Share of the boats found by the boat network alone that both together report too.

    The frames are the same, in the same order; None where it found none.
    """
    kept = [
        any(iou(boat.xyxy_px, other.xyxy_px) >= _SAME_IOU for other in both.finds)
        for one, both in zip(alone, together, strict=True)
        for boat in one.finds
        if boat.object_class is ObjectClass.BOAT
    ]
    return float(np.mean(kept)) if kept else None


def boat_row(
    frames: Sequence[ScoredFrame], threshold: float = 0.0
) -> dict[str, float | int | None]:
    """Recall, precision and false alarms of boats as plain numbers."""
    total = sum((tally(frame, ObjectClass.BOAT, threshold) for frame in frames), Tally())
    return {
        "recall": None if total.recall is None else round(total.recall, 3),
        "precision": None if total.precision is None else round(total.precision, 3),
        "false_alarms": total.false_alarms,
    }
