"""What one frame gave, as a document in the store, so that a flight goes on where it stopped."""

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from detection.frame_look import FrameLook
from detection.limits import Limit
from detection.manifest import Manifest
from detection.types import Detection
from ingest.frame import Frame, Note, RefusedFile
from ingest.quality import FrameQuality
from ingest.refusal import remedy_for
from patrol.uploads_queue import StoredLook


@dataclass(frozen=True)
class _Record:
    """A look without its frame, or the reason why there is none."""

    detections: tuple[Detection, ...] = ()
    quality: FrameQuality | None = None
    limits: tuple[Limit, ...] = ()
    broken: Note | None = None


_RECORDS = TypeAdapter(_Record)


def inputs_sha256(frame: Frame, manifest: Manifest) -> str:
    """Hash all that a look at a frame is made from: its facts, its content, and the model.

    Of the model its thresholds, scales and curves count as much as its weights.
    """
    facts = repr(replace(frame, path=Path(frame.path.name)))
    model = manifest.model_dump_json(exclude={"metrics"})
    return sha256(f"{model}\n{facts}".encode()).hexdigest()


def stored_look(frame: Frame, gave: FrameLook | RefusedFile, inputs: str) -> StoredLook:
    """Return the document of what a frame gave."""
    record = (
        _Record(gave.detections, gave.quality, gave.limits)
        if isinstance(gave, FrameLook)
        else _Record(broken=gave.reason)
    )
    return StoredLook(frame.sha256, inputs, _RECORDS.dump_json(record).decode())


def look_of(stored: StoredLook | None, frame: Frame, inputs: str) -> FrameLook | RefusedFile | None:
    """Return what a frame gave before; None when that was made from other facts, or cannot be read.

    Another version of the software may have written it.
    """
    if stored is None or stored.inputs_sha256 != inputs:
        return None
    try:
        record = _RECORDS.validate_json(stored.document)
    except ValidationError:
        return None
    if record.broken is not None:
        return broken_frame(frame, record.broken)
    if record.quality is None:
        return None
    return FrameLook(frame, record.detections, record.quality, record.limits)


def broken_frame(frame: Frame, reason: Note) -> RefusedFile:
    """Return a frame as the refused file that it turned out to be."""
    return RefusedFile(frame.path, frame.sha256, reason, remedy_for(reason.code))
