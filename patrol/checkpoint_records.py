"""The ledger as a whole in the store: signed, and checked."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from patrol.backup import BackupManifest, write_backup
from patrol.backup_restore import restore_backup
from patrol.checkpoint import Checkpoint, Witness
from patrol.checkpoint_key import PublicKey
from patrol.checkpoint_table import (
    insert_checkpoint,
    key_of,
    last_checkpoint,
    stored_checkpoints,
)
from patrol.database import StoreError
from patrol.exports.signature import signed_line
from patrol.incident import Incident
from patrol.ledger import LedgerReport
from patrol.ledger_check import Told, case_report, ledger_report, silent
from patrol.ledger_table import lock_ledger
from patrol.media import MediaStore
from patrol.records import Records


class LedgerRecords(Records):
    """The chain of all that happened, and the checkpoints that vouch for it."""

    def verify(
        self,
        keys: Sequence[PublicKey] | None = None,
        witnesses: Sequence[Checkpoint | Witness] = (),
        told: Told = silent,
    ) -> LedgerReport:
        """Check the whole ledger, its checkpoints, and that everything is as it says.

        `keys` are those whose checkpoints are trusted, None for the one that this store signs
        with; `witnesses` are what was kept elsewhere; `told` hears how far it has come. Nobody has
        to wait for the check.
        """
        if keys is None:
            own = key_of(self._database.writer)
            keys = () if own is None else (own.public,)
        with Session(self._database.snapshot) as session, session.begin():
            return ledger_report(session, keys, witnesses, told)

    def verify_case(self, incident: Incident) -> LedgerReport:
        """Check what an export of an incident rests on: the chain, and what it says of this one."""
        own = key_of(self._database.writer)
        with Session(self._database.snapshot) as session, session.begin():
            return case_report(session, incident, () if own is None else (own.public,))

    def back_up(
        self, file: Path, media: MediaStore | None, public_keys_pem: str, at_utc: datetime
    ) -> BackupManifest:
        """Write a backup of everything, while others go on writing; as `write_backup` does."""
        return write_backup(
            self._database, media, file, public_keys_pem=public_keys_pem, made_at_utc=at_utc
        )

    def restore(self, file: Path, media: MediaStore) -> BackupManifest:
        """Fill this store, which must be empty, from a backup; as `restore_backup` does."""
        return restore_backup(file, self._database, media)

    def sign_evidence(self, manifest_sha256: str) -> str | None:
        """Return the line by which the site vouches for evidence; None where it has no key."""
        key = key_of(self._database.writer)
        return None if key is None else signed_line(manifest_sha256, key)

    def checkpoints(self) -> Sequence[Checkpoint]:
        """Return all checkpoints, the oldest first."""
        with self._reading() as session:
            return stored_checkpoints(session)

    def sign_ledger(self, at_utc: datetime) -> Checkpoint:
        """Sign the ledger as it stands now and return the checkpoint.

        The last one is returned where nothing has happened since. Raises StoreError for a store
        that was opened without the site's key.
        """
        key = key_of(self._database.writer)
        if key is None:
            raise StoreError("the ledger is signed where the site's key is; this store has none")
        with self._writing() as session, session.begin():
            head = lock_ledger(session)
            last = last_checkpoint(session)
            if last is not None and last.sequence == head.sequence:
                return last
            return insert_checkpoint(session, last, head, at_utc, key)
