"""Pure: what is coming of a plan, before it is approved, and where a campaign begins when it is scheduled."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm_store.plans.plan import Once, OnEvent, Plan
from crm_store.plans.triggers import Cron, Firing, next_firing, timing_of
from crm_store.plans.walls import instant_of

UNDER_WAY = timedelta(days=3)
"""A firing on people's own clocks is due up to two days before the shop's clock has its hour."""


def coming(plan: Plan, now: datetime, shop_zone: str, cron: Cron, most: int = 3) -> list[Firing]:
    """The next firings, the first one under way if its hour is still ahead; none for events. Raises ValueError."""
    found: list[Firing] = []
    for firing in _firings(plan, now, shop_zone, cron):
        if len(found) == most:
            break
        found.append(firing)
    return found


def first_look(plan: Plan, now: datetime, shop_zone: str, cron: Cron) -> datetime | None:
    """When its trigger wants the first look: at once for events; None when it never fires. Raises ValueError."""
    if isinstance(plan.trigger, OnEvent):
        return now
    first = next(_firings(plan, now, shop_zone, cron), None)
    return first.due_at if first is not None else None


def _firings(plan: Plan, now: datetime, shop_zone: str, cron: Cron) -> Iterator[Firing]:
    after = now - UNDER_WAY
    while firing := next_firing(plan.trigger, after, shop_zone, cron, plan.expires_after):
        after = firing.due_at
        if firing.due_at > now or _is_ahead(firing, plan, now, shop_zone):
            yield firing


def _is_ahead(firing: Firing, plan: Plan, now: datetime, shop_zone: str) -> bool:
    """Due, but not over: the shop's own clock has its hour still before it. One that is once counts while it lasts."""
    if isinstance(plan.trigger, Once):
        return firing.day is not None and firing.expires_at - timedelta(hours=plan.expires_after) > now
    clock = timing_of(plan.trigger, plan.expires_after).at_clock
    if firing.day is None or clock is None:
        return False
    wall = datetime.combine(datetime.fromisoformat(firing.day), time.fromisoformat(clock))
    return instant_of(wall, ZoneInfo(shop_zone)) > now
