"""Pure: what a complaint is about, how grave it is, and whether a message says so yet (`grievance_words.yml`)."""

import re

from crm_store.words import HAN, folded, trimmed, word_lists

_WORDS = word_lists(__file__)
_TOKEN = re.compile(r"[a-z0-9']+|[㐀-鿿]")

HIGH = "high"
NORMAL = "normal"
OTHER = "other"
SAFETY = "safety"
WISHES = ("refund", "replacement", "apology")
"""What a shopper may want by name; anything else stays in their words."""
_SAYS_ENOUGH = frozenset({"wrong_item", "missing_item", "charge", "broken"})


def category_of(story: str) -> str:
    """The first category in the order of the file whose words occur; `other` when none does."""
    return next(iter(_WORDS.found("categories", folded(story))), OTHER)


def severity_of(story: str) -> str:
    """`high` when somebody was or may be hurt, else `normal`."""
    return HIGH if _WORDS.finds("danger", folded(story)) else NORMAL


def is_grievance(text: str) -> bool:
    """Whether something is plainly wrong with what they got, whatever else the message asks.

    "Smoke" alone says nothing of the kind: they may want an alarm.
    """
    found = [name for name in _WORDS.found("categories", folded(text)) if name != SAFETY]
    return bool(found) and found[0] in _SAYS_ENOUGH


def tells_something(text: str) -> bool:
    """Whether it says what happened, and not only that somebody wants to complain."""
    if is_grievance(text):
        return True
    rest = _TOKEN.findall(_WORDS.without("announcing", folded(text)))
    return sum(1 if HAN.search(token) else 2 for token in rest) >= 2


def has_no_order(text: str) -> bool:
    """Whether the answer to "which order?" is that there is none, or none at hand."""
    return _WORDS.finds("nothing", folded(text))


def leaves(text: str) -> bool:
    """Whether the whole message means "forget about it"."""
    return _WORDS.pattern("leave").fullmatch(trimmed(folded(text))) is not None
