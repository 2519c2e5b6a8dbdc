"""Erasure: the person is dropped, the lesson is kept."""

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, CustomerKey, Key, Moment


class Erasure(Base):
    """That somebody was erased, by whom, on whose word. Nothing of the person."""

    __tablename__ = "erasures"

    id: Mapped[Key]
    customer_id: Mapped[CustomerKey]
    at: Mapped[Moment]
    by_staff: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    reason: Mapped[str]


class Erasures:
    """Dropping a person inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
