"""Facts of a case, each with its origin; the shopper and staff can correct them, and the old one stays readable."""

from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment


class Origin(StrEnum):
    """Where a fact comes from: said by the shopper, read from our records, concluded, or entered by staff."""

    SAID = "said"
    RECORDS = "records"
    INFERRED = "inferred"
    STAFF = "staff"


class CaseFact(Base):
    """`name` is e.g. `order_number`, `product`, `store`, `wanted`, `phone`; the row without `replaced_at` holds."""

    __tablename__ = "complaint_facts"

    id: Mapped[Key]
    complaint_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("complaints.id"), index=True)
    name: Mapped[str]
    value: Mapped[str]
    origin: Mapped[str]
    interaction_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("interactions.id"))
    staff_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    at: Mapped[Moment]
    replaced_at: Mapped[Moment | None]


class CaseFacts:
    """Reads and writes of facts inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
