"""Pure: the score in an answer to a survey of ours (`survey_words.yml`).

Narrower than `crm_store.talks.score_words`, which is asked once a message is known to be a mark: here it is not, and
"4 days late" is none.
"""

import re
from dataclasses import dataclass

from crm_store.talks.score_words import plain_score_in
from crm_store.words import folded, trimmed, word_lists

_WORDS = word_lists(__file__)
_STARS = re.compile(r"^[★⭐🌟]{1,5}$")
BEST = 5
LOW = 2
"""This score or less asks what went wrong."""


@dataclass(frozen=True)
class Rated:
    """`score` 1 to 5; `has_words`: something stands beside it. `in_words`: "great", which may be a mere nod."""

    score: int
    has_words: bool
    in_words: bool = False

    @property
    def is_low(self) -> bool:
        return self.score <= LOW


def survey_score(text: str) -> Rated | None:
    """None when it is no score without doubt."""
    line = _without_preface(folded(text).replace("\ufe0f", ""))
    if _WORDS.regex("counts").search(line):
        return None
    return _stars(line) or _figure(line) or _worded(line) or _told(text, line)


def _without_preface(line: str) -> str:
    """ "sorry, 2" is 2."""
    bare = line.lstrip()
    while found := _WORDS.pattern("preface").match(bare):
        bare = bare[found.end() :].lstrip(" ,:，：、")
    return bare


def on_five(value: int, out_of: int) -> int:
    """A mark on any scale as 1 to 5: 8 of 10 is 4."""
    return max(1, min(BEST, round(value * BEST / out_of)))


def _stars(line: str) -> Rated | None:
    return Rated(len(line), False) if _STARS.match(line) else None


def _figure(line: str) -> Rated | None:
    found = _WORDS.regex("begins").search(line) or _WORDS.regex("marked").search(line)
    if found is None:
        return None
    figures: dict[str, int] = _WORDS.values("figures")
    value = figures[found[1]] if found[1] in figures else int(found[1])
    return Rated(max(1, value), bool(trimmed(line[found.end() :])))


def _worded(line: str) -> Rated | None:
    bare = trimmed(_WORDS.without("small", line))
    levels = _WORDS.values("levels")
    return next((Rated(int(level), False, in_words=True) for level, words in levels.items() if bare in words), None)


def _told(text: str, line: str) -> Rated | None:
    """So many out of five or ten, wherever it stands."""
    score = plain_score_in(text)
    return Rated(on_five(score.value, score.out_of), len(line) > len("10 out of 10")) if score else None
