"""What the things in the audit are called: numbers of cases and names of customers, of many at once."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.complaints import Complaint
from crm_store.people.customers import Customer
from crm_store.staff.scope import Scope


async def case_numbers(session: AsyncSession, scope: Scope, ids: Iterable[int]) -> dict[int, str]:
    """By id, of the cases that may be seen."""
    wanted = select(Complaint.id, Complaint.number).where(
        Complaint.id.in_(set(ids)), scope.condition(Complaint.team_id)
    )
    return dict((await session.execute(wanted)).all())


async def case_id(session: AsyncSession, scope: Scope, number: str) -> int | None:
    """Of the case with this number, if it may be seen."""
    wanted = select(Complaint.id).where(Complaint.number == number.upper(), scope.condition(Complaint.team_id))
    return await session.scalar(wanted)


async def customer_names(session: AsyncSession, ids: Iterable[int]) -> dict[int, str]:
    """By id; who was erased has none."""
    wanted = select(Customer.id, Customer.name).where(Customer.id.in_(set(ids)), Customer.erased_at.is_(None))
    return dict((await session.execute(wanted)).all())
