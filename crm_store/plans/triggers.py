"""Pure: when a campaign's trigger fires next. Every firing has a key, so the same one twice is one; and an expiry."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm_store.plans.festivals import PERSONAL, festival_after, occasion_of
from crm_store.plans.plan import Anniversary, Once, OnEvent, Plan, Repeating, Trigger
from crm_store.plans.walls import instant_of

FIRST_ZONE = timedelta(hours=14)
"""The first zone on earth has a wall-clock time so long before UTC has it …"""
LAST_ZONE = timedelta(hours=12)
"""… and the last one so long after."""
AHEAD = timedelta(hours=1)
"""A day is planned so long before it begins anywhere."""
DAY = timedelta(days=1)

Cron = Callable[[str, datetime, str], datetime | None]
"""Five fields, an instant, a zone: the first instant strictly after it; None when there is none. Raises ValueError."""


@dataclass(frozen=True, slots=True)
class Firing:
    """One firing. `day`: the local date it goes out on, ISO, where each person has it on their own clock.

    `first_event`/`last_event`: the care events it is about. After `expires_at` nothing of it goes out anywhere.
    """

    key: str
    due_at: datetime
    expires_at: datetime
    day: str | None = None
    first_event: int | None = None
    last_event: int | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """What one trigger wishes for on a person's own clock: "HH:MM" or none; whether it dies at their midnight."""

    at_clock: str | None
    ends_with_day: bool


def next_firing(
    trigger: Trigger, after: datetime, shop_zone: str, cron: Cron | None = None, expires_after: int = 24
) -> Firing | None:
    """The first firing due strictly after `after`; None when there is none, and for events, which fire by themselves.

    `expires_after` in hours. `cron` is needed for `Repeating` only.
    """
    hours = timedelta(hours=expires_after)
    if isinstance(trigger, Once):
        firing = _once(trigger, shop_zone, hours)
        return firing if firing and firing.due_at > after else None
    if isinstance(trigger, Repeating):
        return _repeating(trigger, after, ZoneInfo(shop_zone), cron, hours)
    return _anniversary(trigger, after, hours) if isinstance(trigger, Anniversary) else None


def firings(ask: Callable[[datetime], Firing | None], after: datetime, until: datetime) -> Iterator[Firing]:
    """Every firing due after `after` and not after `until`; `ask` is `next_firing` of all but the instant."""
    while (firing := ask(after)) is not None and firing.due_at <= until:
        yield firing
        after = firing.due_at


def timing_of(trigger: Trigger, expires_after: int = 24) -> Timing:
    """A birthday dies at its own midnight, and so does what has to be over by then: "in three days" is true for a day.

    Where a note may come a day later, it need not.
    """
    if isinstance(trigger, Once):
        clock = f"{trigger.at:%H:%M}" if trigger.clock == "local" and trigger.at is not None else None
    else:
        clock = trigger.at_clock
    if clock is None or isinstance(trigger, OnEvent):
        return Timing(clock, False)
    at = time.fromisoformat(clock)
    over = timedelta(hours=at.hour + expires_after, minutes=at.minute) <= DAY
    return Timing(clock, over or (isinstance(trigger, Anniversary) and trigger.days == 0))


def occasion_day(trigger: Anniversary, day: str) -> date:
    """The day of the occasion itself that a firing on `day` is about."""
    return date.fromisoformat(day) - timedelta(days=trigger.days)


def occasion_in(plan: Plan) -> str | None:
    """What a shopper who wants to hear nothing of it has switched off: the plan's own word, or its trigger's."""
    if plan.occasion is not None or not isinstance(plan.trigger, Anniversary):
        return plan.occasion
    return occasion_of(plan.trigger.of)


def _once(trigger: Once, shop_zone: str, hours: timedelta) -> Firing | None:
    if trigger.at is None:
        return None
    wall = trigger.at.replace(tzinfo=None)
    if trigger.clock == "local":
        return _everywhere(f"once:{wall:%Y-%m-%dT%H:%M}", wall, hours)
    due = instant_of(wall, ZoneInfo(shop_zone))
    return Firing(f"once:{wall:%Y-%m-%dT%H:%M}", due, due + hours)


def _everywhere(key: str, wall: datetime, hours: timedelta) -> Firing:
    """Due when the first zone on earth reaches that wall-clock time; expires so many hours after the last one did."""
    utc = wall.replace(tzinfo=UTC)
    return Firing(key, utc - FIRST_ZONE, utc + LAST_ZONE + hours, wall.date().isoformat())


def _repeating(
    trigger: Repeating, after: datetime, zone: ZoneInfo, cron: Cron | None, hours: timedelta
) -> Firing | None:
    # A firing on people's own clocks is due up to a day before the shop's clock has it.
    asked, end = after - (2 * DAY if trigger.at_clock else timedelta(0)), _end(trigger, zone)
    while trigger.cron and cron is not None:
        moment = cron(trigger.cron, asked, zone.key)
        if moment is None or (end is not None and moment > end):
            return None
        wall = moment.astimezone(zone)
        firing = _fired(trigger, wall, hours)
        # What a clock shows twice in autumn fires once: the first time.
        if firing.due_at > after and not wall.fold:
            return firing
        asked = _last_of(wall) if trigger.at_clock else moment
    return None


def _end(trigger: Repeating, zone: ZoneInfo) -> datetime | None:
    if trigger.until is None:
        return None
    return trigger.until if trigger.until.tzinfo else instant_of(trigger.until, zone)


def _fired(trigger: Repeating, wall: datetime, hours: timedelta) -> Firing:
    if trigger.at_clock is None:
        due = wall.astimezone(UTC)
        return Firing(f"at:{wall:%Y-%m-%dT%H:%M}", due, due + hours)
    day = wall.date()
    return _everywhere(f"day:{day}", datetime.combine(day, time.fromisoformat(trigger.at_clock)), hours)


def _last_of(wall: datetime) -> datetime:
    """Just before the next day of the shop: more firings on one day are the same one."""
    assert isinstance(wall.tzinfo, ZoneInfo)
    midnight = datetime.combine(wall.date() + DAY, time())
    return instant_of(midnight, wall.tzinfo) - timedelta(microseconds=1)


def _anniversary(trigger: Anniversary, after: datetime, hours: timedelta) -> Firing | None:
    """One for each day with somebody's date, due before that day begins anywhere: each person has it on their own."""
    utc = after.astimezone(UTC)
    day: date | None = (utc + FIRST_ZONE + AHEAD).date() + DAY
    if trigger.of not in PERSONAL:
        shift = timedelta(days=trigger.days)
        festival = festival_after(trigger.of, day - DAY - shift) if day else None
        day = festival + shift if festival else None
    if day is None:
        return None
    begins = datetime.combine(day, time(), UTC)
    firing = _everywhere(f"day:{day}", datetime.combine(day, time.fromisoformat(trigger.at_clock)), hours)
    last = begins + DAY + LAST_ZONE if trigger.days == 0 else firing.expires_at
    return Firing(firing.key, begins - FIRST_ZONE - AHEAD, min(firing.expires_at, last), firing.day)
