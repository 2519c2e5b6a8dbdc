"""Finding the live case and holding its row, so that two people at once lose no change."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.complaints import Complaint
from crm_store.cases.events import ComplaintEvent, Happened
from crm_store.errors import CareLoopError


class CaseUnknown(CareLoopError):
    """There is no such case."""

    code = "complaint_not_found"


async def live_id(session: AsyncSession, complaint_id: int) -> int:
    """The end of the chain of merges that begins at this case. Raises `CaseUnknown`, also for a chain without end."""
    seen: set[int] = set()
    at: int | None = complaint_id
    while at is not None and at not in seen:
        seen.add(at)
        row = (await session.execute(select(Complaint.merged_into).where(Complaint.id == at))).one_or_none()
        if row is None:
            break
        if row[0] is None:
            return at
        at = row[0]
    raise CaseUnknown(f"there is no complaint {complaint_id}, or what it was merged into is lost")


async def held(session: AsyncSession, complaint_id: int) -> Complaint:
    """The row as it is now, nobody else's until the transaction ends. Raises `CaseUnknown`."""
    row = await session.scalar(
        select(Complaint)
        .where(Complaint.id == complaint_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise CaseUnknown(f"there is no complaint {complaint_id}")
    return row


async def locked(session: AsyncSession, complaint_id: int) -> Complaint:
    """The live case, held; it may be merged away while we wait for it, hence the second look."""
    while True:
        case = await held(session, await live_id(session, complaint_id))
        if case.merged_into is None:
            return case


async def pause_of(session: AsyncSession, complaint_id: int) -> datetime | None:
    """Since when its clocks stand still; None when they run."""
    last = await session.scalar(
        select(ComplaintEvent)
        .where(
            ComplaintEvent.complaint_id == complaint_id,
            ComplaintEvent.kind.in_((Happened.PAUSED, Happened.RESUMED)),
        )
        .order_by(ComplaintEvent.id.desc())
        .limit(1)
    )
    return last.at if last is not None and last.kind == Happened.PAUSED else None
