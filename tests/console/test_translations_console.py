"""Every text of the console is there in every language, and every text that a page asks for is there."""

import re
from functools import cache
from pathlib import Path

import pytest

from console.frame.texts import CONSOLE, TextsUnreadable, read_texts
from crm_store.sentences import SentenceMissing
from crm_store.yaml_file import read_yaml

SHOP = {"en": "Willowmere", "zh": "柳岸百货"}
HAN = re.compile(r"[一-鿿]")
LATIN_ONLY = {"frame.units", "me.language_en", "me.language_zh"}
ASKED = re.compile(r"""\bt\(\s*["']([a-z_]+\.[a-z0-9_]+)["']\s*[,)]""")
SAID = re.compile(
    r"""(?:frame\.go|frame\.toast|\.say)\([^"'()]*(?:["']/[^"']*["'],\s*)?["']([a-z_]+\.[a-z0-9_]+)["']"""
)
DEED = re.compile(r"""Deed\([^"'(]*(?:\([^()]*\)[^"'(]*)?,\s*"(\w+)",\s*"(\w+)\"""")
"""Whose deed, what, to what."""


@cache
def keys() -> dict[str, dict[str, str]]:
    found = {}
    for file in CONSOLE.glob("*/texts.yml"):
        for name, variants in read_yaml(file).items():
            found[f"{file.parent.name}.{name}"] = variants
    return found


def test_every_text_is_there_in_every_language_with_the_same_variables() -> None:
    assert read_texts(SHOP).has("frame.console")


def test_chinese_texts_are_chinese_and_simplified() -> None:
    traditional = re.compile("[們個這裡為說對應後過還沒時會請開關點擊續訊]")
    guilty = [key for key, words in keys().items() if traditional.search(words["zh"]) or HAN.search(words["en"])]
    assert [key for key in guilty if key not in LATIN_ONLY] == []


@pytest.mark.parametrize("file", sorted(CONSOLE.rglob("*.html")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_text_a_template_names_is_known(file: Path) -> None:
    known = keys()
    asked = set(ASKED.findall(file.read_text("utf-8")))
    assert {key for key in asked if key not in known} == set(), "put it into the room's texts.yml"


def test_every_text_a_route_names_is_known() -> None:
    known = keys()
    asked = {key for file in CONSOLE.rglob("*.py") for key in SAID.findall(file.read_text("utf-8"))}
    assert asked
    assert {key for key in asked if key not in known} == set(), "put it into the room's texts.yml"


def test_the_audit_has_words_for_every_deed_and_its_subject() -> None:
    """Of those written out as ``Deed(somebody, "took", "conversation", …)``."""
    known, guilty = keys(), set()
    for package in ("bot", "console", "crm_store", "scheduler"):
        for file in (CONSOLE.parent / package).rglob("*.py"):
            for action, subject in DEED.findall(file.read_text("utf-8")):
                guilty |= {f"audit.action_{action}", f"audit.subject_{subject}"} - known.keys()
    assert guilty == set(), "put it into console/audit/texts.yml"


def test_no_template_speaks_by_itself() -> None:
    """Words between tags belong into texts.yml: three letters in a row outside of tags and of Jinja are words."""
    guilty = []
    for file in CONSOLE.rglob("*.html"):
        named = re.sub(r"\{% block main_class %\}.*?\{% endblock %\}", "", file.read_text("utf-8"))
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", named, flags=re.DOTALL)
        bare = re.sub(
            r"""<kbd>.*?</kbd>|[a-z-]+=("[^"]*"|'[^']*')|<[^>]*>|/[a-z]+/\S*|&\w+;""", " ", text, flags=re.DOTALL
        )
        if re.search(r"[A-Za-z]{3,}|[一-鿿]", bare) and file.parent.name != "style":
            guilty.append(f"{file.parent.name}/{file.name}: {' '.join(bare.split())[:80]}")
    assert [line for line in guilty if "English" not in line] == []


@pytest.mark.parametrize("texts", ['a: {en: "Yes"}', 'a: {en: "{n}", zh: "{m}"}'])
def test_a_text_that_lacks_a_language_or_a_variable_is_refused_at_start(tmp_path: Path, texts: str) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "texts.yml").write_text(texts, encoding="utf-8")
    with pytest.raises(SentenceMissing, match=r"room\.a"):
        read_texts(SHOP, tmp_path)


def test_a_word_that_yaml_takes_for_something_else_is_named(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "texts.yml").write_text("a: {en: No, zh: 否}", encoding="utf-8")
    with pytest.raises(TextsUnreadable, match=r"texts\.yml: a has to be words"):
        read_texts(SHOP, tmp_path)


def test_a_file_of_texts_that_cannot_be_read_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "texts.yml").write_text('a: {en: "Why, zh: 为何}', encoding="utf-8")
    with pytest.raises(TextsUnreadable, match=r"texts\.yml, line 1"):
        read_texts(SHOP, tmp_path)
