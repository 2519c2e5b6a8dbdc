"""Messages a campaign sent, and what people did after them, in few words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crm_store.loyalty.orders import Order
from crm_store.people.consent import Evidence, Purpose, Who
from crm_store.planning.touches import Touch
from crm_store.plans.plan import Plan
from tests.store.planning.shop import Shop

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Past(Shop):
    """`sent_at` of the touches is `now` less a week unless they say otherwise."""

    @property
    def then(self) -> datetime:
        return self.now - 7 * DAY

    async def fired(self, goal_days: int = 14, purpose: str = "promotion", **more: Any) -> tuple[int, int]:
        """A campaign that fired a week ago; its id and its firing's."""
        plan = Plan(channels=("telegram",), goal_days=goal_days, **more)
        campaign = await self.campaign(plan, purpose)
        return campaign, await self.occurrence(campaign, due_at=self.then, fired_at=self.then)

    async def touch(self, occurrence: int, customer: int, state: str = "sent", **told: Any) -> None:
        """What became of it; sent a week ago by Telegram if it was."""
        out = state in ("sent", "unknown")
        row = {
            "outcome": {"holdout": "holdout", "suppressed": "suppress"}.get(state, "send"),
            "reason": "allowed" if out else state,
            "channel": None if state in ("holdout", "suppressed") else "telegram",
            "lane": "telegram:main" if out else None,
            "expires_at": self.now + DAY,
            "decided_at": self.then,
            "policy_version": 0,
            "due_at": self.then if out else None,
            "sent_at": self.then if out else None,
        }
        async with self.store.transaction() as crm:
            crm.session.add(Touch(occurrence_id=occurrence, customer_id=customer, state=state, **(row | told)))

    async def buys(self, customer: int, cents: int, after: timedelta, state: str = "delivered") -> None:
        """So long after a week ago."""
        self.numbers += 1
        async with self.store.transaction() as crm:
            crm.session.add(
                Order(
                    number=f"W{self.numbers}",
                    customer_id=customer,
                    placed_at=self.then + after,
                    channel="web",
                    state=state,
                    total_cents=cents,
                )
            )

    async def says(self, customer: int, granted: bool, at: datetime, purpose: str = "promotion") -> None:
        async with self.store.transaction() as crm:
            await crm.consent.record(
                Who(None, customer), [(Purpose(purpose), "*", granted)], Evidence("chat", answer="words"), at
            )
