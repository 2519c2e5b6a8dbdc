"""Standings: what a customer allows and where they can be reached, in one row, kept beside the records it is read from.

The planner reads nothing else of a person but this row and their recent contacts. Triggers mark whose records changed
(`stale_standings`); the marked are read anew before they are planned. The look just before a message is sent never
trusts this row: it reads the records.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ForeignKey, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment
from crm_store.standings.pages import PAGE, hold_pages, page_of


class StandingRow(Base):
    """`facts`: `crm_store.decision.facts.Standing` as one canonical JSON text, without ids: equal people, equal text.

    `permissions`: ledger row by permission key (``promotion:telegram``). `addresses` by channel: the channel identity
    and its lane, ``{"telegram": [7, "telegram:main"]}``. `read_at`: since when it says so.
    """

    __tablename__ = "standings"

    customer_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("customers.id"), primary_key=True)
    facts: Mapped[str]
    permissions: Mapped[dict[str, Any]]
    addresses: Mapped[dict[str, Any]]
    household_id: Mapped[int | None] = mapped_column(BigInteger)
    read_at: Mapped[Moment]


class StaleStanding(Base):
    """A mark: something of this customer changed. Many marks of one customer do no harm."""

    __tablename__ = "stale_standings"

    id: Mapped[Key]
    customer_id: Mapped[int] = mapped_column(BigInteger, index=True)


_SEEN = text("delete from stale_standings where customer_id between :first and :last returning customer_id")

_HOLD = text("select customer_id from standings where customer_id = any(:ids) order by customer_id for update")

_READ = text(
    """
    insert into standings as s (customer_id, facts, permissions, addresses, household_id, read_at)
    select customer_id, facts, permissions, addresses, household_id, :now
      from standings_of(cast(:ids as bigint[]), :now)
    on conflict (customer_id) do update
       set facts = excluded.facts, permissions = excluded.permissions, addresses = excluded.addresses,
           household_id = excluded.household_id, read_at = excluded.read_at
     where (s.facts, s.permissions, s.addresses, s.household_id)
           is distinct from (excluded.facts, excluded.permissions, excluded.addresses, excluded.household_id)
    """
)

_MARKED_PAGES = text(
    f"""
    with recursive pages as (
        (select customer_id / {PAGE} as page from stale_standings order by customer_id limit 1)
        union all
        select (select m.customer_id / {PAGE} from stale_standings m where m.customer_id >= (p.page + 1) * {PAGE}
                 order by m.customer_id limit 1)
          from pages p where p.page is not null
    )
    select page from pages where page is not null order by page limit :limit
    """
)


_LIVE = text(
    """
    select customer_id, facts, permissions, addresses, household_id
      from standings_of(cast(:ids as bigint[]), :now) order by customer_id
    """
)


class LiveStanding(NamedTuple):
    """As `StandingRow`, read from the records."""

    customer_id: int
    facts: str
    permissions: dict[str, int]
    addresses: dict[str, tuple[int, str]]
    household_id: int | None


class Standings:
    """Reads and refreshes of standings inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def refresh(self, first: int, last: int, now: datetime) -> int:
        """Read those anew, of the customers from `first` to `last`, whose records changed; gives how many.

        Holds their pages until the transaction ends: of two refreshes the later one reads later. The marks are taken
        away first and the records read after that, in a statement of its own: whatever commits in between is marked.
        """
        await hold_pages(self._session, page_of(first), page_of(last))
        seen = await self._session.scalars(_SEEN, {"first": first, "last": last})
        ids = sorted(set(seen))
        if ids:
            # Whoever is about to write to one of them holds that one's row, in this order, too.
            await self._session.execute(_HOLD, {"ids": ids})
            await self._session.execute(_READ, {"ids": ids, "now": now})
        return len(ids)

    async def live(self, customer_ids: Iterable[int], now: datetime) -> list[LiveStanding]:
        """Read from the records and not kept."""
        rows = await self._session.execute(_LIVE, {"ids": sorted(customer_ids), "now": now})
        return [LiveStanding(*row) for row in rows]

    async def marked_pages(self, limit: int) -> Sequence[int]:
        """Pages in which somebody's records changed, the lowest first."""
        return (await self._session.scalars(_MARKED_PAGES, {"limit": limit})).all()
