"""Remedies of which the shopper has not been told yet: each is claimed by one, and told once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.complaints import Complaint
from crm_store.remedies.granting import RemedyKind
from crm_store.remedies.remedy import GIVEN, Remedy


class RemedyTelling:
    """Reads and writes inside one transaction. An apology is said by whoever gives it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def untold(self, since: datetime, limit: int = 100) -> Sequence[tuple[Remedy, Complaint]]:
        """Executed after `since`, the oldest first, each with its case; nobody else is given the same rows."""
        rows = await self._session.execute(
            select(Remedy, Complaint)
            .join(Complaint, Complaint.id == Remedy.complaint_id)
            .where(
                Remedy.told_at.is_(None),
                Remedy.executed_at > since,
                Remedy.state.in_(GIVEN),
                Remedy.kind != RemedyKind.APOLOGY,
            )
            .order_by(Remedy.executed_at)
            .limit(limit)
            .with_for_update(of=Remedy, skip_locked=True)
        )
        return [(remedy, complaint) for remedy, complaint in rows]

    async def told(self, remedy_ids: list[int], now: datetime) -> None:
        """The words are on their way, or there is nobody who could be told."""
        await self._session.execute(update(Remedy).where(Remedy.id.in_(remedy_ids)).values(told_at=now))
