"""Sessions of staff: only a hash of the cookie is kept; signing in always begins a new one."""

from sqlalchemy import BigInteger, ForeignKey, LargeBinary
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Moment


class StaffSession(Base):
    """`digest` is SHA-256 of the cookie. Ended by time, by idleness, by signing out and by a change of role."""

    __tablename__ = "staff_sessions"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id", ondelete="cascade"), index=True)
    made_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    agent: Mapped[str] = mapped_column(default="")


class StaffSessions:
    """Reads and writes of sessions inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
