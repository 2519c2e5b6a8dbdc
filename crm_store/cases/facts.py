"""Facts of a case, each with its origin; the shopper and staff can correct them, and the old one stays readable."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.cases.events import By
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


@dataclass(frozen=True)
class Fact:
    """A fact before it is written; `interaction_id` is the message it stands in."""

    name: str
    value: str
    origin: Origin
    interaction_id: int | None = None


class CaseFacts:
    """Reads and writes of facts inside one transaction. Whoever changes one holds the lock on its case."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def begin(self, complaint_id: int, fact: Fact, by: By, now: datetime) -> None:
        """A fact of a case that has none of this name yet."""
        self._session.add(
            CaseFact(
                complaint_id=complaint_id,
                name=fact.name,
                value=fact.value,
                origin=fact.origin,
                interaction_id=fact.interaction_id,
                staff_id=by.staff_id,
                at=now,
            )
        )

    async def say(self, complaint_id: int, fact: Fact, by: By, now: datetime) -> str | None:
        """Let `fact` hold from now on; gives the value it replaces. The same value again changes nothing."""
        held = await self._holding(complaint_id, fact.name)
        if held is not None and held.value == fact.value:
            return held.value
        await self.drop(complaint_id, fact.name, now)
        self.begin(complaint_id, fact, by, now)
        return held.value if held else None

    async def drop(self, complaint_id: int, name: str, now: datetime) -> None:
        """It does not hold any more, and nothing takes its place."""
        await self._session.execute(
            update(CaseFact)
            .where(CaseFact.complaint_id == complaint_id, CaseFact.name == name, CaseFact.replaced_at.is_(None))
            .values(replaced_at=now)
        )

    async def current(self, complaint_id: int) -> list[CaseFact]:
        """What holds now, oldest first."""
        found = await self._session.scalars(
            select(CaseFact)
            .where(CaseFact.complaint_id == complaint_id, CaseFact.replaced_at.is_(None))
            .order_by(CaseFact.id)
        )
        return list(found.all())

    async def history(self, complaint_id: int) -> list[CaseFact]:
        """Everything that ever held, oldest first."""
        found = await self._session.scalars(
            select(CaseFact).where(CaseFact.complaint_id == complaint_id).order_by(CaseFact.id)
        )
        return list(found.all())

    async def _holding(self, complaint_id: int, name: str) -> CaseFact | None:
        return await self._session.scalar(
            select(CaseFact).filter_by(complaint_id=complaint_id, name=name, replaced_at=None)
        )
