"""Customers as lists show them."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.people.customers import Customer
from crm_store.records.page import Page, PageAsked, cut


@dataclass(frozen=True)
class CustomersWanted:
    """Everything given must hold. `email` in any case; `phone` in E.164."""

    member_number: str | None = None
    email: str | None = None
    phone: str | None = None


class CustomerRecords:
    """Pages of customers inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, customer_id: int) -> Customer | None:
        return await self._session.get(Customer, customer_id)

    async def page(self, wanted: CustomersWanted, asked: PageAsked) -> Page[Customer]:
        """In the order of their ids."""
        query = _narrowed(select(Customer), wanted).order_by(Customer.id).limit(asked.limit + 1)
        if asked.after is not None:
            query = query.where(Customer.id > asked.after)
        rows = (await self._session.scalars(query)).all()
        return cut(rows, asked.limit, [row.id for row in rows])


def _narrowed(query: Select[Customer], wanted: CustomersWanted) -> Select[Customer]:
    if wanted.member_number is not None:
        query = query.where(Customer.member_number == wanted.member_number.upper())
    if wanted.email is not None:
        query = query.where(func.lower(Customer.email) == func.lower(wanted.email))
    if wanted.phone is not None:
        query = query.where(Customer.phone == wanted.phone)
    return query
