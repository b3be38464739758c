"""Indices by which lists are sorted, filtered and cut without reading all of a table."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_ADDED = (
    ("flights", ("received_at_utc",)),
    ("frames", ("taken_at_utc",)),
    ("sightings", ("object_class", "first_seen_utc")),
    ("incidents", ("occurred_at_utc",)),
    ("incidents", ("zone_id", "occurred_at_utc")),
    ("incidents", ("rule", "occurred_at_utc")),
    ("incidents", ("object_class", "occurred_at_utc")),
    ("incidents", ("assignee", "occurred_at_utc")),
    ("incidents", ("crop_sha256",)),
)


def upgrade() -> None:
    """Build the indices; those of one column that a wider one serves too are dropped."""
    for column in ("zone_id", "assignee"):
        op.drop_index(f"ix_incidents_{column}", "incidents")
    for table, columns in _ADDED:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))
    # what still wants a person, in the order in which it is shown
    op.execute(
        "CREATE INDEX ix_incidents_waiting ON incidents ("
        "(CASE coalesce(set_priority, priority) WHEN 'high' THEN 0 WHEN 'normal' THEN 1 ELSE 2 END)"
        ", occurred_at_utc DESC, incident_id) "
        "WHERE state IN ('new', 'confirmed', 'responding') AND joined_to IS NULL"
    )
    op.execute(
        "CREATE INDEX ix_incidents_priority_now ON incidents "
        "((coalesce(set_priority, priority)), occurred_at_utc)"
    )
