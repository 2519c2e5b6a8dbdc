"""What the bot can say, in nlu/domain and actions/lines.yml: complete, in both languages, and reachable."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.registry import build_actions
from actions.voice import LineBroken, Lines, read_lines, variables_of
from crm_store.database import open_store
from crm_store.model import Languages
from tests.actions.talker import Clock

ROOT = Path(__file__).resolve().parents[2]
PAYLOAD = re.compile(r"/(\w+)")


def read(folder: str) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for path in sorted((ROOT / folder).glob("*.yml")):
        for key, content in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            if isinstance(content, dict):
                merged.setdefault(key, {}).update(content)
            elif isinstance(content, list):
                merged.setdefault(key, []).extend(content)
    return merged


DOMAIN = read("nlu/domain")
RULES = read("nlu/flows")["rules"]
INTENTS = [intent if isinstance(intent, str) else next(iter(intent)) for intent in DOMAIN["intents"]]
RESPONSES: dict[str, list[dict[str, Any]]] = DOMAIN["responses"]


def language_of(variant: dict[str, Any]) -> str:
    [condition] = variant["condition"]
    assert (condition["type"], condition["name"]) == ("slot", "lang")
    return str(condition["value"])


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_a_response_is_there_in_every_language_with_the_same_variables_and_buttons(name: str) -> None:
    variants = RESPONSES[name]
    assert sorted(map(language_of, variants)) == sorted(Languages)
    assert len({variables_of(variant["text"]) for variant in variants}) == 1
    assert len({tuple(button["payload"] for button in variant.get("buttons", [])) for variant in variants}) == 1


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_a_button_names_an_intent_that_exists(name: str) -> None:
    payloads = [button["payload"] for variant in RESPONSES[name] for button in variant.get("buttons", [])]
    assert {match[1] for payload in payloads if (match := PAYLOAD.match(payload))} <= set(INTENTS)


def test_every_intent_has_a_rule() -> None:
    begun = {rule["steps"][0]["intent"] for rule in RULES if "intent" in rule["steps"][0]}
    assert begun == set(INTENTS)


def test_the_domain_lists_exactly_the_actions_there_are() -> None:
    built = {action.name() for action in build_actions(open_store("postgresql+psycopg://nowhere/x"), Clock())}
    assert set(DOMAIN["actions"]) == built
    named = {step["action"] for rule in RULES for step in rule["steps"] if "action" in step}
    assert named - {"complaint_form"} <= built


def test_every_response_an_action_says_exists() -> None:
    said = {
        name
        for path in (ROOT / "actions").rglob("*.py")
        for name in re.findall(r"\.answer\(\s*\"(\w+)\"", path.read_text(encoding="utf-8"))
    }
    assert {f"utter_{name}" for name in said} <= set(RESPONSES)


def test_a_line_that_lacks_a_language_or_a_variable_is_refused() -> None:
    assert read_lines().knows("consent_question")
    for broken in ({"en": "hello"}, {"en": "hello {name}", "zh": "您好"}):
        with pytest.raises(LineBroken):
            Lines({"broken": broken})


def test_the_version_of_a_question_changes_with_its_wording() -> None:
    first, second = ({"q": {"en": f"May we{mark}", "zh": "可以吗"}} for mark in ("?", " write?"))
    assert Lines(first).version("q") != Lines(second).version("q")
