"""Pure: a personal date or festival in a message, and whether it is welcome (`occasion_words.yml`)."""

import re
from dataclasses import dataclass
from datetime import date

from crm_store.spoken_dates import SpokenDay, day_in, is_lunar
from crm_store.words import folded, word_lists

_WORDS = word_lists(__file__)
_CLAUSES = re.compile(r"[,.;!?，。；！？、\n]+|\bbut\b|但是?|不过(?=[我请])")
PERSONAL = frozenset({"birthday", "child_birthday", "family_birthday", "wedding"})


@dataclass(frozen=True)
class OccasionWish:
    """`kind` as in the lists; `day` only where one was said; `off` means: do not write to me about it."""

    kind: str
    day: SpokenDay | None
    calendar: str
    off: bool

    @property
    def needs_day(self) -> bool:
        """A personal date that is welcome is worth nothing without its day."""
        return self.kind in PERSONAL and not self.off and self.day is None


def read_occasions(text: str, today: date) -> list[OccasionWish]:
    """Every occasion named; with several in one message each clause speaks for itself. A day alone is no occasion."""
    clauses = [clause for clause in _CLAUSES.split(folded(text)) if _WORDS.found("kinds", clause)]
    parts = clauses if len({_WORDS.found("kinds", clause)[0] for clause in clauses}) > 1 else [folded(text)]
    wishes = [wish for wish in (_read(part, today) for part in parts) if wish]
    return list({wish.kind: wish for wish in reversed(wishes)}.values())[::-1]


def _read(line: str, today: date) -> OccasionWish | None:
    kinds = _WORDS.found("kinds", line)
    if not kinds:
        return None
    day = day_in(line)
    if day is None and _WORDS.finds("today", line):
        day = SpokenDay(today.month, today.day)
    lunar = is_lunar(_WORDS.pattern_in("kinds", "lunar_new_year").sub(" ", line))
    # "not on the wrong day, it is 7 July" tells a date; it does not refuse the day.
    off = _WORDS.finds("off", line) and not (kinds[0] in PERSONAL and day)
    return OccasionWish(kinds[0], day, "lunar" if lunar else "solar", off)
