"""What a labelling tool's boxes change in a frame's labels: new versions, nothing overwritten.

A tool knows what was decided when it was given the frame, and nothing of what came later. What was
decided since stands, whatever the tool has there; and where nobody can tell when that was, nothing
that a person saw there is taken away for the lack of a box.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from itertools import product

from detection.evaluation.scoring import iou
from detection.labels.label import Label, LabelledFrame, Origin, Undecided, Verdict
from detection.labels.tool_box import ToolBox

# Tools round to pixels, hundredths of pixels or of a per cent: nearer than this is the same box.
_SAME_PX = 0.5
# A box redrawn around the same thing still shares this much with the old one.
_SAME_THING_IOU = 0.4


@dataclass(frozen=True)
class Annotator:
    """Who drew, in which office, when."""

    role: str
    at_utc: datetime


@dataclass(frozen=True)
class Changes:
    """New versions of a frame's labels, and counts of what they are.

    `confirmed` are detections nobody had decided on and the tool kept; `drawn` boxes that no label
    or detection was near; `corrected` ones with another class, size or verdict; `removed` ones that
    were there and that the tool no longer has; `left` ones that stand since they were, or may have
    been, decided after the tool was given the frame.
    """

    labels: tuple[Label, ...] = ()
    unchanged: int = 0
    confirmed: int = 0
    drawn: int = 0
    corrected: int = 0
    removed: int = 0
    left: int = 0


def changes(
    frame: LabelledFrame,
    boxes: Sequence[ToolBox],
    annotator: Annotator,
    *,
    complete: bool,
    given_at_utc: datetime | None,
) -> Changes:
    """Return what the boxes that a tool has for a frame change in it.

    Each box goes to the label or undecided detection it overlaps best. With `complete` the tool's
    boxes are all there is to see, and undecided detections without one are false alarms.
    `given_at_utc` is when the tool was given the frame; None where that is not known.
    """
    known: dict[str, Label | Undecided] = {
        label.key: label
        for label in frame.labels
        if label.verdict is not Verdict.WITHDRAWN or _is_later(label, given_at_utc)
    }
    known |= {detection.key: detection for detection in frame.undecided}
    taken = _matched(boxes, known)
    found = [
        _LEFT
        if _is_later(old := known.get(taken.get(number, "")), given_at_utc)
        else _judged(frame, box, old, annotator)
        for number, box in enumerate(boxes)
    ]
    for key, old in known.items():
        if key not in taken.values():
            found.append(_without_box(old, annotator, given_at_utc, complete=complete))
    kinds = [kind for kind, _ in found]
    return Changes(
        tuple(label for _, label in found if label is not None),
        *(kinds.count(kind) for kind in _KINDS),
    )


_KINDS = ("unchanged", "confirmed", "drawn", "corrected", "removed", "left")
_LEFT: tuple[str, Label | None] = ("left", None)


def _is_later(old: Label | Undecided | None, given_at_utc: datetime | None) -> bool:
    """Whether a label was decided after the tool was given its frame, as far as that is known."""
    return isinstance(old, Label) and given_at_utc is not None and old.at_utc > given_at_utc


def _matched(boxes: Sequence[ToolBox], known: dict[str, Label | Undecided]) -> dict[int, str]:
    """Return the key of what each box is of, best overlap first, none twice."""
    pairs = [
        (iou(box.xyxy_px, old.xyxy_px), number, key)
        for (number, box), (key, old) in product(enumerate(boxes), known.items())
    ]
    taken: dict[int, str] = {}
    for share, number, key in sorted(pairs, key=lambda p: (-p[0], p[1], p[2])):
        if share >= _SAME_THING_IOU and number not in taken and key not in taken.values():
            taken[number] = key
    return taken


def _judged(
    frame: LabelledFrame, box: ToolBox, old: Label | Undecided | None, annotator: Annotator
) -> tuple[str, Label | None]:
    if old is None:
        return "drawn", _version(
            _drawn_key(frame, box, annotator), 1, box, Origin.IMPORTED, annotator, None
        )
    same = box.object_class is old.object_class and all(
        abs(a - b) <= _SAME_PX for a, b in zip(box.xyxy_px, old.xyxy_px, strict=True)
    )
    if isinstance(old, Undecided):
        origin = Origin.CONFIRMED if same else Origin.CORRECTED
        exact = replace(box, xyxy_px=old.xyxy_px) if same else box
        kind = "confirmed" if same else "corrected"
        return kind, _version(old.key, 1, exact, origin, annotator, old.model_sha256)
    if same and old.verdict is Verdict.OBJECT:
        return "unchanged", None
    return "corrected", _version(
        old.key, old.version + 1, box, Origin.CORRECTED, annotator, old.model_sha256
    )


def _version(
    key: str,
    version: int,
    box: ToolBox,
    origin: Origin,
    annotator: Annotator,
    model_sha256: str | None,
) -> Label:
    return Label(
        key, version, Verdict.OBJECT, box.object_class, box.xyxy_px, origin,
        annotator.role, annotator.at_utc, model_sha256,
    )  # fmt: skip


def _without_box(
    old: Label | Undecided, annotator: Annotator, given_at_utc: datetime | None, *, complete: bool
) -> tuple[str, Label | None]:
    """What a tool that has no box for it says of a label or detection."""
    if isinstance(old, Undecided):
        return ("removed", found_empty(old, annotator)) if complete else ("still undecided", None)
    if old.verdict is not Verdict.OBJECT:
        return "unchanged", None
    if given_at_utc is None or _is_later(old, given_at_utc):
        return _LEFT
    return "removed", found_empty(old, annotator)


def found_empty(old: Label | Undecided, annotator: Annotator) -> Label:
    """The next version of a box that a person found to hold nothing.

    What the detector took for something teaches; a person's own box is only withdrawn.
    """
    if isinstance(old, Undecided):
        return Label(
            old.key, 1, Verdict.FALSE_ALARM, old.object_class, old.xyxy_px, Origin.DISMISSED,
            annotator.role, annotator.at_utc, old.model_sha256,
        )  # fmt: skip
    drawn = old.model_sha256 is None
    return replace(
        old,
        version=old.version + 1,
        verdict=Verdict.WITHDRAWN if drawn else Verdict.FALSE_ALARM,
        origin=Origin.CORRECTED if drawn else Origin.DISMISSED,
        role=annotator.role,
        at_utc=annotator.at_utc,
    )


def _drawn_key(frame: LabelledFrame, box: ToolBox, annotator: Annotator) -> str:
    """A key of its own for a drawn box; the same box in the same import gives the same."""
    what = (frame.sha256, box.object_class.value, *box.xyxy_px, annotator.at_utc.isoformat())
    return "b" + sha256("\x1f".join(map(str, what)).encode()).hexdigest()[:24]
