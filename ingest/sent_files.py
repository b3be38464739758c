"""What a user names, photos, folders and ZIPs of them, as the files to read."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.archive import is_zip, unpack
from ingest.frame import RefusedFile
from ingest.sidecar import is_sidecar


@dataclass(frozen=True)
class SentFiles:
    """The files to read, in order, each with the path a user knows it by, and what was refused.

    A file from a ZIP is known by its name below the ZIP's. `torn_zips` are those of which an entry
    was refused.
    """

    shown_by_path: Mapping[Path, Path]
    refused: tuple[RefusedFile, ...] = ()
    torn_zips: tuple[Path, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where the files lie."""
        return tuple(self.shown_by_path)


def sent_files(paths: Iterable[Path], work_folder: Path) -> SentFiles:
    """List the files to read; ZIPs are unpacked into new folders within `work_folder`."""
    shown: dict[Path, Path] = {}
    refused: list[RefusedFile] = []
    torn: list[Path] = []
    for path in photo_paths(paths):
        if not is_zip(path):
            shown[path] = path
            continue
        folder = new_folder(work_folder, path.stem)
        unpacked = unpack(path, folder)
        shown |= {file: path / file.relative_to(folder) for file in photo_paths([folder])}
        refused += unpacked.refused
        if unpacked.refused:
            torn.append(path)
    return SentFiles(shown, tuple(refused), tuple(torn))


def photo_paths(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files to try, each once: as given, folders walked by name without sidecars."""
    return each_once(paths, lambda path: not is_sidecar(path))


def each_once(paths: Iterable[Path], wanted: Callable[[Path], bool]) -> tuple[Path, ...]:
    """Return files as given, folders walked by name for those that are wanted; each file once."""
    found: dict[Path, None] = {}
    for path in paths:
        inside = filter(wanted, _walk(path)) if path.is_dir() else (path,)
        found.update(dict.fromkeys(inside))
    return tuple(found)


def new_folder(parent: Path, name: str) -> Path:
    """Make a folder of this name, numbered when there is one already."""
    folder, number = parent / name, 1
    while folder.exists():
        number += 1
        folder = parent / f"{name} ({number})"
    folder.mkdir(parents=True)
    return folder


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path
