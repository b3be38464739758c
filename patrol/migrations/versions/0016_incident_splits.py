"""Incidents that officers split off from others: from which one, and by which frames."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; no incident was split before."""
    op.add_column("incidents", sa.Column("split_from", sa.Text(), nullable=True))
