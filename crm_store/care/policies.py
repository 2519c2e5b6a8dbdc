"""The shop's rules for writing to people: versioned; a change touches future decisions only."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Moment


class ContactPolicy(Base):
    """One version of `crm_store.decision.message.Policy` as JSON. The highest version holds."""

    __tablename__ = "contact_policies"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    definition: Mapped[dict[str, Any]]
    made_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    made_at: Mapped[Moment]


class ContactPolicies:
    """Reads and writes of the rules inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
