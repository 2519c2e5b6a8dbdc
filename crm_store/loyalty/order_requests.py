"""Requests about orders that the shop's back office carries out: give money back, send another one."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment


class OrderRequest(Base):
    """`kind` is `refund` or `replacement`, `number` what both sides quote, e.g. ``RQ17``. A remedy asks once."""

    __tablename__ = "order_requests"
    __table_args__ = (Index("ix_order_requests_open", "requested_at", postgresql_where="settled_at is null"),)

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(unique=True)
    remedy_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("remedies.id"), unique=True)
    complaint_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("complaints.id"))
    customer_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("customers.id"))
    kind: Mapped[str]
    amount_cents: Mapped[int]
    order_number: Mapped[str | None]
    product_sku: Mapped[str | None]
    requested_at: Mapped[Moment]
    settled_at: Mapped[Moment | None]


class OrderRequests:
    """Reads and writes of requests inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def ask(self, request: OrderRequest) -> None:
        """Put it on the back office's list; a second one for the same remedy changes nothing."""
        columns = ("remedy_id", "complaint_id", "customer_id", "kind", "amount_cents", "order_number", "product_sku")
        values = {name: getattr(request, name) for name in (*columns, "number", "requested_at")}
        await self._session.execute(
            insert(OrderRequest).values(values).on_conflict_do_nothing(index_elements=["remedy_id"])
        )

    async def waiting(self, limit: int = 200) -> list[OrderRequest]:
        """Not settled yet, oldest first."""
        found = await self._session.scalars(
            select(OrderRequest)
            .where(OrderRequest.settled_at.is_(None))
            .order_by(OrderRequest.requested_at)
            .limit(limit)
        )
        return list(found.all())

    async def settle(self, remedy_id: int, now: datetime) -> None:
        """The back office has done it."""
        await self._session.execute(
            update(OrderRequest)
            .where(OrderRequest.remedy_id == remedy_id, OrderRequest.settled_at.is_(None))
            .values(settled_at=now)
        )
