"""By which name other rangers see whose flights."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the table; nobody is named who has not chosen to be."""
    op.create_table(
        "ranger_credits",
        sa.Column("user_name", sa.String(length=64), nullable=False),
        sa.Column("credit_name", sa.Text(), nullable=True),
        sa.Column("chosen_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_name"], ["users.name"], name="fk_ranger_credits_user_name"),
        sa.PrimaryKeyConstraint("user_name", name="pk_ranger_credits"),
    )
