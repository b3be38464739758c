"""Runs the migrations on the connection that `Store.migrate` hands over, in its transaction."""

from alembic import context

from patrol.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite can roll back table changes too; Alembic only assumes so when told.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
