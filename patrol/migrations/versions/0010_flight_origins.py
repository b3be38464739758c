"""The whole record of each flight, and where those from the field were processed."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the tables; flights logged before have no record."""
    op.create_table(
        "flight_records",
        sa.Column("flight_id", sa.String(length=64), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["flight_id"], ["flights.flight_id"], name="fk_flight_records_flight_id"
        ),
        sa.PrimaryKeyConstraint("flight_id", name="pk_flight_records"),
    )
    op.create_table(
        "field_flights",
        sa.Column("flight_id", sa.String(length=64), nullable=False),
        sa.Column("sender", sa.String(length=64), nullable=False),
        sa.Column("bundle_sha256", sa.String(length=64), nullable=False),
        sa.Column("model_known", sa.Boolean(), nullable=False),
        sa.Column("pictures", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["flight_id"], ["flights.flight_id"], name="fk_field_flights_flight_id"
        ),
        sa.PrimaryKeyConstraint("flight_id", name="pk_field_flights"),
    )
