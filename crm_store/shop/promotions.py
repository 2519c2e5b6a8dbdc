"""Promotions: offers with a first and a last day."""

from datetime import date

from sqlalchemy import String, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Words


class Promotion(Base):
    """An offer open to everybody. `skus` are the products it is about; none when it is about no product of ours."""

    __tablename__ = "promotions"

    id: Mapped[Key]
    title: Mapped[Words]
    text: Mapped[Words]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    skus: Mapped[list[str]] = mapped_column(ARRAY(String), default=list, server_default="{}")


_NOT_HELD = text(
    """
    not exists (select from incidents i
                 where i.closed_at is null and i.holds_promotions and i.shares = 'product'
                   and i.value = any(promotions.skus))
    """
)


class Promotions:
    """Reads of promotions inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def running(self, today: date, limit: int = 5) -> list[Promotion]:
        """What holds today, ending soonest first; not of a product that an open incident is about."""
        found = await self._session.scalars(
            select(Promotion)
            .where(Promotion.starts_on <= today, Promotion.ends_on >= today, _NOT_HELD)
            .order_by(Promotion.ends_on, Promotion.id)
            .limit(limit)
        )
        return list(found.all())
