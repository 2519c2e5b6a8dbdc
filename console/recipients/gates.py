"""The gates of a decision in plain words: what each asked, what it said, and of what."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from console.frame.texts import Texts
from console.frame.times import date_words
from console.frame.visible import visible
from crm_store.decision.decision import Decision, GateStep
from crm_store.model import in_language
from crm_store.people.zone_words import clock_name

_CAP = re.compile(r"(\d+) in (\d+) (days|hours)")
_PLACES = frozenset({"hours", "days"})
_INSTANTS = frozenset({"expired", "late", "expired_waiting"})


@dataclass(frozen=True)
class GateTold:
    """`asks`: the question of the gate. `told`: what it said beside yes or no, empty for nothing."""

    asks: str
    passed: bool
    told: str | Markup
    until: datetime | None


class Gates:
    """In one reader's language, by the shop's clock."""

    def __init__(self, texts: Texts, language: str, zone: ZoneInfo) -> None:
        self._texts = texts
        self._language = language
        self._zone = zone

    def kept(self, steps: list[dict[str, Any]]) -> list[GateTold]:
        """As they are kept with a decision."""
        return [
            self._one(step["gate"], bool(step["passed"]), str(step.get("detail", "")), _moment(step.get("until")))
            for step in steps
        ]

    def live(self, decision: Decision) -> list[GateTold]:
        return self.steps(decision.trace)

    def steps(self, trace: Iterable[GateStep]) -> list[GateTold]:
        return [self._one(step.gate, step.passed, step.detail, step.until) for step in trace]

    def _one(self, gate: str, passed: bool, detail: str, until: datetime | None) -> GateTold:
        key = f"recipients.gate_{gate}"
        asks = self._say(f"gate_{gate}") if self._texts.has(key) else str(visible(gate))
        return GateTold(asks, passed, self._told(gate, passed, detail), until)

    def _told(self, gate: str, passed: bool, detail: str) -> str | Markup:
        if not detail:
            return ""
        if gate in _INSTANTS or detail.startswith("until "):
            return self._instant(detail.removeprefix("until "))
        cap = _CAP.fullmatch(detail)
        if cap:
            return self._say(f"cap_{cap[3]}", count=cap[1], n=int(cap[2]))
        if gate == "address_suppressed" and not passed:
            return self._addresses(detail)
        if passed or gate == "no_channel":
            told = self._channels(detail)
            return told if gate == "no_channel" else self._say("passed_over", channels=told) if told else ""
        return self._of_a_no(gate, detail)

    def _of_a_no(self, gate: str, detail: str) -> str | Markup:
        """The words of a machine word, where there are some; what a place is called stays as it is."""
        kind, _, rest = detail.partition(" ")
        if gate == "own_preference" and kind in ("off", "only"):
            return self._say(f"wish_{kind}", occasions=self._named("words.occasion_", rest))
        if gate == "own_preference" and kind == "channels":
            return self._say("wish_channels", channels=self._channels(rest) or "–")
        if gate == "own_preference" and kind == "stage":
            return self._say(f"wish_stage_{rest}") if self._texts.has(f"recipients.wish_stage_{rest}") else ""
        if gate == "no_consent":
            return self._named("words.purpose_", detail)
        key = f"recipients.detail_{gate}_{detail}"
        if self._texts.has(key):
            return self._say(f"detail_{gate}_{detail}")
        if gate in _PLACES:
            return visible(in_language(clock_name(detail), self._language))
        return visible(detail) if gate == "not_yet" else ""

    def _addresses(self, detail: str) -> str:
        """ "telegram blocked, email bounced"."""
        parts = [part.split(" ", 1) for part in detail.split(", ")]
        named = (
            self._say("address", channel=self._channels(part[0]), state=self._state(part[-1])) for part in parts if part
        )
        return self._say("and").join(named)

    def _state(self, state: str) -> str:
        key = f"recipients.address_{state}"
        return self._say(f"address_{state}") if self._texts.has(key) else self._say("address_other")

    def _channels(self, listed: str) -> str:
        return self._named("words.channel_", listed)

    def _named(self, prefix: str, listed: str) -> str:
        names = [name for name in listed.split(", ") if name]
        said = (self._texts.say(self._language, prefix + name) for name in names if self._texts.has(prefix + name))
        return self._say("and").join(said)

    def _instant(self, detail: str) -> str:
        moment = _moment(detail)
        return date_words(moment, self._zone, self._language) if moment else ""

    def _say(self, key: str, **values: object) -> str:
        return self._texts.say(self._language, f"recipients.{key}", **values)


def _moment(text: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
