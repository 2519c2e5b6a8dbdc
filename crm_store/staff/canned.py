"""Canned replies: texts handlers reuse, in every language, with variables such as `{name}` and `{number}`."""

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment, Words


class CannedReply(Base):
    """`shortcut` is what a handler types; a reply without a team is everybody's."""

    __tablename__ = "canned_replies"

    id: Mapped[Key]
    shortcut: Mapped[str] = mapped_column(unique=True)
    title: Mapped[Words]
    text: Mapped[Words]
    team_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("teams.id"))
    changed_at: Mapped[Moment]


class CannedReplies:
    """Reads and writes of canned replies inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
