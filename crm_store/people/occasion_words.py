"""Pure: a personal date or festival in a message, and whether it is welcome (`occasion_words.yml`)."""

import re
from dataclasses import dataclass, replace
from datetime import date

from crm_store.spoken_dates import SpokenDay, count_of_days, day_in, is_lunar
from crm_store.words import folded, word_lists

_WORDS = word_lists(__file__)
_CLAUSES = re.compile(r"[,.;!?，。；！？、\n]+|\bbut\b|但是?|不过(?=[我请])")
PERSONAL = frozenset({"birthday", "child_birthday", "family_birthday", "wedding"})
RELATIONS = ("child_birthday", "family_birthday")


@dataclass(frozen=True)
class OccasionWish:
    """`kind` as in the lists; `day` only where one was said; `off` means: do not write to me about it.

    `whom`: the member of the household it belongs to, in the shopper's words.
    """

    kind: str
    day: SpokenDay | None
    calendar: str
    off: bool
    whom: str = ""

    @property
    def needs_day(self) -> bool:
        """A personal date that is welcome is worth nothing without its day."""
        return self.kind in PERSONAL and not self.off and self.day is None


def read_occasions(text: str, today: date) -> list[OccasionWish]:
    """Every occasion named; with several in one message each clause speaks for itself. A day alone is no occasion."""
    household = _of_each(text, today)
    if household:
        return household
    clauses = [clause for clause in _CLAUSES.split(folded(text)) if _WORDS.found("kinds", clause)]
    parts = clauses if len({_WORDS.found("kinds", clause)[0] for clause in clauses}) > 1 else [folded(text)]
    wishes = [_of_whom(wish, part) for part in parts if (wish := _read(part, today))]
    if len(wishes) == 1 and wishes[0].kind == "birthday" and (name := _name_in(text)):
        # "Lily's birthday" is not the shopper's own
        wishes = [replace(wishes[0], kind="family_birthday", whom=name)]
    return list({(wish.kind, wish.whom): wish for wish in reversed(wishes)}.values())[::-1]


def _of_each(text: str, today: date) -> list[OccasionWish]:
    """Days of several people in one message, each of those named with it; empty when it is not about several.

    One day for all is all of theirs; with several days and no order in them none is guessed.
    """
    line = folded(text)
    told = _people(line)
    if len(told) < 2 or not (_WORDS.finds("birthdays", line) or count_of_days(line) > 1):
        return []
    ends = [start for start, _, _ in told[1:]] + [len(line)]
    lunar = is_lunar(line)
    spoken = [line[start:end] for (start, _, _), end in zip(told, ends, strict=True)]
    days = [day_in(_as_lunar(words, lunar)) if count_of_days(words) == 1 else None for words in spoken]
    if not all(days):
        days = [day_in(line) if count_of_days(line) == 1 else None] * len(told)
    calendar = "lunar" if lunar else "solar"
    return [
        OccasionWish(kind, day, day.calendar if day else calendar, off=False, whom=whom)
        for (_, kind, whom), day in zip(told, days, strict=True)
    ]


def _people(line: str) -> list[tuple[int, str, str]]:
    """Where each member of the household is named, of which kind, and how; "my wife's mother" is one."""
    found = sorted((match.start(), match.end(), kind) for kind in RELATIONS for match in _relation(kind).finditer(line))
    people: list[tuple[int, int, str]] = []
    for start, end, kind in found:
        if people and _WORDS.regex("of").fullmatch(line[people[-1][1] : start]):
            start = people.pop()[0]
        people.append((start, end, kind))
    return [(start, kind, line[start:end]) for start, end, kind in people]


def _as_lunar(words: str, lunar: bool) -> str:
    # "lunar" said once is meant for all of them
    return f"lunar {words}" if lunar else words


def _relation(kind: str) -> re.Pattern[str]:
    return _WORDS.pattern_in("relations", kind)


def _of_whom(wish: OccasionWish, part: str) -> OccasionWish:
    people = _people(part) if wish.kind in PERSONAL - {"wedding"} else []
    return replace(wish, kind=people[0][1], whom=people[0][2]) if people else wish


def _name_in(text: str) -> str:
    found = _WORDS.regex("name_en").search(text) or _WORDS.regex("name_zh").search(folded(text))
    name = found[1] if found else ""
    return "" if _WORDS.finds("own", folded(name)) else name


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
