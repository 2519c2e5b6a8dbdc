"""The cases of an incident for people, and what became of each word told about it; as far as they may be seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.model import Words
from crm_store.shop.products import Product
from crm_store.shop.stores import RetailStore
from crm_store.staff.scope import Scope
from crm_store.staff.sight import Sight

_MEMBERS = """
select p.id as complaint_id, p.number, coalesce(u.name, a.display_name, '') as name, p.category, p.severity, p.state,
       coalesce(s.name, '') as assignee, p.opened_at, p.closed_at
  from complaints p
  left join customers u on u.id = p.customer_id
  left join channel_identities a on a.id = p.identity_id
  left join staff s on s.id = p.assignee_id
 where p.incident_id = :incident_id and {sight} order by p.closed_at is not null, p.id desc limit :limit
"""

_TOLD = """
select n.update_id, p.number, coalesce(u.name, a.display_name, '') as name, n.outcome,
       coalesce(i.delivery, '') as delivery
  from incident_notices n
  join incident_updates t on t.id = n.update_id
  join complaints p on p.id = n.complaint_id
  left join interactions i on i.id = n.interaction_id
  left join customers u on u.id = p.customer_id
  left join channel_identities a on a.id = p.identity_id
 where t.incident_id = :incident_id and {sight} order by n.update_id, p.id limit :limit
"""


@dataclass(frozen=True)
class Member:
    """A case of an incident."""

    complaint_id: int
    number: str
    name: str
    category: str
    severity: str
    state: str
    assignee: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class ToldCase:
    """What became of one update for one case: `outcome` as `NewsTold`, `delivery` how far a queued one is."""

    update_id: int
    number: str
    name: str
    outcome: str
    delivery: str

    @property
    def fate(self) -> str:
        """`told`, `under_way`, or why it could not be told."""
        if self.outcome != "queued":
            return self.outcome
        if self.delivery in ("failed", "unknown", "dropped"):
            return self.delivery
        return "under_way" if self.delivery == "queued" else "told"


class IncidentMembers:
    """Reads inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, incident_id: int, staff: Scope, limit: int = 500) -> list[Member]:
        """Open ones first, newest first."""
        return [Member(**row) for row in await self._rows(_MEMBERS, incident_id, staff, limit)]

    async def told(self, incident_id: int, staff: Scope, limit: int = 5000) -> dict[int, list[ToldCase]]:
        """By update."""
        found: dict[int, list[ToldCase]] = {}
        for row in await self._rows(_TOLD, incident_id, staff, limit):
            found.setdefault(row["update_id"], []).append(ToldCase(**row))
        return found

    async def labels(self, shared: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Words]:
        """What products and stores are called, by what is shared and its value; of no other there is a name."""
        values = set(shared)
        skus = [value for shares, value in values if shares == "product"]
        codes = [value for shares, value in values if shares == "store"]
        products = await self._session.execute(select(Product.sku, Product.name).where(Product.sku.in_(skus)))
        stores = await self._session.execute(
            select(RetailStore.code, RetailStore.name).where(RetailStore.code.in_(codes))
        )
        named = {("product", sku): name for sku, name in products}
        return named | {("store", code): name for code, name in stores}

    async def _rows(self, statement: str, incident_id: int, staff: Scope, limit: int) -> list[dict[str, Any]]:
        sight = Sight(staff)
        values = {**sight.values, "incident_id": incident_id, "limit": limit}
        rows = await self._session.execute(text(statement.format(sight=sight.case("p"))), values)
        return [dict(row) for row in rows.mappings()]
