"""Pure: a trigger as somebody fills it in, and back. What cannot be read is named; the trigger before stays there."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from pydantic import BaseModel, Field

from crm_store.plans.plan import Anniversary, Once, OnEvent, Repeating, Trigger
from crm_store.plans.problem import Problem

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KINDS = ("once", "repeating", "anniversary", "event")
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
NOON = "10:00"
_SIMPLE = re.compile(r"(\d{1,2}) (\d{1,2}) (\*|\d{1,2}) \* (\*|[a-z]{3}(?:,[a-z]{3})*)")
MOST_DAYS, MOST_HOURS = 60, 24 * 90


class WrittenTrigger(BaseModel):
    """The fields of all four kinds; those of the chosen one count."""

    trigger: str = Field("once", max_length=20)
    once_day: str = Field("", max_length=20)
    once_time: str = Field(NOON, max_length=20)
    once_clock: str = Field("local", max_length=20)
    repeat: str = Field("week", max_length=20)
    repeat_days: list[str] = Field(default_factory=list, max_length=20)
    repeat_month_day: str = Field("1", max_length=6)
    repeat_time: str = Field(NOON, max_length=20)
    repeat_clock: str = Field("local", max_length=20)
    repeat_until: str = Field("", max_length=20)
    cron: str = Field("", max_length=100)
    anniversary_of: str = Field("birthday", max_length=40)
    anniversary_side: str = Field("on", max_length=20)
    anniversary_days: str = Field("0", max_length=6)
    anniversary_time: str = Field(NOON, max_length=20)
    event_of: str = Field("purchase", max_length=40)
    event_after: str = Field("0", max_length=6)
    event_unit: str = Field("hours", max_length=20)
    event_time: str = Field("", max_length=20)


@dataclass
class Reading:
    problems: list[Problem]

    def clock(self, text: str, field: str) -> str | None:
        """ "HH:MM", or None for nothing."""
        told = text.strip()[:5]
        if told and not CLOCK.fullmatch(told):
            self.problems.append(Problem(field, 0, "no_time", {"found": text[:20]}))
            return None
        return told or None

    def day(self, text: str, field: str) -> date | None:
        try:
            return date.fromisoformat(text.strip()) if text.strip() else None
        except ValueError:
            self.problems.append(Problem(field, 0, "no_day", {"found": text[:20]}))
            return None

    def number(self, text: str, field: str, least: int, most: int) -> int | None:
        told = text.strip()
        if re.fullmatch(r"\d{1,6}", told, re.ASCII) and least <= int(told) <= most:
            return int(told)
        self.problems.append(Problem(field, 0, "no_number", {"least": str(least), "most": str(most)}))
        return None


def trigger_of(written: WrittenTrigger) -> tuple[Trigger, list[Problem]]:
    """What was filled in, as far as it can be read, and what cannot."""
    reading = Reading([])
    read = {"repeating": _repeating, "anniversary": _anniversary, "event": _event}.get(written.trigger, _once)
    return read(written, reading), reading.problems


def _once(written: WrittenTrigger, reading: Reading) -> Trigger:
    day = reading.day(written.once_day, "trigger.at")
    at = reading.clock(written.once_time, "trigger.at")
    moment = datetime.combine(day, time.fromisoformat(at or NOON)) if day else None
    return Once(at=moment, clock="shop" if written.once_clock == "shop" else "local")


def _repeating(written: WrittenTrigger, reading: Reading) -> Trigger:
    at = reading.clock(written.repeat_time, "trigger.at_clock")
    until = reading.day(written.repeat_until, "trigger.until")
    return Repeating(
        cron=_cron(written, at or NOON, reading),
        at_clock=at if written.repeat_clock != "shop" and written.repeat != "cron" else None,
        until=datetime.combine(until, time(23, 59)) if until else None,
    )


def _cron(written: WrittenTrigger, at: str, reading: Reading) -> str:
    clock = f"{int(at[3:])} {int(at[:2])}"
    if written.repeat == "cron":
        return written.cron.strip()
    if written.repeat == "month":
        day = reading.number(written.repeat_month_day, "trigger.cron", 1, 31)
        return f"{clock} {day or 1} * *"
    if written.repeat == "week":
        days = [day for day in WEEKDAYS if day in written.repeat_days]
        return f"{clock} * * {','.join(days)}" if days else ""
    return f"{clock} * * *"


def _anniversary(written: WrittenTrigger, reading: Reading) -> Trigger:
    side = {"before": -1, "after": 1}.get(written.anniversary_side, 0)
    days = reading.number(written.anniversary_days, "trigger.days", 1, MOST_DAYS) if side else 0
    at = reading.clock(written.anniversary_time, "trigger.at_clock")
    return Anniversary(of=written.anniversary_of, days=side * (days or 0), at_clock=at or NOON)


def _event(written: WrittenTrigger, reading: Reading) -> Trigger:
    hours_each = 24 if written.event_unit == "days" else 1
    after = reading.number(written.event_after, "trigger.hours", 0, MOST_HOURS // hours_each)
    at = reading.clock(written.event_time, "trigger.at_clock")
    return OnEvent(of=written.event_of, hours=(after or 0) * hours_each, at_clock=at)


def typed_trigger(trigger: Trigger) -> dict[str, Any]:
    """As one would fill it in."""
    told: dict[str, Any] = {"trigger": trigger.kind}
    if isinstance(trigger, Once):
        day, at = (f"{trigger.at:%Y-%m-%d}", f"{trigger.at:%H:%M}") if trigger.at else ("", NOON)
        return told | {"once_day": day, "once_time": at, "once_clock": trigger.clock}
    if isinstance(trigger, Anniversary):
        side = "on" if not trigger.days else "before" if trigger.days < 0 else "after"
        told |= {"anniversary_of": trigger.of, "anniversary_side": side, "anniversary_days": str(abs(trigger.days))}
        return told | {"anniversary_time": trigger.at_clock}
    if isinstance(trigger, OnEvent):
        in_days = trigger.hours > 0 and trigger.hours % 24 == 0
        after, unit = (trigger.hours // 24, "days") if in_days else (trigger.hours, "hours")
        told |= {"event_of": trigger.of, "event_after": str(after), "event_unit": unit}
        return told | {"event_time": trigger.at_clock or ""}
    return told | _typed_repeating(trigger)


def _typed_repeating(trigger: Repeating) -> dict[str, Any]:
    told: dict[str, Any] = {"cron": trigger.cron, "repeat_clock": "local" if trigger.at_clock else "shop"}
    told["repeat_until"] = f"{trigger.until:%Y-%m-%d}" if trigger.until else ""
    simple = simply(trigger.cron)
    if simple is None:
        return told | {"repeat": "cron" if trigger.cron else "week"}
    told |= {"repeat": simple.every, "repeat_time": trigger.at_clock or simple.at, "repeat_days": list(simple.days)}
    return told | {"repeat_month_day": str(simple.month_day or 1)}


@dataclass(frozen=True)
class Simple:
    """A cron line that a form can say: `every` `day`, `week` (on `days`) or `month` (on `month_day`)."""

    every: str
    at: str
    days: tuple[str, ...] = ()
    month_day: int = 0


def simply(cron: str) -> Simple | None:
    """None for whatever is more than that."""
    found = _SIMPLE.fullmatch(cron.strip().lower())
    if not found or int(found[1]) > 59 or int(found[2]) > 23 or (found[3] != "*" and found[4] != "*"):
        return None
    at, days = f"{int(found[2]):02}:{int(found[1]):02}", tuple(found[4].split(","))
    if found[4] != "*":
        return Simple("week", at, days) if set(days) <= set(WEEKDAYS) else None
    return Simple("day", at) if found[3] == "*" else Simple("month", at, (), int(found[3]))
