"""A shopper's own cases, as they may ask for them: those of their address, and of the customer once proved."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.complaints import Complaint, ComplaintConversation
from crm_store.cases.states import FRESH, OPEN

_MINE = """
    with recursive mine as (
        select id, merged_into from complaints
         where (identity_id = :identity_id or customer_id = :customer_id)
           and (cast(:number as varchar) is null or number = :number)
        union
        select c.id, c.merged_into from mine join complaints c on c.id = mine.merged_into
    )
    select complaints.* from complaints join mine using (id) where mine.merged_into is null
     order by id desc limit 20
"""


@dataclass(frozen=True)
class Asker:
    """`customer_id` only once proved; without it only the address's own cases are theirs."""

    identity_id: int
    customer_id: int | None


class OwnCases:
    """Reads for shoppers inside one transaction. A merged case stands for the one it was merged into."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, asker: Asker, number: str | None = None) -> list[Complaint]:
        """Newest first; with `number` the one it names, if it is theirs."""
        values = {**vars(asker), "number": number}
        found = await self._session.scalars(select(Complaint).from_statement(text(_MINE)), values)
        return list(found.all())

    async def open_about(self, asker: Asker, order_number: str) -> Complaint | None:
        """The newest open one about this order, by its number or the end of it."""
        cases = [case for case in await self.of(asker) if case.state in OPEN and case.order_number]
        return next((case for case in cases if _same(str(case.order_number), order_number)), None)

    async def fresh_here(self, identity_id: int, conversation_id: int, since: datetime) -> Complaint | None:
        """What this address opened in this conversation since then and nobody works on yet; the newest."""
        return await self._session.scalar(
            select(Complaint)
            .join(ComplaintConversation, ComplaintConversation.complaint_id == Complaint.id)
            .where(
                ComplaintConversation.conversation_id == conversation_id,
                Complaint.identity_id == identity_id,
                Complaint.opened_at >= since,
                Complaint.merged_into.is_(None),
                Complaint.state.in_(FRESH),
            )
            .order_by(Complaint.id.desc())
            .limit(1)
        )


def _same(known: str, told: str) -> bool:
    return known == told.upper() or (told.isdigit() and len(told) > 4 and known.endswith(told))
