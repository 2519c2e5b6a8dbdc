"""Plans for statements that name a few hundred rows by key, in tables of millions.

A plan that reads a whole table for them is wrong, whatever the statistics say; and statistics are at their oldest when
a campaign has just been planned and every claim would read all that waits. Only for statements used nowhere else: the
database keeps the plan it once made.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.set_locally import set_locally

_WHOLE_TABLES = ("enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin")
_OFF = set_locally(dict.fromkeys(_WHOLE_TABLES, "off"))
_ON = set_locally(dict.fromkeys(_WHOLE_TABLES, "on"))


@asynccontextmanager
async def by_key(session: AsyncSession) -> AsyncIterator[None]:
    """Inside the block, and this transaction, rows are looked up one by one."""
    await session.execute(_OFF)
    yield
    await session.execute(_ON)
