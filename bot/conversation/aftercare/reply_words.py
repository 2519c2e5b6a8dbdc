"""Pure: what an answer to a message of ours says without doubt (`reply_words.yml`)."""

import re
from enum import StrEnum

from crm_store.answers.survey_words import survey_score
from crm_store.holding.thanks_words import only_thanks
from crm_store.words import folded, trimmed, word_lists

_WORDS = word_lists(__file__)
_LETTER = re.compile(r"[^\W_]")
LONGEST = 120
"""Characters: who writes more has more to say than these, and the bot, or a person, has to read it."""


class Meant(StrEnum):
    """What is understood before any model; in the order in which they are looked for."""

    SCORE = "score"
    TOO_MANY = "too_many"
    NONE_OF_THESE = "none_of_these"
    WHY = "why"
    CODE = "code"
    HOW = "how"
    VALID = "valid"
    WHICH_ORDER = "which_order"
    SEE = "see"
    DECLINE = "decline"
    THANKS = "thanks"


LISTED = (Meant.TOO_MANY, Meant.NONE_OF_THESE, Meant.WHY, Meant.CODE, Meant.HOW, Meant.VALID, Meant.WHICH_ORDER)


def meant_in(text: str) -> list[Meant]:
    """Everything it may mean, the likeliest first; empty when the bot has to think about it."""
    line = folded(text)
    found = [each for each in LISTED if _WORDS.finds(each, line)] if len(line) <= LONGEST else []
    if Meant.CODE in found and _WORDS.finds("not_code", line):
        found.remove(Meant.CODE)
    if survey_score(text) is not None:
        found.insert(0, Meant.SCORE)
    if trimmed(line) in _WORDS.values("see"):
        found.append(Meant.SEE)
    if _declines(line):
        found.append(Meant.DECLINE)
    if only_thanks(text):
        found.append(Meant.THANKS)
    return found


def _declines(line: str) -> bool:
    """Alone in its message: "no thanks, where is my parcel" says more than no."""
    if len(line) > LONGEST or "?" in line or not _WORDS.finds("decline", line):
        return False
    return not _LETTER.search(_WORDS.without("decline_beside", _WORDS.without("decline", line)))


def names_it(text: str) -> bool:
    """Whether the thing we wrote of is named, not only pointed at ("it", "this")."""
    return _WORDS.finds("names_it", folded(text))


def names_another(text: str, code: str) -> bool:
    """Whether it speaks of a code that is not `code`."""
    named: list[str] = _WORDS.regex("other_code").findall(folded(text))
    return any(other != folded(code) for other in named)
