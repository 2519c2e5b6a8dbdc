"""Every YAML file of ours that says something: in every language, with the same variables, in that language."""

import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from crm_store.model import Languages
from tests.conftest import ROOT

FILES = sorted(
    path
    for package in ("actions", "bot", "console", "crm_store", "scheduler")
    for path in (ROOT / package).rglob("*.yml")
)
SPEAKING = {"texts.yml", "sentences.yml", "lines.yml", "state_words.yml"}
"""Files in which every entry is a sentence; elsewhere sentences stand among other things."""
HAN = re.compile(r"[一-鿿]")
TRADITIONAL = re.compile("[們個這裡為說對應後過還沒時會請開關點擊續訊]")
LETTERS = re.compile(r"[A-Za-z]{4,}")
NAMES = {"English", "Telegram", "WhatsApp"}
"""The same in every language."""


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def sentences(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mapping with a language among its keys, and where it stands."""
    if isinstance(node, dict):
        if any(not isinstance(node.get(language, {}), dict) for language in Languages):
            yield place, {language: node[language] for language in Languages if language in node}
        for key, value in node.items():
            yield from sentences(value, f"{place}.{key}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from sentences(value, f"{place}[{number}]")


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def variables(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return {"unreadable braces"}


def faults(place: str, variants: dict[str, Any]) -> Iterator[str]:
    if set(variants) != set(Languages):
        yield f"{place}: is there in {sorted(map(str, variants))}"
        return
    texts = {language: str(variants[language]) for language in Languages}
    if not all(variants[language] or variants[language] == "" for language in Languages):
        yield f"{place}: empty in a language"
    if len({frozenset(variables(text)) for text in texts.values()}) != 1:
        yield f"{place}: takes other variables in another language"
    if HAN.search(texts["en"]) and "language" not in place:
        yield f"{place}: Chinese in the English text"
    if TRADITIONAL.search(texts["zh"]) and isinstance(variants["zh"], str):
        yield f"{place}: Traditional signs in the Chinese text"


def test_there_is_something_to_look_at() -> None:
    assert {path.name for path in FILES} >= SPEAKING
    assert sum(1 for path in FILES for _ in sentences(read(path))) > 1000


@pytest.mark.parametrize("path", FILES, ids=named)
def test_every_sentence_is_there_in_every_language_with_the_same_variables(path: Path) -> None:
    """Acceptance check 10: Automated texts exist in every enabled language or the build fails."""
    found = [fault for place, variants in sentences(read(path)) for fault in faults(place, variants)]
    assert found == []


@pytest.mark.parametrize("path", [path for path in FILES if path.name in SPEAKING], ids=named)
def test_no_sentence_of_a_speaking_file_lacks_its_languages(path: Path) -> None:
    """Acceptance check 10: Not one entry of a file of sentences is a bare text in one language."""
    bare = [key for key, value in read(path).items() if not isinstance(value, dict) or not list(sentences(value))]
    assert bare == []


@pytest.mark.parametrize("path", [path for path in FILES if path.name in SPEAKING], ids=named)
def test_a_chinese_text_is_no_english_one_left_as_it_was(path: Path) -> None:
    """Acceptance check 10: A translation says it in its own language."""
    left = [
        f"{place}: {variants['zh']}"
        for place, variants in sentences(read(path))
        if isinstance(variants.get("zh"), str)
        if not HAN.search(variants["zh"])
        if variants["zh"] not in NAMES
        if LETTERS.search(re.sub(r"\{.*?\}|[A-Z]+\b|\S+@\S+|https?:\S+", "", variants["zh"]))
    ]
    assert left == []
