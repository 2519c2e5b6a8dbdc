"""Conversations: one thread with one channel identity, who holds it, and every change of hands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.attributes import set_committed_value

from crm_store.errors import CareLoopError
from crm_store.model import Base, ConversationKey, IdentityKey, Key, Moment


class Control(StrEnum):
    """Who holds a conversation. Only in BOT is the bot asked; in PERSON it is silent."""

    BOT = "bot"
    WAITING = "waiting"
    PERSON = "person"
    PARKED = "parked"
    CLOSED = "closed"


class Conversation(Base):
    """`dialogue` is what the bot needs to remember between turns; `last_seq` numbers what the shopper can read.

    `offered` holds the quick replies of the latest messages that had some, newest first, as `Interaction.choices` does.
    `holder_id` is who of the staff has it while a PERSON does; `waiting_since`: when the shopper began to wait.
    `awaiting` is the answer we asked for outside the bot: ``{"for": "code", "wanted": "/ask_points", "until": …}``.
    `note` is what the handler who gave it back wants the bot to know: ``{"text": …, "until": …}``.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("identity_id"),
        Index("ix_conversations_held", "id", postgresql_where="control in ('waiting', 'parked', 'person')"),
    )

    id: Mapped[Key]
    identity_id: Mapped[IdentityKey]
    channel: Mapped[str]
    account: Mapped[str]
    control: Mapped[str] = mapped_column(default=Control.BOT)
    control_version: Mapped[int] = mapped_column(default=0)
    parked_until: Mapped[Moment | None]
    language: Mapped[str] = mapped_column(default="en")
    language_source: Mapped[str] = mapped_column(default="guess")
    dialogue: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    dialogue_at: Mapped[Moment | None]
    awaiting: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    offered: Mapped[list[list[dict[str, Any]]]] = mapped_column(default=list)
    holder_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("teams.id"), index=True)
    waiting_since: Mapped[Moment | None]
    note: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    last_seq: Mapped[int] = mapped_column(default=0)
    last_in_at: Mapped[Moment | None]
    opened_at: Mapped[Moment]


class ConversationEvent(Base):
    """A change of control, with the version it led to."""

    __tablename__ = "conversation_events"
    __table_args__ = (Index("ix_conversation_events_conversation_id_id", "conversation_id", "id"),)

    id: Mapped[Key]
    conversation_id: Mapped[ConversationKey]
    at: Mapped[Moment]
    kind: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]
    version: Mapped[int]
    by: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")


_UNPARK = text(
    """
    with opened as (
        update conversations
           set control = 'waiting', control_version = control_version + 1, parked_until = null
         where control = 'parked' and parked_until <= :now
        returning id, control_version
    )
    insert into conversation_events (conversation_id, at, kind, before, after, version, "by", reason)
    select id, :now, 'control', 'parked', 'waiting', control_version, 'clock', 'the desk has opened' from opened
    returning conversation_id, version
    """
)


@dataclass(frozen=True)
class Change:
    """Who moves the control of a conversation, where to, and why. `by`: `bot`, `shopper`, `clock` or `staff:ID`.

    `holder_id` belongs to PERSON, `parked_until` to PARKED; `waiting_since` is now unless it is given.
    """

    to: Control
    by: str
    reason: str
    parked_until: datetime | None = None
    holder_id: int | None = None
    waiting_since: datetime | None = None

    def values(self, conversation: Conversation, now: datetime) -> dict[str, Any]:
        """The columns it sets. Who waits already has waited since then, unless the change says since when."""
        waits = self.to in (Control.WAITING, Control.PARKED)
        return {
            "control": self.to,
            "control_version": conversation.control_version + 1,
            "parked_until": self.parked_until,
            "holder_id": self.holder_id,
            "waiting_since": (self.waiting_since or conversation.waiting_since or now) if waits else None,
            "note": None,
        }


class ControlMoved(CareLoopError):
    """Somebody else changed who holds the conversation first; read it again and decide anew."""

    code = "control_moved"


class Conversations:
    """Reads and writes of conversations inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, conversation_id: int) -> Conversation:
        return await self._session.get_one(Conversation, conversation_id)

    async def of(self, identity_id: int) -> Conversation | None:
        return await self._session.scalar(select(Conversation).filter_by(identity_id=identity_id))

    async def open(self, fresh: Conversation) -> Conversation:
        """The one conversation of this identity, made on first contact. Safe when two events race."""
        known = await self.of(fresh.identity_id)
        if known is not None:
            return known
        columns = ("identity_id", "channel", "account", "language", "opened_at")
        await self._session.execute(
            insert(Conversation)
            .values({name: getattr(fresh, name) for name in columns} | {"dialogue": [], "offered": [], "last_seq": 0})
            .on_conflict_do_nothing()
        )
        found = await self.of(fresh.identity_id)
        assert found is not None
        return found

    async def hand(self, conversation: Conversation, change: Change, now: datetime) -> None:
        """Move the control; raises `ControlMoved` if it is not where the caller saw it. The row in hand follows."""
        before, values = conversation.control, change.values(conversation, now)
        moved = await self._session.scalar(
            update(Conversation)
            .where(
                Conversation.id == conversation.id,
                Conversation.control_version == conversation.control_version,
            )
            .values(values)
            .returning(Conversation.id)
            .execution_options(synchronize_session=False)
        )
        if moved is None:
            raise ControlMoved(f"conversation {conversation.id} is held by somebody else now")
        for name, value in values.items():
            set_committed_value(conversation, name, value)
        self._session.add(
            ConversationEvent(
                conversation_id=conversation.id,
                at=now,
                kind="control",
                before=before,
                after=change.to,
                version=conversation.control_version,
                by=change.by,
                reason=change.reason,
            )
        )

    async def locked(self, conversation_id: int) -> Conversation:
        """The row as it is now; nobody else can change it while this transaction lasts."""
        return await self._session.get_one(Conversation, conversation_id, with_for_update=True, populate_existing=True)

    async def give_note(self, conversation_id: int, note: str, until: datetime) -> None:
        """Let the bot know it until then, or until somebody takes the conversation again."""
        await self._session.execute(
            update(Conversation)
            .where(Conversation.id == conversation_id)
            .values(note={"text": note, "until": until.isoformat()})
        )

    async def speak(self, conversation_id: int, language: str, source: str) -> None:
        """Answer in `language` from now on; source `asked` outranks `guess`."""
        await self._session.execute(
            update(Conversation)
            .where(Conversation.id == conversation_id)
            .values(language=language, language_source=source)
        )

    async def await_answer(self, conversation_id: int, awaiting: dict[str, Any] | None) -> None:
        """Remember which answer we asked for; None when nothing is awaited any more."""
        await self._session.execute(
            update(Conversation).where(Conversation.id == conversation_id).values(awaiting=awaiting)
        )

    async def remember(self, conversation_id: int, dialogue: list[dict[str, Any]], now: datetime) -> None:
        """Keep what the bot needs for the next turn; an empty list begins anew."""
        await self._session.execute(
            update(Conversation).where(Conversation.id == conversation_id).values(dialogue=dialogue, dialogue_at=now)
        )

    async def offer(self, conversation_id: int, offered: list[list[dict[str, Any]]]) -> None:
        """Keep the quick replies a shopper may still press."""
        await self._session.execute(
            update(Conversation).where(Conversation.id == conversation_id).values(offered=offered)
        )

    async def unpark(self, now: datetime) -> dict[int, int]:
        """The desk has opened: what was parked until now waits for a person. The new versions of control by id."""
        return {row.conversation_id: row.version for row in await self._session.execute(_UNPARK, {"now": now})}
