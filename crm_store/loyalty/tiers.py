"""Tiers: what a member's spending in twelve months earns, as the shop set it."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Words


class Tier(Base):
    """`threshold_cents` is the spending in twelve months that earns it; `rank` orders them, 0 the lowest."""

    __tablename__ = "tiers"

    code: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int]
    name: Mapped[Words]
    threshold_cents: Mapped[int]
    benefits: Mapped[Words]


class Tiers:
    """Reads of tiers inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> list[Tier]:
        """Lowest first."""
        return list((await self._session.scalars(select(Tier).order_by(Tier.rank))).all())
