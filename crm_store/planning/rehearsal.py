"""Rehearsal: what would become of a campaign at any time, decided for everybody and written down for nobody."""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from crm_store.care.plan import Plan
from crm_store.care.triggers import Firing
from crm_store.decision.message import Policy
from crm_store.decision.standing_text import standing_of
from crm_store.decision.zones import zone_named
from crm_store.nouns import HasSession
from crm_store.people.consent import Purpose
from crm_store.people.customers import Customer
from crm_store.planning.breathing import breathing
from crm_store.planning.briefing import Briefing, Briefings, message_of
from crm_store.planning.deciding import GOES, Answer, Deciding, counts, decided
from crm_store.planning.occurrences import Occurrence
from crm_store.planning.page_rows import PageReading, PageRows
from crm_store.planning.pages import PAGE, bounds
from crm_store.planning.standings import Standings

UNBORN = 2**62
"""The number of an occurrence that has not fired: of equal rank it goes last, as the newest one would."""
EXAMPLES = 5
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


@dataclass
class Rehearsal:
    """What came of it. `counts`: people by ``outcome:reason``; `examples`: up to five customers of each.

    `hours`: who would get it by the hour on their own clock. `lanes`: messages by lane; `collisions`: people by the
    occurrence that has the slot this one wanted. `other_counts`: by the other rules.
    """

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    hours: Counter[int] = field(default_factory=Counter)
    lanes: Counter[str] = field(default_factory=Counter)
    collisions: Counter[int] = field(default_factory=Counter)
    other_counts: Counter[str] = field(default_factory=Counter)

    @property
    def audience(self) -> int:
        return self.counts.total()

    @property
    def goes(self) -> int:
        """Who would get it."""
        return _going(self.counts)

    @property
    def gained(self) -> int:
        """How many more, or fewer, would get it by the other rules."""
        return _going(self.other_counts) - self.goes if self.other_counts else 0

    def minutes(self, rates: Mapping[str, float]) -> dict[str, float]:
        """How long each lane takes at its rate; lanes without one are left out."""
        return {lane: many / rates[lane] / 60 for lane, many in self.lanes.items() if rates.get(lane)}


async def rehearse(opened: Opened, asked: Rehearsed, progress: Progress | None = None) -> Rehearsal:
    """Page by page, each in a transaction that keeps nothing but refreshed standings. Cancel the task to stop it.

    `progress` is told pages done and pages there are. Ten thousand people are decided in about a quarter of a second.
    """
    async with opened() as crm:
        briefings = await _briefings(crm, asked)
        last = await crm.session.scalar(select(func.max(Customer.id))) or 0
    run = _Run(opened, [Deciding(each, asked.at) for each in briefings], Rehearsal(), asked.now)
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
    return run.found


@dataclass(frozen=True)
class _Run:
    """The rules rehearsed by, one or two of them, and what was found so far."""

    opened: Opened
    rules: Sequence[Deciding]
    found: Rehearsal
    now: datetime

    async def page(self, page: int) -> None:
        first, last = bounds(page)
        briefing, at = self.rules[0].briefing, self.rules[0].now
        async with self.opened() as crm:
            # As of now, not of then: everybody else reads what is refreshed.
            await Standings(crm.session).refresh(first, last, self.now)
        async with self.opened() as crm:
            rows = await PageReading(crm.session, briefing, at).everybody(first, last)
        answers = await breathing(decided(rows, self.rules[0]))
        _note(self.found, rows, answers, self.rules[0])
        for other in self.rules[1:]:
            self.found.other_counts += counts(await breathing(decided(rows, other)))


async def _briefings(crm: HasSession, asked: Rehearsed) -> list[Briefing]:
    briefings = Briefings(crm.session)
    policy = asked.policy or await briefings.policy()
    occurrence = Occurrence(
        id=UNBORN,
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


def _note(found: Rehearsal, rows: PageRows, answers: list[Answer], rules: Deciding) -> None:
    briefing, at = rules.briefing, rules.now
    for row, answer in zip(rows.rows, answers, strict=True):
        examples = found.examples[answer.name]
        if len(examples) < EXAMPLES:
            examples.append(row[0])
        channel = answer.decision.channel
        if channel is not None and answer.decision.outcome in GOES:
            lane = briefing.plan.lanes.get(channel)
            found.lanes[lane if lane is not None else json.loads(row[3])[channel][1]] += 1
    for answer, people in Counter(answers).items():
        found.counts[answer.name] += people
        if answer.decision.outcome in GOES:
            found.hours[_local_hour(answer, briefing.policy, at)] += people
        if answer.decision.displaced_by is not None:
            found.collisions[answer.decision.displaced_by] += people


def _going(counts: Mapping[str, int]) -> int:
    return sum(people for name, people in counts.items() if name.partition(":")[0] in GOES)


def _local_hour(answer: Answer, policy: Policy, at: datetime) -> int:
    """The hour on their own clock at which it would go."""
    goes, standing = answer.decision.until or at, standing_of(answer.standing)
    away = standing.away if standing.away is not None and goes.date().isoformat() <= standing.away.until else None
    zone = zone_named(away.zone if away is not None else standing.zone.name) or ZoneInfo(policy.zone)
    return goes.astimezone(zone).hour
