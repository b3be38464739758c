"""Reports of people: who sent which, and the code by which it is followed."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the table."""
    op.create_table(
        "witness_reports",
        sa.Column("report_id", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("reporter", sa.String(length=64), nullable=True),
        sa.Column("incident_id", sa.String(length=64), nullable=False),
        sa.Column("document_sha256", sa.String(length=64), nullable=False),
        sa.Column("photo_sha256", sa.String(length=64), nullable=True),
        sa.Column("received_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["flights.flight_id"], name="fk_witness_reports_report_id"
        ),
        sa.ForeignKeyConstraint(["reporter"], ["users.name"], name="fk_witness_reports_reporter"),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.incident_id"], name="fk_witness_reports_incident_id"
        ),
        sa.PrimaryKeyConstraint("report_id", name="pk_witness_reports"),
        sa.UniqueConstraint("code", name="uq_witness_reports_code"),
    )
