"""Makes bundles of flights that were processed here, to be sent where the network is thin."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from detection.types import Sighting
from ingest.errors import LibongError
from ingest.pixels import decode_bgr
from libong.flight_record import read_record
from libong.push import LocalFile
from libong.sync_bundle import SUFFIX, Bundle, write_bundle
from patrol.crops import crop_jpeg
from patrol.media import MediaStore
from patrol.store import Store

# Enough to see where in the frame the find lies and what is around it; the crop has the detail.
_PICTURE_SIDE_PX = 1024
_PICTURE_QUALITY = 60


class SyncError(LibongError, ValueError):
    """A flight of which no bundle can be made."""


@dataclass(frozen=True)
class FieldBundle:
    """A bundle on this disk, and how many bytes its flight's originals have."""

    flight_id: str
    file: LocalFile
    originals_bytes: int

    @property
    def saved_bytes(self) -> int:
        """How much less is sent than the originals."""
        return max(0, self.originals_bytes - self.file.size_bytes)


def make_bundle(flight_id: str, folder: Path, store: Store, media: MediaStore) -> FieldBundle:
    """Make the bundle of a logged flight in `folder`, or return the one that is there.

    Raises UnknownFlight and SyncError.
    """
    store.flight(flight_id)
    if store.origins.field_source(flight_id) is not None:
        raise SyncError(
            f"flight {flight_id} came here from the field itself; sync it from where it was made"
        )
    document = store.origins.record(flight_id)
    if document is None:
        raise SyncError(
            f"flight {flight_id} was logged by version 0.1.0, which kept no record to send; "
            "push its photos with `libong push`"
        )
    record = read_record(document)
    name = f"{flight_id}-{sha256(document).hexdigest()[:12]}{SUFFIX}"
    path = folder / name
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        crops, pictures, jpegs = _pictures(store.sightings(flight_id), media)
        aside = path.with_suffix(".part")
        aside.write_bytes(write_bundle(Bundle(record, crops, pictures, jpegs)))
        aside.rename(path)
    data = path.read_bytes()
    file = LocalFile(path, name, len(data), sha256(data).hexdigest())
    return FieldBundle(flight_id, file, record.originals_bytes)


def _pictures(
    sightings: Iterable[Sighting], media: MediaStore
) -> tuple[dict[str, str], dict[str, str], dict[str, bytes]]:
    """Cut a crop of each sighting and shrink its best frame, where the original is kept here."""
    crops: dict[str, str] = {}
    pictures: dict[str, str] = {}
    jpegs: dict[str, bytes] = {}
    by_frame: dict[str, list[Sighting]] = {}
    for sighting in sightings:
        by_frame.setdefault(sighting.best.frame_sha256, []).append(sighting)
    with TemporaryDirectory(prefix="libong-") as folder:
        for frame_sha256, group in sorted(by_frame.items()):
            if not media.has(frame_sha256):
                continue
            original = Path(folder) / frame_sha256
            media.fetch(frame_sha256, original)
            pixels = decode_bgr(original)
            original.unlink()
            for sighting in group:
                crop = crop_jpeg(pixels, sighting.best)
                crops[sighting.sighting_id] = _kept(crop, jpegs)
            pictures[frame_sha256] = _kept(_small_jpeg(pixels), jpegs)
    return crops, pictures, jpegs


def _kept(jpeg: bytes, jpegs: dict[str, bytes]) -> str:
    name = sha256(jpeg).hexdigest()
    jpegs[name] = jpeg
    return name


def _small_jpeg(pixels_bgr: np.ndarray) -> bytes:
    height, width = pixels_bgr.shape[:2]
    shrink = min(1.0, _PICTURE_SIDE_PX / max(height, width))
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    small = cv2.resize(pixels_bgr, size, interpolation=cv2.INTER_AREA)
    done, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _PICTURE_QUALITY])
    if not done:
        raise SyncError("a picture could not be written as JPEG")
    return bytes(data)
