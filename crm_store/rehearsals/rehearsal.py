"""Rehearsal: what would become of a campaign at any time, decided for everybody and written down for nobody."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from crm_store.decision.message import Policy
from crm_store.nouns import HasSession
from crm_store.people.consent import Purpose
from crm_store.people.customers import Customer
from crm_store.planning.briefing import Briefing, Briefings, message_of
from crm_store.planning.deciding import Deciding, decided
from crm_store.planning.occurrences import Occurrence
from crm_store.planning.page_rows import PageReading
from crm_store.plans.plan import Plan
from crm_store.plans.triggers import Firing
from crm_store.rehearsals.found import Rehearsal
from crm_store.rehearsals.noting import Noting
from crm_store.standings.breathing import breathing
from crm_store.standings.contacts import reach_of
from crm_store.standings.pages import PAGE, bounds
from crm_store.standings.standings import Standings

UNBORN = 2**62
"""The number of an occurrence that has not fired: of equal rank it goes last, as the newest one would."""
AT_ONCE = 2

Opened = Callable[[], AbstractAsyncContextManager[HasSession]]
Progress = Callable[[int, int], Awaitable[None] | None]


@dataclass(frozen=True)
class Rehearsed:
    """What to rehearse, asked `now`, as if it were planned `at`.

    `campaign_id`: whose control group; 0 for a campaign that is not kept yet.
    `policy`: rules other than those in force; `other`: rules to compare with.
    """

    plan: Plan
    purpose: Purpose
    now: datetime
    at: datetime
    firing: Firing
    policy: Policy | None = None
    other: Policy | None = None
    campaign_id: int = 0


async def rehearse(opened: Opened, asked: Rehearsed, progress: Progress | None = None) -> Rehearsal:
    """Page by page, each in a transaction that keeps nothing but refreshed standings. Cancel the task to stop it.

    `progress` is told pages done and pages there are. Ten thousand people are decided in about a quarter of a second.
    """
    async with opened() as crm:
        briefings = await _briefings(crm, asked)
        last = await crm.session.scalar(select(func.max(Customer.id))) or 0
    rules, found = [Deciding(each, asked.at) for each in briefings], Rehearsal()
    run = _Run(opened, rules, Noting(found, rules[0]), asked.now)
    pages, done = iter(range(last // PAGE + 1)), 0

    async def work() -> None:
        nonlocal done
        for page in pages:
            await run.page(page)
            done += 1
            if progress is not None and (told := progress(done, last // PAGE + 1)) is not None:
                await told

    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(work())
    return found


@dataclass(frozen=True)
class _Run:
    """The rules rehearsed by, one or two of them, and who writes down what is found."""

    opened: Opened
    rules: Sequence[Deciding]
    noting: Noting
    now: datetime

    async def page(self, page: int) -> None:
        first, last = bounds(page)
        # Those rules that look back furthest: what the others do not count is not in their way.
        briefing = max((rules.briefing for rules in self.rules), key=lambda each: reach_of(each.policy))
        async with self.opened() as crm:
            # As of now, not of then: everybody else reads what is refreshed.
            await Standings(crm.session).refresh(first, last, self.now)
        async with self.opened() as crm:
            rows = await PageReading(crm.session, briefing, self.rules[0].now).everybody(first, last)
        answers = [await breathing(decided(rows, rules)) for rules in self.rules]
        self.noting.page(rows, *answers)


async def _number(crm: HasSession, asked: Rehearsed) -> int:
    """Of the same firing, when it has fired already: what it has reserved is in nobody's way but its own."""
    fired = select(Occurrence.id).where(Occurrence.campaign_id == asked.campaign_id, Occurrence.key == asked.firing.key)
    return await crm.session.scalar(fired) or UNBORN


async def _briefings(crm: HasSession, asked: Rehearsed) -> list[Briefing]:
    briefings = Briefings(crm.session)
    policy = asked.policy or await briefings.policy()
    occurrence = Occurrence(
        id=await _number(crm, asked),
        purpose=asked.purpose,
        priority=asked.plan.priority,
        day=asked.firing.day,
        due_at=asked.firing.due_at,
        expires_at=asked.firing.expires_at,
        fired_at=asked.at,
    )
    first, last = asked.firing.first_event, asked.firing.last_event
    events = (first, last) if first is not None and last is not None else None
    segment = await briefings.segment_of(asked.plan)
    message = message_of(occurrence, asked.plan)
    rules = [policy] if asked.other is None else [policy, asked.other]
    return [Briefing(asked.campaign_id, asked.plan, message, each, segment, asked.firing.day, events) for each in rules]
