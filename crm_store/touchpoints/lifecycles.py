"""Life cycles: new, growing, mature, fading, lost; found anew every night from what people bought."""

from datetime import date, datetime, timedelta

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Moment
from crm_store.touchpoints.lifecycle_statement import REFRESH
from crm_store.touchpoints.stages import RULES
from crm_store.touchpoints.written import write_all

YEAR = timedelta(days=365)


class Lifecycle(Base):
    """One row for each customer. `stage` since `since`; `risk` 0-100 of not coming back, from their own rhythm.

    Money in cents, of orders neither cancelled nor returned. `rhythm_days`: median days between purchases, empty below
    three of them. `tier`: as it was when tiers were last compared. `counted_at`: when a figure of it last changed.
    """

    __tablename__ = "lifecycles"

    customer_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("customers.id"), primary_key=True)
    stage: Mapped[str]
    since: Mapped[date]
    risk: Mapped[int] = mapped_column(default=0)
    orders: Mapped[int] = mapped_column(default=0)
    spent_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    spent_year_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    first_order_at: Mapped[Moment | None]
    last_order_at: Mapped[Moment | None]
    rhythm_days: Mapped[int | None]
    tier: Mapped[str | None]
    counted_at: Mapped[Moment]


class Lifecycles:
    """Reads and writes of life cycles inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, customer_id: int) -> Lifecycle | None:
        return await self._session.get(Lifecycle, customer_id)

    async def refresh(self, now: datetime) -> int:
        """Find everybody's anew by the rule of `stages.py`; today is that of the zone of `now`. Gives rows changed."""
        asked = {"now": now, "today": now.date(), "year_ago": now - YEAR, **RULES}
        return await write_all(self._session, REFRESH, asked)
