"""The camera and pose of each frame, to measure in it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the table."""
    op.create_table(
        "frame_views",
        sa.Column("flight_id", sa.String(length=64), nullable=False),
        sa.Column("frame_sha256", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["flight_id"], ["flights.flight_id"], name="fk_frame_views_flight_id"
        ),
        sa.PrimaryKeyConstraint("flight_id", "frame_sha256", name="pk_frame_views"),
    )
