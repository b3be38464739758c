"""A flight: everything one ranger sent at once, as ordered frames and refused files."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from ingest.errors import PhotoError
from ingest.frame import Flight, Frame, Note, RefusedFile
from ingest.photo import read_frame, sha256_of
from ingest.refusal import remedy_for
from ingest.site_reference import SiteReference

__all__ = ["photo_paths", "read_flight", "read_frame"]

# Files that lie beside photos on a drone's card or in a data set and are no photos of their own.
_SIDECAR_SUFFIXES = frozenset(
    {".csv", ".geojson", ".html", ".json", ".kml", ".log", ".md", ".toml", ".txt", ".xml", ".xmp"}
    | {".bin", ".mrk", ".nav", ".obs", ".rpt"}  # DJI's RTK records
    | {".lrf", ".thm"}  # small previews of DJI's videos
)
_SIDECAR_NAMES = frozenset({"readme", "license", "licence", "thumbs.db", "makefile"})


def read_flight(
    paths: Sequence[Path],
    site: SiteReference,
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> Flight:
    """Read photos, and folders of them at any depth, into a Flight.

    Files named in `paths` are always tried; in folders hidden files and plain sidecars are passed
    over. A file that is no usable photo, or the second copy of one, becomes a RefusedFile and
    raises nothing. `on_progress` is told (files done, files in all).
    """
    files = photo_paths(paths)
    frames: list[Frame] = []
    refused: list[RefusedFile] = []
    path_by_sha256: dict[str, Path] = {}
    for done, path in enumerate(files, start=1):
        read = _read(path, site, path_by_sha256)
        if isinstance(read, Frame):
            frames.append(read)
        else:
            refused.append(read)
        if on_progress is not None:
            on_progress(done, len(files))
    return Flight(
        flight_id=_flight_id(path_by_sha256),
        frames=tuple(sorted(frames, key=lambda frame: (frame.taken_at_utc, frame.path))),
        refused=tuple(refused),
    )


def _read(path: Path, site: SiteReference, path_by_sha256: dict[str, Path]) -> Frame | RefusedFile:
    """Read one file and enter its hash; one bad file never loses a flight."""
    sha256: str | None = None
    try:
        sha256 = sha256_of(path)
        first = path_by_sha256.setdefault(sha256, path)
        if first != path:
            raise PhotoError("duplicate", f"the same content as {first.name}")
        return read_frame(path, site)
    except PhotoError as error:
        reason = Note(error.code, str(error))
        return RefusedFile(path, sha256, reason, remedy_for(error.code))


def _flight_id(sha256s: Iterable[str]) -> str:
    """16 hex digits from the sorted hashes: the same files make the same flight, in any order."""
    return hashlib.sha256("\n".join(sorted(sha256s)).encode()).hexdigest()[:16]


def photo_paths(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files to try, each once: as given, folders walked by name without sidecars."""
    found: dict[Path, None] = {}
    for path in paths:
        found.update(dict.fromkeys(_walk(path) if path.is_dir() else (path,)))
    return tuple(found)


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden and not _is_sidecar(path):
            yield path


def _is_sidecar(path: Path) -> bool:
    return path.suffix.lower() in _SIDECAR_SUFFIXES or path.stem.lower() in _SIDECAR_NAMES
