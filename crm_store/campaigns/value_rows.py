"""What the records know for the variables of care messages, one statement for many people at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.decision.occasions import falling_on
from crm_store.loyalty.points import Balance, balance_of

# The language they read, as their standing has it when the caller does not say; it leaves English out.
_PEOPLE = text(
    """
    select c.id, c.name, case when s.customer_id is null then c.language
           else coalesce(s.facts::jsonb ->> 'lang', 'en') end as language, t.name as tier, r.name as store
      from customers c
      left join standings s on s.customer_id = c.id
      left join tiers t on t.code = c.tier
      left join stores r on r.id = c.home_store_id
     where c.id = any(:ids) and c.erased_at is null
    """
)
_POINTS = text(
    "select customer_id, delta, expires_on from points_entries where customer_id = any(:ids) order by at, id"
)
# The newest event of each, and what it names, as long as it still holds: every join asks for the owner too.
_EVENTS = text(
    """
    with newest as (
        select distinct on (customer_id) customer_id, kind, key, detail from care_events
         where kind = :kind and id between :first and :last and customer_id = any(:ids)
         order by customer_id, id desc)
    select e.customer_id, e.detail, o.number as order_number, p.name as product, p.sku as product_sku,
           r.name as store, k.code as coupon_code, k.title as coupon_title, k.valid_until as coupon_until,
           e.detail ->> 'complaint_number' as complaint_number
      from newest e
      left join orders o on e.kind = 'purchase' and o.customer_id = e.customer_id
           and o.number = e.key and o.state not in ('cancelled', 'returned')
      left join lateral (
           select l.product_id from order_lines l where l.order_id = o.id
            order by l.price_cents * l.quantity desc, l.line limit 1) dearest on true
      left join products p on p.id = dearest.product_id
           or (dearest.product_id is null and p.sku = e.detail ->> 'sku')
      left join stores r on r.id = o.store_id
      left join coupons k on e.kind = 'coupon_lapsing' and k.customer_id = e.customer_id
           and k.code = e.key and k.used_at is null and k.valid_until >= :today
    """
)
# Whose day it is; the newest word on each of them counts.
_WHOM = text(
    """
    select distinct on (owner, whom) owner, whom, month, day, calendar, leap_month from (
        select coalesce(o.customer_id, i.customer_id) as owner, o.*
          from occasions o left join channel_identities i on i.id = o.identity_id
         where o.kind = :kind and o.month is not null) told
     where owner = any(:ids) order by owner, whom, id desc
    """
)


@dataclass(frozen=True)
class Fired:
    """The occurrence a message belongs to, in plain values. `events`: first and last care event it is about."""

    id: int
    day: str | None = None
    events: tuple[int, int] | None = None


class ValueRows:
    """Reads inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def people(self, ids: Sequence[int]) -> dict[int, Any]:
        """`name`, `language`, `tier` and `store` (in every language) by customer; erased ones are not among them."""
        rows = await self._session.execute(_PEOPLE, {"ids": list(ids)})
        return {row.id: row for row in rows}

    async def balances(self, ids: Sequence[int], today: date) -> dict[int, Balance]:
        """Points in hand by customer."""
        entries = defaultdict[int, list[tuple[int, date | None]]](list)
        for customer_id, delta, expires_on in await self._session.execute(_POINTS, {"ids": list(ids)}):
            entries[customer_id].append((delta, expires_on))
        return {customer_id: balance_of(theirs, today) for customer_id, theirs in entries.items()}

    async def events(self, ids: Sequence[int], kind: str, events: tuple[int, int], today: date) -> dict[int, Any]:
        """The newest event of each within the range, with what it names: a coupon that was used names nothing."""
        asked = {"ids": list(ids), "kind": kind, "first": events[0], "last": events[1], "today": today}
        return {row.customer_id: row for row in await self._session.execute(_EVENTS, asked)}

    async def whose_day(self, ids: Sequence[int], kind: str, day: date, leap_day: str) -> dict[int, list[str]]:
        """The members of their households whose `kind` falls on `day`, as they call them."""
        falling = {(each.month, each.day, each.calendar, each.leap_month) for each in falling_on(day, leap_day)}
        found = defaultdict[int, list[str]](list)
        for row in await self._session.execute(_WHOM, {"ids": list(ids), "kind": kind}):
            if row.whom and (row.month, row.day, row.calendar, row.leap_month) in falling:
                found[row.owner].append(row.whom)
        return found
