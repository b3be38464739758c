"""One flight, the whole way: read, check, detect, associate, judge, log; twice changes nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from detection.detector import Detector
from detection.frame_look import FrameLook, judged
from detection.types import Sighting
from ingest.errors import PhotoError
from ingest.flight import read_flight
from ingest.frame import Flight, Frame, Note, RefusedFile
from ingest.pixels import decode_bgr
from ingest.pose_check import check_poses
from ingest.quality import read_quality
from ingest.refusal import remedy_for
from libong.flight_entry import (
    FlightReport,
    OtherSiteError,
    enter_flight,
    logged_before,
    site_in_force,
)
from libong.flight_record import FlightRecord
from libong.progress import Progress
from patrol.crops import crop_jpeg
from patrol.media import MediaStore
from patrol.site import Site
from patrol.store import Store

__all__ = [
    "FlightReport",
    "Looks",
    "OtherSiteError",
    "Search",
    "look_at_frames",
    "process_flight",
]

Looks = tuple[tuple[FrameLook, ...], tuple[RefusedFile, ...]]
# Searches frames; returns their looks in order, and the frames that broke.
Search = Callable[[Sequence[Frame], Detector, Progress], Looks]


def process_flight(
    paths: Sequence[Path],
    site: Site,
    detector: Detector,
    store: Store,
    media: MediaStore,
    *,
    on_progress: Progress,
    refused: Sequence[RefusedFile] = (),
    search: Search | None = None,
    received_at_utc: datetime | None = None,
) -> FlightReport:
    """Process the files of one flight, photos or ZIPs of them, and log what was found.

    `on_progress(stage, done, total)` is told of every file and frame. A flight that the store knows
    already is not processed again: its report is read back. Frames of another flight are left out,
    so that a folder sent again with more or fewer files counts nothing twice.

    `refused` are files of the flight that were refused before, and are told with the others.
    `search` takes the place of `look_at_frames`, to search elsewhere or resume. The files came at
    `received_at_utc`, or just now.
    """
    site = site_in_force(site, store)
    with TemporaryDirectory(prefix="libong-") as unpacked:
        flight = read_flight(
            paths,
            site.reference,
            on_progress=lambda done, total: on_progress("read", done, total),
            work_folder=Path(unpacked),
        )
        flight = replace(flight, refused=(*refused, *flight.refused))
        return _process(flight, site, detector, store, media, on_progress, search, received_at_utc)


def _process(
    flight: Flight,
    site: Site,
    detector: Detector,
    store: Store,
    media: MediaStore,
    on_progress: Progress,
    search: Search | None,
    received_at_utc: datetime | None,
) -> FlightReport:
    known = logged_before(flight, site, store)
    if isinstance(known, FlightReport):
        _keep_originals(flight.frames, known.sightings, media)
        return known
    flight = _check_poses(known, on_progress)
    flight, looks = _detect(flight, detector, on_progress, search or look_at_frames)
    manifest = detector.manifest
    return enter_flight(
        FlightRecord(flight, looks, manifest.sha256, site.site_id, _size_bytes(flight.frames)),
        lambda sightings: _store_crops(flight, sightings, media, on_progress),
        site,
        manifest.reported_thresholds,
        store,
        received_at_utc=received_at_utc,
    )


def _size_bytes(frames: Iterable[Frame]) -> int:
    """Return the size of the files that frames are from."""
    files = {frame.path if frame.video is None else frame.video.path for frame in frames}
    return sum(path.stat().st_size for path in files)


def _keep_originals(
    frames: Iterable[Frame], sightings: Iterable[Sighting], media: MediaStore
) -> None:
    """Keep the originals that show a sighting, that officers can look at it from all sides."""
    shown = {detection.frame_sha256 for sighting in sightings for detection in sighting.detections}
    for frame in frames:
        if frame.sha256 in shown and not media.has(frame.sha256):
            media.put(frame.path.read_bytes())


def look_at_frames(frames: Sequence[Frame], detector: Detector, on_progress: Progress) -> Looks:
    """Search each frame; returns the looks in the order of frames, and the frames that broke."""
    looks = []
    broken = []
    for done, (frame, found) in enumerate(detector.detect_each(frames)):
        on_progress("detect", done, len(frames))
        try:
            if isinstance(found, PhotoError):
                raise found
            looks.append(judged(frame, found, read_quality(frame), detector.manifest))
        except PhotoError as exc:
            broken.append(
                RefusedFile(
                    frame.path,
                    frame.sha256,
                    Note(exc.code, str(exc)),
                    remedy_for(exc.code),
                )
            )
    on_progress("detect", len(frames), len(frames))
    return tuple(looks), tuple(broken)


def _check_poses(flight: Flight, on_progress: Progress) -> Flight:
    """Mend headings, heights and clocks that overlapping pictures show to be wrong."""
    check = check_poses(
        flight.frames, on_progress=lambda done, total: on_progress("check", done, total)
    )
    return replace(flight, frames=check.frames)


def _detect(
    flight: Flight, detector: Detector, on_progress: Progress, search: Search
) -> tuple[Flight, tuple[FrameLook, ...]]:
    looks, broken = search(flight.frames, detector, on_progress)
    whole = replace(
        flight, frames=tuple(look.frame for look in looks), refused=flight.refused + broken
    )
    return whole, looks


def _store_crops(
    flight: Flight, sightings: Sequence[Sighting], media: MediaStore, on_progress: Progress
) -> dict[str, str]:
    """Keep the originals that show a sighting, and cut its picture from the best of them.

    Returns the picture's SHA-256 by sighting id.
    """
    _keep_originals(flight.frames, sightings, media)
    by_frame: dict[str, list[Sighting]] = {}
    for sighting in sightings:
        by_frame.setdefault(sighting.best.frame_sha256, []).append(sighting)
    paths = {f.sha256: f.path for f in flight.frames}
    crops = {}
    for done, (frame_sha256, group) in enumerate(sorted(by_frame.items())):
        on_progress("crop", done, len(by_frame))
        pixels = decode_bgr(paths[frame_sha256])
        for sighting in group:
            crops[sighting.sighting_id] = media.put(crop_jpeg(pixels, sighting.best))
    on_progress("crop", len(by_frame), len(by_frame))
    return crops
