"""The inbox: raw events exactly as they came, stored before they are acknowledged, worked off in order."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, Index, UniqueConstraint, cast, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, ConversationKey, InteractionKey, Key, Moment
from crm_store.people.identities import ChannelIdentity
from crm_store.talks.conversations import Conversation


class InboxState(StrEnum):
    """PENDING waits for its turn; IGNORED needs none; QUARANTINED could not be read and waits for a person."""

    PENDING = "pending"
    DONE = "done"
    IGNORED = "ignored"
    QUARANTINED = "quarantined"


class InboxEvent(Base):
    """One provider event. The unique key makes five deliveries of it one row."""

    __tablename__ = "inbox_events"
    __table_args__ = (
        UniqueConstraint("channel", "account", "provider_key"),
        Index("ix_inbox_events_pending", "conversation_id", "id", postgresql_where="state = 'pending'"),
    )

    id: Mapped[Key]
    channel: Mapped[str]
    account: Mapped[str]
    provider_key: Mapped[str]
    kind: Mapped[str]
    raw: Mapped[dict[str, Any]]
    event: Mapped[dict[str, Any]]
    conversation_id: Mapped[ConversationKey | None]
    interaction_id: Mapped[InteractionKey | None]
    state: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[Moment | None]
    apologised_at: Mapped[Moment | None]
    received_at: Mapped[Moment]
    done_at: Mapped[Moment | None]
    error: Mapped[str | None]


@dataclass(frozen=True)
class Arrival:
    """What the way in hands to the store. `raw` is the provider's event, `event` our reading of it."""

    channel: str
    account: str
    provider_key: str
    kind: str
    raw: dict[str, Any]
    event: dict[str, Any]
    state: InboxState
    error: str | None = None


# Within the statement that reads the turn, so that what we wrote first costs no turn a statement of its own. In plain
# SQL: care knows how it is read.
_CONTEXTS = literal_column(
    """
    (select coalesce(jsonb_agg(to_jsonb(o) order by o.id desc), '[]')
       from (select t.id, t.occurrence_id, t.customer_id, t.interaction_id, t.purpose, t.asks, t.about, t.at,
                    t.answered_at, m.provider_id
               from touch_contexts t join interactions m on m.id = t.interaction_id
              where t.conversation_id = conversations.id and t.until > inbox_events.received_at
              order by t.id desc limit 5) o)
    """,
    JSONB,
)


# What waits for them to write, and was not offered yet.
_HAS_PARKED = literal_column(
    """
    exists (select from touches t
             where t.customer_id = channel_identities.customer_id and t.state = 'parked'
               and t.expires_at > inbox_events.received_at
               and not exists (select from touch_contexts o
                                where o.occurrence_id = t.occurrence_id and o.customer_id = t.customer_id))
    """,
    Boolean,
)


@dataclass(frozen=True)
class Waiting:
    """An event with the conversation and the identity it belongs to.

    `contexts`: messages we wrote first that may still be answered, as `crm_store.answers.contexts` reads them.
    `has_parked`: something waits for them to write.
    """

    event: InboxEvent
    conversation: Conversation
    identity: ChannelIdentity
    contexts: list[dict[str, Any]] = field(default_factory=list)
    has_parked: bool = False


class Inbox:
    """Reads and writes of inbox rows inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def store(self, arrival: Arrival, now: datetime) -> int | None:
        """Keep an event that belongs to no conversation and give its id; None when it is known already."""
        return await self._session.scalar(
            insert(InboxEvent)
            .values(
                channel=arrival.channel,
                account=arrival.account,
                provider_key=arrival.provider_key,
                kind=arrival.kind,
                raw=arrival.raw,
                event=arrival.event,
                state=arrival.state,
                error=arrival.error,
                received_at=now,
            )
            .on_conflict_do_nothing()
            .returning(InboxEvent.id)
        )

    async def known(self, channel: str, account: str, provider_key: str) -> InboxEvent | None:
        """The row of an event delivered before."""
        return await self._session.scalar(
            select(InboxEvent).filter_by(channel=channel, account=account, provider_key=provider_key)
        )

    async def conversations_waiting(self, now: datetime, limit: int = 200) -> list[int]:
        """Conversations with something due, the one waiting longest first."""
        found = await self._session.scalars(
            select(InboxEvent.conversation_id)
            .where(
                InboxEvent.state == InboxState.PENDING,
                InboxEvent.conversation_id.is_not(None),
                (InboxEvent.retry_at.is_(None)) | (InboxEvent.retry_at <= now),
            )
            .group_by(InboxEvent.conversation_id)
            .order_by(func.min(InboxEvent.id))
            .limit(limit)
        )
        return [conversation_id for conversation_id in found.all() if conversation_id is not None]

    async def waiting(self, conversation_id: int, after: int, limit: int) -> list[Waiting]:
        """Pending events of one conversation beyond `after`, in the order they came, each with what it needs."""
        rows = await self._session.execute(
            select(InboxEvent, Conversation, ChannelIdentity, _CONTEXTS, _HAS_PARKED)
            .join(Conversation, Conversation.id == InboxEvent.conversation_id)
            .join(ChannelIdentity, ChannelIdentity.id == Conversation.identity_id)
            .where(
                InboxEvent.conversation_id == conversation_id,
                InboxEvent.state == InboxState.PENDING,
                InboxEvent.id > after,
            )
            .order_by(InboxEvent.id)
            .limit(limit)
        )
        return [Waiting(*row) for row in rows]

    async def resume_with(self, event_id: int, payload: str) -> None:
        """The first half of a turn is done and committed; what is left is to answer `payload`."""
        await self._session.execute(
            update(InboxEvent)
            .where(InboxEvent.id == event_id)
            .values(event=InboxEvent.event.op("||")(cast({"resume": payload}, JSONB)))
        )

    async def pending(self) -> int:
        """How many events wait for their turn."""
        found = await self._session.scalar(
            select(func.count()).select_from(InboxEvent).where(InboxEvent.state == InboxState.PENDING)
        )
        return found or 0

    async def done(self, event_id: int, now: datetime) -> bool:
        """Finish an event; False when somebody finished it before."""
        finished = await self._session.scalar(
            update(InboxEvent)
            .where(InboxEvent.id == event_id, InboxEvent.state == InboxState.PENDING)
            .values(state=InboxState.DONE, done_at=now, error=None)
            .returning(InboxEvent.id)
        )
        return finished is not None

    async def apologised(self, conversation_id: int) -> bool:
        """Whether the shopper was told already that an answer takes longer."""
        return bool(
            await self._session.scalar(
                select(InboxEvent.id)
                .where(
                    InboxEvent.conversation_id == conversation_id,
                    InboxEvent.state == InboxState.PENDING,
                    InboxEvent.apologised_at.is_not(None),
                )
                .limit(1)
            )
        )

    async def later(self, event_id: int, retry_at: datetime, error: str, apologised_at: datetime | None) -> None:
        """Keep an event for another try."""
        await self._session.execute(
            update(InboxEvent)
            .where(InboxEvent.id == event_id)
            .values(
                tries=InboxEvent.tries + 1,
                retry_at=retry_at,
                error=error[:200],
                apologised_at=func.coalesce(InboxEvent.apologised_at, apologised_at),
            )
        )

    async def quarantine(self, event_id: int, error: str) -> None:
        """Set an event aside that nothing can be done with; it stays for a person to look at."""
        await self._session.execute(
            update(InboxEvent).where(InboxEvent.id == event_id).values(state=InboxState.QUARANTINED, error=error[:200])
        )

    async def forget_raw(self, before: datetime) -> None:
        """Empty the raw event of everything finished before then."""
        await self._session.execute(
            update(InboxEvent)
            .where(InboxEvent.done_at < before, InboxEvent.raw != {})
            .values(raw={})
            .execution_options(synchronize_session=False)
        )
