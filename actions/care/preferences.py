"""A shopper's own rules for being written to: kept at once when they ask for less, after a plain yes when for more."""

from datetime import date
from typing import Any

from actions.base import Answer, Event, Turn
from actions.care.consent import channel_names
from actions.questions import ask, yes_and_no
from crm_store.people.preference_words import read_preferences
from crm_store.people.preferences import Told
from crm_store.people.rules import PreferenceRule, loosens


class SetPreference(Answer):
    """Reads what it can and reads it back; what it cannot read is kept as it was said, and called so."""

    called = "action_set_preference"

    async def answer(self, turn: Turn) -> list[Event]:
        words = await turn.words()
        rules = read_preferences(turn.shopper.text, turn.shopper.today)
        if not rules:
            await _keep_words(turn, words)
            return []
        before = {each.kind: each.value for each in await turn.crm.preferences.of(turn.shopper.who)}
        looser = [rule for rule in rules if rule.kind in before and loosens(before[rule.kind], rule)]
        stricter = [rule for rule in rules if rule not in looser]
        if stricter:
            await _put(turn, stricter, words)
            turn.voice.answer("preference_set", rules=_read_back(turn, stricter))
        return [_ask_looser(turn, looser)] if looser else []


async def _keep_words(turn: Turn, words: str) -> None:
    if not turn.shopper.text:
        turn.voice.answer("preference_how")
        return
    shopper = turn.shopper
    told = Told(words, shopper.interaction_id, shopper.now)
    await turn.crm.preferences.put(shopper.who, "words", {"text": words}, told)
    turn.voice.answer("preference_as_words")


def _ask_looser(turn: Turn, rules: list[PreferenceRule]) -> Event:
    turn.voice.answer("preference_looser", yes_and_no(turn), rules=_read_back(turn, rules))
    return ask(turn, "preference", rules=[{"kind": rule.kind, "value": rule.value} for rule in rules])


async def loosen(turn: Turn, question: dict[str, Any]) -> None:
    """The shopper said yes to being written to more than before."""
    rules = [PreferenceRule(**rule) for rule in question["rules"]]
    await _put(turn, rules, await turn.words())
    turn.voice.answer("preference_set", rules=_read_back(turn, rules))


async def _put(turn: Turn, rules: list[PreferenceRule], words: str) -> None:
    told = Told(words, turn.shopper.interaction_id, turn.shopper.now)
    for rule in rules:
        await turn.crm.preferences.put(turn.shopper.who, rule.kind, rule.value, told)


def _read_back(turn: Turn, rules: list[PreferenceRule]) -> str:
    return turn.voice.listed(rule_line(turn, rule.kind, rule.value) for rule in rules)


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
        case "style" | "language":
            return voice.line(f"rule_{kind}_{value[kind]}")
    return voice.line("rule_words", text=str(value.get("text", ""))[:200])
