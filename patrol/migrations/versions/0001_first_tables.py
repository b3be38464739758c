"""The first tables: flights and what was seen on them, incidents, the ledger, users."""

import sqlalchemy as sa
from alembic import op

from patrol.ledger import GENESIS_HASH

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_REFUSAL = "the ledger is append-only"


def upgrade() -> None:
    """Build all tables, the ledger's empty head and the triggers that keep it append-only."""
    op.create_table(
        "flights",
        sa.Column("flight_id", sa.String(length=64), nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("model_sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("flight_id", name="pk_flights"),
    )
    op.create_index("ix_flights_site_id", "flights", ["site_id"], unique=False)
    op.create_table(
        "ledger",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at_utc", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_ledger"),
    )
    op.create_index("ix_ledger_subject", "ledger", ["subject"], unique=False)
    op.create_table(
        "ledger_head",
        sa.Column("head_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("head_id", name="pk_ledger_head"),
    )
    op.create_table(
        "users",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("created_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_users"),
    )
    op.create_table(
        "frames",
        sa.Column("flight_id", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("taken_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("height_above_sea_m", sa.Double(), nullable=False),
        sa.Column("error_m", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["flight_id"], ["flights.flight_id"], name="fk_frames_flight_id"),
        sa.PrimaryKeyConstraint("flight_id", "ordinal", name="pk_frames"),
    )
    op.create_index("ix_frames_sha256", "frames", ["sha256"], unique=False)
    op.create_table(
        "incidents",
        sa.Column("incident_id", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("zone_id", sa.String(length=64), nullable=True),
        sa.Column("object_class", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("certainty", sa.Text(), nullable=False),
        sa.Column("reason_th", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.Column("flight_id", sa.String(length=64), nullable=False),
        sa.Column("sighting_id", sa.String(length=64), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("error_m", sa.Double(), nullable=False),
        sa.Column("occurred_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frame_sha256", sa.String(length=64), nullable=False),
        sa.Column("left_px", sa.Double(), nullable=False),
        sa.Column("top_px", sa.Double(), nullable=False),
        sa.Column("right_px", sa.Double(), nullable=False),
        sa.Column("bottom_px", sa.Double(), nullable=False),
        sa.Column("crop_sha256", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("citation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["flight_id"], ["flights.flight_id"], name="fk_incidents_flight_id"
        ),
        sa.PrimaryKeyConstraint("incident_id", name="pk_incidents"),
    )
    op.create_index("ix_incidents_flight_id", "incidents", ["flight_id"], unique=False)
    op.create_index(
        "ix_incidents_state_occurred_at_utc",
        "incidents",
        ["state", "occurred_at_utc"],
        unique=False,
    )
    op.create_index("ix_incidents_zone_id", "incidents", ["zone_id"], unique=False)
    op.create_table(
        "refused_files",
        sa.Column("flight_id", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["flight_id"], ["flights.flight_id"], name="fk_refused_files_flight_id"
        ),
        sa.PrimaryKeyConstraint("flight_id", "ordinal", name="pk_refused_files"),
    )
    op.create_table(
        "sightings",
        sa.Column("flight_id", sa.String(length=64), nullable=False),
        sa.Column("sighting_id", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("object_class", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("error_m", sa.Double(), nullable=False),
        sa.Column("first_seen_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("speed_m_s", sa.Double(), nullable=True),
        sa.Column("speed_sigma_m_s", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["flight_id"], ["flights.flight_id"], name="fk_sightings_flight_id"
        ),
        sa.PrimaryKeyConstraint("flight_id", "sighting_id", name="pk_sightings"),
    )
    op.create_table(
        "surveys",
        sa.Column("flight_id", sa.String(length=64), nullable=False),
        sa.Column("zone_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seen_fraction", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["flight_id"], ["flights.flight_id"], name="fk_surveys_flight_id"),
        sa.PrimaryKeyConstraint("flight_id", "zone_id", "day", name="pk_surveys"),
    )
    op.create_table(
        "detections",
        sa.Column("flight_id", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("sighting_id", sa.String(length=64), nullable=True),
        sa.Column("is_best", sa.Boolean(), nullable=False),
        sa.Column("object_class", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("left_px", sa.Double(), nullable=False),
        sa.Column("top_px", sa.Double(), nullable=False),
        sa.Column("right_px", sa.Double(), nullable=False),
        sa.Column("bottom_px", sa.Double(), nullable=False),
        sa.Column("frame_sha256", sa.String(length=64), nullable=False),
        sa.Column("taken_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("error_m", sa.Double(), nullable=True),
        sa.Column("model_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["flight_id", "sighting_id"],
            ["sightings.flight_id", "sightings.sighting_id"],
            name="fk_detections_flight_id_sighting_id",
        ),
        sa.ForeignKeyConstraint(
            ["flight_id"], ["flights.flight_id"], name="fk_detections_flight_id"
        ),
        sa.PrimaryKeyConstraint("flight_id", "ordinal", name="pk_detections"),
    )
    op.execute(
        sa.text(
            "INSERT INTO ledger_head (head_id, sequence, entry_hash) VALUES (1, 0, :genesis)"
        ).bindparams(genesis=GENESIS_HASH)
    )
    if op.get_bind().dialect.name == "postgresql":
        _refuse_changes_postgresql()
    else:
        _refuse_changes_sqlite()


def _refuse_changes_sqlite() -> None:
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER ledger_refuses_{change.lower()} BEFORE {change} ON ledger "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
    # INSERT OR REPLACE takes a row's place without firing the trigger on DELETE
    op.execute(
        "CREATE TRIGGER ledger_refuses_replace BEFORE INSERT ON ledger "  # noqa: S608  our constant
        "WHEN EXISTS (SELECT 1 FROM ledger WHERE sequence = NEW.sequence) "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    )
    op.execute(
        "CREATE TRIGGER ledger_head_refuses_delete BEFORE DELETE ON ledger_head "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    )


def _refuse_changes_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION ledger_refuses_changes() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER ledger_refuses_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses_changes()"
    )
    op.execute(
        "CREATE TRIGGER ledger_head_refuses_delete BEFORE DELETE OR TRUNCATE ON ledger_head "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses_changes()"
    )
