"""Care events: what can be a reason to write, found in the records or told by the till, each once."""

from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from crm_store.model import Base, CustomerKey, Key, Moment


class CareEvent(Base):
    """One thing that happened to one customer, unique by kind and key.

    Kinds: `joined`, `purchase` (arrived or collected), `tier_change`, `complaint_closed`, `points_lapsing`,
    `coupon_lapsing`, `gone_quiet`, `running_low` (still enough left), `referral`. `key` is the order, complaint,
    coupon … `detail` holds what messages about it may name.
    """

    __tablename__ = "care_events"
    __table_args__ = (UniqueConstraint("kind", "customer_id", "key"), Index("ix_care_events_kind_id", "kind", "id"))

    id: Mapped[Key]
    kind: Mapped[str]
    customer_id: Mapped[CustomerKey]
    key: Mapped[str]
    at: Mapped[Moment]
    detail: Mapped[dict[str, Any]]


class CareEvents:
    """Reads and writes of care events inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
