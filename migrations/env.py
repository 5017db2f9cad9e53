"""How Alembic reaches the database: over the connection that ``crashlight.adapters.postgres.migrating`` hands in."""

from alembic import context
from sqlalchemy import text

from crashlight.adapters.postgres import learning_tables, tables
from crashlight.adapters.postgres.columns import SCHEMA, metadata
from crashlight.adapters.postgres.migrating import VERSION_TABLE

# Importing them fills `metadata`.
__all__ = ["learning_tables", "tables"]


def include_name(name, kind, parents):
    """Only our schema is ours to compare."""
    return name == SCHEMA if kind == "schema" else True


connection = context.config.attributes["connection"]
if connection is None:
    raise SystemExit("run migrations with 'crashlight db upgrade' or 'crashlight db downgrade'")

# A role with the least rights cannot make schemas; an administrator made ours for it.
if not connection.scalar(text("SELECT 1 FROM pg_namespace WHERE nspname = :schema"), {"schema": SCHEMA}):
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
connection.commit()

context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    version_table_schema=SCHEMA,
    include_schemas=True,
    include_name=include_name,
    # Each revision commits by itself: after a failure in the middle, the next start goes on from there.
    transaction_per_migration=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
