"""Complaints: cases with a number the shopper can quote."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Sequence, UniqueConstraint, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.cases.attachments import SAME_MATTER, Attachments
from crm_store.cases.events import BY_SHOPPER, By, Event, Happened
from crm_store.cases.facts import CaseFacts, Fact, Origin
from crm_store.cases.journal import Journal
from crm_store.cases.order_facts import OrderKnown, known_of_order, records_of
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
        Index(
            "ix_complaints_pressing",
            text("((not urgent)::integer)"),
            text("(coalesce(next_due_at, '9999-01-01 00:00:00+00'::timestamptz))"),
            "id",
            postgresql_where="closed_at is null and merged_into is null",
        ),
        Index("ix_complaints_open_assignee", "assignee_id", postgresql_where="closed_at is null"),
        Index("ix_complaints_product_opened", "product_sku", "opened_at"),
        Index("ix_complaints_store_opened", "store_code", "opened_at"),
        Index("ix_complaints_opened_at_id", "opened_at", "id"),
        Index("ix_complaints_closed", "closed_at", "id", postgresql_where="closed_at is not null"),
        Index("ix_complaints_words", text("desk_terms(what_happened)"), postgresql_using="gin"),
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
    order_number: Mapped[str | None] = mapped_column(index=True)
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
    """What went wrong. What is not given of product, store and carrier is looked up in the order named."""

    category: str
    severity: str
    what_happened: str
    wanted: str
    order_number: str | None
    language: str
    product_sku: str | None = None
    store_code: str | None = None
    carrier: str | None = None
    campaign: str | None = None


@dataclass(frozen=True)
class Opener:
    """Who complained, where, and in which message the account was complete.

    `source` is `bot`, `survey`, `staff` or `api`. The same `source_key`, or interaction, opens one case and no second.
    """

    identity_id: int | None
    customer_id: int | None
    conversation_id: int | None
    interaction_id: int | None
    source: str = "bot"
    source_key: str | None = None
    by: By = BY_SHOPPER


class Complaints:
    """Opens complaints and reads them, inside one transaction."""

    def __init__(self, session: AsyncSession, journal: Journal) -> None:
        self._session = session
        self._journal = journal

    async def open(self, opener: Opener, grievance: Grievance, now: datetime) -> Complaint:
        """Open the case of this key or interaction, or give the one it opened before."""
        known = await known_of_order(self._session, grievance.order_number, opener.customer_id)
        values = _columns(opener, grievance, known) | {"opened_at": now, "changed_at": now}
        number = await self._session.scalar(NUMBERS.next_value())
        fresh = await self._session.scalar(
            insert(Complaint).values(number=f"C{number}", **values).on_conflict_do_nothing().returning(Complaint.id)
        )
        if fresh is None:
            return await self._opened_before(opener)
        complaint = await self._session.get_one(Complaint, fresh)
        await self._begin(complaint, opener, _facts(opener, grievance, known), now)
        return complaint

    async def _opened_before(self, opener: Opener) -> Complaint:
        keys = {Complaint.source_key: opener.source_key, Complaint.opened_by: opener.interaction_id}
        same = or_(*(column == key for column, key in keys.items() if key is not None))
        return (await self._session.scalars(select(Complaint).where(same).order_by(Complaint.id).limit(1))).one()

    async def _begin(self, complaint: Complaint, opener: Opener, facts: list[Fact], now: datetime) -> None:
        """What belongs to a new case: its conversation, the files just sent in it, its facts, its first event."""
        if opener.conversation_id is not None:
            self._session.add(ComplaintConversation(complaint_id=complaint.id, conversation_id=opener.conversation_id))
            await Attachments(self._session).claim(opener.conversation_id, complaint.id, now - SAME_MATTER)
        said = CaseFacts(self._session)
        for fact in facts:
            said.begin(complaint.id, replace(fact, interaction_id=opener.interaction_id), opener.by, now)
        detail = {"severity": complaint.severity, "category": complaint.category, "store": complaint.store_code}
        opened = Event(Happened.OPENED, opener.by, detail, opener.conversation_id, opener.interaction_id)
        await self._journal.write(complaint.id, now, opened)

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


def _columns(opener: Opener, grievance: Grievance, known: OrderKnown) -> dict[str, Any]:
    """What was told goes before what the order says; a number told in part becomes the whole one."""
    told = asdict(grievance) | {"order_number": known.order_number or grievance.order_number}
    looked_up = {name: value for name, value in known._asdict().items() if told[name] is None}
    return (
        told
        | looked_up
        | {
            "customer_id": opener.customer_id,
            "identity_id": opener.identity_id,
            "opened_by": opener.interaction_id,
            "source": opener.source,
            "source_key": opener.source_key,
        }
    )


def _facts(opener: Opener, grievance: Grievance, known: OrderKnown) -> list[Fact]:
    """Their own words, or a colleague's; what we concluded; and what the order adds to it."""
    told_by = Origin.STAFF if opener.by.staff_id is not None else Origin.SAID
    told = {
        "story": (grievance.what_happened, told_by),
        "wanted": (grievance.wanted, told_by),
        "order_number": (known.order_number or grievance.order_number, told_by),
        "product": (grievance.product_sku, told_by),
        "store": (grievance.store_code, told_by),
        "carrier": (grievance.carrier, told_by),
        "campaign": (grievance.campaign, told_by),
        "category": (grievance.category, Origin.INFERRED if opener.by == BY_SHOPPER else told_by),
        "severity": (grievance.severity, Origin.INFERRED if opener.by == BY_SHOPPER else told_by),
    }
    facts = [Fact(name, value, origin) for name, (value, origin) in told.items() if value]
    return facts + [fact for fact in records_of(known) if not told[fact.name][0]]
