"""Speaking one language: names, values and reasons of a case in the reader's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from console.frame.texts import Texts
from console.frame.visible import visible
from crm_store.model import Words, in_language


@dataclass(frozen=True)
class Known:
    """What names stand for: states in the shop's words, staff and teams by id, stores by code."""

    states: Mapping[str, Words]
    staff: Mapping[int, str] = field(default_factory=dict)
    teams: Mapping[int, Words] = field(default_factory=dict)
    stores: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class Speaker:
    """Says texts in one language with what is known of names."""

    texts: Texts
    zone: ZoneInfo
    language: str
    known: Known

    def value(self, name: str, value: object) -> str:
        """The value of a fact, in words where we have them. What anybody wrote is shown with nothing hidden in it."""
        if value in (None, ""):
            return self.say("case.nothing")
        text = str(value)
        if name in ("category", "severity", "through") and self.texts.has(f"words.{name}_{text}"):
            return self.say(f"words.{name}_{text}")
        if name == "state":
            return in_language(self.known.states.get(text, {}), self.language) or text
        if name == "store" and text in self.known.stores:
            return in_language(self.known.stores[text], self.language)
        return visible(text)

    def say(self, key: str, **values: Any) -> str:
        return self.texts.say(self.language, key, **values)

    def reason(self, code: str) -> str:
        return self.say(f"case.pause_{code}") if self.texts.has(f"case.pause_{code}") else visible(code)

    def who(self, parts: dict[str, Any]) -> str:
        return parts["staff"] or self.by(parts["by"])

    def by(self, by: str) -> str:
        return self.say(f"words.by_{by}") if self.texts.has(f"words.by_{by}") else visible(by.removeprefix("api:"))

    def clock_name(self, clock: str) -> str:
        return self.say(f"words.clock_{clock}")

    @property
    def no_team(self) -> str:
        return self.say("words.no_team")
