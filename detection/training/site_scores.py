"""A model's finds in reviewed frames, beside what officers said of them."""

from collections.abc import Sequence
from pathlib import Path

from detection.detector import Detector
from detection.evaluation.scoring import (
    MATCH_IOU,
    FoundBox,
    ScoredFrame,
    TrueBox,
    found_boxes,
    iou,
    is_piece,
)
from detection.labels.folder import picture_path
from detection.labels.label import LabelledFlight, LabelledFrame
from detection.labels.located import located_frame
from ingest.frame import Frame
from ingest.site_reference import SiteReference


def score_labelled(
    detector: Detector, folder: Path, flights: Sequence[LabelledFlight], site: SiteReference
) -> tuple[ScoredFrame, ...]:
    """Run a detector over the pictures of labelled flights that lie in an exported folder.

    In a frame that is not fully labelled only finds on decided boxes, and pieces of the gear among
    them, count: what else the detector sees there may be real. Frames are searched by the place
    and scale they were logged with; those of `site_frames.unmeasured` are left out.
    """
    scored = []
    for flight in flights:
        for labelled in flight.frames:
            path = picture_path(folder / flight.flight_id, labelled)
            frame = located_frame(path, labelled, site)
            if isinstance(frame, Frame):
                finds = found_boxes(detector.detect(frame))
                scored.append(scored_frame(flight.flight_id, labelled, finds))
    return tuple(scored)


def favour_in(flights: Sequence[LabelledFlight]) -> str:
    """What speaks for the model in use by the way these frames were labelled; "" if nothing does.

    Of frames that nobody looked through as a whole there are boxes of what a model found, which it
    finds again, and of what it missed only those that somebody drew.
    """
    objects = [
        label
        for flight in flights
        for frame in flight.frames
        if not frame.complete
        for label in frame.objects
    ]
    found = sum(label.model_sha256 is not None for label in objects)
    if not found:
        return ""
    return (
        f"{found} of {len(objects)} objects in frames not looked through as a whole were found by "
        "a model: recall there favours the one that found them. Look through such frames as a "
        "whole, and draw what was missed, to tell how much of it a model misses."
    )


def scored_frame(flight_id: str, frame: LabelledFrame, finds: Sequence[FoundBox]) -> ScoredFrame:
    """One frame's finds beside its labels."""
    truths = tuple(TrueBox(x.object_class, x.key, x.xyxy_px, fair=True) for x in frame.objects)
    decided = [x.xyxy_px for x in (*frame.objects, *frame.false_alarms)]
    counted = tuple(
        find
        for find in finds
        if frame.complete
        or any(iou(find.xyxy_px, box) >= MATCH_IOU for box in decided)
        or any(find.object_class is t.object_class and is_piece(find, t) for t in truths)
    )
    return ScoredFrame(flight_id, frame.sha256, truths, counted, 0.0, gsd_cm=frame.gsd_cm)
