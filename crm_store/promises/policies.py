"""Promise policies as stored: how soon whom is answered. A change makes a new version."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment


class PolicyVersion(Base):
    """Minutes of business time by `calendar`; None promises nothing of that kind.

    `conditions`: ``{"severity": ["high"], "tier": ["gold"], "category": […], "store": […]}``; all named ones must hold.
    The one without conditions is the floor: nobody waits longer than it says, whatever else fits. Lowest `rank` first.
    """

    __tablename__ = "policy_versions"
    __table_args__ = (
        UniqueConstraint("name", "version"),
        Index("ix_policy_versions_current", "name", unique=True, postgresql_where="is_current"),
    )

    id: Mapped[Key]
    name: Mapped[str]
    version: Mapped[int]
    rank: Mapped[int]
    conditions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    calendar: Mapped[str]
    first_answer: Mapped[int | None]
    next_answer: Mapped[int | None]
    resolution: Mapped[int | None]
    is_current: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[Moment]
    made_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))


class Policies:
    """Reads and writes of policies inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
