"""A ZIP from a ranger, or from anyone, unpacked into a folder of our own.

Nothing it says is believed: names may lead elsewhere, sizes may lie, a few bytes may hold petabytes
(Fifield, "A better zip bomb", USENIX WOOT 2019). What is written is counted while it is written.
"""

import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader, FileIO
from pathlib import Path
from typing import BinaryIO

from ingest.disk_room import room_needed
from ingest.entry_name import entry_name, is_mac_dropping, safe_parts, shown_parts
from ingest.errors import ArchiveError
from ingest.frame import Note, RefusedFile
from ingest.refusal import remedy_for
from ingest.sidecar import is_sidecar

_ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")  # first entry; end record of a ZIP of nothing
_OTHER_ARCHIVES = (
    (0, b"Rar!\x1a\x07", "RAR"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"BZh", "bzip2"),
    (0, b"\xfd7zXZ\x00", "xz"),
    (257, b"ustar", "tar"),
)
# Python's readers of bzip2 and LZMA give out everything that the bytes read hold, gigabytes from a
# few thousand, before anyone can count; those of these two stop where they are told.
_COUNTABLE = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED_FLAGS = 0x1 | 0x40  # PKWARE's APPNOTE 4.4.4: encrypted, strongly encrypted
_AES_METHOD = 99  # WinZip's mark for an entry encrypted with AES

_NO_ROOM_ADVICE = (
    "there is no room on the disk to unpack the ZIP; make room, or set TMPDIR to a folder with some"
)
_CHUNK_BYTES = 1 << 20
_DIRECTORY_BYTES_PER_ENTRY = 1024  # 46 and a name; names of more than a few hundred bytes are odd

# Each of them is raised by Python 3.11 on a ZIP of three files with a few bytes changed, OSError by
# the disk.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,  # an entry's bytes end early
    ValueError,  # an offset before the file's beginning; a name that is not UTF-8
    NotImplementedError,  # a later version of the format, a patched entry
    OSError,
)


@dataclass(frozen=True)
class ArchiveLimits:
    """What may come out of one ZIP. More is refused, and nothing of it kept."""

    # Five drones that take a photo every five seconds for two hours take 7,200.
    max_entries: int = 10_000
    # Half an hour of film, a battery's worth, at 70 Mbit/s.
    max_file_bytes: int = 16 << 30
    # One full card of 64 GB.
    max_total_bytes: int = 64 << 30
    # Unpacked to packed. Photos and films hardly shrink (1.0 to 1.1) and telemetry some ten times;
    # zeros shrink 1,032 times, the most that Deflate can do.
    max_ratio: float = 100.0


DEFAULT_LIMITS = ArchiveLimits()


@dataclass(frozen=True)
class Unpacked:
    """The files written, in the ZIP's order, and what was refused: entries, or the ZIP as a whole.

    A refused entry's path is the ZIP's with the entry's below it.
    """

    files: tuple[Path, ...]
    refused: tuple[RefusedFile, ...]


def is_zip(path: Path) -> bool:
    """Whether a file begins as ZIPs do, whatever its name; False when it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(4).startswith(_ZIP_SIGNATURES)
    except OSError:
        return False


def unpack(zip_path: Path, into: Path, limits: ArchiveLimits = DEFAULT_LIMITS) -> Unpacked:
    """Unpack a ZIP into the folder `into`, which is made when it is not there.

    Every file lands below `into`, under its name in the ZIP; a second one of the same name gets a
    number. Files already there are never written over. What cannot or should not be unpacked is
    refused, by entry where possible; archives within the archive are not opened. macOS's own
    additions are passed over. Raises nothing on account of what the ZIP holds, and DiskFull where
    there is no room for it: files left out for that would be missing from the flight for good.
    """
    try:
        with (
            room_needed(_NO_ROOM_ADVICE),
            _BoundedReader(zip_path, limits) as stream,
            zipfile.ZipFile(stream) as archive,
        ):
            entries = archive.infolist()
            if len(entries) > limits.max_entries:
                raise ArchiveError(
                    "archive_too_large",
                    f"a ZIP may hold {limits.max_entries} files; this one holds {len(entries)}",
                )
            unpacking = _Unpacking(zip_path, archive, into, limits)
            return unpacking.run(entries)
    except ArchiveError as error:
        return Unpacked((), (_refusal(zip_path, error),))
    except _BROKEN as error:
        broken = ArchiveError("bad_archive", f"the ZIP cannot be read: {error}")
        return Unpacked((), (_refusal(zip_path, broken),))


class _BoundedReader(BufferedReader):
    """A file of which no more is read at once than the directory of an honest ZIP is long.

    zipfile reads the whole directory at once and makes an object for each entry: it is to stop
    before it has made millions.
    """

    def __init__(self, path: Path, limits: ArchiveLimits) -> None:
        super().__init__(FileIO(path))
        self._most = max(limits.max_entries * _DIRECTORY_BYTES_PER_ENTRY, _CHUNK_BYTES)

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > self._most:
            raise ArchiveError(
                "archive_too_large",
                f"the list of the ZIP's files may be {self._most} bytes long; it has {size}",
            )
        return super().read(size)


class _Unpacking:
    """One ZIP on its way out: what was written so far, and what was refused."""

    def __init__(
        self, zip_path: Path, archive: zipfile.ZipFile, into: Path, limits: ArchiveLimits
    ) -> None:
        self._zip_path, self._archive, self._into, self._limits = zip_path, archive, into, limits
        self._total_bytes = 0
        self._copies: Counter[str] = Counter()

    def run(self, entries: list[zipfile.ZipInfo]) -> Unpacked:
        files: list[Path] = []
        refused: list[RefusedFile] = []
        for number, entry in enumerate(entries):
            name = entry_name(entry)
            if name.endswith(("/", "\\")) or is_mac_dropping(name):
                continue
            if self._total_bytes > self._limits.max_total_bytes:
                left = (
                    f"a ZIP may unpack to {self._limits.max_total_bytes} bytes; this one holds "
                    f"more, and {len(entries) - number} entries were left in it"
                )
                refused.append(_refusal(self._zip_path, ArchiveError("archive_too_large", left)))
                break
            try:
                files.append(self._extract(entry, name))
            except ArchiveError as error:
                shown = self._zip_path.joinpath(*shown_parts(name))
                refused.append(_refusal(shown, error))
        return Unpacked(tuple(files), tuple(refused))

    def _extract(self, entry: zipfile.ZipInfo, name: str) -> Path:
        target = self._into.joinpath(*safe_parts(name))
        _check_kind(entry)
        chunks = self._chunks(entry)
        first = next(chunks, b"")
        kind = _archive_kind(first)
        if kind is not None and not is_sidecar(target):
            raise ArchiveError(
                "nested_archive", f"it is a {kind} within the ZIP; only one layer is opened"
            )
        return self._write(first, chunks, target)

    def _chunks(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """The entry's bytes, counted; its checksum is compared by zipfile at the end."""
        size = 0
        try:
            with self._archive.open(entry) as source:
                while chunk := source.read(_CHUNK_BYTES):
                    size += len(chunk)
                    self._total_bytes += len(chunk)
                    self._check_size(size, entry.compress_size)
                    yield chunk
        except ArchiveError:
            raise
        except _BROKEN as error:
            raise ArchiveError("bad_archive", f"the entry is broken: {error}") from error

    def _check_size(self, size_bytes: int, packed_bytes: int) -> None:
        """Compare what was read so far with the limits.

        The packed size is true enough: zipfile reads no more than that of the ZIP.
        """
        limits = self._limits
        if size_bytes > limits.max_file_bytes:
            problem = f"a file in a ZIP may have {limits.max_file_bytes} bytes; this one has more"
        elif self._total_bytes > limits.max_total_bytes:
            problem = (
                f"a ZIP may unpack to {limits.max_total_bytes} bytes; this file is beyond that"
            )
        elif size_bytes > max(packed_bytes * limits.max_ratio, _CHUNK_BYTES):
            problem = (
                f"a file may unpack to {limits.max_ratio:g} times its size in the ZIP; this one of "
                f"{packed_bytes} bytes unpacks to more"
            )
        else:
            return
        raise ArchiveError("entry_too_large", problem)

    def _write(self, first: bytes, chunks: Iterator[bytes], target: Path) -> Path:
        try:
            with room_needed(_NO_ROOM_ADVICE):
                target.parent.mkdir(parents=True, exist_ok=True)
                stream = self._create(target)
                written = Path(stream.name)
                try:
                    with stream:
                        stream.write(first)
                        stream.writelines(chunks)
                except (ArchiveError, OSError):
                    written.unlink()  # ours, and not whole
                    raise
        except OSError as error:
            problem = error.strerror or str(error)
            raise ArchiveError("unwritable", f"it cannot be written: {problem}") from error
        return written

    def _create(self, target: Path) -> BinaryIO:
        """Open a new file, numbered when the name is taken (by any case of it, on some disks)."""
        key, path = str(target).casefold(), target
        while True:
            try:
                return path.open("xb")
            except FileExistsError:
                self._copies[key] += 1
                number = self._copies[key] + 1
                path = target.with_name(f"{target.stem} ({number}){target.suffix}")


def _check_kind(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & _ENCRYPTED_FLAGS or entry.compress_type == _AES_METHOD:
        raise ArchiveError("encrypted", "it is locked with a password")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise ArchiveError("not_a_file", "it is a link or device, not a file")
    if entry.compress_type not in _COUNTABLE:
        raise ArchiveError(
            "unsupported_compression",
            f"it is packed by method {entry.compress_type}; only 0 and 8 (deflate) are read",
        )


def _archive_kind(beginning: bytes) -> str | None:
    if beginning.startswith(_ZIP_SIGNATURES):
        return "ZIP"
    for offset, signature, kind in _OTHER_ARCHIVES:
        if beginning[offset:].startswith(signature):
            return kind
    return None


def _refusal(path: Path, error: ArchiveError) -> RefusedFile:
    return RefusedFile(path, None, Note(error.code, str(error)), remedy_for(error.code))
