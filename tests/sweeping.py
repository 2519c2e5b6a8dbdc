"""An empty store for the next test, in milliseconds: what has rows is emptied, and every number begins anew.

Truncating every table takes new files for each of their indexes, which costs a loaded disk half a second a test. Few
tables are ever touched; only big ones are worth truncating.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from crm_store.tables import metadata

JOBS = [f"jobs.procrastinate_{name}" for name in ("events", "periodic_defers", "jobs", "workers")]
TABLES = [*(table.name for table in metadata.sorted_tables), *JOBS]
NUMBERED = [table.name for table in metadata.sorted_tables if "id" in table.columns and table.columns["id"].identity]
BIG = 262_144
"""Bytes; above this, rows deleted would be in the way of whoever reads next."""

_TOUCHED = text(
    " union all ".join(
        f"select '{name}' as name, pg_relation_size('{name}') as size where exists (select from {name})"
        for name in TABLES
    )
)
_ANEW = text("select setval(pg_get_serial_sequence(name, 'id'), 1, false) from unnest(cast(:names as text[])) as name")


async def sweep(engine: AsyncEngine) -> None:
    """Leave no row behind, and count from one again."""
    async with engine.begin() as connection:
        touched = (await connection.execute(_TOUCHED)).all()
        await _truncate(connection, [name for name, size in touched if size > BIG])
        small = [name for name, size in touched if size <= BIG]
        # Rows are deleted in no particular order: references are looked at no more.
        await connection.execute(text("set local session_replication_role = replica"))
        for name in small:
            await connection.execute(text(f"delete from {name}"))
        await connection.execute(_ANEW, {"names": NUMBERED})


async def _truncate(connection: AsyncConnection, names: list[str]) -> None:
    if names:
        await connection.execute(text(f"truncate {', '.join(names)} cascade"))
