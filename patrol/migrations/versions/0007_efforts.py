"""Survey effort: what each flight looked at, as a whole and zone by zone."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the tables."""
    op.create_table(
        "efforts",
        sa.Column("flight_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("usable_frames", sa.Integer(), nullable=False),
        sa.Column("flown_km", sa.Double(), nullable=False),
        sa.Column("minutes", sa.Double(), nullable=False),
        sa.Column("seen_km2", sa.Double(), nullable=False),
        sa.Column("usable_km2", sa.Double(), nullable=False),
        sa.Column("effective_km2", sa.Double(), nullable=False),
        sa.Column("usable_area", sa.Text(), nullable=False),
        sa.Column("ashore", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["flight_id"], ["flights.flight_id"], name="fk_efforts_flight_id"),
        sa.PrimaryKeyConstraint("flight_id", "day", name="pk_efforts"),
    )
    op.create_index("ix_efforts_day", "efforts", ["day"], unique=False)
    op.create_table(
        "zone_efforts",
        sa.Column("flight_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("zone_id", sa.String(length=64), nullable=False),
        sa.Column("zone_km2", sa.Double(), nullable=False),
        sa.Column("seen_km2", sa.Double(), nullable=False),
        sa.Column("usable_km2", sa.Double(), nullable=False),
        sa.Column("effective_km2", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["flight_id", "day"],
            ["efforts.flight_id", "efforts.day"],
            name="fk_zone_efforts_flight_id_day",
        ),
        sa.PrimaryKeyConstraint("flight_id", "day", "zone_id", name="pk_zone_efforts"),
    )
