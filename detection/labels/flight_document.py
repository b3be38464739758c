"""A labelled flight as a JSON document: what `frames.json` of an exported folder says.

`version` is that of its form:

1. (not told) `flight_id` and `frames`, each with its fields of `LabelledFrame` but `view`;
2. each frame may tell `view`: its `camera` (`focal_px` and `principal_px` in pixels of the full
   picture, `distortion` of the lens or null; see `ingest.camera.CameraIntrinsics`) and its `pose`
   (`position` as longitude and latitude, WGS 84; `height_above_sea_m`; `yaw_deg`, `pitch_deg` and
   `roll_deg`; their errors; see `ingest.pose.CameraPose`), as they were logged.

The pose is told here and in no file for labelling tools: stills of a video do not tell where they
were taken, and need not when they are given to such a tool.
"""

from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from detection.labels.errors import LabelError
from detection.labels.label import LabelledFlight, LabelledFrame

VERSION = 2


@dataclass(frozen=True, kw_only=True)
class _Document:
    version: int = 1
    flight_id: str
    frames: tuple[LabelledFrame, ...]


_DOCUMENTS = TypeAdapter(_Document)


def flight_document(flight: LabelledFlight) -> bytes:
    """Return the document of a flight, in the newest form."""
    document = _Document(version=VERSION, flight_id=flight.flight_id, frames=flight.frames)
    return _DOCUMENTS.dump_json(document, indent=1) + b"\n"


def read_flight_document(data: bytes, source: object) -> LabelledFlight:
    """Return the flight of a document of any form so far; raises LabelError, naming `source`."""
    try:
        document = _DOCUMENTS.validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise LabelError(
            f"{source} is not as it was exported ({place}: {first['msg']}); export the labels anew"
        ) from error
    if document.version > VERSION:
        raise LabelError(
            f"{source} has the form {document.version} of a later version of this software, which "
            f"reads forms up to {VERSION}; update it, or export the labels anew with this one"
        )
    return LabelledFlight(document.flight_id, document.frames)
