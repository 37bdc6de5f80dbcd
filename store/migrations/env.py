"""How Alembic meets our database: on the connection it is given, one transaction, with a lock timeout on PostgreSQL."""

from alembic import context
from sqlalchemy import text

from store.migrate import ours
from store.tables import metadata

_LOCK_TIMEOUT = text("SET lock_timeout = '5s'")

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    include_name=ours,
)
if connection.dialect.name == "postgresql":
    connection.execute(_LOCK_TIMEOUT)
with context.begin_transaction():
    context.run_migrations()
