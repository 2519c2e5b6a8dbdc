"""Coupon offers: what a campaign gives away, one code for each recipient."""

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment, Words


class CouponOffer(Base):
    """`days` a code is good for, from when it is given. `most`: codes there are at all; None for no limit."""

    __tablename__ = "coupon_offers"

    id: Mapped[Key]
    title: Mapped[Words]
    prefix: Mapped[str]
    value_cents: Mapped[int]
    min_spend_cents: Mapped[int] = mapped_column(default=0)
    days: Mapped[int]
    most: Mapped[int | None]
    given: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    made_at: Mapped[Moment]
    archived_at: Mapped[Moment | None]


class CouponOffers:
    """Reads and writes of offers, and the giving of codes, inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
