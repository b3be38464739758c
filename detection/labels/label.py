"""A label: what a person says is, or is not, in a box of a frame; frames and flights of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from detection.evaluation.scoring import Xyxy
from detection.types import ObjectClass
from ingest.projection import SeaView


class Verdict(StrEnum):
    """What is in the box.

    `withdrawn` is a box that somebody drew and that was taken back: it says nothing either way.
    """

    OBJECT = "object"
    FALSE_ALARM = "false_alarm"
    WITHDRAWN = "withdrawn"


class Origin(StrEnum):
    """How a label came about."""

    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    CORRECTED = "corrected"
    DRAWN = "drawn"
    IMPORTED = "imported"


@dataclass(frozen=True)
class Label:
    """One box, `xyxy_px` in pixels of the full frame, and what a person said of it.

    `object_class` is what it is, or for a false alarm what the detector took it for. `key` is the
    same for all versions of one label in its flight; the highest `version` holds. `role` says in
    which office somebody decided: names stay in the store. `model_sha256` is the model whose
    detection it was, None for a box that a person drew.
    """

    key: str
    version: int
    verdict: Verdict
    object_class: ObjectClass
    xyxy_px: Xyxy
    origin: Origin
    role: str
    at_utc: datetime
    model_sha256: str | None


@dataclass(frozen=True)
class Undecided:
    """A detection nobody has decided on; `key` is what a label of it will carry."""

    key: str
    object_class: ObjectClass
    xyxy_px: Xyxy
    model_sha256: str


@dataclass(frozen=True)
class LabelledFrame:
    """A frame with its labels, ordered by key.

    `complete` says that everything in it is labelled, because a person looked through all of it
    and said so. Of other frames only the surroundings of decided boxes teach anything. `gsd_cm` is
    the ground sample distance at the centre in cm per pixel, None where it is not known.
    `exported_at_utc` is when an export read these labels. `view` is the camera and pose that the
    frame was logged with, None where that is not known, as in exports that did not tell it.
    """

    sha256: str
    file_name: str
    width_px: int
    height_px: int
    taken_at_utc: datetime
    gsd_cm: float | None
    complete: bool
    labels: tuple[Label, ...]
    undecided: tuple[Undecided, ...] = ()
    exported_at_utc: datetime | None = None
    view: SeaView | None = None

    @property
    def objects(self) -> tuple[Label, ...]:
        """The labels of what is there."""
        return tuple(x for x in self.labels if x.verdict is Verdict.OBJECT)

    @property
    def false_alarms(self) -> tuple[Label, ...]:
        """The labels of what a person looked at and found to be nothing."""
        return tuple(x for x in self.labels if x.verdict is Verdict.FALSE_ALARM)

    @property
    def decided(self) -> bool:
        """Whether a person said anything of this frame."""
        return self.complete or bool(self.objects or self.false_alarms)


@dataclass(frozen=True)
class LabelledFlight:
    """The frames of a flight that somebody reviewed, in order of time."""

    flight_id: str
    frames: tuple[LabelledFrame, ...]
