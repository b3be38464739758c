"""The media store: originals and crops kept under the SHA-256 of their bytes."""

import re
from hashlib import sha256
from uuid import uuid4

import fsspec

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
            raise MediaError(
                f"the file {name} in the media store now has the hash {found}: it was changed or "
                "damaged; restore it from a backup"
            )
        return data

    def has(self, name: str) -> bool:
        """Return whether a file of this SHA-256 is kept (without reading it)."""
        return bool(self._fs.exists(self._path(name)))

    def _path(self, name: str) -> str:
        # The name becomes a path, so nothing but a hash may pass.
        if not _SHA256.fullmatch(name):
            raise MediaError(f"a media name must be 64 lower-case hex digits; got {name!r}")
        return f"{self._root}/{name[:2]}/{name[2:4]}/{name}"
