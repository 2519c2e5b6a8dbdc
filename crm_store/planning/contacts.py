"""Contacts: what was sent to people lately, and what is reserved for them, across all campaigns."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.decision.facts import Contact, Rank
from crm_store.decision.message import PURPOSE_CLASSES, Policy
from crm_store.people.consent import Purpose

MONTH = timedelta(days=31)
YEAR = timedelta(days=366)
_SLACK = timedelta(days=3)
"""A touch may be sent so long after it was due; its index knows when it was due."""

Told = tuple[datetime, str, str, int | None, int | None, datetime | None]
"""One contact as plain values: at, purpose, channel, and of a reservation its occurrence, priority and expiry."""

_LATELY = """
    select t.customer_id, {at}, o.purpose, t.channel,
           case when t.state = 'waiting' then t.occurrence_id end, o.priority, o.expires_at, t.occurrence_id
      from touches t join occurrences o on o.id = t.occurrence_id
     where {whose} and t.due_at > :about and t.state in ('waiting', 'sending', 'sent', 'unknown')
       and o.purpose <> 'service' and (t.state = 'waiting' or coalesce(t.sent_at, t.decided_at) > :since)
       and (t.state <> 'waiting' or t.expires_at > :now)
     order by t.customer_id, 2, t.occurrence_id
"""
_EXACTLY = """case when t.state = 'waiting' then greatest(t.due_at, :now) else coalesce(t.sent_at, t.decided_at) end"""
# To the next full minute: people who were written to in the same minute are decided once.
_ROUGHLY = f"date_trunc('minute', {_EXACTLY} + interval '59.999999 seconds')"
_OF_RANGE = text(_LATELY.format(at=_ROUGHLY, whose="t.customer_id between :first and :last"))
_OF_SOME = text(_LATELY.format(at=_ROUGHLY, whose="t.customer_id = any(:ids)"))
_OF_EACH = text(_LATELY.format(at=_EXACTLY, whose="t.customer_id = any(:ids)"))


@dataclass(frozen=True)
class Lately:
    """Contacts by customer, each with the occurrence it is of."""

    by_customer: dict[int, list[tuple[Told, int]]]

    def of(self, customer_id: int, mine: int) -> tuple[Told, ...]:
        """All but those of the occurrence `mine`; by time."""
        return tuple(told for told, occurrence in self.by_customer.get(customer_id, ()) if occurrence != mine)


NOBODY = Lately({})


def reach_of(policy: Policy) -> timedelta:
    """How far back contacts matter by the shop's own caps."""
    caps = [*policy.overall]
    for more in (*policy.by_purpose.values(), *policy.by_channel.values()):
        caps += more
    return max([MONTH, policy.gap, *(cap.within for cap in caps)])


def contacts_of(told: Iterable[Told]) -> tuple[Contact, ...]:
    return tuple(
        Contact(at, Purpose(purpose), channel, _rank(Purpose(purpose), occurrence, priority, expires_at))
        for at, purpose, channel, occurrence, priority, expires_at in told
    )


def _rank(purpose: Purpose, occurrence: int | None, priority: int | None, expires_at: datetime | None) -> Rank | None:
    if occurrence is None or priority is None or expires_at is None:
        return None
    return Rank(PURPOSE_CLASSES[purpose], priority, expires_at, occurrence)


class Contacts:
    """Reads of contacts inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of_range(self, first: int, last: int, now: datetime, back: timedelta) -> Lately:
        """Of the customers from `first` to `last`, to the minute: good enough to plan by."""
        return await self._read(_OF_RANGE, {"first": first, "last": last, **_times(now, back)})

    async def of_some(self, customer_ids: Sequence[int], now: datetime, back: timedelta) -> Lately:
        """The same of these."""
        return await self._read(_OF_SOME, {"ids": list(customer_ids), **_times(now, back)})

    async def of_each(self, customer_ids: Sequence[int], now: datetime, back: timedelta) -> Lately:
        """Of these, exactly."""
        return await self._read(_OF_EACH, {"ids": list(customer_ids), **_times(now, back)})

    async def _read(self, statement: TextClause, asked: dict[str, object]) -> Lately:
        by_customer: dict[int, list[tuple[Told, int]]] = defaultdict(list)
        for customer, at, purpose, channel, reserved, priority, expires, occurrence in await self._session.execute(
            statement, asked
        ):
            ranked = (priority, expires) if reserved is not None else (None, None)
            by_customer[customer].append(((at, purpose, channel, reserved, *ranked), occurrence))
        return Lately(by_customer)


def _times(now: datetime, back: timedelta) -> dict[str, object]:
    return {"now": now, "since": now - back, "about": now - back - _SLACK}
