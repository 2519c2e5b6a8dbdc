"""Touchpoints: what happens outside the chat, such as a visit, a page looked at, a call, a receipt scanned."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from crm_store.model import Base, CustomerKey, Key, Moment

AT_ONCE = 1000
"""Rows of one statement: each has seven values, and a statement takes 65,535."""


class Touchpoint(Base):
    """One event. `kind`: `visit`, `page_view`, `kiosk`, `call`, `receipt_scan`, `social_post`, `referral` …

    `source` and `source_key` name it where it came from: told twice, it is kept once. `about`: a SKU, a store code.
    """

    __tablename__ = "touchpoints"
    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        Index("ix_touchpoints_customer_id_kind_at", "customer_id", "kind", "at"),
        Index("ix_touchpoints_kind_at", "kind", "at", postgresql_include=["customer_id"]),
    )

    id: Mapped[Key]
    customer_id: Mapped[CustomerKey]
    kind: Mapped[str]
    at: Mapped[Moment]
    source: Mapped[str]
    source_key: Mapped[str]
    about: Mapped[str | None]
    detail: Mapped[dict[str, Any]]


@dataclass(frozen=True)
class TouchpointTold:
    """One event as a source tells it; see `Touchpoint`."""

    customer_id: int
    kind: str
    at: datetime
    source: str
    source_key: str
    about: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)


class Touchpoints:
    """Reads and writes of touchpoints inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def tell(self, told: Sequence[TouchpointTold]) -> int:
        """Keep them, those already told no second time; gives how many were news. The customers have to exist."""
        news = 0
        for start in range(0, len(told), AT_ONCE):
            rows = [asdict(one) for one in told[start : start + AT_ONCE]]
            kept = insert(Touchpoint).values(rows).on_conflict_do_nothing().returning(Touchpoint.id)
            news += len((await self._session.scalars(kept)).all())
        return news

    async def of(self, customer_id: int, limit: int = 50) -> list[Touchpoint]:
        """Newest first."""
        found = await self._session.scalars(
            select(Touchpoint)
            .where(Touchpoint.customer_id == customer_id)
            .order_by(Touchpoint.at.desc(), Touchpoint.id.desc())
            .limit(limit)
        )
        return list(found.all())

    async def kinds(self) -> list[str]:
        """Every kind there is, by name; walks from one to the next in the index, however many events there are."""
        kinds, last = list[str](), ""
        while (found := await self._session.scalar(_next_kind(last))) is not None:
            kinds.append(found)
            last = found
        return kinds


def _next_kind(last: str) -> Any:
    return select(Touchpoint.kind).where(Touchpoint.kind > last).order_by(Touchpoint.kind).limit(1)
