"""Touches: one occurrence for one customer, with the decision as it stands, whatever it is."""

from enum import StrEnum

from sqlalchemy import BigInteger, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Moment


class TouchState(StrEnum):
    """WAITING (send or defer, at `due_at`) → SENDING → SENT, FAILED or UNKNOWN; the others are where it ended.

    PARKED waits until the customer writes. A WAITING, PARKED or UNKNOWN touch may still change.
    """

    WAITING = "waiting"
    PARKED = "parked"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"
    HOLDOUT = "holdout"
    CANCELLED = "cancelled"


class Touch(Base):
    """Unique for occurrence and customer. `outcome`, `reason`, `trace_id`, `policy_version`: of the last decision.

    `lane` and `identity_id` are where it goes. `consent_id`: the ledger row it rests on. `displaced_by`: the
    occurrence that has the slot it wanted. `event_id`: the care event it is about. No foreign keys: millions of rows
    are copied in at once, and each key would be looked up for each row.
    """

    __tablename__ = "touches"
    __table_args__ = (
        # By occurrence first: a lane takes the one of the better rank, however many others wait.
        Index("ix_touches_due", "lane", "occurrence_id", "due_at", postgresql_where="state = 'waiting'"),
        Index("ix_touches_customer_id_due_at", "customer_id", "due_at"),
        Index("ix_touches_outbox_id", "outbox_id", unique=True, postgresql_where="outbox_id is not null"),
    )

    occurrence_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    customer_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    state: Mapped[str]
    outcome: Mapped[str]
    reason: Mapped[str]
    channel: Mapped[str | None]
    lane: Mapped[str | None]
    identity_id: Mapped[int | None] = mapped_column(BigInteger)
    due_at: Mapped[Moment | None]
    expires_at: Mapped[Moment]
    decided_at: Mapped[Moment]
    policy_version: Mapped[int]
    trace_id: Mapped[int | None]
    consent_id: Mapped[int | None] = mapped_column(BigInteger)
    displaced_by: Mapped[int | None] = mapped_column(BigInteger)
    event_id: Mapped[int | None] = mapped_column(BigInteger)
    outbox_id: Mapped[int | None] = mapped_column(BigInteger)
    sent_at: Mapped[Moment | None]
    answered_at: Mapped[Moment | None]
    stopped_at: Mapped[Moment | None]


class DecisionTrace(Base):
    """The gates one decision went through, kept once however many people it holds for. `digest`: SHA-256 of it."""

    __tablename__ = "decision_traces"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    steps: Mapped[list[dict[str, object]]] = mapped_column(JSONB)


class Touches:
    """Reads and writes of touches inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
