"""One flight, the whole way: read, check, detect, associate, judge, log; twice changes nothing."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from detection.detector import Detector
from detection.persistence import borne_out
from detection.sightings import LengthOf, associate
from detection.types import Sighting
from ingest.errors import LibongError, PhotoError
from ingest.flight import leave_out, read_flight
from ingest.frame import Flight, Frame, Note, RefusedFile
from ingest.pixels import decode_bgr
from ingest.pose_check import check_poses
from ingest.refusal import remedy_for
from ingest.summary import FlightFigures, summarise, usable_looks
from libong.crops import crop_jpeg
from libong.frame_look import FrameLook, judged
from patrol.ashore import sort_by_coast
from patrol.coverage import zone_surveys
from patrol.incident import Incident, open_incidents
from patrol.media import MediaStore
from patrol.rules import judge
from patrol.site import Site
from patrol.store import FlightLog, FlightSummary, Store, UnknownFlight

Progress = Callable[[str, int, int], None]
Looks = tuple[tuple[FrameLook, ...], tuple[RefusedFile, ...]]
# Searches frames; returns their looks in order, and the frames that broke.
Search = Callable[[Sequence[Frame], Detector, Progress], Looks]


class OtherSiteError(LibongError, ValueError):
    """A flight that was logged for another site."""


@dataclass(frozen=True)
class FlightReport:
    """What became of one flight.

    `already_logged` says that it had been processed before. `figures` sum up what was seen, and
    `beyond` are the looks at frames beyond what the detector was taught, `ashore` how many finds
    were dropped because no dugong lies on dry land; these are told when the flight is processed,
    not when its report is read back.
    """

    flight_id: str
    frames: int
    refused: tuple[RefusedFile, ...]
    detections: int
    sightings: tuple[Sighting, ...]
    incidents: tuple[Incident, ...]
    already_logged: bool
    figures: FlightFigures | None = None
    beyond: tuple[FrameLook, ...] = ()
    ashore: int = 0


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
) -> FlightReport:
    """Process the files of one flight, photos or ZIPs of them, and log what was found.

    `on_progress(stage, done, total)` is told of every file and frame. A flight that the store knows
    already is not processed again: its report is read back. Frames of another flight are left out,
    so that a folder sent again with more or fewer files counts nothing twice.

    `refused` are files of the flight that were refused before, and are told with the others.
    `search` takes the place of `look_at_frames`, to search elsewhere or resume.
    """
    with TemporaryDirectory(prefix="libong-") as unpacked:
        flight = read_flight(
            paths,
            site.reference,
            on_progress=lambda done, total: on_progress("read", done, total),
            work_folder=Path(unpacked),
        )
        flight = replace(flight, refused=(*refused, *flight.refused))
        return _process(flight, site, detector, store, media, on_progress, search)


def _process(
    flight: Flight,
    site: Site,
    detector: Detector,
    store: Store,
    media: MediaStore,
    on_progress: Progress,
    search: Search | None,
) -> FlightReport:
    logged = _logged_report(flight.flight_id, site, store)
    if logged is not None:
        return logged
    known = store.flights_of_frames([frame.sha256 for frame in flight.frames])
    if flight.frames and len(known) == len(flight.frames):
        holder, _ = Counter(known.values()).most_common(1)[0]
        logged = _logged_report(holder, site, store)
        if logged is not None:
            return logged
    flight = _check_poses(leave_out(flight, known), on_progress)
    flight, looks = _detect(flight, detector, on_progress, search or look_at_frames)
    detections = tuple(d for look in looks for d in look.detections)
    qualities = [look.quality for look in looks]
    usable = usable_looks(flight.frames, qualities)
    length_m = LengthOf({f.sha256: f.gsd_cm for f in flight.frames})
    parted = sort_by_coast(
        borne_out(
            associate(detections, flight.flight_id, length_m=length_m, frames=flight.frames),
            # a blurred or glaring frame, or a far part of one, would miss a real animal too
            usable,
            detector.manifest.thresholds,
        ),
        site.coast,
    )
    sightings = parted.afloat
    crops = _store_crops(flight, sightings, media, on_progress)
    incidents = _incidents(sightings, site, crops)
    new = store.log_flight(
        FlightLog(
            flight=flight,
            sightings=sightings,
            detections=detections,
            incidents=incidents,
            surveyed=zone_surveys(usable, site.zones, site.reference.timezone),
            model_sha256=detector.manifest.sha256,
            site_id=site.site_id,
            received_at_utc=datetime.now(UTC),
        )
    )
    # another worker may have logged it meanwhile; either way the store has the last word
    return replace(
        _report(store, store.flight(flight.flight_id), already_logged=not new),
        figures=summarise(flight, qualities),
        beyond=tuple(look for look in looks if look.limits),
        ashore=len(parted.ashore),
    )


def _logged_report(flight_id: str, site: Site, store: Store) -> FlightReport | None:
    """Read back what a flight gave when it was processed before; None when it never was."""
    try:
        logged = store.flight(flight_id)
    except UnknownFlight:
        return None
    if logged.site_id != site.site_id:
        raise OtherSiteError(
            f"flight {flight_id} is already logged for the site {logged.site_id}, not for "
            f"{site.site_id}; use another database (LIBONG_DATA_DIR) for another site"
        )
    return _report(store, logged, already_logged=True)


def _report(store: Store, logged: FlightSummary, *, already_logged: bool) -> FlightReport:
    return FlightReport(
        logged.flight_id,
        logged.frames,
        logged.refused,
        logged.detections,
        store.sightings(logged.flight_id),
        store.incidents(flight_id=logged.flight_id),
        already_logged,
    )


def look_at_frames(frames: Sequence[Frame], detector: Detector, on_progress: Progress) -> Looks:
    """Search each frame; returns the looks in the order of frames, and the frames that broke."""
    looks = []
    broken = []
    for done, (frame, found) in enumerate(detector.detect_each(frames)):
        on_progress("detect", done, len(frames))
        try:
            if isinstance(found, PhotoError):
                raise found
            looks.append(judged(frame, found, detector))
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
    by_frame: dict[str, list[Sighting]] = {}
    for sighting in sightings:
        by_frame.setdefault(sighting.best.frame_sha256, []).append(sighting)
    paths = {f.sha256: f.path for f in flight.frames}
    crops = {}
    for done, (frame_sha256, group) in enumerate(sorted(by_frame.items())):
        on_progress("crop", done, len(by_frame))
        media.put(paths[frame_sha256].read_bytes())
        pixels = decode_bgr(paths[frame_sha256])
        for sighting in group:
            crops[sighting.sighting_id] = media.put(crop_jpeg(pixels, sighting.best))
    on_progress("crop", len(by_frame), len(by_frame))
    return crops


def _incidents(
    sightings: Sequence[Sighting], site: Site, crops: dict[str, str]
) -> tuple[Incident, ...]:
    """Judge sightings by the local day they were made on, since zones hold from day to day."""
    by_day: dict[date, list[Sighting]] = {}
    for sighting in sightings:
        day = sighting.last_seen_utc.astimezone(site.reference.timezone).date()
        by_day.setdefault(day, []).append(sighting)
    verdicts = [v for day, group in by_day.items() for v in judge(group, site, day)]
    return open_incidents(verdicts, sightings, crops)
