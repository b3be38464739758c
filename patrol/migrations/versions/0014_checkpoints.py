"""Signed checkpoints of the ledger, which triggers keep from change."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_REFUSAL = "checkpoints are append-only"


def upgrade() -> None:
    """Build the table and its triggers; the first checkpoint is made with the next entry."""
    op.create_table(
        "checkpoints",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        sa.Column("at_utc", sa.String(length=40), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("signature", sa.String(length=88), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_checkpoints"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION checkpoints_refuse_changes() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER checkpoints_refuse_changes BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON checkpoints FOR EACH STATEMENT EXECUTE FUNCTION checkpoints_refuse_changes()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER checkpoints_refuse_{change.lower()} BEFORE {change} ON checkpoints "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
