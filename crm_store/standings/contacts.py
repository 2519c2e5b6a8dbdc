"""Contacts: what was sent to people lately, and what is reserved for them, across all campaigns."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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

Told = tuple[datetime, str, str, int | None]
"""One contact: when, purpose, channel, and the occurrence it is reserved for. Plain values: many are held at once, and
the garbage collector looks at everything else again and again."""

_LATELY = """
    select t.customer_id, {at}, o.purpose, t.channel, t.state = 'waiting', o.priority, o.expires_at, t.occurrence_id
      from touches t join occurrences o on o.id = t.occurrence_id
     where {whose} and t.due_at > :about and t.state in ('waiting', 'sending', 'sent', 'unknown')
       and o.purpose <> 'service' and (t.state = 'waiting' or coalesce(t.sent_at, t.decided_at) > :since)
       and (t.state <> 'waiting' or t.expires_at > :now) and t.outcome <> 'park'
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
    """Contacts by customer, each with the occurrence it is of; ranks of those occurrences that something waits for."""

    by_customer: dict[int, list[tuple[datetime, str, str, int | None, int]]]
    ranks: dict[int, Rank]

    def of(self, customer_id: int, mine: int) -> tuple[Told, ...]:
        """All but those of the occurrence `mine`; by time."""
        return tuple(told[:4] for told in self.by_customer.get(customer_id, ()) if told[4] != mine)

    def joined(self, other: "Lately") -> "Lately":
        """Of whom both know, `other` counts."""
        return Lately({**self.by_customer, **other.by_customer}, {**self.ranks, **other.ranks})


def reach_of(policy: Policy) -> timedelta:
    """How far back contacts matter by the shop's own caps; by people's own see `own_reach`."""
    caps = [*policy.overall]
    for more in (*policy.by_purpose.values(), *policy.by_channel.values()):
        caps += more
    return max([policy.gap, *(cap.within for cap in caps)])


def own_reach(standing: str) -> timedelta:
    """How far back they matter by a cap of their own; nothing for most."""
    if '"at_most"' not in standing:
        return timedelta(0)
    return YEAR if '"per":"year"' in standing else MONTH


def contacts_of(told: Iterable[Told], ranks: Mapping[int, Rank]) -> tuple[Contact, ...]:
    return tuple(
        Contact(at, Purpose(purpose), channel, ranks[reserved] if reserved is not None else None)
        for at, purpose, channel, reserved in told
    )


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
        lately = Lately(defaultdict(list), {})
        found = await (await self._session.connection()).execute(statement, asked)
        for customer, at, purpose, channel, waits, priority, expires_at, occurrence in found:
            if waits and occurrence not in lately.ranks:
                first = PURPOSE_CLASSES[Purpose(purpose)]
                lately.ranks[occurrence] = Rank(first, priority, expires_at, occurrence)
            lately.by_customer[customer].append((at, purpose, channel, occurrence if waits else None, occurrence))
        return lately


def _times(now: datetime, back: timedelta) -> dict[str, object]:
    return {"now": now, "since": now - back, "about": now - back - _SLACK}
