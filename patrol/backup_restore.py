"""A backup restored: into an empty database of either kind, and checked on the way."""

import json
import shutil
import warnings
from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from hashlib import file_digest, sha256
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import BadZipFile, ZipFile

from sqlalchemy import (
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    func,
    select,
)
from sqlalchemy.exc import SAWarning

from patrol.backup import (
    FORMAT,
    MANIFEST,
    MEDIA,
    PUBLIC_KEYS,
    BackupError,
    BackupManifest,
    TableContent,
    table_name,
)
from patrol.database import Database
from patrol.media import MediaStore

# Rows that the migrations themselves put there; they are set, not added.
_SEEDED = "ledger_head"
_PIECE = 500


def restore_backup(file: Path, database: Database, media: MediaStore) -> BackupManifest:
    """Restore a backup into an empty database, and its pictures into the media store.

    The tables are built as they were when it was made, filled, and then brought to this version's.
    Raises BackupError for a file that is no backup or was changed, and for a database that holds
    anything; then nothing of it is changed.
    """
    try:
        with ZipFile(file) as archive:
            manifest = _manifest(archive)
            _check_empty(database)
            database.migrate(manifest.revision)
            # first, for a picture too many harms nothing
            _restore_media(archive, manifest, media)
            with database.writer.begin() as connection:
                _fill(connection, archive, manifest)
    except (BadZipFile, KeyError, OSError, ValueError) as error:
        if isinstance(error, BackupError):
            raise
        raise BackupError(f"{file} is no whole backup of Libong Watch: {error}") from error
    database.migrate()
    return manifest


def backup_keys(file: Path) -> str:
    """Return the public keys (PEM) that the backed-up site trusted; raises BackupError."""
    try:
        with ZipFile(file) as archive:
            return archive.read(PUBLIC_KEYS).decode("ascii")
    except (BadZipFile, KeyError, OSError, ValueError) as error:
        raise BackupError(f"{file} is no whole backup of Libong Watch: {error}") from error


def _manifest(archive: ZipFile) -> BackupManifest:
    told = json.loads(archive.read(MANIFEST))
    if told["format"] != FORMAT:
        raise BackupError(f"a backup must be of the format {FORMAT!r}; got {told['format']!r}")
    tables = tuple(TableContent(**table) for table in told["tables"])
    return BackupManifest(told["made_at_utc"], told["revision"], tables, told["media"])


def _fill(connection: Connection, archive: ZipFile, manifest: BackupManifest) -> None:
    stored = _tables_of(connection)
    contents = {content.name: content for content in manifest.tables}
    for table in stored.sorted_tables:
        content = contents.pop(table.name, None)
        if content is None:
            continue
        rows = _rows(archive, table, content, connection.dialect.name)
        while piece := list(islice(rows, _PIECE)):
            if table.name == _SEEDED:
                connection.execute(table.update(), piece[0])
            else:
                connection.execute(table.insert(), piece)
        _count_on(connection, table)
    if contents:
        raise BackupError(f"the backup holds tables of no version: {', '.join(sorted(contents))}")


def _tables_of(connection: Connection) -> MetaData:
    """What tables the database has; their indices, of which some are over expressions, are left."""
    stored = MetaData()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Skipped unsupported reflection", SAWarning)
        stored.reflect(connection)
    return stored


def _check_empty(database: Database) -> None:
    with database.reader.begin() as connection:
        stored = _tables_of(connection)
        for table in stored.sorted_tables:
            if table.name in ("alembic_version", _SEEDED):
                continue
            if connection.scalar(select(func.count()).select_from(table)):
                raise BackupError(
                    f"the database holds {table.name} already, and a backup never overwrites "
                    "anything; name an empty one in LIBONG_DATABASE_URL, or another LIBONG_DATA_DIR"
                )


def _rows(
    archive: ZipFile, table: Table, content: TableContent, dialect: str
) -> Iterator[Mapping[str, Any]]:
    digest, count = sha256(), 0
    with archive.open(table_name(table.name)) as member:
        for line in member:
            count += 1
            digest.update(line)
            row = json.loads(line)
            yield {name: _value(table, name, value, dialect) for name, value in row.items()}
    if (count, digest.hexdigest()) != (content.rows, content.sha256):
        raise BackupError(f"the table {table.name} in the backup was changed or is not whole")


def _value(table: Table, name: str, value: Any, dialect: str) -> Any:
    kind = table.columns[name].type
    if value is None:
        return None
    if isinstance(kind, DateTime):
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC).replace(tzinfo=None) if dialect == "sqlite" else at
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return b64decode(value) if isinstance(kind, LargeBinary) else value


def _count_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows after those that were restored."""
    if connection.dialect.name != "postgresql":
        return
    for column in table.primary_key.columns:
        if isinstance(column.type, Integer) and column.server_default is not None:
            last = connection.scalar(select(func.max(column))) or 0
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            connection.execute(select(func.setval(sequence, last + 1, False)))


def _restore_media(archive: ZipFile, manifest: BackupManifest, media: MediaStore) -> None:
    names = [each for each in archive.namelist() if each.startswith(MEDIA)]
    if len(names) != manifest.media:
        raise BackupError(f"{len(names)} pictures are in the backup, not {manifest.media}")
    with TemporaryDirectory(prefix="libong-restore-") as folder:
        for member in names:
            name = member.removeprefix(MEDIA)
            scratch = Path(folder) / "picture"
            with archive.open(member) as source, scratch.open("wb") as target:
                shutil.copyfileobj(source, target)
            with scratch.open("rb") as kept:
                found = file_digest(kept, "sha256").hexdigest()
            if found != name:
                raise BackupError(f"the picture {name} in the backup has the hash {found}")
            media.put_file(scratch, name)
            scratch.unlink()
