"""The page's own words, and what of them is kept as proof: exactly the question that was shown, and its version."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_store.model import in_language
from crm_store.people.consent import Evidence, Purpose
from crm_store.people.zone_words import clock_name

TICKED, UNTICKED = "☑", "☐"
LEGENDS = {
    "hours": "when",
    "days": "days",
    "at_most": "often",
    "snooze": "until",
    "style": "who_first",
    "impersonal": "impersonal",
    "language": "wanted_language",
}


def version_of(texts: Mapping[str, Mapping[str, str]]) -> str:
    """Changes whenever a wording of the page does, in any language."""
    wording = json.dumps(texts, sort_keys=True, ensure_ascii=False)
    return f"preferences-{hashlib.sha256(wording.encode()).hexdigest()[:12]}"


@dataclass(frozen=True)
class Wording:
    """The sentences in the language they were shown in."""

    t: Mapping[str, str]
    language: str
    version: str

    def evidence(self, purpose: Purpose, channel: str, ticked: bool) -> Evidence:
        """A tick, or one taken away."""
        label = self.t[f"channel_{channel}"]
        question = f"{self.t[f'ask_{purpose}']} {label}"
        return Evidence("page", question, self.version, f"{TICKED if ticked else UNTICKED} {label}")

    def stop(self) -> Evidence:
        return Evidence("page", self.t["stop_text"], self.version, self.t["stop"])

    def rule(self, kind: str, value: dict[str, Any]) -> tuple[str, str]:
        """The question a rule answers, and the answer in words."""
        if kind not in LEGENDS:
            return self.t["chat_rules_hint"], f"{TICKED} {kind}"
        return self.t[LEGENDS[kind]], self._answer(kind, value)

    def _answer(self, kind: str, value: dict[str, Any]) -> str:
        match kind:
            case "hours":
                return f"{value.get('from', '')}–{value.get('to', '')}"
            case "days" if value:
                return " ".join(self.t[f"day_{day}"] for day in value["days"])
            case "at_most" if value:
                return f"{value['count']} / {self.t[f'per_{value["per"]}']}"
            case "style":
                return self.t[f"style_{value['style']}"]
            case "impersonal":
                return TICKED if value["impersonal"] else UNTICKED
        return str(value.get("until", "") or value.get("language", "") or "–")

    def occasion(self, kind: str, off: bool) -> tuple[str, str]:
        """The question an occasion answers, and the answer."""
        return self.t["occasions"], f"{UNTICKED if off else TICKED} {self.t[f'occasion_{kind}']}"

    def chat_rule(self, kind: str, value: dict[str, Any]) -> str:
        """A rule that was set by talking, in words."""
        match kind:
            case "only":
                return self._filled("rule_only", [self.t.get(f"occasion_{each}", each) for each in value["occasions"]])
            case "zone":
                place = in_language(clock_name(value["zone"]), self.language)
                return self._filled("rule_zone", [place]).replace("{day}", _unbroken(str(value["until"])))
            case "channels":
                manner = next(iter(value))
                named = [self.t.get(f"channel_{each}", each) for each in value[manner]]
                return self._filled(f"rule_channels_{manner}", named)
        return self.t[f"rule_stage_{value['stage']}"]

    def _filled(self, name: str, values: list[str]) -> str:
        return self.t[name].replace("{value}", (", " if self.language == "en" else "、").join(values))


def _unbroken(day: str) -> str:
    """A date that stays on one line."""
    return day.replace("-", "\N{NON-BREAKING HYPHEN}")
