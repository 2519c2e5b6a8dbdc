"""Pure: what a name can be found by, and what a shopper's sentence asks for, in English and Chinese.

Latin words count in the singular, and two neighbours count as one (``air fryer``, ``air-fryer`` and ``airfryer``
meet). Chinese has no spaces: any two neighbouring characters count, and of a name also its last character, which says
what it is (锅, 鞋). Nothing here depends on the database's locale.
"""

import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from crm_store.words import folded
from crm_store.yaml_file import read_yaml

MIN_MISSPELT = 5
"""Shorter words have too many neighbours to guess at."""

_LATIN = re.compile(r"[a-z0-9]+(?:[.'][a-z0-9]+)*")
_LATIN_RUN = re.compile(r"[a-z0-9.'\s-]+")
_HAN_RUN = re.compile(r"[㐀-䶿一-鿿豈-﫿]+")


@lru_cache(maxsize=1)
def _says_nothing() -> tuple[frozenset[str], frozenset[str]]:
    """Words, and characters that need a neighbour, in the `empty_words.yml` beside this file."""
    empty = read_yaml(Path(__file__).with_name("empty_words.yml"))
    return frozenset(empty["words"].split()), frozenset(empty["characters"])


def asked_terms(sentence: str) -> set[str]:
    """Every term the sentence may name a product by."""
    text = folded(sentence)
    characters = {character for run in _HAN_RUN.findall(text) for character in run}
    return _latin_terms(text) | _han_terms(text) | (characters - _says_nothing()[1])


def asked_words(sentence: str) -> list[str]:
    """The Latin words long enough to be recognised when misspelt, as they were written."""
    return [word for word in _LATIN.findall(folded(sentence)) if len(word) >= MIN_MISSPELT]


def name_terms(name: str) -> set[str]:
    """Every term that finds this name."""
    text = folded(name)
    return _latin_terms(text) | _han_terms(text) | {_last_character(run) for run in _HAN_RUN.findall(text)}


def head_terms(name: str) -> set[str]:
    """The terms that say what the thing is: ``fryer`` of ``Air Fryer 4 L, black``, 炸锅 of 空气炸锅 4 升."""
    text = folded(name)
    han = next((run[-2:] for run in _HAN_RUN.findall(text) if len(run) > 1), "")
    words = _telling(re.split(r"(?<=[a-z])\s+(?:\w\s+)?\d|,", text)[0])
    return {term for term in (han, *words[-1:], "".join(words[-2:])) if term}


def _latin_terms(text: str) -> set[str]:
    runs = [_telling(run) for run in _LATIN_RUN.findall(text)]
    single = {word for words in runs for word in words if len(word) > 1 and not word.isdigit()}
    return single | {first + second for words in runs for first, second in pairwise(words)}


def _telling(run: str) -> list[str]:
    return [word for word in map(singular, _LATIN.findall(run)) if word not in _says_nothing()[0]]


def singular(word: str) -> str:
    """One stem for one and for many: dress(es), box(es), shoe(s), bab(y|ies), cookie(s); ``women's`` is ``women``."""
    word = re.sub(r"'s?$", "", word)
    if len(word) <= 3 or word.endswith(("ss", "us", "is")):
        return word
    word = re.sub(r"(ss|sh|ch|x|z)es$", r"\1", word)
    word = word if word.endswith("ss") else word.removesuffix("s")
    return re.sub(r"(?<=[^aeiou])(y|ie)$", "i", word)


def _han_terms(text: str) -> set[str]:
    return {first + second for run in _HAN_RUN.findall(text) for first, second in pairwise(run)}


def _last_character(run: str) -> str:
    # 裤子, 帽子: the last character says nothing, the one before it does
    return run.removesuffix("子")[-1:] or run
