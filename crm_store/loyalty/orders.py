"""Orders: what was bought, where it is, and where it goes."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import BigInteger, ForeignKey, Index, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.loyalty.order_changes import OPEN_STATES
from crm_store.model import Base, CustomerKey, Key, Moment, Words
from crm_store.shop.products import Product

COMPLETED_STATES = ("delivered", "collected")
UNDONE_STATES = ("cancelled", "returned")


class Order(Base):
    """State: `placed`, `packed`, `shipped`, `ready` (pick-up), `delivered`, `collected`, `cancelled`, `returned`."""

    __tablename__ = "orders"
    __table_args__ = (
        Index("ix_orders_customer_id_placed_at", "customer_id", "placed_at"),
        Index(
            "ix_orders_kept",
            "placed_at",
            postgresql_include=["customer_id", "total_cents", "id"],
            postgresql_where="state not in ('cancelled', 'returned')",
        ),
        Index("ix_orders_arrived", "ended_on", postgresql_where="state in ('delivered', 'collected')"),
    )

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
    __table_args__ = (Index("ix_order_lines_product_id_order_id", "product_id", "order_id"),)

    order_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("orders.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("products.id"), index=True)
    quantity: Mapped[int]
    price_cents: Mapped[int]


class Bought(NamedTuple):
    """One line of an order as the shopper knows it."""

    name: Words
    quantity: int


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

    async def quoted(self, numbers: Sequence[str], customer_id: int) -> Order | None:
        """The newest of this customer's orders named by one of `numbers`; bare digits name by the end."""
        endings = [Order.number.endswith(number, autoescape=True) for number in numbers if number.isdigit()]
        named = or_(Order.number.in_(numbers), *endings)
        return await self._session.scalar(
            select(Order).where(Order.customer_id == customer_id, named).order_by(Order.placed_at.desc()).limit(1)
        )

    async def under_way(self, customer_id: int, limit: int = 3) -> list[Order]:
        """Orders not yet delivered, collected, cancelled or returned, newest first."""
        found = await self._session.scalars(
            select(Order)
            .where(Order.customer_id == customer_id, Order.state.in_(OPEN_STATES))
            .order_by(Order.placed_at.desc())
            .limit(limit)
        )
        return list(found.all())

    async def latest_undone(self, customer_id: int) -> Order | None:
        """The newest order that was cancelled or returned."""
        return await self._session.scalar(
            select(Order)
            .where(Order.customer_id == customer_id, Order.state.in_(UNDONE_STATES))
            .order_by(func.coalesce(Order.ended_on, func.date(Order.placed_at)).desc(), Order.id.desc())
            .limit(1)
        )

    async def contents(self, order_id: int) -> list[Bought]:
        """What was bought, in the order of its lines."""
        rows = await self._session.execute(
            select(Product.name, OrderLine.quantity)
            .join(Product, Product.id == OrderLine.product_id)
            .where(OrderLine.order_id == order_id)
            .order_by(OrderLine.line)
        )
        return [Bought(name, quantity) for name, quantity in rows]

    async def completed_since(self, customer_id: int, since: date) -> int:
        """Cents of orders delivered or collected since that day."""
        spent = await self._session.scalar(
            select(func.coalesce(func.sum(Order.total_cents), 0)).where(
                Order.customer_id == customer_id, Order.ended_on >= since, Order.state.in_(COMPLETED_STATES)
            )
        )
        return int(spent or 0)
