"""The hush: while a complaint is open, and for a while after it, its shopper gets no promotions (rule 8)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.states import OPEN

COOLING = timedelta(hours=48)

_CASES = text(
    """
    with recursive mine as (
        select customer_id as who, id, merged_into, state, coalesce(closed_at, changed_at) as since
          from complaints where customer_id = any(:customers)
        union
        select i.customer_id, c.id, c.merged_into, c.state, coalesce(c.closed_at, c.changed_at)
          from channel_identities i join complaints c on c.identity_id = i.id where i.customer_id = any(:customers)
        union
        select mine.who, c.id, c.merged_into, c.state, coalesce(c.closed_at, c.changed_at)
          from mine join complaints c on c.id = mine.merged_into
    )
    select who, state, since from mine where merged_into is null
    """
)


def hushes(state: str, since: datetime, now: datetime, cooling: timedelta = COOLING) -> bool:
    """Whether a case in `state`, unchanged `since` then, holds promotions: open, or settled less than `cooling` ago."""
    return state in OPEN or now - since < cooling


class Hush:
    """Reads of who is to be left alone, inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def holds(self, customer_id: int, now: datetime, cooling: timedelta = COOLING) -> bool:
        """Whether promotions to this customer are held."""
        return bool(await self.among([customer_id], now, cooling))

    async def among(self, customer_ids: Sequence[int], now: datetime, cooling: timedelta = COOLING) -> set[int]:
        """Those of them whose promotions are held: by cases of their own or of any address linked to them."""
        rows = await self._session.execute(_CASES, {"customers": list(customer_ids)})
        return {who for who, state, since in rows if hushes(state, since, now, cooling)}
