"""Pure: which language a message is in, and the folding of Traditional to Simplified for matching words."""

import re
import unicodedata
from functools import lru_cache

import opencc

MAX_TEXT = 4000
_HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_NO_WORD = re.compile(r"\S*@\S+|https?://\S+|\S*\d\S*")
"""Addresses, and numbers of orders, members and cases, are Latin in every language."""
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@lru_cache(maxsize=1)
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def clean(text: str) -> str:
    """Normal form C without control, bidi-override and lone surrogate characters; all else stays as written."""
    return unicodedata.normalize("NFC", _UNSAFE.sub("", text)).strip()


def folded(text: str) -> str:
    """For matching only: NFKC, lower case, Simplified, single spaces."""
    plain = unicodedata.normalize("NFKC", clean(text))[: 2 * MAX_TEXT].lower()  # a ligature can be eighteen letters
    if _HAN.search(plain):
        plain = _to_simplified().convert(plain)
    return " ".join(plain.split())


def language_of(text: str) -> str | None:
    """``zh`` when there is any Chinese, ``en`` for two Latin words or more; None when it could be either ("ok", 4)."""
    if _HAN.search(text):
        return "zh"
    return "en" if len(_LATIN_WORD.findall(_NO_WORD.sub(" ", text))) >= 2 else None


def language_to_answer(current: str, source: str, text: str) -> str:
    """The language of the next answer: one asked for stays, else it follows what the shopper writes."""
    if source == "asked":
        return current
    return language_of(text) or current
