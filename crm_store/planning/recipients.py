"""Who got a campaign's message and who did not: its touches with the person each is about, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.people.customers import Customer
from crm_store.planning.touches import Touch


@dataclass(frozen=True)
class RecipientsWanted:
    """Which of them; empty means any. `words`: part of a name, or a member number. `after`: the last one shown."""

    occurrences: tuple[int, ...]
    state: str = ""
    reason: str = ""
    words: str = ""
    after: tuple[int, int] | None = None
    most: int = 50


@dataclass(frozen=True)
class Recipient:
    """One touch with its person."""

    occurrence_id: int
    customer_id: int
    name: str
    member_number: str | None
    state: str
    reason: str
    channel: str | None
    due_at: datetime | None
    sent_at: datetime | None
    answered_at: datetime | None
    stopped_at: datetime | None
    decided_at: datetime


_COLUMNS = (
    Touch.occurrence_id,
    Touch.customer_id,
    Customer.name,
    Customer.member_number,
    Touch.state,
    Touch.reason,
    Touch.channel,
    Touch.due_at,
    Touch.sent_at,
    Touch.answered_at,
    Touch.stopped_at,
    Touch.decided_at,
)


class Recipients:
    """Reads inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(self, wanted: RecipientsWanted) -> list[Recipient]:
        """One more than `most` when there are more; by firing and customer."""
        asked: Select[*tuple[Any, ...]] = (
            select(*_COLUMNS)
            .join(Customer, Customer.id == Touch.customer_id)
            .where(Touch.occurrence_id.in_(wanted.occurrences))
            .order_by(Touch.occurrence_id, Touch.customer_id)
            .limit(wanted.most + 1)
        )
        if wanted.state:
            asked = asked.where(Touch.state == wanted.state)
        if wanted.reason:
            asked = asked.where(Touch.reason == wanted.reason)
        if wanted.after:
            asked = asked.where(tuple_(Touch.occurrence_id, Touch.customer_id) > wanted.after)
        if wanted.words:
            asked = asked.where(or_(*_named(wanted.words)))
        return [Recipient(*row) for row in await self._session.execute(asked)]

    async def people(self, words: str, most: int = 10) -> list[tuple[int, str, str | None]]:
        """Id, name and number of customers of this number or part of a name, whether anything was planned or not."""
        asked = select(Customer.id, Customer.name, Customer.member_number).where(
            or_(*_named(words)), Customer.erased_at.is_(None)
        )
        return [
            (row[0], row[1], row[2]) for row in await self._session.execute(asked.order_by(Customer.id).limit(most))
        ]

    async def names(self, ids: Sequence[int]) -> dict[int, str]:
        rows = await self._session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(ids)))
        return {row[0]: row[1] for row in rows}


def _named(words: str) -> list[ColumnElement[bool]]:
    plain = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return [Customer.name.ilike(f"%{plain}%"), Customer.member_number == words.upper()]
