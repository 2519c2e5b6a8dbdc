"""Attachments: what shoppers sent beside words. The bytes lie outside every web root; here is what we know of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from secrets import token_urlsafe

from sqlalchemy import BigInteger, ForeignKey, Index, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, ConversationKey, InteractionKey, Key, Moment

SAME_MATTER = timedelta(hours=2)
"""A file sent no longer than this before a complaint is opened in the same conversation belongs to it."""


class AttachmentState(StrEnum):
    """WAITING to be fetched from the provider, KEPT, or REFUSED (type, size) or LOST (gone at the provider)."""

    WAITING = "waiting"
    KEPT = "kept"
    REFUSED = "refused"
    LOST = "lost"


class Attachment(Base):
    """`token` is the unguessable name in addresses; `provider_ref` what the channel fetches it by.

    `media_type` and `size` (bytes) are what we found in the content itself, never what the sender claimed.
    """

    __tablename__ = "attachments"
    __table_args__ = (Index("ix_attachments_waiting", "id", postgresql_where="state = 'waiting'"),)

    id: Mapped[Key]
    token: Mapped[str] = mapped_column(unique=True)
    conversation_id: Mapped[ConversationKey]
    interaction_id: Mapped[InteractionKey]
    complaint_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("complaints.id"), index=True)
    provider_ref: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    media_type: Mapped[str] = mapped_column(default="")
    size: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=AttachmentState.WAITING)
    reason: Mapped[str] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[Moment | None]
    at: Mapped[Moment]


@dataclass(frozen=True)
class KeptFile:
    """Bytes that lie in the vault under their `digest`. `name` is safe to show; `size` in bytes."""

    digest: str
    media_type: str
    name: str
    size: int


@dataclass(frozen=True)
class Awaited:
    """A file that is still at the provider, with the name it claims."""

    provider_ref: str
    name: str = ""


# In plain SQL: complaints know attachments, not the other way round.
_NEWEST_OPEN = text(
    """
    select c.id from complaints c join complaint_conversations t on t.complaint_id = c.id
     where t.conversation_id = :conversation_id and c.closed_at is null and c.merged_into is null
     order by c.opened_at desc, c.id desc limit 1
    """
)


_CASE_NUMBER = text(
    """
    select c.number from attachments a join complaints c on c.id = a.complaint_id
     where a.interaction_id = :interaction_id order by a.id limit 1
    """
)


class Attachments:
    """Reads and writes of attachments inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(
        self, conversation_id: int, interaction_id: int, files: Sequence[KeptFile | Awaited], now: datetime
    ) -> int | None:
        """What came with a message; gives the complaint they belong to: the conversation's newest open one, if any."""
        complaint_id: int | None = await self._session.scalar(_NEWEST_OPEN, {"conversation_id": conversation_id})
        place = {"conversation_id": conversation_id, "interaction_id": interaction_id, "complaint_id": complaint_id}
        for file in files:
            state = AttachmentState.KEPT if isinstance(file, KeptFile) else AttachmentState.WAITING
            self._session.add(Attachment(**place, **vars(file), token=token_urlsafe(24), state=state, at=now))
        await self._session.flush()
        return complaint_id

    async def claim(self, conversation_id: int, complaint_id: int, since: datetime) -> int:
        """Link what came in this conversation since then and belongs to no complaint yet; gives how many."""
        linked = await self._session.scalars(
            update(Attachment)
            .where(
                Attachment.conversation_id == conversation_id,
                Attachment.complaint_id.is_(None),
                Attachment.at >= since,
            )
            .values(complaint_id=complaint_id)
            .returning(Attachment.id)
        )
        return len(linked.all())

    async def by_token(self, token: str) -> Attachment | None:
        """Whoever asks: check that they may see its conversation before showing anything."""
        return await self._session.scalar(select(Attachment).filter_by(token=token))

    async def of_conversation(self, conversation_id: int, limit: int = 200) -> list[Attachment]:
        """The newest ones, oldest first."""
        found = await self._session.scalars(
            select(Attachment).filter_by(conversation_id=conversation_id).order_by(Attachment.id.desc()).limit(limit)
        )
        return list(found.all())[::-1]

    async def of_complaint(self, complaint_id: int, *merged: int) -> list[Attachment]:
        """Those of a case, and of the cases merged into it where their ids are given; oldest first."""
        found = await self._session.scalars(
            select(Attachment).where(Attachment.complaint_id.in_((complaint_id, *merged))).order_by(Attachment.id)
        )
        return list(found.all())

    async def of_interactions(self, interaction_ids: Sequence[int]) -> dict[int, list[Attachment]]:
        """Attachments by the message they came with; messages without any are not there."""
        by_message: dict[int, list[Attachment]] = {}
        if interaction_ids:
            found = await self._session.scalars(
                select(Attachment).where(Attachment.interaction_id.in_(interaction_ids)).order_by(Attachment.id)
            )
            for attachment in found:
                by_message.setdefault(attachment.interaction_id, []).append(attachment)
        return by_message

    async def case_number(self, interaction_id: int) -> str | None:
        """The number of the complaint that what came with this message belongs to."""
        found: str | None = await self._session.scalar(_CASE_NUMBER, {"interaction_id": interaction_id})
        return found

    async def came_before(self, conversation_id: int, interaction_id: int, since: datetime) -> bool:
        """Whether an earlier message of the conversation brought something, no longer ago than `since`."""
        earlier = select(Attachment.id).where(
            Attachment.conversation_id == conversation_id,
            Attachment.interaction_id < interaction_id,
            Attachment.at >= since,
        )
        return await self._session.scalar(earlier.limit(1)) is not None
