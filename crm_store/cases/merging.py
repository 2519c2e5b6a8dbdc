"""Merging two cases into one and taking them apart again. Both keep their numbers; the row of each says where it is."""

from datetime import datetime

from sqlalchemy import Select, delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.complaints import Complaint, ComplaintConversation, Complaints, Grievance, Opener
from crm_store.cases.events import By, ComplaintEvent, Event, Happened
from crm_store.cases.journal import Journal
from crm_store.cases.locking import held, live_id, locked
from crm_store.cases.merge_record import MergeRecord
from crm_store.cases.states import State
from crm_store.errors import CareLoopError

_PEOPLE = text(
    """
    with recursive tree as (
        select id, customer_id, identity_id from complaints where id = any(:roots)
        union
        select c.id, c.customer_id, c.identity_id from tree join complaints c on c.merged_into = tree.id
    )
    select distinct coalesce(tree.customer_id, i.customer_id)
      from tree left join channel_identities i on i.id = tree.identity_id
     where coalesce(tree.customer_id, i.customer_id) is not null
    """
)
_ADOPT = text(
    """
    insert into complaint_conversations (complaint_id, conversation_id)
    select :target, conversation_id from complaint_conversations where complaint_id = :source
    on conflict do nothing returning conversation_id
    """
)

_WHOSE = text(
    """
    select i.id, i.customer_id
      from conversations c join channel_identities i on i.id = c.identity_id where c.id = :id
    """
)


class MergeRefused(CareLoopError):
    """These cases cannot be merged or taken apart; the message says why."""

    code = "merge_refused"


class Merging:
    """Merges and splits inside one transaction; both can be undone. Each raises `CaseUnknown` and `MergeRefused`."""

    def __init__(self, session: AsyncSession, journal: Journal, complaints: Complaints) -> None:
        self._session = session
        self._journal = journal
        self._complaints = complaints

    async def merge(self, source_id: int, target_id: int, by: By, now: datetime) -> Complaint:
        """The source goes on within the target, which is given; never across two customers who are known."""
        source, target = await self._pair(source_id, await live_id(self._session, target_id))
        await self._check(source, target)
        added = list(await self._session.scalars(_ADOPT, {"source": source.id, "target": target.id}))
        own = await self._let_go(source.id)
        record = MergeRecord.of(source, target, own, added)
        source.merged_into, source.state = target.id, State.CLOSED
        source.closed_at = source.changed_at = target.changed_at = now
        await self._journal.write(source.id, now, Event(Happened.MERGED, by, record.as_detail()))
        await self._journal.over(source.id, now)
        came = {"from": source.number, "from_id": source.id, "conversations": added}
        await self._journal.write(target.id, now, Event(Happened.ABSORBED, by, came))
        return target

    async def split(self, source_id: int, by: By, now: datetime) -> Complaint:
        """Undo the merge of this case exactly: its state, its conversations; gives it."""
        source = await held(self._session, source_id)
        if source.merged_into is None:
            raise MergeRefused(f"complaint {source.number} is not merged into another one")
        source, target = await self._pair(source_id, source.merged_into)
        if target.merged_into is not None:
            raise MergeRefused(f"complaint {target.number} is merged itself; take that apart first")
        record = await self._record(source)
        await self._take_out(target.id, record.added)
        rows = [{"complaint_id": source.id, "conversation_id": each} for each in record.conversations]
        if rows:
            await self._session.execute(insert(ComplaintConversation), rows)
        record.restore(source)
        source.merged_into, source.changed_at, target.changed_at = None, now, now
        await self._journal.write(source.id, now, Event(Happened.SPLIT, by, {"from": target.number}))
        gone = {"to": source.number, "to_id": source.id, "conversations": record.added}
        await self._journal.write(target.id, now, Event(Happened.RELEASED, by, gone))
        return source

    async def split_off(self, complaint_id: int, conversation_id: int, by: By, now: datetime) -> Complaint:
        """Open a new case for one conversation of this one, with the same account of it; gives the new one."""
        case = await locked(self._session, complaint_id)
        theirs = set(await self._session.scalars(_conversations(case.id)))
        if conversation_id not in theirs or len(theirs) == 1:
            raise MergeRefused(f"complaint {case.number} has to have this conversation, and another one to keep")
        await self._take_out(case.id, [conversation_id])
        identity_id, customer_id = (await self._session.execute(_WHOSE, {"id": conversation_id})).one()
        opener = Opener(identity_id, customer_id or case.customer_id, conversation_id, None, source="staff", by=by)
        account = Grievance(
            case.category, case.severity, case.what_happened, case.wanted, case.order_number, case.language
        )
        fresh = await self._complaints.open(opener, account, now)
        case.changed_at = now
        gone = {"to": fresh.number, "to_id": fresh.id, "conversations": [conversation_id]}
        await self._journal.write(case.id, now, Event(Happened.RELEASED, by, gone))
        return fresh

    async def _pair(self, source_id: int, target_id: int) -> tuple[Complaint, Complaint]:
        """Both held, always in the same order, so that two people never wait for each other."""
        rows = {each: await held(self._session, each) for each in sorted({source_id, target_id})}
        return rows[source_id], rows[target_id]

    async def _check(self, source: Complaint, target: Complaint) -> None:
        if source.id == target.id:
            raise MergeRefused(f"complaint {source.number} is the same case already")
        if source.merged_into is not None or target.merged_into is not None:
            raise MergeRefused("one of these is merged already; look again and merge the case it is in")
        people = list(await self._session.scalars(_PEOPLE, {"roots": [source.id, target.id]}))
        if len(people) > 1:
            raise MergeRefused(f"complaints {source.number} and {target.number} belong to two different customers")

    async def _record(self, source: Complaint) -> MergeRecord:
        merged = await self._session.scalars(
            select(ComplaintEvent)
            .filter_by(complaint_id=source.id, kind=Happened.MERGED)
            .order_by(ComplaintEvent.id.desc())
            .limit(1)
        )
        return MergeRecord.read(merged.one().detail)

    async def _let_go(self, complaint_id: int) -> list[int]:
        own = list(await self._session.scalars(_conversations(complaint_id)))
        await self._take_out(complaint_id, own)
        return own

    async def _take_out(self, complaint_id: int, conversation_ids: list[int]) -> None:
        await self._session.execute(
            delete(ComplaintConversation).where(
                ComplaintConversation.complaint_id == complaint_id,
                ComplaintConversation.conversation_id.in_(conversation_ids),
            )
        )


def _conversations(complaint_id: int) -> Select[int]:
    return select(ComplaintConversation.conversation_id).filter_by(complaint_id=complaint_id)
