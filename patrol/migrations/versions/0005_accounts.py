"""Accounts that can be closed and proven twice, and links by which people set a password."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from patrol.account import AccountFacts, account_payload
from patrol.ledger import ACCOUNT_CHANGED, LedgerHead, appended

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the tables, and let the ledger vouch for the accounts that are there."""
    for column in (
        sa.Column("closed_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("factor_secret", sa.String(length=64), nullable=True),
        sa.Column("factor_since_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("factor_step", sa.BigInteger(), nullable=False, server_default="0"),
    ):
        op.add_column("users", column)
    op.create_table(
        "recovery_codes",
        sa.Column("user_name", sa.String(length=64), nullable=False),
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("used_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_name"], ["users.name"], name="fk_recovery_codes_user_name"),
        sa.PrimaryKeyConstraint("user_name", "code_sha256", name="pk_recovery_codes"),
    )
    op.create_table(
        "account_links",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("user_name", sa.String(length=64), nullable=True),
        sa.Column("made_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("expires_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_name"], ["users.name"], name="fk_account_links_user_name"),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_account_links"),
    )
    op.create_index("ix_account_links_user_name", "account_links", ["user_name"], unique=False)
    _vouch_for_users()


def _vouch_for_users() -> None:
    connection = op.get_bind()
    users = connection.execute(
        sa.text("SELECT name, role, password_hash FROM users ORDER BY name")
    ).all()
    if not users:
        return
    head = LedgerHead(
        *connection.execute(sa.text("SELECT sequence, entry_hash FROM ledger_head")).one()
    )
    columns = "sequence, at_utc, kind, subject, payload, previous_hash, entry_hash"
    values = ", ".join(f":{column}" for column in columns.split(", "))
    insert = sa.text(f"INSERT INTO ledger ({columns}) VALUES ({values})")  # noqa: S608  our columns
    for user in users:
        facts = AccountFacts(user.role, user.password_hash, None, None)
        entry = appended(
            head,
            at_utc=datetime.now(UTC),
            kind=ACCOUNT_CHANGED,
            subject=user.name,
            payload=account_payload(facts, "libong", "found at an upgrade"),
        )
        connection.execute(insert, vars(entry))
        head = LedgerHead(entry.sequence, entry.entry_hash)
    connection.execute(
        sa.text("UPDATE ledger_head SET sequence = :sequence, entry_hash = :entry_hash"), vars(head)
    )
