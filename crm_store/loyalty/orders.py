"""Orders: what was bought, where it is, and where it goes."""

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, CustomerKey, Key, Moment


class Order(Base):
    """State: `placed`, `packed`, `shipped`, `ready` (for pick-up), `delivered`, `collected`, `cancelled`, `returned`."""

    __tablename__ = "orders"
    __table_args__ = (Index("ix_orders_customer_id_placed_at", "customer_id", "placed_at"),)

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[CustomerKey]
    placed_at: Mapped[Moment]
    channel: Mapped[str]
    state: Mapped[str]
    total_cents: Mapped[int]
    address: Mapped[str | None]
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    carrier: Mapped[str | None]
    tracking: Mapped[str | None]
    expected_on: Mapped[date | None]
    ended_on: Mapped[date | None]


class OrderLine(Base):
    """One product of an order; the price is what was paid for one."""

    __tablename__ = "order_lines"

    order_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("orders.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("products.id"), index=True)
    quantity: Mapped[int]
    price_cents: Mapped[int]


class Orders:
    """Reads of orders inside one transaction. Every read names the owner: a number alone opens nothing (rule 1)."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def latest(self, customer_id: int, limit: int = 3) -> list[Order]:
        """Newest first."""
        found = await self._session.scalars(
            select(Order).where(Order.customer_id == customer_id).order_by(Order.placed_at.desc()).limit(limit)
        )
        return list(found.all())

    async def numbered(self, number: str, customer_id: int) -> Order | None:
        """The order if it is this customer's; else None, as if it did not exist."""
        return await self._session.scalar(
            select(Order).where(Order.number == number.upper(), Order.customer_id == customer_id)
        )
