"""Plans for statements that name a few hundred rows by key, in tables of millions.

A plan that reads a whole table for them is wrong, whatever the statistics say; and statistics are at their oldest when
a campaign has just been planned and every claim would read all that waits. Only for statements used nowhere else: the
database keeps the plan it once made.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_WHOLE_TABLES = ("enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin")
_OFF = text(f"select {', '.join(f"set_config('{name}', 'off', true)" for name in _WHOLE_TABLES)}")
_ON = text(f"select {', '.join(f"set_config('{name}', 'on', true)" for name in _WHOLE_TABLES)}")


@asynccontextmanager
async def by_key(session: AsyncSession) -> AsyncIterator[None]:
    """Inside the block, and this transaction, rows are looked up one by one."""
    await session.execute(_OFF)
    yield
    await session.execute(_ON)
