"""What officers decide of an incident besides its state: priority, assignee, joining."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nobody has decided anything yet."""
    op.add_column("incidents", sa.Column("set_priority", sa.String(length=16), nullable=True))
    for column in ("assignee", "joined_to"):
        op.add_column("incidents", sa.Column(column, sa.String(length=64), nullable=True))
        op.create_index(f"ix_incidents_{column}", "incidents", [column], unique=False)
