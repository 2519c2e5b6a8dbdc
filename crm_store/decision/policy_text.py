"""The shop's rules as JSON: what `contact_policies.definition` holds and the console edits."""

import re
from datetime import date, timedelta
from typing import Any

from crm_store.decision.message import Cap, Policy
from crm_store.decision.windows import HoursRefused, spans_of
from crm_store.decision.zones import zone_named
from crm_store.errors import CareLoopError
from crm_store.people.consent import Purpose

LEAP_DAYS = ("02-28", "03-01")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


class PolicyRefused(CareLoopError):
    """The rules cannot be kept like this; `field` names which one, the message how to write it."""

    code = "policy_refused"

    def __init__(self, field: str, remedy: str) -> None:
        super().__init__(f"{field}: {remedy}")
        self.field = field


DEFAULTS = Policy(
    version=0,
    zone="Asia/Singapore",
    hours={
        Purpose.SERVICE: ("00:00", "24:00"),
        Purpose.CARE: ("09:00", "21:00"),
        Purpose.SURVEY: ("09:00", "21:00"),
        Purpose.PROMOTION: ("09:00", "21:00"),
    },
    unsure_hours=("11:00", "19:00"),
    overall=(Cap(3, timedelta(days=7)),),
    by_purpose={Purpose.PROMOTION: (Cap(2, timedelta(days=7)),)},
    gap=timedelta(hours=24),
    minimum_age={Purpose.PROMOTION: 16},
)
"""Until the shop makes its own."""


def policy_of(definition: dict[str, Any]) -> Policy:
    """Fields that are absent are those of `DEFAULTS`. Raises `PolicyRefused`."""
    rules = definition_of(DEFAULTS)
    if unknown := sorted(set(definition) - set(rules)):
        raise PolicyRefused(unknown[0], f"not a rule; these are: {', '.join(sorted(rules))}")
    given = rules | definition
    return Policy(
        version=_whole("version", given["version"], 0, 2**31),
        zone=_zone(given["zone"]),
        hours={Purpose.SERVICE: ("00:00", "24:00")} | _by_purpose("hours", given["hours"], _window),
        unsure_hours=_window("unsure_hours", given["unsure_hours"]),
        overall=_caps("overall", given["overall"]),
        by_purpose=_by_purpose("by_purpose", given["by_purpose"], _caps),
        by_channel={name: _caps(f"by_channel.{name}", caps) for name, caps in given["by_channel"].items()},
        gap=timedelta(hours=_whole("gap_hours", given["gap_hours"], 0, 24 * 366)),
        minimum_age=_by_purpose("minimum_age", given["minimum_age"], lambda field, age: _whole(field, age, 0, 120)),
        holidays=frozenset(_day(day) for day in given["holidays"]),
        quiet_on_holidays=frozenset(_purpose("quiet_on_holidays", name) for name in given["quiet_on_holidays"]),
        windows=frozenset(given["windows"]),
        leap_day=_leap_day(given["leap_day"]),
        without_consent=frozenset(_purpose("without_consent", name) for name in given["without_consent"]),
    )


def definition_of(policy: Policy) -> dict[str, Any]:
    """The JSON of a policy; `policy_of` gives it back."""
    return {
        "version": policy.version,
        "zone": policy.zone,
        "hours": {purpose.value: list(window) for purpose, window in policy.hours.items()},
        "unsure_hours": list(policy.unsure_hours),
        "overall": _listed(policy.overall),
        "by_purpose": {purpose.value: _listed(caps) for purpose, caps in policy.by_purpose.items()},
        "by_channel": {channel: _listed(caps) for channel, caps in policy.by_channel.items()},
        "gap_hours": int(policy.gap.total_seconds() // 3600),
        "minimum_age": {purpose.value: age for purpose, age in policy.minimum_age.items()},
        "holidays": sorted(policy.holidays),
        "quiet_on_holidays": sorted(policy.quiet_on_holidays),
        "windows": sorted(policy.windows),
        "leap_day": policy.leap_day,
        "without_consent": sorted(policy.without_consent),
    }


def _listed(caps: tuple[Cap, ...]) -> list[dict[str, int]]:
    return [{"count": cap.count, "hours": int(cap.within.total_seconds() // 3600)} for cap in caps]


def _caps(field: str, caps: list[dict[str, Any]]) -> tuple[Cap, ...]:
    """[{"count": 2, "hours": 168}]"""
    return tuple(
        Cap(
            _whole(f"{field}.count", cap.get("count"), 0, 1000),
            timedelta(hours=_whole(f"{field}.hours", cap.get("hours"), 1, 24 * 366)),
        )
        for cap in caps
    )


def _by_purpose[T](field: str, given: dict[str, Any], read: Any) -> dict[Purpose, T]:
    return {_purpose(field, name): read(f"{field}.{name}", value) for name, value in given.items()}


def _window(field: str, given: list[object]) -> tuple[str, str]:
    if len(given) != 2 or not all(isinstance(clock, str) and _CLOCK.fullmatch(clock) for clock in given):
        raise PolicyRefused(field, 'write two times such as ["09:00", "21:00"]; "24:00" is the end of the day')
    window = (str(given[0]), str(given[1]))
    try:
        spans_of((window,))
    except HoursRefused as refused:
        raise PolicyRefused(field, str(refused)) from refused
    return window


def _purpose(field: str, name: str) -> Purpose:
    if name not in set(Purpose):
        raise PolicyRefused(field, f"{name!r} is no purpose; these are: {', '.join(Purpose)}")
    return Purpose(name)


def _whole(field: str, value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise PolicyRefused(field, f"write a whole number from {least} to {most}")
    return value


def _zone(name: str) -> str:
    if zone_named(name) is None:
        raise PolicyRefused("zone", f"{name!r} is no time zone; write an IANA name such as Asia/Singapore")
    return name


def _day(day: str) -> str:
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        raise PolicyRefused("holidays", f"{day!r} is no date; write YYYY-MM-DD") from None


def _leap_day(given: str) -> str:
    if given not in LEAP_DAYS:
        raise PolicyRefused("leap_day", f"write one of {', '.join(LEAP_DAYS)}")
    return given
