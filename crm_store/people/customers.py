"""Customers: one row for each person the shop knows."""

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment


class Customer(Base):
    """A person. `member_number` is empty for one who never joined; `erased_at` keeps the row and drops the person.

    `birth_leap_month`: of a lunar date. `household_id`: the same number for people who live together. `wanted` is
    False when the shop itself writes to them no more.
    """

    __tablename__ = "customers"
    __table_args__ = (
        Index("ix_customers_email_lower", text("lower(email)")),
        Index("ix_customers_phone_end", text('"right"(phone, 8)')),
        Index("ix_customers_words", text("desk_terms(name)"), postgresql_using="gin"),
    )

    id: Mapped[Key]
    member_number: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    time_zone: Mapped[str] = mapped_column(default="Asia/Singapore")
    time_zone_source: Mapped[str] = mapped_column(default="shop")
    birth_date: Mapped[date | None]
    birth_year_known: Mapped[bool] = mapped_column(default=True)
    birth_calendar: Mapped[str] = mapped_column(default="solar")
    birth_leap_month: Mapped[bool] = mapped_column(default=False, server_default="false")
    home_store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    tier: Mapped[str] = mapped_column(default="member")
    email: Mapped[str | None]
    phone: Mapped[str | None] = mapped_column(index=True)
    address: Mapped[str | None]
    joined_on: Mapped[date] = mapped_column(index=True)
    household_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    referred_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("customers.id"), index=True)
    wanted: Mapped[bool] = mapped_column(default=True, server_default="true")
    erased_at: Mapped[Moment | None]


class Customers:
    """Reads and writes of customers inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, customer_id: int) -> Customer | None:
        return await self._session.get(Customer, customer_id)

    async def with_number(self, member_number: str) -> Customer | None:
        """The member of this number, in any case, who was not erased."""
        member = {"member_number": member_number.upper(), "erased_at": None}
        return await self._session.scalar(select(Customer).filter_by(**member))

    async def named_by(self, contact: str) -> Customer | None:
        """The one member whose e-mail, phone (E.164) or member number is `contact`; None when nobody or more than one.

        Knowing a contact proves nothing: this only says where a one-time code may go.
        """
        found = await self._session.scalars(
            select(Customer)
            .where(Customer.erased_at.is_(None))
            .where(
                (func.lower(Customer.email) == contact.lower())
                | (Customer.phone == contact)
                | (Customer.member_number == contact.upper())
            )
            .limit(2)
        )
        matches = found.all()
        return matches[0] if len(matches) == 1 else None
