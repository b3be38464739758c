"""What the verdict of an incident rests on: zone version, probability, figures, other sightings."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of older incidents nothing of it was kept."""
    op.add_column("incidents", sa.Column("grounds", sa.Text(), nullable=True))
