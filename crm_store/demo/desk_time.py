"""When things happen at the demo desk: shoppers complain by day and evening, staff work by day, nothing is to come."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crm_store.demo.calendar import TIME_ZONE

AWAKE = (9 * 60 + 30, 21 * 60)
AT_WORK = (9, 18)
A_DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)


def opened_at(now: datetime, span: Sequence[float], rng: random.Random) -> datetime:
    """So many hours ago; by day or in the evening, unless it is only just past."""
    at = now - timedelta(hours=rng.uniform(*span))
    if now - at < A_DAY:
        return at
    midnight = at.astimezone(ZoneInfo(TIME_ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)
    return min((midnight + timedelta(minutes=rng.randint(*AWAKE))).astimezone(now.tzinfo), at)


def moments(opened: datetime, hours: Sequence[float], now: datetime, rng: random.Random) -> list[datetime]:
    """When each step came, so many hours after the one before; by day if there is time, and all before `now`."""
    at, found = opened, list[datetime]()
    for each in hours:
        at = _by_day(at + timedelta(hours=each * rng.uniform(0.7, 1.3)), rng)
        found.append(at)
    if found and found[-1] >= now:
        squeezed = (now - opened) * 0.95 / (found[-1] - opened)
        found = [opened + (moment - opened) * squeezed for moment in found]
    return found


def _by_day(at: datetime, rng: random.Random) -> datetime:
    local = at.astimezone(ZoneInfo(TIME_ZONE))
    if AT_WORK[0] <= local.hour < AT_WORK[1]:
        return at
    morning = local.replace(hour=AT_WORK[0], minute=rng.randint(2, 50))
    return (morning if local.hour < AT_WORK[0] else morning + A_DAY).astimezone(at.tzinfo)
