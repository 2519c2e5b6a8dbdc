"""Everything about one customer or one case, in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.desk.panel import CONSENTS, WISHES, Allowed, CaseMark, Panel, Reach, Wish, cases_statement, reach_of
from crm_store.desk.thread import Thread, item_of, thread_statement
from crm_store.desk.timeline_entry import OF_CASE, Entry, of_person
from crm_store.loyalty.coupons import Coupons
from crm_store.loyalty.orders import Orders
from crm_store.loyalty.points import Balance, Points
from crm_store.loyalty.tiers import Tier
from crm_store.people.customers import Customer
from crm_store.people.identities import ChannelIdentity
from crm_store.records.page import CursorUnknown
from crm_store.staff.scope import Scope
from crm_store.staff.sight import Sight


@dataclass(frozen=True)
class TimelinePage:
    """Newest first; `next` is the `before` to ask for older ones with."""

    entries: list[Entry]
    next: str | None


class Timelines:
    """Reads of timelines inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of_customer(
        self, scope: Scope, customer_id: int, before: str | None = None, limit: int = 50, kinds: Sequence[str] = ()
    ) -> TimelinePage:
        """What happened with this customer, newest first; of these `kinds` if any are named. Raises `CursorUnknown`."""
        if not scope.sees_cases:
            return TimelinePage([], None)
        sight, place = Sight(scope), _place(before)
        beyond = "(at, kind, id) < (cast(:at as timestamptz), :kind, :key)" if place else "true"
        wanted = "kind = any(:kinds)" if kinds else "true"
        each = "\nunion all\n".join(
            # each kind gives no more than the page can hold, and the page is cut from those
            f"(select * from ({told}) as told (at, kind, id, target, target_id, parts)"
            f" where {beyond} and {wanted} order by at desc, id desc limit :limit)"
            for told in of_person(sight)
        )
        identities = await self._identities(customer_id)
        values = sight.values | place | {"customer": customer_id, "identities": identities, "limit": limit + 1}
        values["kinds"] = list(kinds)
        statement = f"select * from ({each}) as timeline order by at desc, kind desc, id desc limit :limit"
        entries = [Entry(**row) for row in await self._rows(statement, values)]
        return TimelinePage(entries[:limit], entries[limit - 1].cursor if len(entries) > limit else None)

    async def of_complaint(self, scope: Scope, complaint_id: int, limit: int = 500) -> list[Entry]:
        """The newest `limit` of everything in the case, oldest first; empty when it is not in sight."""
        sight = Sight(scope)
        seen = f"exists (select from complaints p where p.id = :id and {sight.case('p')})"
        statement = f"""
            select * from (select * from ({OF_CASE}) as everything where {seen}
                            order by at desc, kind desc, id desc limit :limit) as newest
             order by at, kind, id"""
        rows = await self._rows(statement, sight.values | {"id": complaint_id, "limit": limit})
        return [Entry(**row) for row in rows]

    async def thread(
        self, scope: Scope, conversation_id: int, before: int | None = None, limit: int = 50
    ) -> Thread | None:
        """The newest `limit` messages below the interaction `before`, with the notes between; None out of sight."""
        sight = Sight(scope)
        shown = f"select v.id from conversations v where v.id = :id and {sight.talk('v')}"
        values = sight.values | {"id": conversation_id, "before": before, "limit": limit}
        rows = await self._rows(thread_statement(sight), values)
        if not rows and not await self._rows(shown, values):
            return None
        items = [item_of(row) for row in rows]
        messages = [item.id for item in items if not item.is_note]
        return Thread(conversation_id, items, min(messages) if len(messages) == limit else None)

    async def panel(self, scope: Scope, customer_id: int, now: datetime, today: date) -> Panel | None:
        """What is known of a customer; `today` is the shop's day. None when the asker may not know."""
        customer = await self._session.get(Customer, customer_id) if scope.sees_cases else None
        if customer is None:
            return None
        tier = await self._session.get(Tier, customer.tier)
        identities = await self._reach(ChannelIdentity.customer_id == customer_id, Sight(scope), now)
        return Panel(
            customer=customer,
            tier=tier.name if tier else {},
            points=await Points(self._session).balance(customer_id, today),
            orders=await Orders(self._session).latest(customer_id, 5),
            coupons=await Coupons(self._session).usable(customer_id, today),
            **await self._said(Sight(scope), customer_id, identities),
        )

    async def panel_of_address(self, scope: Scope, identity_id: int, now: datetime, today: date) -> Panel | None:
        """The same by an address; without membership and purchases while nobody is linked to it."""
        identity = await self._session.get(ChannelIdentity, identity_id) if scope.sees_cases else None
        if identity is None:
            return None
        if identity.customer_id is not None:
            return await self.panel(scope, identity.customer_id, now, today)
        identities = await self._reach(ChannelIdentity.id == identity_id, Sight(scope), now)
        said = await self._said(Sight(scope), None, identities)
        return Panel(customer=None, tier={}, points=Balance(0, 0, None), orders=[], coupons=[], **said)

    async def _said(self, sight: Sight, customer_id: int | None, identities: list[Reach]) -> dict[str, Any]:
        ids = [reach.identity_id for reach in identities]
        values = sight.values | {"customer": customer_id, "identities": ids}
        cases = await self._rows(cases_statement(sight), values)
        return {
            "identities": identities,
            "consents": [Allowed(**row) for row in await self._rows(CONSENTS, values)],
            "wishes": [Wish(**row) for row in await self._rows(WISHES, values)],
            "open_cases": cases[0].get("open_cases", 0) if cases else 0,
            "cases": [CaseMark(**{name: row[name] for name in CaseMark.__annotations__}) for row in cases],
        }

    async def _reach(self, which: Any, sight: Sight, now: datetime) -> list[Reach]:
        """Addresses; the conversation is named only when it is in sight."""
        identities = (
            await self._session.scalars(select(ChannelIdentity).where(which).order_by(ChannelIdentity.id))
        ).all()
        talks = await self._rows(
            f"select v.identity_id, v.id from conversations v where v.identity_id = any(:ids) and {sight.talk('v')}",
            sight.values | {"ids": [identity.id for identity in identities]},
        )
        talk_of = {talk["identity_id"]: talk["id"] for talk in talks}
        return [reach_of(identity, talk_of.get(identity.id), now) for identity in identities]

    async def _identities(self, customer_id: int) -> list[int]:
        found = await self._session.scalars(
            select(ChannelIdentity.id).where(ChannelIdentity.customer_id == customer_id)
        )
        return list(found.all())

    async def _rows(self, statement: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        return [dict(row) for row in (await self._session.execute(text(statement), values)).mappings()]


def _place(before: str | None) -> dict[str, Any]:
    if not before:
        return {}
    try:
        at, kind, key = before.split("|")
        return {"at": datetime.fromisoformat(at), "kind": kind, "key": int(key)}
    except ValueError as error:
        raise CursorUnknown("`before` is no cursor of this timeline; begin again without it") from error
