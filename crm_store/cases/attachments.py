"""Attachments: what shoppers sent beside words. The bytes lie outside every web root; here is what we know of them."""

from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, ConversationKey, InteractionKey, Key, Moment


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


class Attachments:
    """Reads and writes of attachments inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
