"""Touchpoints: what happens outside the chat, such as a visit, a page looked at, a call, a receipt scanned."""

from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from crm_store.model import Base, CustomerKey, Key, Moment


class Touchpoint(Base):
    """One event. `kind`: `visit`, `page_view`, `kiosk`, `call`, `receipt_scan`, `social_post`, `referral` …

    `source` and `source_key` name it where it came from: told twice, it is kept once. `about`: a SKU, a store code.
    """

    __tablename__ = "touchpoints"
    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        Index("ix_touchpoints_customer_id_kind_at", "customer_id", "kind", "at"),
    )

    id: Mapped[Key]
    customer_id: Mapped[CustomerKey]
    kind: Mapped[str]
    at: Mapped[Moment]
    source: Mapped[str]
    source_key: Mapped[str]
    about: Mapped[str | None]
    detail: Mapped[dict[str, Any]]


class Touchpoints:
    """Reads and writes of touchpoints inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
