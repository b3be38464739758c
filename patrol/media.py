"""The media store: originals and crops kept under the SHA-256 of their bytes."""

import os
import re
from collections.abc import Iterator
from hashlib import file_digest, sha256
from pathlib import Path
from uuid import uuid4

import fsspec
from fsspec.implementations.local import LocalFileSystem

from ingest.errors import LibongError

_SHA256 = re.compile(r"[0-9a-f]{64}")


class MediaError(LibongError, ValueError):
    """A picture that is not there, is not what its name says, or has no proper name."""


class MediaStore:
    """Files by content, on any file system that fsspec knows (`file:///…`, `s3://…`, a path).

    The same bytes are kept once. What is read is checked against its name every time, so a changed
    file is refused and never shown as evidence.
    """

    def __init__(self, url: str) -> None:
        """Open the store at `url`; folders are made when the first file is put."""
        self._fs, root = fsspec.core.url_to_fs(url)
        self._root = str(root).rstrip("/")

    def put(self, data: bytes) -> str:
        """Keep `data` and return its SHA-256 (64 hex digits)."""
        name = sha256(data).hexdigest()
        path = self._path(name)
        if self._fs.exists(path):
            return name
        folder = path.rpartition("/")[0]
        self._fs.makedirs(folder, exist_ok=True)
        # Written aside and then renamed: a reader never meets half a file, even after a power cut.
        aside = f"{folder}/.{name}.{uuid4().hex}.part"
        try:
            self._fs.pipe_file(aside, data)
            self._fs.mv(aside, path)
        finally:
            if self._fs.exists(aside):
                self._fs.rm_file(aside)
        return name

    def put_file(self, path: Path, name: str) -> None:
        """Keep a file of any size whose SHA-256 was found to be `name`, without reading it whole.

        On the same disk it takes no further room: both names are of the same bytes then, so the
        file must never be written to again.
        """
        kept = self._path(name)
        if self._fs.exists(kept):
            return
        folder = kept.rpartition("/")[0]
        self._fs.makedirs(folder, exist_ok=True)
        aside = f"{folder}/.{name}.{uuid4().hex}.part"
        try:
            self._bring(path, aside)
            self._fs.mv(aside, kept)
        finally:
            if self._fs.exists(aside):
                self._fs.rm_file(aside)

    def fetch(self, name: str, into: Path) -> None:
        """Put the file whose SHA-256 is `name` at the path `into`, to be read and never written to.

        Raises MediaError as `get` does.
        """
        kept = self._path(name)
        if not self._fs.exists(kept):
            raise MediaError(
                f"no file {name} in the media store {self._root}; "
                "was the store moved without its files?"
            )
        if not (isinstance(self._fs, LocalFileSystem) and _linked(Path(kept), into)):
            self._fs.get_file(kept, str(into))
        with into.open("rb") as file:
            found = file_digest(file, "sha256").hexdigest()
        if found != name:
            raise _changed(name, found)

    def get(self, name: str) -> bytes:
        """Return the bytes whose SHA-256 is `name`.

        Raises MediaError when they are not there or no longer have this hash.
        """
        path = self._path(name)
        try:
            data: bytes = self._fs.cat_file(path)
        except FileNotFoundError as error:
            raise MediaError(
                f"no file {name} in the media store {self._root}; "
                "was the store moved without its files?"
            ) from error
        found = sha256(data).hexdigest()
        if found != name:
            raise _changed(name, found)
        return data

    def has(self, name: str) -> bool:
        """Return whether a file of this SHA-256 is kept (without reading it)."""
        return bool(self._fs.exists(self._path(name)))

    def names(self) -> Iterator[str]:
        """Yield the SHA-256 of every file that is kept, in no order."""
        for path in self._fs.find(self._root) if self._fs.exists(self._root) else ():
            name = str(path).rpartition("/")[2]
            if _SHA256.fullmatch(name):
                yield name

    def _bring(self, path: Path, aside: str) -> None:
        if not (isinstance(self._fs, LocalFileSystem) and _linked(path, Path(aside))):
            self._fs.put_file(str(path), aside)

    def _path(self, name: str) -> str:
        # The name becomes a path, so nothing but a hash may pass.
        if not _SHA256.fullmatch(name):
            raise MediaError(f"a media name must be 64 lower-case hex digits; got {name!r}")
        return f"{self._root}/{name[:2]}/{name[2:4]}/{name}"


def _changed(name: str, found: str) -> MediaError:
    return MediaError(
        f"the file {name} in the media store now has the hash {found}: it was changed or "
        "damaged; restore it from a backup"
    )


def _linked(path: Path, other: Path) -> bool:
    """Give a file a second name; False where that cannot be, as across disks."""
    try:
        os.link(path, other)
    except OSError:
        return False
    return True
