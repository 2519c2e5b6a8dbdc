"""A statement over everybody: with room in memory for its sorts and hashes, and how many rows it wrote."""

from typing import Any, cast

from sqlalchemy import CursorResult, Executable, Result
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.set_locally import set_locally

_ROOM = set_locally({"work_mem": "128MB"})


async def write_all(session: AsyncSession, statement: Executable, asked: dict[str, Any]) -> int:
    """Rows written. The room is for the rest of the transaction."""
    await session.execute(_ROOM)
    return rows_written(await session.execute(statement, asked))


def rows_written(result: Result[Any]) -> int:
    """As the database counts them; those left out by a conflict are none."""
    return max(0, cast("CursorResult[Any]", result).rowcount)
