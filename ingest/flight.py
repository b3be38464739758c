"""A flight: everything one ranger sent at once, as ordered frames and refused files."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from itertools import repeat
from pathlib import Path

from ingest.bursts import with_burst_notes
from ingest.errors import PhotoError, TelemetryError, VideoError
from ingest.frame import Flight, Frame, Note, RefusedFile
from ingest.photo import frame_of, opened_photo, read_frame, sha256_of
from ingest.refusal import remedy_for
from ingest.sent_files import new_folder, photo_paths, sent_files
from ingest.site_reference import SiteReference
from ingest.telemetry.flight_log import FlightLog
from ingest.video.companions import VideoFiles, companions
from ingest.video.video import read_video

__all__ = ["leave_out", "photo_paths", "read_flight", "read_frame"]

_PHOTOS_AT_ONCE = 16  # handed to a worker: few enough to share out, enough to be worth the way


def read_flight(
    paths: Sequence[Path],
    site: SiteReference,
    *,
    on_progress: Callable[[int, int], None] | None = None,
    work_folder: Path | None = None,
    executor: Executor | None = None,
) -> Flight:
    """Read photos, videos, folders of them at any depth, and ZIPs of them, into a Flight.

    Files named in `paths` are always tried; in folders hidden files and plain sidecars are passed
    over. A file that is no usable photo or video, or the second copy of one, becomes a RefusedFile
    and raises nothing. `on_progress` is told (files done, files in all).

    Frames are sampled from videos (`ingest.video.video`). What tells their places, an SRT file of
    the same name or a flight log among the files or beside the video, is no file to refuse; a log
    that cannot be read is.

    ZIPs are unpacked into new folders within `work_folder`, where the frames' files then lie, so
    that it must live as long as they are read; a ZIP is read as a folder of its files, and gives
    the same flight. The stills of videos are written there, too. Without `work_folder` ZIPs and
    videos are refused as any file that is no photo.

    Photos are read by the `executor` where one is given, as many at once as it has workers.
    """
    frames: list[Frame] = []
    path_by_sha256: dict[str, Path] = {}
    if work_folder is None:
        files, refused = photo_paths(paths), list[RefusedFile]()
    else:
        sent = sent_files(paths, work_folder)
        files, refused = sent.paths, list(sent.refused)
        # what is refused in a ZIP has no hash of its own, and yet belongs to what was sent
        path_by_sha256 |= {sha256_of(path): path for path in sent.torn_zips}
    videos, pictures = (
        companions(files) if work_folder is not None else (VideoFiles(), frozenset(files))
    )
    photos = _read_photos([path for path in files if path in pictures], site, executor)
    for done, path in enumerate(files, start=1):
        read: list[Frame] | RefusedFile
        if path in videos.paths and work_folder is not None:
            read = _read_video(path, site, path_by_sha256, videos.logs, work_folder)
        elif path in pictures:
            read = _entered(next(photos), path_by_sha256)
        else:
            read = _read_companion(path, videos, path_by_sha256)
        if isinstance(read, RefusedFile):
            refused.append(read)
        else:
            frames += read
        if on_progress is not None:
            on_progress(done, len(files))
    refused += [log_refusal(p, e) for p, e in videos.broken.items() if p not in files]
    in_order = sorted(frames, key=lambda frame: (frame.taken_at_utc, frame.path))
    return Flight(
        flight_id=flight_id_of(path_by_sha256),
        frames=with_burst_notes(in_order),
        refused=tuple(refused),
        file_sha256s=tuple(sorted(path_by_sha256)),
    )


def _read_photos(
    paths: Sequence[Path], site: SiteReference, executor: Executor | None
) -> Iterator[Frame | RefusedFile]:
    if executor is None:
        return (read_photo(path, site) for path in paths)
    return executor.map(read_photo, paths, repeat(site), chunksize=_PHOTOS_AT_ONCE)


def read_photo(path: Path, site: SiteReference) -> Frame | RefusedFile:
    """Read one file as a photo; one bad file never loses a flight."""
    sha256: str | None = None
    try:
        with opened_photo(path) as photo:
            sha256 = photo.sha256
            return frame_of(photo, path, site)
    except PhotoError as error:
        return _refused(path, sha256, error)


def _entered(
    read: Frame | RefusedFile, path_by_sha256: dict[str, Path]
) -> list[Frame] | RefusedFile:
    """Enter the hash of a photo as read; the second one of the same content is refused."""
    try:
        if read.sha256 is not None:
            _enter(read.sha256, read.path, path_by_sha256)
    except PhotoError as error:
        return _refused(read.path, read.sha256, error)
    return read if isinstance(read, RefusedFile) else [read]


def _read_video(
    path: Path,
    site: SiteReference,
    path_by_sha256: dict[str, Path],
    logs: Sequence[FlightLog],
    work_folder: Path,
) -> list[Frame] | RefusedFile:
    """Sample one video into frames, whose stills go into a folder of their own."""
    sha256: str | None = None
    try:
        sha256 = sha256_of(path)
        _enter(sha256, path, path_by_sha256)
        stills = new_folder(work_folder / "stills", path.stem)
        return list(read_video(path, site, stills, logs=logs, sha256=sha256))
    except (PhotoError, VideoError) as error:
        return _refused(path, sha256, error)


def _read_companion(
    path: Path, videos: VideoFiles, path_by_sha256: dict[str, Path]
) -> list[Frame] | RefusedFile:
    """Enter the hash of what belongs to a video; refuse telemetry whose video was not sent."""
    sha256: str | None = None
    try:
        sha256 = sha256_of(path)
        path_by_sha256.setdefault(sha256, path)
        if path in videos.lonely:
            raise VideoError("telemetry_alone", f"there is no video named {path.stem} beside it")
        if path in videos.broken:
            return log_refusal(path, videos.broken[path], sha256)
    except (PhotoError, VideoError) as error:
        return _refused(path, sha256, error)
    return []


def log_refusal(path: Path, error: TelemetryError, sha256: str | None = None) -> RefusedFile:
    """A flight log beside videos that cannot be read, so that nothing is placed by it."""
    text = f"it cannot be read as a flight log, so that no video is placed by it: {error}"
    return RefusedFile(path, sha256, Note("log_unreadable", text), remedy_for("log_unreadable"))


def _enter(sha256: str, path: Path, path_by_sha256: dict[str, Path]) -> None:
    """Enter a file by its hash; raises PhotoError `duplicate` for the second of one content."""
    first = path_by_sha256.setdefault(sha256, path)
    if first != path:
        raise PhotoError("duplicate", f"the same content as {first.name}")


def _refused(path: Path, sha256: str | None, error: PhotoError | VideoError) -> RefusedFile:
    return RefusedFile(path, sha256, Note(error.code, str(error)), remedy_for(error.code))


def leave_out(flight: Flight, flight_by_sha256: Mapping[str, str]) -> Flight:
    """Refuse the frames that another flight holds already, so that nothing is counted twice.

    `flight_by_sha256` names that flight for each such frame's SHA-256.
    """
    refused = tuple(
        _refused(
            frame.path,
            frame.sha256,
            PhotoError("known", f"already processed in flight {flight_by_sha256[frame.sha256]}"),
        )
        for frame in flight.frames
        if frame.sha256 in flight_by_sha256
    )
    new = tuple(frame for frame in flight.frames if frame.sha256 not in flight_by_sha256)
    return replace(flight, frames=new, refused=flight.refused + refused)


def flight_id_of(sha256s: Iterable[str]) -> str:
    """Return 16 hex digits from the hashes of all files: the same ones in any order."""
    return hashlib.sha256("\n".join(sorted(sha256s)).encode()).hexdigest()[:16]
