"""The register of remedies: those that wait for a second approval, and those given, each with who did what and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.staff.scope import Scope
from crm_store.staff.sight import Sight

_ENTRIES = """
select r.id, r.complaint_id, p.number, coalesce(u.name, a.display_name, '') as name, p.category, p.severity, p.state,
       p.closed_at is null as is_open, coalesce(nullif(p.cause, ''), p.category) as cause, p.what_happened, p.wanted,
       p.order_number, o.total_cents as order_cents, r.kind, r.amount, r.cost, r.reason, r.state as remedy_state,
       r.proposed_by, s.name as proposer, r.proposed_at, coalesce(d.name, '') as decider, r.decided_at, r.executed_at,
       r.error,
       (select coalesce(sum(x.amount), 0) from remedies x
         where x.complaint_id = r.complaint_id and x.kind = r.kind
           and x.state in ('proposed', 'approved', 'executed', 'arrived'))::bigint as total
  from remedies r
  join complaints p on p.id = r.complaint_id
  join staff s on s.id = r.proposed_by
  left join staff d on d.id = r.decided_by
  left join customers u on u.id = p.customer_id
  left join channel_identities a on a.id = p.identity_id
  left join orders o on o.number = p.order_number
"""


@dataclass(frozen=True)
class RemedyEntry:
    """A remedy and its case. `total` is what the case got of this kind or is about to get, this remedy among it.

    `cause` is the case's cause, else its category. Amounts as `RemedyKind` says, costs and orders in cents.
    """

    id: int
    complaint_id: int
    number: str
    name: str
    category: str
    severity: str
    state: str
    is_open: bool
    cause: str
    what_happened: str
    wanted: str
    order_number: str | None
    order_cents: int | None
    kind: str
    amount: int
    cost: int
    reason: str
    remedy_state: str
    proposed_by: int
    proposer: str
    proposed_at: datetime
    decider: str
    decided_at: datetime | None
    executed_at: datetime | None
    error: str
    total: int


@dataclass(frozen=True)
class Given:
    """Which of those given: executed from `since` to before `until`, of one `cause`; None means any."""

    since: datetime | None = None
    until: datetime | None = None
    cause: str | None = None


class RemedyRegister:
    """Reads for people inside one transaction; what is out of sight is not in it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def waiting(self, staff: Scope, limit: int = 200) -> list[RemedyEntry]:
        """Those that wait for a second approval, oldest first."""
        return await self._entries(staff, "r.state = 'proposed'", "r.proposed_at, r.id", limit=limit)

    async def one(self, remedy_id: int, staff: Scope) -> RemedyEntry | None:
        """None also where its case may not be seen."""
        found = await self._entries(staff, "r.id = :remedy_id", "r.id", remedy_id=remedy_id, limit=1)
        return found[0] if found else None

    async def given(self, staff: Scope, which: Given, after: int | None = None, limit: int = 50) -> list[RemedyEntry]:
        """Those executed, the newest proposal first, beyond the remedy id `after`."""
        conditions = ["r.state in ('executed', 'arrived')", "r.id < :after"]
        conditions += ["r.executed_at >= :since"] if which.since else []
        conditions += ["r.executed_at < :until"] if which.until else []
        conditions += ["coalesce(nullif(p.cause, ''), p.category) = :cause"] if which.cause is not None else []
        values = vars(which) | {"after": after if after is not None else 2**62, "limit": limit}
        return await self._entries(staff, " and ".join(conditions), "r.id desc", **values)

    async def _entries(self, staff: Scope, condition: str, order: str, **values: Any) -> list[RemedyEntry]:
        sight = Sight(staff)
        statement = f"{_ENTRIES} where {condition} and {sight.case('p')} order by {order} limit :limit"
        rows = await self._session.execute(text(statement), sight.values | values)
        return [RemedyEntry(**row) for row in rows.mappings()]
