"""Pure: the hour a message is wished for, on a person's own clock, and whether that had passed when it fired."""

from datetime import date, datetime

from crm_store.decision.case import Case, zones_on
from crm_store.decision.message import Late
from crm_store.decision.windows import instant_of, local_day_of, minutes_of


def not_before(case: Case, at: datetime) -> datetime | None:
    """The instant it waits for, looked at from `at`; None when it may go at any time.

    Without a day, an instant or a firing to count from, the clock only says from when on it may go on any day.
    """
    message = case.message
    wished = _on_its_day(case) if case.day is not None else _at_its_clock(case, at)
    if wished is None:
        return message.not_before
    if message.late is Late.NEXT and _missed(case, wished) and message.at_clock is not None:
        wished = _next(case, message.at_clock, message.fired_at or wished)
    return wished if message.not_before is None else max(wished, message.not_before)


def late(case: Case) -> bool:
    """Whether it is too late for it, by its own rule."""
    wished = _on_its_day(case) if case.day is not None else None
    if wished is None or case.message.at_clock is None or not _missed(case, wished):
        return False
    if case.message.late is Late.SKIP:
        return True
    then = not_before(case, case.now)
    return case.message.ends_with_day and then is not None and then > case.last


def _missed(case: Case, wished: datetime) -> bool:
    fired = case.message.fired_at
    return fired is not None and wished < fired


def _on_its_day(case: Case) -> datetime | None:
    """That time of that day wherever they may be: the last of the zones to reach it."""
    if case.day is None:
        return None
    day = date.fromisoformat(case.day).toordinal()
    minute = minutes_of(case.message.at_clock or "00:00")
    return max(instant_of(zone, day, minute) for zone in zones_on(case, day))


def _at_its_clock(case: Case, at: datetime) -> datetime | None:
    clock = case.message.at_clock
    if clock is None:
        return None
    begins = case.message.not_before or case.message.fired_at
    if begins is not None:
        return _next(case, clock, begins)
    return max(instant_of(zone, local_day_of(zone, at), minutes_of(clock)) for zone in case.where(at).zones)


def _next(case: Case, clock: str, after: datetime) -> datetime:
    """The next time the clock shows it."""
    minute = minutes_of(clock)
    found = []
    for zone in case.where(after).zones:
        today = local_day_of(zone, after)
        found.append(next(at for day in range(today, today + 3) if (at := instant_of(zone, day, minute)) >= after))
    return max(found)
