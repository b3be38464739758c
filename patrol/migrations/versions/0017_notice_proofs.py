"""The ledger vouches for messages that are done with, and is searched by who did what."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from patrol.ledger import LedgerHead, appended, head_after
from patrol.notice_proof import NOTICE_ENDED, NoticeFacts, notice_payload, notice_subject
from patrol.tables import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# an entry that somebody wrote beside the software may be no JSON, and is found by the check
_ACTOR = {
    "sqlite": "CASE WHEN json_valid(payload) "
    "THEN substr(json_extract(payload, '$.actor'), 1, 64) END",
    "postgresql": r"""left(substring(payload from '"actor":"((?:[^"\\]|\\.)*)"'), 64)""",
}

_NOTICES = sa.table(
    "notices",
    sa.column("notice_id", sa.Integer()),
    sa.column("recipient", sa.Text()),
    sa.column("cause", sa.Text()),
    sa.column("title", sa.Text()),
    sa.column("text", sa.Text()),
    sa.column("made_at_utc", UtcDateTime()),
    sa.column("state", sa.Text()),
    sa.column("attempts", sa.Integer()),
    sa.column("sent_at_utc", UtcDateTime()),
    sa.column("fault", sa.Text()),
)


def upgrade() -> None:
    """Build the index, and let the ledger vouch for the messages that were sent or given up."""
    connection = op.get_bind()
    connection.exec_driver_sql(
        f"CREATE INDEX ix_ledger_actor ON ledger (({_ACTOR[connection.dialect.name]}), sequence)"
    )
    _vouch_for_notices(connection)


def _vouch_for_notices(connection: sa.Connection) -> None:
    ended = sa.select(_NOTICES).where(_NOTICES.c.state.in_(("sent", "failed")))
    notices = connection.execute(ended.order_by(_NOTICES.c.notice_id)).mappings().all()
    if not notices:
        return
    head = LedgerHead(
        *connection.execute(sa.text("SELECT sequence, entry_hash FROM ledger_head")).one()
    )
    columns = "sequence, at_utc, kind, subject, payload, previous_hash, entry_hash"
    values = ", ".join(f":{column}" for column in columns.split(", "))
    insert = sa.text(f"INSERT INTO ledger ({columns}) VALUES ({values})")  # noqa: S608  our columns
    for notice in notices:
        facts = dict(notice)
        entry = appended(
            head,
            at_utc=datetime.now(UTC),
            kind=NOTICE_ENDED,
            subject=notice_subject(facts.pop("notice_id")),
            payload=notice_payload(NoticeFacts(**facts)),
        )
        connection.execute(insert, vars(entry))
        head = head_after(entry)
    connection.execute(
        sa.text("UPDATE ledger_head SET sequence = :sequence, entry_hash = :entry_hash"), vars(head)
    )
