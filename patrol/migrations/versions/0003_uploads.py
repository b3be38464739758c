"""Flights on their way: what is being sent, by whom, what the worker has done, device tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Build the tables; those there already are left as they are."""
    op.create_table(
        "device_tokens",
        sa.Column("token_id", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at_utc", _UTC, nullable=False),
        sa.Column("revoked_at_utc", _UTC, nullable=True),
        sa.ForeignKeyConstraint(["owner"], ["users.name"], name="fk_device_tokens_owner"),
        sa.PrimaryKeyConstraint("token_id", name="pk_device_tokens"),
    )
    op.create_index("ix_device_tokens_owner", "device_tokens", ["owner"])
    op.create_table(
        "uploads",
        sa.Column("upload_id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at_utc", _UTC, nullable=False),
        sa.Column("expires_at_utc", _UTC, nullable=False),
        sa.Column("received_at_utc", _UTC, nullable=True),
        sa.Column("flight_id", sa.String(length=64), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("stage", sa.String(length=16), nullable=True),
        sa.Column("stage_began_utc", _UTC, nullable=True),
        sa.Column("frames_done", sa.Integer(), nullable=False),
        sa.Column("frames_total", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("lease_until_utc", _UTC, nullable=True),
        sa.Column("idle_claims", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["flight_id"], ["flights.flight_id"], name="fk_uploads_flight_id"),
        sa.ForeignKeyConstraint(["owner"], ["users.name"], name="fk_uploads_owner"),
        sa.PrimaryKeyConstraint("upload_id", name="pk_uploads"),
    )
    op.create_index("ix_uploads_flight_id", "uploads", ["flight_id"])
    op.create_index("ix_uploads_state_received_at_utc", "uploads", ["state", "received_at_utc"])
    op.create_index(
        "ix_uploads_owner_manifest_sha256", "uploads", ["owner", "manifest_sha256"], unique=True
    )
    op.create_table(
        "upload_files",
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("upload_id", sa.String(length=32), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("wrong_hashes", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("remedy", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["uploads.upload_id"], name="fk_upload_files_upload_id"
        ),
        sa.PrimaryKeyConstraint("file_id", name="pk_upload_files"),
    )
    op.create_index(
        "ix_upload_files_upload_id_ordinal", "upload_files", ["upload_id", "ordinal"], unique=True
    )
    op.create_index("ix_upload_files_sha256", "upload_files", ["sha256"])
    op.create_table(
        "frame_looks",
        sa.Column("upload_id", sa.String(length=32), nullable=False),
        sa.Column("frame_sha256", sa.String(length=64), nullable=False),
        sa.Column("inputs_sha256", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["uploads.upload_id"], name="fk_frame_looks_upload_id"
        ),
        sa.PrimaryKeyConstraint("upload_id", "frame_sha256", name="pk_frame_looks"),
    )
    op.create_table(
        "file_tries",
        sa.Column("upload_id", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["uploads.upload_id"], name="fk_file_tries_upload_id"
        ),
        sa.PrimaryKeyConstraint("upload_id", "sha256", name="pk_file_tries"),
    )
