"""Life cycles: new, growing, mature, fading, lost; found anew every night from what people bought."""

from datetime import date

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Moment


class Lifecycle(Base):
    """One row for each customer. `stage` since `since`; `risk` 0-100 of not coming back, from their own rhythm.

    Money in cents. `rhythm_days`: median days between purchases, empty below three of them.
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
    counted_at: Mapped[Moment]


class Lifecycles:
    """Reads and writes of life cycles inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
