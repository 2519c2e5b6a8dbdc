"""What a campaign of the demo that is over has left behind: its occurrence, and what became of everybody."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from crm_store.campaigns.campaign import Campaign
from crm_store.crm import Crm
from crm_store.decision.decision import Reason
from crm_store.demo.calendar import TIME_ZONE
from crm_store.demo.care_traces import steps_of
from crm_store.people.consent import Purpose
from crm_store.planning.occurrences import Occurrence, OccurrenceState
from crm_store.planning.touches import Touch, TouchState
from crm_store.planning.traces import Traces
from crm_store.plans.plan import Plan
from crm_store.plans.triggers import next_firing
from crm_store.segments.compile import members

_WHOM = """
    select c.id, i.id as identity_id, i.account, i.reachability, e.id as consent_id, e.granted, h.occurrence_id as other
      from customers c
      left join channel_identities i on i.customer_id = c.id and i.channel = 'email'
      left join lateral (
           select id, granted from consent_entries
            where customer_id = c.id and purpose = :purpose and at <= :at order by id desc limit 1) e on true
      left join lateral (
           select occurrence_id from touches
            where customer_id = c.id and sent_at > cast(:at as timestamptz) - interval '1 day'
            order by sent_at desc limit 1) h on true
     where c.id = any(:ids) order by c.id
"""
HUSHED = """
    select coalesce(k.customer_id, i.customer_id) from complaints k
      left join channel_identities i on i.id = k.identity_id
     where k.opened_at <= :at and (k.closed_at is null or k.closed_at > :at) and k.merged_into is null
"""


@dataclass(frozen=True)
class Happened:
    """One firing and what became of everybody; `plan` is what it said."""

    occurrence: Occurrence
    plan: Plan
    touches: list[Touch]


class CarePast:
    """One occurrence of `campaign`, sent at `at` and the hours after it."""

    def __init__(self, crm: Crm, campaign: Campaign, at: datetime, rng: random.Random) -> None:
        self._crm = crm
        self._campaign = campaign
        self._at = at
        self._rng = rng
        self._hushed: set[int] = set()

    async def happen(self) -> Happened:
        plan = await self._crm.campaigns.plan(self._campaign.id)
        firing = next_firing(plan.trigger, self._at - timedelta(days=2), TIME_ZONE)
        assert firing is not None
        assert plan.segment_id is not None
        occurrence = Occurrence(
            campaign_id=self._campaign.id,
            version=self._campaign.version,
            key=firing.key,
            state=OccurrenceState.DONE,
            purpose=self._campaign.purpose,
            priority=plan.priority,
            day=firing.day,
            due_at=firing.due_at,
            expires_at=firing.expires_at,
            fired_at=firing.due_at,
            planned_at=firing.due_at + timedelta(minutes=1),
            ended_at=firing.expires_at,
            rematched_at=firing.due_at,
        )
        self._crm.session.add(occurrence)
        await self._crm.session.flush()
        _, expression = await self._crm.segments.current(plan.segment_id)
        found = await self._crm.session.scalars(select(members(expression, self._at).subquery().c.id))
        asked = {"ids": list(found), "at": self._at, "purpose": self._campaign.purpose}
        people = await self._crm.session.execute(text(_WHOM), asked)
        self._hushed = set(await self._crm.session.scalars(text(HUSHED), {"at": self._at}))
        touches = [self._touch(occurrence, person, plan.holdout_percent) for person in people]
        await self._explain(touches, Purpose(self._campaign.purpose), occurrence.expires_at)
        return Happened(occurrence, plan, touches)

    async def _explain(self, touches: list[Touch], purpose: Purpose, expires_at: datetime) -> None:
        """With what the gates said; the same for all whom the same became of."""
        said = {reason: steps_of(Reason(reason), purpose, expires_at) for reason in {each.reason for each in touches}}
        kept = await Traces(self._crm.session).keep(set(said.values()))
        for touch in touches:
            touch.trace_id = kept[said[touch.reason]]

    def _touch(self, occurrence: Occurrence, person: Any, holdout: int) -> Touch:
        touch = Touch(
            occurrence_id=occurrence.id,
            customer_id=person.id,
            expires_at=occurrence.expires_at,
            decided_at=occurrence.due_at,
            policy_version=0,
            consent_id=person.consent_id if person.granted else None,
        )
        if not person.granted:
            return _ended(touch, TouchState.SUPPRESSED, "suppress", "no_consent")
        if person.identity_id is None or person.reachability != "ok":
            return _ended(touch, TouchState.SUPPRESSED, "suppress", "address_suppressed")
        if person.id in self._hushed and self._campaign.purpose == Purpose.PROMOTION:
            return _ended(touch, TouchState.SUPPRESSED, "suppress", "open_case")
        if self._rng.random() * 100 < holdout:
            return _ended(touch, TouchState.HOLDOUT, "holdout", "holdout")
        if person.other is not None:
            # Somebody who had another message that day: its place was taken until this one was over.
            touch.displaced_by = person.other
            return _ended(touch, TouchState.SUPPRESSED, "suppress", "expired_waiting")
        return self._sent(touch, person)

    def _sent(self, touch: Touch, person: Any) -> Touch:
        _ended(touch, TouchState.SENT, "send", "allowed")
        touch.channel, touch.lane, touch.identity_id = "email", f"email:{person.account}", person.identity_id
        touch.due_at = self._at.astimezone(ZoneInfo(TIME_ZONE)).replace(hour=11, minute=0, second=0, microsecond=0)
        touch.sent_at = touch.decided_at = touch.due_at + timedelta(seconds=self._rng.uniform(0, 900))
        return touch


def _ended(touch: Touch, state: TouchState, outcome: str, reason: str) -> Touch:
    touch.state, touch.outcome, touch.reason = state, outcome, reason
    return touch
