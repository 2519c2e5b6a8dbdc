"""Pure: what somebody typed into the one field, as what each index understands, and where it stands in a text found.

Texts are indexed as they are written: Latin words in lower case, and of Chinese every two neighbouring characters
(`desk_terms` in the database). So the question is asked in every script it may have been written in. Nothing here
depends on the database's locale.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import opencc

from crm_store.shop.terms import singular

_LATIN = "0-9a-zª-ʯͰ-῿"
_HAN = "぀-ヿ㐀-䶿一-鿿가-힯豈-﫿"
TOKEN = re.compile(f"[{_LATIN}]+|[{_HAN}]+")
PREFIX_FROM = 3
"""Shorter Latin words are looked for as they are: too many words begin with them."""
MOST_TOKENS = 8
LONGEST = 40
"""Characters of a word that the index keeps."""
WINDOW = 160


@dataclass(frozen=True)
class Asked:
    """`names` and `texts` are queries for the index of words; empty when there is nothing to look for in it.

    `codes` are what a number of a case, an order, a member or an address may be; `digits` the end of a phone number.
    """

    codes: list[str]
    email: str
    digits: str
    names: str
    texts: str
    needles: list[str]

    @property
    def is_empty(self) -> bool:
        return not (self.codes or self.names)


@dataclass(frozen=True)
class Snippet:
    """A piece of a text, and where in it the words stand: (first, behind the last) character. Never markup."""

    text: str
    marks: list[tuple[int, int]]


def asked(words: str) -> Asked:
    """What to look for; a single Chinese character finds names only."""
    plain = " ".join(unicodedata.normalize("NFKC", words)[:200].lower().split())
    tokens = TOKEN.findall(plain)[:MOST_TOKENS]
    digits = re.sub(r"\D", "", plain)
    telling = [token for token in tokens if len(token) > 1]
    return Asked(
        codes=_codes(plain),
        email=plain if "@" in plain.strip("@") else "",
        digits=digits if 8 <= len(digits) <= 15 and not re.search(r"[^\d\s()+./-]", plain) else "",
        names=" & ".join(_group(token) for token in tokens),
        texts=" & ".join(_group(token) for token in telling),
        needles=sorted({form for token in telling for form in _forms(token)}, key=len, reverse=True),
    )


def _codes(plain: str) -> list[str]:
    """One word as it is, in capitals, and bare digits as the number of a case."""
    word = plain.removeprefix("#").removeprefix("@")
    if not word or " " in word:
        return []
    return sorted({plain, word, word.upper(), *([f"C{word}"] if word.isdigit() else [])})


def _group(token: str) -> str:
    """One token of the query: any of the ways it may be written."""
    return f"({' | '.join(sorted(map(_lexemes, _forms(token))))})"


def _forms(token: str) -> set[str]:
    if token[0] not in "0123456789" and re.match(f"[{_HAN}]", token):
        return {token, *(script.convert(token) for script in _scripts())}
    return {token, singular(token)} if len(token) >= PREFIX_FROM else {token}


def _lexemes(form: str) -> str:
    """The index's words of one form; nothing in it can be taken for an operator."""
    if re.match(f"[{_HAN}]", form):
        pairs = [form[place : place + 2] for place in range(len(form) - 1)]
        return f"({' & '.join(f"'{pair}'" for pair in pairs)})" if pairs else f"'{form}':*"
    word = form[:LONGEST]
    return f"'{word}':*" if len(word) >= PREFIX_FROM else f"'{word}'"


@cache
def _scripts() -> tuple[opencc.OpenCC, ...]:
    """Simplified, and Traditional as written in general, in Taiwan and in Hong Kong."""
    return tuple(opencc.OpenCC(name) for name in ("t2s", "s2t", "s2tw", "s2hk"))


def snippet(text: str, needles: list[str]) -> Snippet:
    """The part of `text` around the first of the words, with every one of them marked."""
    found = _places(text, needles)
    first = max(0, found[0][0] - WINDOW // 4) if found else 0
    if len(text) <= WINDOW:
        first = 0
    last = min(len(text), first + WINDOW)
    marks = [(start - first, min(end, last) - first) for start, end in found if first <= start < last]
    return Snippet(text[first:last], marks)


def _places(text: str, needles: list[str]) -> list[tuple[int, int]]:
    if not needles:
        return []
    ways = [f"(?<![{_LATIN}]){re.escape(n)}" if not re.match(f"[{_HAN}]", n) else re.escape(n) for n in needles]
    return [match.span() for match in re.finditer("|".join(ways), text, re.IGNORECASE)]
