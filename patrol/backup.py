"""A backup: every table as it stood at one moment, and the media, in one ZIP.

The tables are lines of JSON, so that a backup of one database can be restored into another, and
read without this software. Made while others write, it holds what was committed when it began.
"""

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from sqlalchemy import Connection, Table, select, text

from ingest.errors import LibongError
from patrol.database import Database
from patrol.media import MediaStore
from patrol.tables import Base

FORMAT = "libong-watch backup 1"
MANIFEST = "manifest.json"
PUBLIC_KEYS = "public_keys.pem"
MEDIA = "media/"


class BackupError(LibongError, ValueError):
    """A backup that cannot be made, read or restored."""


@dataclass(frozen=True)
class TableContent:
    """A table in a backup: its rows and the SHA-256 of their lines."""

    name: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class BackupManifest:
    """What a backup holds; `revision` is the version of the tables, `made_at_utc` ISO 8601."""

    made_at_utc: str
    revision: str
    tables: tuple[TableContent, ...]
    media: int
    format: str = FORMAT

    @property
    def rows(self) -> int:
        """The number of rows in all tables."""
        return sum(table.rows for table in self.tables)


def table_name(table: str) -> str:
    """Return the name of a table's file in the ZIP."""
    return f"tables/{table}.jsonl"


def write_backup(
    database: Database,
    media: MediaStore | None,
    file: Path,
    *,
    public_keys_pem: str,
    made_at_utc: datetime,
) -> BackupManifest:
    """Write a backup into a new file; without `media` the pictures are left out.

    It appears whole or not at all. Raises BackupError where there is a file already, and
    MediaError for a picture that is not what its name says.
    """
    if file.exists():
        raise BackupError(f"{file} is there already; a backup never overwrites one: name another")
    # in the same folder, so that it can be renamed, and gone with it when something fails
    with TemporaryDirectory(prefix=".libong-backup-", dir=file.resolve().parent) as folder:
        part = Path(folder) / "part.zip"
        with ZipFile(part, "w", ZIP_DEFLATED) as archive:
            revision, tables = _write_tables(database, archive)
            kept = 0 if media is None else _write_media(media, archive, Path(folder))
            manifest = BackupManifest(made_at_utc.isoformat(), revision, tables, kept)
            archive.writestr(PUBLIC_KEYS, public_keys_pem)
            archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
        part.rename(file)
    return manifest


def copy_media(media: MediaStore, into: MediaStore) -> int:
    """Copy every file to another store and return how many; on one disk they are linked."""
    count = 0
    with TemporaryDirectory(prefix="libong-media-") as folder:
        for name in media.names():
            count += 1
            scratch = Path(folder) / name
            media.fetch(name, scratch)
            into.put_file(scratch, name)
            scratch.unlink()
    return count


def _write_tables(database: Database, archive: ZipFile) -> tuple[str, tuple[TableContent, ...]]:
    with database.snapshot.begin() as connection:
        revision = str(connection.scalar(text("SELECT version_num FROM alembic_version")))
        tables = tuple(
            _write_table(connection, table, archive) for table in Base.metadata.sorted_tables
        )
    return revision, tables


def _write_table(connection: Connection, table: Table, archive: ZipFile) -> TableContent:
    digest, rows = sha256(), 0
    with archive.open(table_name(table.name), "w", force_zip64=True) as member:
        for line in _lines(connection, table):
            member.write(line)
            digest.update(line)
            rows += 1
    return TableContent(table.name, rows, digest.hexdigest())


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    query = select(table).order_by(*table.primary_key.columns)
    for row in connection.execution_options(yield_per=1000).execute(query).mappings():
        # ASCII keeps even what an edit left as broken text
        yield json.dumps(dict(row), default=_plain).encode("ascii") + b"\n"


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return b64encode(value).decode("ascii")
    raise BackupError(f"a backup takes plain values, times and bytes; got {type(value).__name__}")


def _write_media(media: MediaStore, archive: ZipFile, folder: Path) -> int:
    count = 0
    for name in media.names():
        count += 1
        scratch = folder / name
        media.fetch(name, scratch)
        # photos are compressed already
        archive.write(scratch, f"{MEDIA}{name}", ZIP_STORED)
        scratch.unlink()
    return count
