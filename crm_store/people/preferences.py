"""Preferences and occasions: a shopper's own rules and dates, kept with the words that set them."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, IdentityKey, Key, Moment
from crm_store.people.consent import Who


class Preference(Base):
    """One rule. Kinds: `hours`, `days`, `at_most`, `channels`, `snooze`, `style`, `language`, `words` (kept as said)."""

    __tablename__ = "preferences"
    __table_args__ = (UniqueConstraint("interaction_id", "kind"),)

    id: Mapped[Key]
    customer_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("customers.id"), index=True)
    identity_id: Mapped[IdentityKey]
    kind: Mapped[str]
    value: Mapped[dict[str, Any]]
    words: Mapped[str]
    interaction_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[Moment]
    ended_at: Mapped[Moment | None]


class Occasion(Base):
    """A dated reason to write; `off` means the shopper does not want to hear of it."""

    __tablename__ = "occasions"
    __table_args__ = (UniqueConstraint("interaction_id", "kind"),)

    id: Mapped[Key]
    customer_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("customers.id"), index=True)
    identity_id: Mapped[IdentityKey]
    kind: Mapped[str]
    month: Mapped[int | None]
    day: Mapped[int | None]
    calendar: Mapped[str] = mapped_column(default="solar")
    off: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str]
    interaction_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[Moment]


class Preferences:
    """Reads and writes of preferences and occasions inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, entry: Preference | Occasion) -> None:
        self._session.add(entry)

    async def of(self, who: Who) -> list[Preference]:
        """Rules in force, oldest first."""
        found = await self._session.scalars(
            select(Preference)
            .where(
                or_(
                    Preference.identity_id == who.identity_id,
                    Preference.customer_id == who.customer_id,
                ),
                Preference.ended_at.is_(None),
            )
            .order_by(Preference.id)
        )
        return list(found.all())
