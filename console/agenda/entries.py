"""Pure: what stands on each day of the calendar, put together from what fired and what will."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from console.agenda.days import Days
from crm_store.campaigns.campaign import CampaignState
from crm_store.planning.agenda import Ahead, Gone
from crm_store.plans.festivals import PERSONAL
from crm_store.plans.plan import Anniversary, OnEvent
from crm_store.plans.triggers import Cron, Firing, next_firing, timing_of

EARLY = timedelta(days=3)
"""A firing on people's own clocks is due up to two days before the shop's day begins."""


@dataclass(frozen=True)
class Entry:
    """One campaign on one day. `stage`: `gone`, `going` (not all of it has ended), `coming` or `paused`.

    `clock`: "HH:MM" of each person's day or, with `ours`, of the shop's. `many`: messages sent, or expected: as many as
    the last firing was for; None when that is not known. `waiting`: those still to go.
    """

    day: date
    campaign_id: int
    name: str
    purpose: str
    stage: str
    clock: str
    ours: bool
    many: int | None
    waiting: int = 0


def entries_of(days: Days, gone: Sequence[Gone], ahead: Sequence[Ahead], now: datetime, cron: Cron) -> list[Entry]:
    """By day, and within one by hour."""
    past = [_gone(each, days) for each in gone if each.sent or each.ahead or each.is_open or each.touches]
    there = {(entry.day, entry.campaign_id) for entry in past}
    coming = [
        _coming(each, day, firing, days)
        for each in ahead
        if not as_it_comes(each)
        for day, firing in _firings(each, days, now, cron)
        if (day, each.campaign.id) not in there
    ]
    return sorted([*past, *coming], key=lambda entry: (entry.day, entry.clock, entry.campaign_id))


def by_day(entries: Iterable[Entry]) -> dict[date, list[Entry]]:
    found: dict[date, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.day, []).append(entry)
    return found


def as_it_comes(each: Ahead) -> bool:
    """Whether it goes to somebody on any day: on everybody's own date, or as things happen to them."""
    trigger = each.plan.trigger
    return isinstance(trigger, OnEvent) or (isinstance(trigger, Anniversary) and trigger.of in PERSONAL)


def _gone(each: Gone, days: Days) -> Entry:
    stage = "paused" if each.is_open and each.state == CampaignState.PAUSED else "going" if each.is_open else "gone"
    clock = f"{each.at.astimezone(days.zone):%H:%M}"
    return Entry(each.day, each.campaign_id, each.name, each.purpose, stage, clock, True, each.sent, waiting=each.ahead)


def _coming(each: Ahead, day: date, firing: Firing, days: Days) -> Entry:
    wished = timing_of(each.plan.trigger, each.plan.expires_after).at_clock
    clock = wished or f"{firing.due_at.astimezone(days.zone):%H:%M}"
    campaign = each.campaign
    stage = "paused" if campaign.state == CampaignState.PAUSED else "coming"
    many = each.last if each.last is not None else each.members
    return Entry(day, campaign.id, campaign.name, campaign.purpose, stage, clock, wished is None, many)


def _firings(each: Ahead, days: Days, now: datetime, cron: Cron) -> Iterator[tuple[date, Firing]]:
    """The first of each day shown that is still to come."""
    start, end = days.span
    after = max(start - EARLY, now)
    while True:
        firing = _next(each, after, days.zone.key, cron)
        if firing is None or firing.due_at >= end:
            return
        at = firing.due_at.astimezone(days.zone)
        day = date.fromisoformat(firing.day) if firing.day else at.date()
        if days.first <= day <= days.last:
            yield day, firing
        # However often it fires on one day, the day has one line of it.
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        after = firing.due_at if firing.day else max(firing.due_at, midnight - timedelta(microseconds=1))


def _next(each: Ahead, after: datetime, zone: str, cron: Cron) -> Firing | None:
    try:
        return next_firing(each.plan.trigger, after, zone, cron, each.plan.expires_after)
    except ValueError:
        return None
