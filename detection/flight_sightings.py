"""What a searched flight holds: finds joined to objects, where other looks bear them out."""

from collections.abc import Mapping, Sequence

from detection.frame_look import FrameLook
from detection.persistence import borne_out
from detection.sightings import LengthOf, associate
from detection.types import ObjectClass, Sighting
from ingest.summary import usable_looks


def sightings_of(
    looks: Sequence[FrameLook], flight_id: str, thresholds: Mapping[ObjectClass, float]
) -> tuple[Sighting, ...]:
    """The objects of one flight, each once; `looks` are those of all its frames.

    `thresholds` are the operating ones, in which the scores of detections are told.
    """
    frames = [look.frame for look in looks]
    detections = [d for look in looks for d in look.detections]
    length_m = LengthOf({frame.sha256: frame.gsd_cm for frame in frames})
    return borne_out(
        associate(detections, flight_id, length_m=length_m, frames=frames),
        # a blurred or glaring frame, or a far part of one, would miss a real animal too
        usable_looks(frames, [look.quality for look in looks]),
        thresholds,
    )
