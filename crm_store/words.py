"""Pure: folding of what shoppers write, for matching only, and the word lists kept in YAML beside the code."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import opencc

from crm_store.yaml_file import read_yaml

HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
MOST = 8000
"""Characters matched: one ligature can stand for eighteen letters, and nobody is asked to wait for those."""
_LETTER = re.compile(r"[^\W_]")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})


@cache
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@cache
def _lists(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = read_yaml(path)
    return data


def folded(text: str) -> str:
    """NFKC, lower case, Simplified, plain apostrophes, single spaces."""
    plain = unicodedata.normalize("NFKC", text)[:MOST].lower().translate(_APOSTROPHES)
    if HAN.search(plain):
        plain = _to_simplified().convert(plain)
    return " ".join(plain.split())


def trimmed(line: str) -> str:
    """`line` without signs and blanks at its ends; a pattern would look at each run again and again."""
    first, last = _LETTER.search(line), _LETTER.search(line[::-1])
    return line[first.start() : len(line) - last.start()] if first and last else ""


def pattern_of(words: Iterable[str]) -> re.Pattern[str]:
    """Finds any of `words`, longest first: Latin ones only as whole words, Chinese ones anywhere."""
    ordered = sorted({folded(word) for word in words}, key=len, reverse=True)
    return re.compile("|".join(_guarded(word) for word in ordered)) if ordered else re.compile(r"(?!)")


def _guarded(word: str) -> str:
    before = r"(?<![a-z0-9])" if word[:1].isascii() and word[:1].isalnum() else ""
    after = r"(?![a-z0-9])" if word[-1:].isascii() and word[-1:].isalnum() else ""
    return f"{before}{re.escape(word)}{after}"


class WordLists:
    """The lists of one YAML file, as patterns; read and compiled on first use."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._patterns: dict[str, re.Pattern[str]] = {}

    def finds(self, name: str, line: str) -> bool:
        """Whether a word of list `name` occurs in `line` (folded)."""
        return self.pattern(name).search(line) is not None

    def pattern(self, name: str) -> re.Pattern[str]:
        if name not in self._patterns:
            self._patterns[name] = pattern_of(_lists(self._path)[name])
        return self._patterns[name]

    def found(self, group: str, line: str) -> list[str]:
        """Names within the mapping `group` of which a word occurs in `line`, in the order of the file."""
        return [name for name in _lists(self._path)[group] if self.pattern_in(group, name).search(line)]

    def regex(self, name: str) -> re.Pattern[str]:
        """The expression `name` under `patterns`; ``<part>`` in it stands for an entry of `parts`."""
        key = f"patterns.{name}"
        if key not in self._patterns:
            self._patterns[key] = re.compile(self._filled(_lists(self._path)["patterns"][name]))
        return self._patterns[key]

    def values(self, name: str) -> dict[str, Any]:
        """A mapping of words to what they stand for."""
        found: dict[str, Any] = _lists(self._path)[name]
        return found

    def _filled(self, expression: str) -> str:
        parts: dict[str, str] = _lists(self._path).get("parts", {})
        for part, meaning in parts.items():
            expression = expression.replace(f"<{part}>", meaning)
        return expression

    def without(self, name: str, line: str) -> str:
        """`line` with every word of list `name` blanked out."""
        return self.pattern(name).sub(" ", line)

    def pattern_in(self, group: str, name: str) -> re.Pattern[str]:
        """The pattern of list `name` within the mapping `group`."""
        key = f"{group}.{name}"
        if key not in self._patterns:
            self._patterns[key] = pattern_of(_lists(self._path)[group][name])
        return self._patterns[key]


@cache
def word_lists(module: str) -> WordLists:
    """The YAML file of the same name beside a module: ``word_lists(__file__)``."""
    return WordLists(Path(module).with_suffix(".yml"))
