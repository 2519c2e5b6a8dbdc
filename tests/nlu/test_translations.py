"""Every sentence of the bot exists in every language, with the same variables and the same buttons."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from nlu.components.words import is_han
from tests.nlu.training_files import LANGUAGES, domain

RESPONSES: dict[str, list[dict[str, Any]]] = domain()["responses"]
VARIABLE = re.compile(r"\{([^{}]*)\}")
WRITTEN = ("text", "buttons", "custom")

every_response = pytest.mark.parametrize("name", sorted(RESPONSES))


@every_response
def test_a_response_is_written_as_often_in_each_language(name: str) -> None:
    written = Counter(language_of(variant) for variant in RESPONSES[name])
    assert set(written) == set(LANGUAGES)
    assert len(set(written.values())) == 1


@every_response
def test_the_languages_of_a_response_use_the_same_variables(name: str) -> None:
    used = [frozenset(variables(variant)) for variant in RESPONSES[name]]
    assert len(by_language(name, used)) == 1, used


@every_response
def test_the_languages_of_a_response_offer_the_same_buttons(name: str) -> None:
    offered = [tuple(button["payload"] for button in variant.get("buttons") or []) for variant in RESPONSES[name]]
    assert len(by_language(name, offered)) == 1, offered


@every_response
def test_a_response_is_in_the_language_it_says(name: str) -> None:
    """English may name 中文, and Chinese a brand: what counts is whether there is more of it than a word."""
    for variant in RESPONSES[name]:
        chinese = sum(is_han(sign) for sign in variant.get("text") or "")
        latin = sum("a" <= sign <= "z" for sign in VARIABLE.sub("", variant.get("text") or "").lower())
        assert not (chinese or latin) or (chinese > latin / 4) == (language_of(variant) == "zh"), variant


@every_response
def test_a_response_says_nothing_that_no_channel_can_show(name: str) -> None:
    """Text, buttons and `custom` travel on; pictures and attachments of Rasa's own kind would be lost on the way."""
    assert {field for variant in RESPONSES[name] for field in variant} <= {*WRITTEN, "condition"}


def by_language(name: str, found: list[Any]) -> set[frozenset[Any]]:
    """What is found in the variants of each language; one entry when all languages agree."""
    said: dict[str, set[Any]] = {}
    for variant, each in zip(RESPONSES[name], found, strict=True):
        said.setdefault(language_of(variant), set()).add(each)
    return {frozenset(each) for each in said.values()}


def language_of(variant: dict[str, Any]) -> str:
    """The value its condition on the slot `lang` asks for, or nothing."""
    values = [each["value"] for each in variant.get("condition") or [] if each["name"] == "lang"]
    return str(values[0]) if len(values) == 1 else ""


def variables(variant: dict[str, Any]) -> set[str]:
    return {name for field in WRITTEN for text in texts(variant.get(field)) for name in VARIABLE.findall(text)}


def texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from texts(each)
        case list():
            for each in value:
                yield from texts(each)
