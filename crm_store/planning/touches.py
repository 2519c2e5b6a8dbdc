"""Touches: one occurrence for one customer, with the decision as it stands, whatever it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, func, select, text, update
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
        Index("ix_touches_due", "lane", "occurrence_id", "due_at", "customer_id", postgresql_where="state = 'waiting'"),
        Index("ix_touches_held", "occurrence_id", postgresql_where="state in ('parked', 'sending')"),
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


_PARKED = text(
    """
    select t.occurrence_id, o.campaign_id, o.version, o.purpose, t.reason, t.event_id, t.expires_at
      from touches t
      join occurrences o on o.id = t.occurrence_id
      join campaigns c on c.id = o.campaign_id
     where t.customer_id = :customer and t.state = 'parked' and t.expires_at > :now
       and c.state in ('scheduled', 'running', 'done')
     order by array_position(array['service', 'care', 'survey', 'promotion'], o.purpose), o.priority, t.expires_at,
              t.occurrence_id
    """
)


@dataclass(frozen=True)
class Parked:
    """What waits for a customer until they write. `reason`: `pull_only` or `no_channel`."""

    occurrence_id: int
    campaign_id: int
    version: int
    purpose: str
    reason: str
    event_id: int | None
    expires_at: datetime


class Touches:
    """Reads and writes of touches inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, occurrence_id: int, customer_id: int) -> Touch | None:
        return await self._session.get(Touch, (occurrence_id, customer_id))

    async def parked_for(self, customer_id: int, now: datetime) -> list[Parked]:
        """What may be offered to them now that they write, the best first: purpose, priority, nearest expiry.

        To be decided again like everything that goes out. What is offered leaves with `offered`.
        """
        rows = await self._session.execute(_PARKED, {"customer": customer_id, "now": now})
        return [Parked(*row) for row in rows]

    async def offered(self, occurrence_id: int, customer_id: int, now: datetime) -> bool:
        """It was said in the conversation; False when somebody else had taken it meanwhile."""
        taken = await self._session.scalar(
            update(Touch)
            .where(Touch.occurrence_id == occurrence_id, Touch.customer_id == customer_id)
            .where(Touch.state == TouchState.PARKED)
            .values(state=TouchState.SENT, sent_at=now)
            .returning(Touch.customer_id)
        )
        return taken is not None

    async def counts(self, occurrence_id: int) -> dict[str, int]:
        """How many by state, now."""
        rows = await self._session.execute(
            select(Touch.state, func.count()).where(Touch.occurrence_id == occurrence_id).group_by(Touch.state)
        )
        return dict(rows.all())

    async def steps(self, trace_id: int) -> list[dict[str, object]]:
        """What the gates said; see `crm_store.planning.traces`."""
        trace = await self._session.get(DecisionTrace, trace_id)
        return trace.steps if trace is not None else []
