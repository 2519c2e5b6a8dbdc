"""Rules, dates and permissions put into words, the same wherever they are read back."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from actions.base import Turn
from crm_store.people.consent import ANY_CHANNEL, Purpose
from crm_store.people.preferences import OccasionNote
from crm_store.people.zone_words import clock_name
from crm_store.wishes.undoing import Choice

WORDS_SHOWN = 200


def purpose_names(turn: Turn, purposes: Iterable[str]) -> str:
    """What is sent, in words."""
    return turn.voice.listed(turn.voice.line(f"purpose_{purpose}") for purpose in dict.fromkeys(purposes))


def channel_names(turn: Turn, channels: Iterable[str]) -> str:
    """Where it is sent, in words."""
    return turn.voice.listed(_channel(turn, channel) for channel in dict.fromkeys(channels))


def _channel(turn: Turn, channel: str) -> str:
    if channel == ANY_CHANNEL:
        return turn.voice.line("channel_any")
    return turn.voice.line(f"channel_{channel}") if turn.voice.lines.knows(f"channel_{channel}") else channel


def what_and_where(turn: Turn, choices: Sequence[Choice]) -> list[tuple[str, str]]:
    """Each purpose with exactly its own channels; purposes that share all of theirs stand together."""
    channels: dict[Purpose, tuple[str, ...]] = {}
    for purpose, channel, _ in choices:
        channels[purpose] = (*channels.get(purpose, ()), channel)
    together: dict[tuple[str, ...], list[str]] = {}
    for purpose, those in channels.items():
        together.setdefault(those, []).append(purpose)
    return [(purpose_names(turn, purposes), channel_names(turn, those)) for those, purposes in together.items()]


def choice_lines(turn: Turn, choices: Sequence[Choice], line: str) -> list[str]:
    """Permissions in words, each group filled into `line`."""
    return [turn.voice.line(line, what=what, where=where) for what, where in what_and_where(turn, choices)]


def rule_line(turn: Turn, kind: str, value: dict[str, Any]) -> str:
    """One rule in words."""
    voice = turn.voice
    match kind:
        case "hours":
            name = "rule_hours" if len(value) == 2 else f"rule_hours_{next(iter(value))}"
            return voice.line(name, **{"start" if end == "from" else "end": clock for end, clock in value.items()})
        case "days":
            return voice.line("rule_days", days=voice.listed(voice.line(f"weekday_{day}") for day in value["days"]))
        case "at_most":
            return voice.line("rule_at_most", count=value["count"], period=voice.line(f"period_{value['per']}"))
        case "channels":
            manner = next(iter(value))
            return voice.line(f"rule_channels_{manner}", channels=channel_names(turn, value[manner]))
        case "snooze":
            return voice.line("rule_snooze", day=voice.day(date.fromisoformat(value["until"])))
        case "style" | "language" | "stage":
            return voice.line(f"rule_{kind}_{value[kind]}")
    return _newer_rule_line(turn, kind, value)


def _newer_rule_line(turn: Turn, kind: str, value: dict[str, Any]) -> str:
    voice = turn.voice
    match kind:
        case "only":
            names = voice.listed(voice.line(f"occasion_{occasion}") for occasion in value["occasions"])
            return voice.line("rule_only", occasions=names)
        case "impersonal":
            return voice.line("rule_impersonal_yes" if value["impersonal"] else "rule_impersonal_no")
        case "zone":
            until = voice.day(date.fromisoformat(value["until"]))
            return voice.line("rule_zone", place=voice.words(clock_name(value["zone"])), day=until)
    return voice.line("rule_words", text=str(value.get("text", ""))[:WORDS_SHOWN])


def occasion_line(turn: Turn, note: OccasionNote) -> str:
    """One occasion in words."""
    voice = turn.voice
    name = occasion_name(turn, note.kind, note.whom)
    if note.off:
        return voice.line("occasion_off", occasion=name)
    if note.month is None or note.day is None:
        return voice.line("occasion_on", occasion=name)
    calendar = f"{note.calendar}_leap" if note.leap_month else note.calendar
    return voice.line("occasion_dated", occasion=name, day=voice.day_of_year(note.month, note.day, calendar))


def occasion_name(turn: Turn, kind: str, whom: str) -> str:
    """What is celebrated; `whom` in the shopper's own word for them."""
    name = turn.voice.line(f"occasion_{kind}")
    return turn.voice.line("occasion_whom", occasion=name, whom=whom) if whom else name
