"""A few members, a campaign and what it fires: as little as a test of planning needs."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from crm_store.campaigns.campaign import Campaign, CampaignState, CampaignVersion
from crm_store.campaigns.policies import ContactPolicy
from crm_store.database import Store
from crm_store.decision.message import Policy
from crm_store.decision.policy_text import definition_of
from crm_store.people.consent import Evidence, Purpose, Who
from crm_store.people.customers import Customer
from crm_store.people.identities import ChannelIdentity
from crm_store.planning.occurrences import Occurrence
from crm_store.planning.touches import Touch
from crm_store.plans.plan import Plan

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
"""Monday, twelve o'clock in Singapore."""
SOON = Plan(channels=("telegram", "email"))


@dataclass
class Shop:
    """`store` with people in it, as of `now`."""

    store: Store
    now: datetime = NOON
    numbers: int = field(default=0)

    async def member(self, *channels: str, allows: tuple[str, ...] = ("promotion",), **profile: Any) -> int:
        """Somebody with an address on each of `channels` (telegram when none is named), who agreed to `allows`."""
        self.numbers += 1
        known = {"name": f"Member {self.numbers}", "joined_on": date(2024, 1, 1), "time_zone_source": "said"}
        async with self.store.transaction() as crm:
            customer = Customer(**(known | profile))
            crm.session.add(customer)
            await crm.session.flush()
            for channel in channels or ("telegram",):
                address = f"{channel}-{customer.id}"
                crm.session.add(
                    ChannelIdentity(
                        channel=channel,
                        account="main",
                        address=address,
                        customer_id=customer.id,
                        created_at=self.now,
                    )
                )
            await self._agrees(crm, customer.id, allows)
            return customer.id

    async def _agrees(self, crm: Any, customer_id: int, allows: tuple[str, ...]) -> None:
        if allows:
            yes = [(Purpose(purpose), "*", True) for purpose in allows]
            await crm.consent.record(Who(None, customer_id), yes, Evidence("chat"), self.now)

    async def stops(self, customer_id: int) -> None:
        async with self.store.transaction() as crm:
            await crm.consent.stop(Who(None, customer_id), Evidence("chat"), self.now)

    async def campaign(
        self, plan: Plan = SOON, purpose: str = "promotion", state: CampaignState = CampaignState.RUNNING
    ) -> int:
        """Approved by somebody, and running."""
        self.numbers += 1
        async with self.store.transaction() as crm:
            made = Campaign(
                name=f"Campaign {self.numbers}",
                purpose=purpose,
                state=state,
                approved_version=1,
                made_at=self.now,
                changed_at=self.now,
            )
            crm.session.add(made)
            await crm.session.flush()
            told = plan.model_dump(mode="json")
            crm.session.add(CampaignVersion(campaign_id=made.id, version=1, plan=told, made_at=self.now))
            return made.id

    async def occurrence(self, campaign_id: int, hours: int = 24, **told: Any) -> int:
        """A firing of it, due now."""
        self.numbers += 1
        async with self.store.transaction() as crm:
            campaign = await crm.session.get_one(Campaign, campaign_id)
            made = Occurrence(
                **(
                    {
                        "campaign_id": campaign_id,
                        "version": 1,
                        "key": f"test:{self.numbers}",
                        "purpose": campaign.purpose,
                        "due_at": self.now,
                        "expires_at": self.now + timedelta(hours=hours),
                        "fired_at": self.now,
                    }
                    | told
                )
            )
            crm.session.add(made)
            await crm.session.flush()
            return made.id

    async def rules(self, policy: Policy) -> None:
        async with self.store.transaction() as crm:
            row = ContactPolicy(version=policy.version, definition=definition_of(policy), made_at=self.now)
            crm.session.add(row)

    async def touches(self, occurrence_id: int) -> dict[int, Touch]:
        """By customer."""
        async with self.store.transaction() as crm:
            rows = await crm.session.scalars(select(Touch).filter_by(occurrence_id=occurrence_id))
            return {row.customer_id: row for row in rows}

    async def reserve(self, occurrence_id: int, customer_id: int, at: datetime, state: str = "waiting") -> None:
        """A touch as planning or sending leaves it."""
        async with self.store.transaction() as crm:
            sent = at if state in ("sent", "unknown") else None
            crm.session.add(
                Touch(
                    occurrence_id=occurrence_id,
                    customer_id=customer_id,
                    state=state,
                    outcome="defer",
                    reason="hours",
                    channel="telegram",
                    lane="telegram:main",
                    due_at=at,
                    sent_at=sent,
                    expires_at=at + timedelta(days=2),
                    decided_at=at,
                    policy_version=0,
                )
            )
