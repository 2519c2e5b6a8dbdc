"""Complaints as lists show them, with the conversations they were talked about in."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.complaints import Complaint, ComplaintConversation
from crm_store.records.page import Page, PageAsked, cut


@dataclass(frozen=True)
class ComplaintsWanted:
    """Everything given must hold. `number` is the one the shopper can quote, in any case."""

    number: str | None = None
    customer_id: int | None = None
    state: str | None = None
    updated_after: datetime | None = None


@dataclass(frozen=True)
class ComplaintRecord:
    """A case and the ids of its conversations, lowest first."""

    complaint: Complaint
    conversation_ids: list[int]


class ComplaintRecords:
    """Pages of complaints inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, complaint_id: int) -> ComplaintRecord | None:
        complaint = await self._session.get(Complaint, complaint_id)
        return (await self._with_conversations([complaint]))[0] if complaint else None

    async def numbered(self, number: str) -> ComplaintRecord | None:
        complaint = await self._session.scalar(select(Complaint).filter_by(number=number.upper()))
        return (await self._with_conversations([complaint]))[0] if complaint else None

    async def from_source(self, source_key: str) -> Complaint | None:
        """What an opening from outside opened before."""
        return await self._session.scalar(select(Complaint).filter_by(source_key=source_key))

    async def page(self, wanted: ComplaintsWanted, asked: PageAsked) -> Page[ComplaintRecord]:
        """In the order of their ids."""
        query = _narrowed(select(Complaint), wanted).order_by(Complaint.id).limit(asked.limit + 1)
        if asked.after is not None:
            query = query.where(Complaint.id > asked.after)
        rows = await self._with_conversations((await self._session.scalars(query)).all())
        return cut(rows, asked.limit, [row.complaint.id for row in rows])

    async def _with_conversations(self, complaints: Sequence[Complaint]) -> list[ComplaintRecord]:
        links = await self._session.execute(
            select(ComplaintConversation.complaint_id, ComplaintConversation.conversation_id)
            .where(ComplaintConversation.complaint_id.in_([complaint.id for complaint in complaints]))
            .order_by(ComplaintConversation.conversation_id)
        )
        conversations: defaultdict[int, list[int]] = defaultdict(list)
        for complaint_id, conversation_id in links:
            conversations[complaint_id].append(conversation_id)
        return [ComplaintRecord(complaint, conversations[complaint.id]) for complaint in complaints]


def _narrowed(query: Select[Complaint], wanted: ComplaintsWanted) -> Select[Complaint]:
    if wanted.number is not None:
        query = query.where(Complaint.number == wanted.number.upper())
    if wanted.customer_id is not None:
        query = query.where(Complaint.customer_id == wanted.customer_id)
    if wanted.state is not None:
        query = query.where(Complaint.state == wanted.state)
    if wanted.updated_after is not None:
        query = query.where(Complaint.changed_at > wanted.updated_after)
    return query
