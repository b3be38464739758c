"""Flights that were processed in the field and sent without their originals.

What was found is judged here as any other flight's is. What cannot be checked without the originals
is told beside it, until they come.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from detection.types import Sighting
from patrol.media import MediaStore


@dataclass(frozen=True)
class FieldSource:
    """Whose device processed a flight, and what was known of it when it came.

    `model_known` says that the weights are those of this server. `pictures` are small pictures of
    whole frames, made on the device: their SHA-256 by that of the original.
    """

    sender: str
    bundle_sha256: str
    model_known: bool
    pictures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Unverified:
    """What this server could not check of a flight from the field, by itself.

    `missing` are the originals (SHA-256) that show a sighting and have not come.
    """

    sender: str
    model_known: bool
    missing: frozenset[str]


def unverified(
    source: FieldSource | None, sightings: Iterable[Sighting], media: MediaStore
) -> Unverified | None:
    """Return what is not checked of a flight; None when nothing is left, or it never was afield."""
    if source is None:
        return None
    shown = {sighting.best.frame_sha256 for sighting in sightings}
    missing = frozenset(sha256 for sha256 in shown if not media.has(sha256))
    if source.model_known and not missing:
        return None
    return Unverified(source.sender, source.model_known, missing)
