"""Care events: what can be a reason to write, found in the records or told by the till, each once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from crm_store.model import Base, CustomerKey, Key, Moment
from crm_store.touchpoints.event_statements import NIGHTLY_STATEMENTS, OFTEN_STATEMENTS, points_lapsing
from crm_store.touchpoints.written import write_all

NEWS_DAYS = 3
"""What happened longer ago is no news when it is found: a shop's past does not fire when the sweep first runs."""
_STATEMENTS = OFTEN_STATEMENTS | NIGHTLY_STATEMENTS
POINTS_DAYS, COUPON_DAYS = 14, 7
"""How many days ahead points and coupons are about to lapse."""


class EventKind(StrEnum):
    """What can happen to a customer; `running_low`: about half is left by their own rhythm, so: still enough."""

    JOINED = "joined"
    PURCHASE = "purchase"
    TIER_CHANGE = "tier_change"
    COMPLAINT_CLOSED = "complaint_closed"
    POINTS_LAPSING = "points_lapsing"
    COUPON_LAPSING = "coupon_lapsing"
    GONE_QUIET = "gone_quiet"
    RUNNING_LOW = "running_low"
    REFERRAL = "referral"


OFTEN = frozenset(EventKind(kind) for kind in OFTEN_STATEMENTS)
"""Kinds that are found in a blink: to be looked for every few minutes. The others once a night."""


class CareEvent(Base):
    """One thing that happened to one customer, unique by kind and key.

    `key` is the order, complaint, coupon … `at`: when it happened, or was found where the records know only the day.
    `detail` holds what messages about it may name, by kind (words are in every language):

    - `joined`: nothing · `referral`: `friend` (customer id); key: the friend
    - `purchase`: `order_number`, `total_cents`, `store` (code), `sku` and `product` (words) of the dearest line
    - `tier_change`: `from`, `to` (codes), `up`
    - `complaint_closed`: `complaint_number`, `category`; key: its number, and how often it was reopened
    - `points_lapsing`: `lapsing_points`, `lapsing_day`; key: that day
    - `coupon_lapsing`: `coupon_code`, `coupon_title` (words), `coupon_until`
    - `gone_quiet`: `last_order_at`, `rhythm_days`; key: the day of the last order
    - `running_low`: `sku`, `product` (words), `days_left`
    """

    __tablename__ = "care_events"
    __table_args__ = (UniqueConstraint("kind", "customer_id", "key"), Index("ix_care_events_kind_id", "kind", "id"))

    id: Mapped[Key]
    kind: Mapped[str]
    customer_id: Mapped[CustomerKey]
    key: Mapped[str]
    at: Mapped[Moment]
    detail: Mapped[dict[str, Any]]


@dataclass(frozen=True)
class EventTold:
    """An event as a till tells it; see `CareEvent`."""

    kind: EventKind
    customer_id: int
    key: str
    at: datetime
    detail: dict[str, Any]


class CareEvents:
    """Reads and writes of care events inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def tell(self, told: EventTold) -> bool:
        """Write it down; False when it is known already. The customer has to exist."""
        row = insert(CareEvent).values(vars(told)).on_conflict_do_nothing().returning(CareEvent.id)
        return await self._session.scalar(row) is not None

    async def sweep(
        self, now: datetime, kinds: Collection[EventKind] = tuple(EventKind), news_days: int = NEWS_DAYS
    ) -> dict[EventKind, int]:
        """Find what is new in the records, each event once; gives how many of each kind.

        Today is that of the zone of `now`. `gone_quiet` and `running_low` want life cycles refreshed before. Sweeping
        twice finds the second time what came in between.
        """
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        asked = {
            "now": now,
            "today": now.date(),
            "midnight": midnight,
            "since": now - timedelta(days=news_days),
            "news_day": now.date() - timedelta(days=news_days),
            "news_days": news_days,
            "coupon_day": now.date() + timedelta(days=COUPON_DAYS),
        }
        return {kind: await self._found(kind, asked) for kind in EventKind if kind in kinds}

    async def _found(self, kind: EventKind, asked: dict[str, Any]) -> int:
        if kind is EventKind.POINTS_LAPSING:
            last = asked["today"] + timedelta(days=POINTS_DAYS)
            return await write_all(self._session, points_lapsing(asked["today"], last, asked["now"]), {})
        return await write_all(self._session, _STATEMENTS[kind], asked)

    async def of(self, customer_id: int, limit: int = 50) -> list[CareEvent]:
        """Newest first."""
        found = await self._session.scalars(
            select(CareEvent).where(CareEvent.customer_id == customer_id).order_by(CareEvent.id.desc()).limit(limit)
        )
        return list(found.all())
