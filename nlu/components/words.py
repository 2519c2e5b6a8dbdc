"""Pure: a message as the words the classifier counts, in English, Chinese or both at once.

Simplified and Traditional script, full width and half width, capitals and small letters come out the same.
"""

import re
import unicodedata

from opencc import OpenCC

LONGEST = 500
"""Characters of a message that are looked at: what somebody wants stands in the first few sentences."""

_SIMPLIFIED = OpenCC("t2s")
_HAN = r"\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_HAN}]|[^\W\d_{_HAN}]+(?:'[^\W\d_{_HAN}]+)*|\d+|[^\w\s]")
_HAN_ONLY = re.compile(rf"[{_HAN}]")
_IGNORED = frozenset(".,;:!\"'()[]{}<>-/\\|~`^_*。、…·")
_LONG_NUMBER = 3


def fold(text: str) -> str:
    """The first `LONGEST` characters without the differences that mean nothing here."""
    sound = text[:LONGEST].encode("utf-8", "replace").decode("utf-8")
    flat = unicodedata.normalize("NFKC", sound).lower().replace("’", "'")
    return str(_SIMPLIFIED.convert(flat))


def words(text: str) -> list[str]:
    """Latin words whole, Chinese one character each, signs that say something (?, 👍); long numbers all alike."""
    found = _WORD.findall(fold(text))
    return [_number(word) if word.isdigit() else word for word in found if word not in _IGNORED]


def is_han(word: str) -> bool:
    return _HAN_ONLY.match(word) is not None


def _number(digits: str) -> str:
    """An order number is an order number whatever its digits; 5 and 10 are answers."""
    return digits if len(digits) < _LONG_NUMBER else "0" * min(len(digits), 6)
