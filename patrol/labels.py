"""Officers' decisions as labels: what they confirmed, dismissed, corrected and drew, by frame."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from detection.labels.label import (
    Label,
    LabelledFlight,
    LabelledFrame,
    Origin,
    Undecided,
    Verdict,
)
from detection.types import Detection
from patrol.flight_log import LoggedFrame
from patrol.incident import Incident, IncidentEvent, State
from patrol.incident_state import TAKEN_BACK
from patrol.zones import RuleName

_VOUCHED_FOR = frozenset({State.CONFIRMED, State.RESPONDING, State.RESOLVED})
# Dismissing a boat or gear may mean that it had leave to be there: it still is a boat. A dugong
# sighting is dismissed for one reason, that it is no dugong.
_RULES_ABOUT_WHAT_IT_IS = frozenset({RuleName.DUGONG_SIGHTING})
# The name of whoever decided without an account, as at the command line, tells no office.
UNKNOWN_ROLE = "unknown"


@dataclass(frozen=True)
class LoggedBox:
    """A detection as logged; `key` is what labels of it carry, `sighting_id` None for a stray."""

    key: str
    sighting_id: str | None
    detection: Detection


@dataclass(frozen=True)
class StoredLabel:
    """A version of a label as kept: with its frame and with who gave it."""

    frame_sha256: str
    actor: str
    label: Label


@dataclass(frozen=True)
class FrameReview:
    """That a person said a frame is fully labelled (`complete`), or took that back."""

    frame_sha256: str
    complete: bool
    actor: str
    role: str
    at_utc: datetime


@dataclass(frozen=True)
class FlightLabels:
    """What a person said of one flight's boxes and frames."""

    flight_id: str
    labels: tuple[StoredLabel, ...]
    reviews: tuple[FrameReview, ...] = ()


@dataclass(frozen=True)
class Decision:
    """The last step of an incident that decided what a sighting is."""

    incident: Incident
    event: IncidentEvent


def detection_key(ordinal: int) -> str:
    """Return the key of labels of a flight's detection number `ordinal`."""
    return f"d{ordinal}"


def labelled_flight(
    flight_id: str,
    frames: Sequence[LoggedFrame],
    boxes: Sequence[LoggedBox],
    decisions: Iterable[Decision],
    given: Iterable[Label],
    frame_of: Mapping[str, str],
    complete_frames: Mapping[str, bool],
    roles: Mapping[str, str],
) -> LabelledFlight:
    """Return a flight's frames with their labels as they stand.

    An incident decides all detections of its sighting. What a person said of one box (`given`, the
    latest versions, `frame_of` their frames by key) goes before that, unless the incident was found
    to be nothing afterwards. `complete_frames` is what officers said of whole frames; where they
    said nothing, a frame is not complete, also when all its detections are decided: nobody looked
    for what the detector missed. Nor is it while a detection in it is undecided, which would else
    be taught as empty sea. `roles` are by user name. The scale is not in the log: `gsd_cm` is None.
    """
    by_sighting = _by_sighting(decisions)
    latest = {label.key: label for label in given}
    labels: dict[str, list[Label]] = {frame.sha256: [] for frame in frames}
    undecided: dict[str, list[Undecided]] = {frame.sha256: [] for frame in frames}
    for box in boxes:
        if box.detection.frame_sha256 not in labels:
            continue  # what a person reported was seen in no frame
        detection, decision = box.detection, by_sighting.get(box.sighting_id or "")
        said = latest.pop(box.key, None)
        if said is not None:
            labels[detection.frame_sha256].append(_said(said, box, decision, roles))
        elif decision is not None:
            labels[detection.frame_sha256].append(_decided(box, decision, roles))
        else:
            undecided[detection.frame_sha256].append(
                Undecided(
                    box.key, detection.object_class, detection.xyxy_px, detection.model_sha256
                )
            )
    for label in latest.values():
        labels[frame_of[label.key]].append(label)
    return LabelledFlight(
        flight_id,
        tuple(
            LabelledFrame(
                sha256=frame.sha256,
                file_name=frame.file_name,
                width_px=frame.width_px,
                height_px=frame.height_px,
                taken_at_utc=frame.taken_at_utc,
                gsd_cm=None,
                complete=complete_frames.get(frame.sha256, False) and not undecided[frame.sha256],
                labels=tuple(sorted(labels[frame.sha256], key=lambda x: x.key)),
                undecided=tuple(undecided[frame.sha256]),
            )
            for frame in frames
        ),
    )


def _by_sighting(decisions: Iterable[Decision]) -> dict[str, Decision]:
    """Return what decides each sighting: of several incidents the one decided last.

    A step that says nothing of what the thing is decides nothing.
    """
    found: dict[str, Decision] = {}
    for decision in sorted(decisions, key=lambda d: (d.event.at_utc, d.incident.incident_id)):
        if _verdict(decision.incident) is not None:
            found[decision.incident.sighting_id] = decision
    return found


def _verdict(incident: Incident) -> Verdict | None:
    if incident.state in _VOUCHED_FOR:
        return Verdict.OBJECT
    if incident.state in TAKEN_BACK and incident.rule in _RULES_ABOUT_WHAT_IT_IS:
        return Verdict.FALSE_ALARM
    return None


def _said(
    said: Label, box: LoggedBox, decision: Decision | None, roles: Mapping[str, str]
) -> Label:
    """What a person said of a detection, unless what they confirmed was dismissed afterwards."""
    if (
        decision is None
        or decision.event.at_utc <= said.at_utc
        or said.verdict is not Verdict.OBJECT
        or said.object_class is not box.detection.object_class
        or _verdict(decision.incident) is not Verdict.FALSE_ALARM
    ):
        return said
    return replace(_decided(box, decision, roles), version=said.version, xyxy_px=said.xyxy_px)


def _decided(box: LoggedBox, decision: Decision, roles: Mapping[str, str]) -> Label:
    """A detection's label as the incident of its sighting decides it."""
    confirmed = _verdict(decision.incident) is Verdict.OBJECT
    return Label(
        key=box.key,
        # what a person later says of this box alone is version 1 and on
        version=0,
        verdict=Verdict.OBJECT if confirmed else Verdict.FALSE_ALARM,
        object_class=box.detection.object_class,
        xyxy_px=box.detection.xyxy_px,
        origin=Origin.CONFIRMED if confirmed else Origin.DISMISSED,
        role=roles.get(decision.event.actor, UNKNOWN_ROLE),
        at_utc=decision.event.at_utc,
        model_sha256=box.detection.model_sha256,
    )
