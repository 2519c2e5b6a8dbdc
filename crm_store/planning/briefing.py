"""Briefings: everything about one occurrence that is the same for everybody it goes to."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.campaigns.campaign import Campaign, CampaignState, CampaignVersion
from crm_store.campaigns.policies import ContactPolicies
from crm_store.decision.message import Message, Policy
from crm_store.incidents.incidents import Incident
from crm_store.people.consent import Purpose
from crm_store.planning.occurrences import Occurrence
from crm_store.plans.plan import Plan
from crm_store.plans.triggers import occasion_in, timing_of
from crm_store.segments.expression import Expression
from crm_store.segments.segments import Segments

_READY = {
    CampaignState.SCHEDULED: "running",
    CampaignState.RUNNING: "running",
    CampaignState.DONE: "running",
    CampaignState.CANCELLED: "cancelled",
}
"""A campaign in any other state holds still what waits of it."""


@dataclass(frozen=True)
class Briefing:
    """`segment`: whom it is for; None for everybody. `held` names the open incident with one of its products."""

    campaign_id: int
    plan: Plan
    message: Message
    policy: Policy
    segment: Expression | None = None
    day: str | None = None
    events: tuple[int, int] | None = None
    held: str = field(default="", compare=False)


def message_of(occurrence: Occurrence, plan: Plan, ready: str = "running") -> Message:
    """What `decide` is told of an occurrence. `ready`: `running`, `paused` or `cancelled`."""
    timing = timing_of(plan.trigger, plan.expires_after)
    return Message(
        occurrence=occurrence.id,
        purpose=Purpose(occurrence.purpose),
        channels=plan.channels,
        expires_at=occurrence.expires_at,
        priority=occurrence.priority,
        occasion=occasion_in(plan),
        stage=plan.stage,
        personal=plan.personal,
        ready=ready,
        not_before=occurrence.due_at,
        day=occurrence.day,
        at_clock=timing.at_clock,
        ends_with_day=timing.ends_with_day,
        late=plan.late,
        fired_at=occurrence.fired_at,
    )


class Briefings:
    """Reads of what occurrences are about, inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._segments = Segments(session)

    async def of(self, occurrence_ids: Sequence[int]) -> dict[int, Briefing]:
        """By occurrence, as things stand now; a dozen occurrences cost as many statements as one."""
        rows = await self._session.execute(
            select(Occurrence, Campaign.state, CampaignVersion.plan)
            .join(Campaign, Campaign.id == Occurrence.campaign_id)
            .join(
                CampaignVersion,
                (CampaignVersion.campaign_id == Occurrence.campaign_id)
                & (CampaignVersion.version == Occurrence.version),
            )
            .where(Occurrence.id.in_(occurrence_ids))
            .execution_options(populate_existing=True)
        )
        found = [(occurrence, state, Plan.model_validate(plan)) for occurrence, state, plan in rows.all()]
        policy = await self.policy()
        incidents = await self._incidents([plan for _, _, plan in found])
        return {
            occurrence.id: await self._one(occurrence, (state, plan), policy, incidents)
            for occurrence, state, plan in found
        }

    async def _one(
        self, occurrence: Occurrence, told: tuple[str, Plan], policy: Policy, incidents: dict[str, str]
    ) -> Briefing:
        state, plan = told
        held = next((incidents[sku] for sku in plan.skus if sku in incidents), "")
        ready = _READY.get(CampaignState(state), "paused")
        message = message_of(occurrence, plan, "paused" if held and ready == "running" else ready)
        first, last = occurrence.first_event, occurrence.last_event
        events = (first, last) if first is not None and last is not None else None
        segment = await self.segment_of(plan)
        return Briefing(occurrence.campaign_id, plan, message, policy, segment, occurrence.day, events, held)

    async def policy(self) -> Policy:
        """The shop's rules as they stand."""
        return await ContactPolicies(self._session).current()

    async def segment_of(self, plan: Plan) -> Expression | None:
        """What its segment asks, in its newest version."""
        if plan.segment_id is None:
            return None
        _, expression = await self._segments.current(plan.segment_id)
        return expression

    async def _incidents(self, plans: Sequence[Plan]) -> dict[str, str]:
        """Title of the open incident by product, of the products that any of them is about."""
        skus = {sku for plan in plans for sku in plan.skus}
        if not skus:
            return {}
        rows = await self._session.execute(
            select(Incident.value, Incident.title).where(
                Incident.shares == "product",
                Incident.value.in_(skus),
                Incident.holds_promotions,
                Incident.closed_at.is_(None),
            )
        )
        return dict(rows.all())
