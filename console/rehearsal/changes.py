"""Pure: small changes of the shop's rules that are worth a comparison: "at most 2 in 7 days" to 3, wider hours, …"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from crm_store.decision.message import Cap, Policy
from crm_store.people.consent import Purpose

HOUR, DAY = 60, 24 * 60
ANY_HOUR = ("00:00", "24:00")


@dataclass(frozen=True)
class RuleChange:
    """`key` chooses it again; `text` under `rehearsal.` says it with `values`: purpose, channel as machine words."""

    key: str
    text: str
    values: dict[str, str]
    policy: Policy


def offered(policy: Policy, purpose: Purpose, channels: Iterable[str]) -> list[RuleChange]:
    """Those that can touch a message of this purpose by these channels."""
    if purpose is Purpose.SERVICE:
        return [*_hours(policy, purpose)]
    return [*_caps(policy, purpose, channels), *_gaps(policy), *_hours(policy, purpose), *_days(policy, purpose)]


def chosen(policy: Policy, purpose: Purpose, channels: Iterable[str], key: str) -> RuleChange | None:
    return next((change for change in offered(policy, purpose, channels) if change.key == key), None)


def _caps(policy: Policy, purpose: Purpose, channels: Iterable[str]) -> Iterator[RuleChange]:
    for place, cap in enumerate(policy.by_purpose.get(purpose, ())):
        for count, sign in _counts(cap):
            caps = _with(policy.by_purpose[purpose], place, replace(cap, count=count))
            values = _of(cap, count) | {"purpose": purpose.value}
            changed = replace(policy, by_purpose={**policy.by_purpose, purpose: caps})
            yield RuleChange(f"purpose.{purpose}.{place}{sign}", f"change_purpose_{_unit(cap)}", values, changed)
    for place, cap in enumerate(policy.overall):
        for count, sign in _counts(cap):
            caps = _with(policy.overall, place, replace(cap, count=count))
            key, text = f"overall..{place}{sign}", f"change_overall_{_unit(cap)}"
            yield RuleChange(key, text, _of(cap, count), replace(policy, overall=caps))
    for channel in channels:
        for place, cap in enumerate(policy.by_channel.get(channel, ())):
            for count, sign in _counts(cap):
                caps = _with(policy.by_channel[channel], place, replace(cap, count=count))
                values = _of(cap, count) | {"channel": channel}
                changed = replace(policy, by_channel={**policy.by_channel, channel: caps})
                yield RuleChange(f"channel.{channel}.{place}{sign}", f"change_channel_{_unit(cap)}", values, changed)


def _counts(cap: Cap) -> list[tuple[int, str]]:
    return [(cap.count + 1, "+"), *([(cap.count - 1, "-")] if cap.count > 1 else [])]


def _with(caps: tuple[Cap, ...], place: int, cap: Cap) -> tuple[Cap, ...]:
    return (*caps[:place], cap, *caps[place + 1 :])


def _of(cap: Cap, count: int) -> dict[str, str]:
    hours = int(cap.within.total_seconds() // 3600)
    return {
        "before": str(cap.count),
        "after": str(count),
        "length": str(hours // 24 if _unit(cap) == "days" else hours),
    }


def _unit(cap: Cap) -> str:
    return "days" if cap.within % timedelta(days=1) == timedelta(0) else "hours"


def _gaps(policy: Policy) -> Iterator[RuleChange]:
    hours = int(policy.gap.total_seconds() // 3600)
    for key, after in (("gap.half", hours // 2), ("gap.none", 0), ("gap.double", hours * 2)):
        if after != hours and (after or key == "gap.none"):
            values = {"before": str(hours), "after": str(after)}
            text = "change_gap_none" if not after else "change_gap"
            yield RuleChange(key, text, values, replace(policy, gap=timedelta(hours=after)))


def _hours(policy: Policy, purpose: Purpose) -> Iterator[RuleChange]:
    """An hour more at both ends, an hour less, and no shorter hours for those of whom nobody knows where they are."""
    before = policy.hours.get(purpose, ANY_HOUR)
    if before != ANY_HOUR and _minutes(before[0]) < _minutes(before[1]):
        for key, step in (("hours.wider", HOUR), ("hours.narrower", -HOUR)):
            start, end = max(0, _minutes(before[0]) - step), min(DAY, _minutes(before[1]) + step)
            after = (_clock(start), _clock(end))
            if end - start >= HOUR and after != before:
                values = {"before": "–".join(before), "after": "–".join(after)}
                yield RuleChange(key, "change_hours", values, replace(policy, hours={**policy.hours, purpose: after}))
    if before != ANY_HOUR and policy.unsure_hours != before:
        values = {"before": "–".join(policy.unsure_hours), "after": "–".join(before)}
        yield RuleChange("unsure.same", "change_unsure", values, replace(policy, unsure_hours=before))


def _days(policy: Policy, purpose: Purpose) -> Iterator[RuleChange]:
    if policy.holidays and purpose in policy.quiet_on_holidays:
        quiet = policy.quiet_on_holidays - {purpose}
        yield RuleChange("holidays.open", "change_holidays_open", {}, replace(policy, quiet_on_holidays=quiet))


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
