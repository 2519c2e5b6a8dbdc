"""Alembic's entry: brings the database named by `sqlalchemy.url` to the newest schema, one process at a time."""

from alembic import context
from sqlalchemy import create_engine, text

from crm_store import tables

MIGRATION_LOCK = 7_241_001
"""Advisory lock: two processes starting at once migrate one after the other."""


def run_migrations() -> None:
    engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "")
    with engine.connect() as connection:
        connection.execute(text("select pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.commit()
        context.configure(connection=connection, target_metadata=tables.metadata, compare_type=True)
        with context.begin_transaction():
            connection.execute(text("set local lock_timeout = '4s'"))
            context.run_migrations()
        connection.execute(text("select pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
        connection.commit()
    engine.dispose()


run_migrations()
