"""Why: what was decided about one message for one person, on what it rests, and what would be decided now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.campaigns.campaign import Campaign, CampaignVersion
from crm_store.campaigns.policies import ContactPolicy
from crm_store.decision.caps import OWN_WINDOWS
from crm_store.decision.decide import decide
from crm_store.decision.decision import Decision, Reason
from crm_store.decision.message import Policy
from crm_store.decision.policy_text import DEFAULTS, policy_of
from crm_store.people.consent import ConsentEntry, Purpose, Who, said_by
from crm_store.planning.candidates import Candidates
from crm_store.planning.occurrences import Occurrence
from crm_store.planning.touches import DecisionTrace, Touch
from crm_store.plans.plan import Plan
from crm_store.touchpoints.care_events import CareEvent

MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Frequency:
    """How often we write to this person: `month` in the 30 days before, `sent` of `most` within `days`.

    `own`: the limit is the shopper's, not the shop's. Messages about their orders and complaints are not counted.
    """

    month: int
    sent: int
    most: int | None
    days: int
    own: bool = False


@dataclass(frozen=True)
class Why:
    """One occurrence for one person. `touch` is None when it was never planned for them: they were not of those meant.

    `steps`: what each gate said, as kept with the decision. `consent`: the ledger row it rests on, or the no it failed
    by. `displaced_by`: name of the campaign that has the slot it wanted. `event`: the care event it is about. `live`:
    what is decided now, when that was asked for; None for an occurrence or a customer that is gone.
    """

    campaign: Campaign
    occurrence: Occurrence
    plan: Plan
    customer_id: int
    touch: Touch | None
    steps: list[dict[str, Any]]
    consent: ConsentEntry | None
    displaced_by: str | None
    event: CareEvent | None
    frequency: Frequency
    live: Decision | None = None

    @property
    def outcome(self) -> str:
        """What became of it; for somebody it was never planned for, what would become of it now."""
        if self.touch is not None:
            return self.touch.outcome
        return self.live.outcome if self.live is not None else "suppress"

    @property
    def reason(self) -> str:
        """The gate's name, as `crm_store.decision.decision.Reason`."""
        if self.touch is not None:
            return self.touch.reason
        return self.live.reason if self.live is not None else "no_longer_eligible"


# What waited until they wrote and was shown then was asked for: it is not counted.
_SENT = text(
    """
    select coalesce(t.sent_at, t.decided_at)
      from touches t join occurrences o on o.id = t.occurrence_id
     where t.customer_id = :customer and t.state in ('sending', 'sent', 'unknown') and o.purpose <> 'service'
       and t.outcome <> 'park'
       and coalesce(t.sent_at, t.decided_at) between :since and :until
    """
)
_OWN_RULE = text(
    """
    select p.value from preferences p
     where p.kind = 'at_most' and p.ended_at is null and p.at <= :until
       and (p.customer_id = :customer or p.customer_id is null and p.identity_id in
            (select id from channel_identities where customer_id = :customer))
     order by p.id desc limit 1
    """
)


class Whys:
    """Reads of decisions, with their grounds, inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, occurrence_id: int, customer_id: int, now: datetime, live: bool = False) -> Why | None:
        """None when there is no such occurrence. `live`: also decide anew, on the records as they stand."""
        found = await self._session.execute(
            select(Occurrence, Campaign, CampaignVersion.plan, Touch)
            .join(Campaign, Campaign.id == Occurrence.campaign_id)
            .join(
                CampaignVersion,
                (CampaignVersion.campaign_id == Campaign.id) & (CampaignVersion.version == Occurrence.version),
            )
            .outerjoin(Touch, (Touch.occurrence_id == Occurrence.id) & (Touch.customer_id == customer_id))
            .where(Occurrence.id == occurrence_id)
        )
        row = found.one_or_none()
        if row is None:
            return None
        occurrence, campaign, plan, touch = row
        return Why(
            campaign=campaign,
            occurrence=occurrence,
            plan=Plan.model_validate(plan),
            customer_id=customer_id,
            touch=touch,
            steps=await self._steps(touch),
            consent=await self._consent(occurrence, touch) if touch is not None else None,
            displaced_by=await self._name(touch),
            event=await self._session.get(CareEvent, touch.event_id) if touch and touch.event_id else None,
            frequency=await self._frequency(occurrence, customer_id, touch, now),
            live=await self.live(occurrence_id, customer_id, now) if live else None,
        )

    async def live(self, occurrence_id: int, customer_id: int, now: datetime) -> Decision | None:
        """What would be decided at this moment; None for a customer or an occurrence there is none of."""
        candidates = Candidates(self._session)
        briefings = await candidates.briefings([occurrence_id])
        if occurrence_id not in briefings:
            return None
        pair, briefing = (occurrence_id, customer_id), briefings[occurrence_id]
        facts = await candidates.facts_for([pair], briefings, now)
        return decide(facts[pair].facts, briefing.message, now, briefing.policy) if pair in facts else None

    async def _steps(self, touch: Touch | None) -> list[dict[str, Any]]:
        if touch is None or touch.trace_id is None:
            return []
        trace = await self._session.get(DecisionTrace, touch.trace_id)
        return list(trace.steps) if trace is not None else []

    async def _consent(self, occurrence: Occurrence, touch: Touch) -> ConsentEntry | None:
        """What was never asked has no row; nor is a yes the ground of a no."""
        if touch.consent_id is not None:
            return await self._session.get(ConsentEntry, touch.consent_id)
        if touch.reason != Reason.NO_CONSENT:
            return None
        newest = (
            select(ConsentEntry)
            .where(said_by(ConsentEntry, Who(None, touch.customer_id)), ConsentEntry.purpose == occurrence.purpose)
            .where(ConsentEntry.at <= touch.decided_at)
            .order_by(ConsentEntry.id.desc())
            .limit(1)
        )
        said = await self._session.scalar(newest)
        return None if said is None or said.granted else said

    async def _name(self, touch: Touch | None) -> str | None:
        if touch is None or touch.displaced_by is None:
            return None
        of_occurrence = (
            select(Campaign.name)
            .join(Occurrence, Occurrence.campaign_id == Campaign.id)
            .where(Occurrence.id == touch.displaced_by)
        )
        return await self._session.scalar(of_occurrence)

    async def _frequency(
        self, occurrence: Occurrence, customer_id: int, touch: Touch | None, now: datetime
    ) -> Frequency:
        """As it stood when this message was sent, itself counted; for one that was not, as it stands."""
        until = touch.sent_at if touch is not None and touch.sent_at is not None else now
        policy = await self._policy(touch)
        rule = await self._session.scalar(_OWN_RULE, {"customer": customer_id, "until": until})
        most, days = _limit(policy, Purpose(occurrence.purpose), rule)
        since = until - max(MONTH, timedelta(days=days))
        asked = {"customer": customer_id, "since": since, "until": until}
        sent = list((await self._session.scalars(_SENT, asked)).all())
        within = sum(at > until - timedelta(days=days) for at in sent)
        return Frequency(sum(at > until - MONTH for at in sent), within, most, days, own=bool(rule))

    async def _policy(self, touch: Touch | None) -> Policy:
        """The rules the decision was made by."""
        newest = select(ContactPolicy.definition).order_by(ContactPolicy.version.desc()).limit(1)
        if touch is not None:
            newest = newest.where(ContactPolicy.version <= touch.policy_version)
        definition = await self._session.scalar(newest)
        return policy_of(definition) if definition is not None else DEFAULTS


def _limit(policy: Policy, purpose: Purpose, rule: dict[str, Any] | None) -> tuple[int | None, int]:
    """The shopper's own limit; else the shop's for everything, else for this purpose: how many in how many days."""
    if rule:
        return int(rule["count"]), OWN_WINDOWS[rule["per"]].days
    caps = policy.overall or policy.by_purpose.get(purpose, ())
    if not caps or purpose is Purpose.SERVICE:
        return None, MONTH.days
    tightest = min(caps, key=lambda cap: cap.count / cap.within.total_seconds())
    return tightest.count, max(1, tightest.within.days)
