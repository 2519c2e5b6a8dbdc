"""Messages that did not arrive, each with an owner until somebody closes it."""

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Moment


class UndeliveredCare(Base):
    """Who looks after a failed or unknown send, and how it ended: `resent`, `told_otherwise`, `let_go`."""

    __tablename__ = "undelivered_care"

    outbox_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("outbox_messages.id"), primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    taken_at: Mapped[Moment | None]
    closed_at: Mapped[Moment | None]
    outcome: Mapped[str] = mapped_column(default="")


class Undelivered:
    """Reads and writes of undelivered messages inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
