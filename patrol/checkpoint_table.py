"""Checkpoints in the database: signed in the transaction of the entry that makes one due."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from patrol.checkpoint import Checkpoint, is_due, sign
from patrol.checkpoint_key import SiteKey
from patrol.database import SITE_KEY
from patrol.ledger import LedgerHead
from patrol.tables import Base


class CheckpointRow(Base):
    """A checkpoint; triggers refuse to change or delete one."""

    __tablename__ = "checkpoints"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int]
    entry_hash: Mapped[str] = mapped_column(String(64))
    at_utc: Mapped[str] = mapped_column(String(40))
    key_id: Mapped[str] = mapped_column(String(16))
    signature: Mapped[str] = mapped_column(String(88))


def key_of(bind: Engine | Connection) -> SiteKey | None:
    """Return the key with which an engine signs; None where it signs nothing."""
    key: SiteKey | None = bind.get_execution_options().get(SITE_KEY)
    return key


def stored_checkpoints(session: Session) -> Sequence[Checkpoint]:
    """Return all checkpoints, the oldest first."""
    rows = session.scalars(select(CheckpointRow).order_by(CheckpointRow.number))
    return [_checkpoint(row) for row in rows]


def last_checkpoint(session: Session) -> Checkpoint | None:
    """Return the newest checkpoint, if there is any."""
    newest = select(CheckpointRow).order_by(CheckpointRow.number.desc()).limit(1)
    row = session.scalar(newest)
    return None if row is None else _checkpoint(row)


def sign_if_due(session: Session, head: LedgerHead, at_utc: datetime) -> None:
    """Sign the ledger as it ends now, when it is due and this process has the key."""
    key = key_of(session.get_bind())
    if key is None:
        return
    last = last_checkpoint(session)
    if is_due(last, head, at_utc):
        insert_checkpoint(session, last, head, at_utc, key)


def insert_checkpoint(
    session: Session, last: Checkpoint | None, head: LedgerHead, at_utc: datetime, key: SiteKey
) -> Checkpoint:
    """Sign the ledger as it ends at `head`, and keep the checkpoint."""
    made = sign(1 if last is None else last.number + 1, head, at_utc, key)
    session.add(
        CheckpointRow(
            number=made.number,
            sequence=made.sequence,
            entry_hash=made.entry_hash,
            at_utc=made.at_utc,
            key_id=made.key_id,
            signature=made.signature,
        )
    )
    session.flush()
    return made


def _checkpoint(row: CheckpointRow) -> Checkpoint:
    return Checkpoint(
        row.number, row.sequence, row.entry_hash, row.at_utc, row.key_id, row.signature
    )
