"""What is tied to a case: the conversations it is talked about in, what the shopper adds to it, and its tags."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.complaints import Complaint, ComplaintConversation
from crm_store.cases.events import BY_SHOPPER, By, ComplaintEvent, Event, Happened
from crm_store.cases.facts import CaseFacts, Fact, Origin
from crm_store.cases.journal import Journal
from crm_store.cases.labels import ComplaintTag, Tag
from crm_store.cases.locking import locked
from crm_store.errors import CareLoopError


class TagUnknown(CareLoopError):
    """There is no tag of this code."""

    code = "tag_unknown"


@dataclass(frozen=True)
class MoreWords:
    """What a shopper adds to a case they have, and where they say it."""

    text: str
    conversation_id: int
    interaction_id: int


class CaseTies:
    """Ties inside one transaction. A merged case stands for the one it was merged into; raises `CaseUnknown`."""

    def __init__(self, session: AsyncSession, journal: Journal) -> None:
        self._session = session
        self._journal = journal

    async def talked(self, complaint_id: int, conversation_id: int, by: By, now: datetime) -> Complaint:
        """It is talked about in this conversation, too."""
        case = await locked(self._session, complaint_id)
        await self._talked(case, conversation_id, by, now)
        return case

    async def told_more(self, complaint_id: int, more: MoreWords, now: datetime) -> Complaint:
        """The shopper adds to the story and waits for a word from us; the same message adds once."""
        case = await locked(self._session, complaint_id)
        if await self._session.scalar(
            select(ComplaintEvent.id).filter_by(
                complaint_id=case.id, kind=Happened.ASKED, interaction_id=more.interaction_id
            )
        ):
            return case
        await self._talked(case, more.conversation_id, BY_SHOPPER, now)
        case.what_happened = f"{case.what_happened}\n{more.text}".strip()
        case.waits_for, case.changed_at = "us", now
        story = Fact("story", case.what_happened, Origin.SAID, more.interaction_id)
        await CaseFacts(self._session).say(case.id, story, BY_SHOPPER, now)
        asked = Event(Happened.ASKED, BY_SHOPPER, {}, more.conversation_id, more.interaction_id)
        await self._journal.write(case.id, now, asked)
        return case

    async def tag(self, complaint_id: int, code: str, by: By, now: datetime) -> Complaint:
        """Raises `TagUnknown`."""
        case, tag = await locked(self._session, complaint_id), await self._tag(code)
        fresh = await self._session.scalar(
            insert(ComplaintTag)
            .values(complaint_id=case.id, tag_id=tag)
            .on_conflict_do_nothing()
            .returning(ComplaintTag.tag_id)
        )
        await self._tagged(case, fresh, Event(Happened.CHANGED, by, {"tagged": code}), now)
        return case

    async def untag(self, complaint_id: int, code: str, by: By, now: datetime) -> Complaint:
        """Raises `TagUnknown`."""
        case, tag = await locked(self._session, complaint_id), await self._tag(code)
        gone = await self._session.scalar(
            delete(ComplaintTag).filter_by(complaint_id=case.id, tag_id=tag).returning(ComplaintTag.tag_id)
        )
        await self._tagged(case, gone, Event(Happened.CHANGED, by, {"untagged": code}), now)
        return case

    async def conversations_of(self, complaint_id: int) -> list[int]:
        """Ids, lowest first."""
        found = await self._session.scalars(
            select(ComplaintConversation.conversation_id)
            .filter_by(complaint_id=complaint_id)
            .order_by(ComplaintConversation.conversation_id)
        )
        return list(found.all())

    async def _talked(self, case: Complaint, conversation_id: int, by: By, now: datetime) -> None:
        fresh = await self._session.scalar(
            insert(ComplaintConversation)
            .values(complaint_id=case.id, conversation_id=conversation_id)
            .on_conflict_do_nothing()
            .returning(ComplaintConversation.conversation_id)
        )
        if fresh is not None:
            case.changed_at = now
            await self._journal.write(case.id, now, Event(Happened.TALKED, by, {}, conversation_id))

    async def _tag(self, code: str) -> int:
        found = await self._session.scalar(select(Tag.id).filter_by(code=code))
        if found is None:
            raise TagUnknown("there is no tag of this code; make it first")
        return found

    async def _tagged(self, case: Complaint, changed: int | None, event: Event, now: datetime) -> None:
        if changed is not None:
            case.changed_at = now
            await self._journal.write(case.id, now, event)
