"""What an officer says of a single box at the desk: drawn, corrected, or found to be nothing."""

from hashlib import sha256

from detection.evaluation.scoring import Xyxy
from detection.labels.changes import Annotator, found_empty
from detection.labels.errors import LabelError
from detection.labels.label import Label, LabelledFrame, Origin, Undecided, Verdict
from detection.types import ObjectClass

# a dugong is some 30 px long at the scale that is searched; less than this is a slip of the hand
SMALLEST_SIDE_PX = 4.0


def drawn(
    frame: LabelledFrame, object_class: ObjectClass, xyxy_px: Xyxy, annotator: Annotator
) -> Label:
    """Return the label of a box that the detector missed; raises LabelError for no proper box.

    The same box drawn by the same office at the same moment gives the same key.
    """
    box = _within(frame, xyxy_px)
    what = (frame.sha256, object_class.value, *box, annotator.at_utc.isoformat())
    key = "b" + sha256("\x1f".join(map(str, what)).encode()).hexdigest()[:24]
    return Label(
        key, 1, Verdict.OBJECT, object_class, box, Origin.DRAWN,
        annotator.role, annotator.at_utc, None,
    )  # fmt: skip


def corrected(
    known: Label | Undecided,
    frame: LabelledFrame,
    object_class: ObjectClass,
    xyxy_px: Xyxy,
    annotator: Annotator,
) -> Label:
    """Return the next version of a box with another class or outline; raises LabelError.

    A detection that is left as it is becomes confirmed.
    """
    box = _within(frame, xyxy_px)
    same = (object_class, box) == (known.object_class, known.xyxy_px)
    undecided = isinstance(known, Undecided)
    return Label(
        key=known.key,
        version=1 if isinstance(known, Undecided) else known.version + 1,
        verdict=Verdict.OBJECT,
        object_class=object_class,
        xyxy_px=box,
        origin=Origin.CONFIRMED if same and undecided else Origin.CORRECTED,
        role=annotator.role,
        at_utc=annotator.at_utc,
        model_sha256=known.model_sha256,
    )


def removed(known: Label | Undecided, annotator: Annotator) -> Label:
    """Return the next version of a box that holds nothing; raises LabelError where that was said.

    A person's own box is withdrawn, the detector's becomes a false alarm to learn from.
    """
    if isinstance(known, Label) and known.verdict is not Verdict.OBJECT:
        raise LabelError(f"the box {known.key} was said to be nothing already")
    return found_empty(known, annotator)


def _within(frame: LabelledFrame, xyxy_px: Xyxy) -> Xyxy:
    """Return a box with its corners in order and within the picture; raises LabelError."""
    (left, right), (top, bottom) = sorted(xyxy_px[::2]), sorted(xyxy_px[1::2])
    box = (max(left, 0.0), max(top, 0.0), min(right, frame.width_px), min(bottom, frame.height_px))
    if box[2] - box[0] < SMALLEST_SIDE_PX or box[3] - box[1] < SMALLEST_SIDE_PX:
        raise LabelError(
            f"a box must have sides of at least {SMALLEST_SIDE_PX:g} px within the picture of "
            f"{frame.width_px} x {frame.height_px} px; got {xyxy_px}: draw it larger"
        )
    return box
