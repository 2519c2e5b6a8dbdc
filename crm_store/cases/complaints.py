"""Complaints: cases with a number the shopper can quote."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Sequence, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment

NUMBERS = Sequence("complaint_numbers", start=10001, metadata=Base.metadata)


class Complaint(Base):
    """A case. `opened_by` is the interaction that completed it: the same words delivered twice open one case.

    `source` is `bot`, `survey`, `staff` or `api`; `source_key` makes an opening from outside once. `reopened` counts.
    `urgent` is set by a reopening. `waits_for` is `us` or `shopper`. `next_due_at` is the nearest of its clocks.
    """

    __tablename__ = "complaints"
    __table_args__ = (
        UniqueConstraint("opened_by"),
        UniqueConstraint("source_key"),
        Index("ix_complaints_open_due", "next_due_at", "id", postgresql_where="closed_at is null"),
        Index("ix_complaints_open_assignee", "assignee_id", postgresql_where="closed_at is null"),
        Index("ix_complaints_product_opened", "product_sku", "opened_at"),
        Index("ix_complaints_store_opened", "store_code", "opened_at"),
        Index("ix_complaints_opened_at_id", "opened_at", "id"),
    )

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("customers.id"), index=True)
    identity_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("channel_identities.id"), index=True)
    opened_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("interactions.id"))
    source: Mapped[str] = mapped_column(default="bot")
    source_key: Mapped[str | None]
    category: Mapped[str]
    severity: Mapped[str] = mapped_column(default="normal")
    what_happened: Mapped[str]
    wanted: Mapped[str] = mapped_column(default="")
    order_number: Mapped[str | None]
    product_sku: Mapped[str | None]
    store_code: Mapped[str | None]
    carrier: Mapped[str | None]
    campaign: Mapped[str | None]
    cause: Mapped[str | None]
    language: Mapped[str]
    state: Mapped[str] = mapped_column(default="received")
    team_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("teams.id"), index=True)
    assignee_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    urgent: Mapped[bool] = mapped_column(default=False)
    reopened: Mapped[int] = mapped_column(default=0)
    waits_for: Mapped[str] = mapped_column(default="us")
    next_due_at: Mapped[Moment | None]
    merged_into: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("complaints.id"), index=True)
    incident_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("incidents.id"), index=True)
    opened_at: Mapped[Moment]
    changed_at: Mapped[Moment]
    done_at: Mapped[Moment | None]
    closed_at: Mapped[Moment | None]


class ComplaintConversation(Base):
    """Which conversations a complaint was talked about in."""

    __tablename__ = "complaint_conversations"

    complaint_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("complaints.id"), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("conversations.id"), primary_key=True, index=True
    )


@dataclass(frozen=True)
class Grievance:
    """What the shopper told us."""

    category: str
    severity: str
    what_happened: str
    wanted: str
    order_number: str | None
    language: str


@dataclass(frozen=True)
class Opener:
    """Who complained, where, and in which message the account was complete."""

    identity_id: int
    customer_id: int | None
    conversation_id: int
    interaction_id: int


class Complaints:
    """Reads and writes of complaints inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def open(self, opener: Opener, grievance: Grievance, now: datetime) -> Complaint:
        """Open the case of this interaction, or give the one it opened before."""
        number = await self._session.scalar(NUMBERS.next_value())
        await self._session.execute(
            insert(Complaint)
            .values(
                number=f"C{number}",
                customer_id=opener.customer_id,
                identity_id=opener.identity_id,
                opened_by=opener.interaction_id,
                category=grievance.category,
                severity=grievance.severity,
                what_happened=grievance.what_happened,
                wanted=grievance.wanted,
                order_number=grievance.order_number,
                language=grievance.language,
                opened_at=now,
                changed_at=now,
            )
            .on_conflict_do_nothing(index_elements=["opened_by"])
        )
        complaint = await self._session.scalar(select(Complaint).filter_by(opened_by=opener.interaction_id))
        assert complaint is not None
        await self._session.execute(
            insert(ComplaintConversation)
            .values(complaint_id=complaint.id, conversation_id=opener.conversation_id)
            .on_conflict_do_nothing()
        )
        return complaint

    async def numbered(self, number: str) -> Complaint | None:
        """Whoever asks: check that it is theirs before saying anything about it."""
        return await self._session.scalar(select(Complaint).filter_by(number=number.upper()))

    async def of(self, identity_id: int, customer_id: int | None) -> list[Complaint]:
        """Cases of this person, newest first; those of the address alone when nobody is linked to it."""
        mine = Complaint.identity_id == identity_id
        if customer_id is not None:
            mine = mine | (Complaint.customer_id == customer_id)
        found = await self._session.scalars(select(Complaint).where(mine).order_by(Complaint.id.desc()).limit(20))
        return list(found.all())
