"""Coupons: what a member holds and until when."""

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, CustomerKey, Key, Moment, Words


class Coupon(Base):
    """`used_at` is empty while it can be used; `min_spend_cents` is 0 when anything will do.

    `remedy_id`: what it puts right. A remedy gives one coupon. `occurrence_id`: the campaign's firing
    that gave it; each gives one to a customer.
    """

    __tablename__ = "coupons"
    __table_args__ = (
        UniqueConstraint("occurrence_id", "customer_id"),
        Index(
            "ix_coupons_unused",
            "valid_until",
            postgresql_include=["customer_id"],
            postgresql_where="used_at is null",
        ),
    )

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[CustomerKey]
    title: Mapped[Words]
    value_cents: Mapped[int]
    min_spend_cents: Mapped[int]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    used_at: Mapped[Moment | None]
    offer_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("coupon_offers.id"), index=True)
    occurrence_id: Mapped[int | None] = mapped_column(BigInteger)
    remedy_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("remedies.id"), unique=True)


class Coupons:
    """Reads of coupons inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def coded(self, code: str, customer_id: int) -> Coupon | None:
        """The coupon of this code if it is this customer's; else None, as if it did not exist."""
        return await self._session.scalar(select(Coupon).filter_by(code=code, customer_id=customer_id))

    async def usable(self, customer_id: int, today: date) -> list[Coupon]:
        """What can be used today, lapsing soonest first."""
        found = await self._session.scalars(
            select(Coupon)
            .where(
                Coupon.customer_id == customer_id,
                Coupon.used_at.is_(None),
                Coupon.valid_from <= today,
                Coupon.valid_until >= today,
            )
            .order_by(Coupon.valid_until, Coupon.id)
        )
        return list(found.all())
