"""Pages: fixed ranges of customer ids. What is done to many people is done page by page, a transaction each."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

PAGE = 10_000
"""Ids in a page; the pages of everybody at once and of every occurrence are the same."""

PAGE_LOCK = 7244
"""First half of the advisory key; see `crm_store.locks.LockKind` for its neighbours."""

_LOCK = text("select pg_advisory_xact_lock(:kind, page) from generate_series(cast(:first as int), :last) as page")


def page_of(customer_id: int) -> int:
    return customer_id // PAGE


def bounds(page: int) -> tuple[int, int]:
    """First and last id of a page."""
    return page * PAGE, page * PAGE + PAGE - 1


async def hold_pages(session: AsyncSession, first: int, last: int) -> None:
    """Let nobody else plan or refresh these pages until the transaction ends. Taken in order, so nobody waits in a
    circle; taken again by its holder, it costs nothing."""
    await session.execute(_LOCK, {"kind": PAGE_LOCK, "first": first, "last": last})
