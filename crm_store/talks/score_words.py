"""Pure: the score in an answer to a survey, as figures, stars or words (`score_words.yml`)."""

import re
from dataclasses import dataclass

from crm_store.words import folded, word_lists

_WORDS = word_lists(__file__)
_ENGLISH = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_HAN = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_WORD_FIGURES = re.compile(r"\b(" + "|".join(_ENGLISH) + r")\b")
_FIGURE = r"(\d{1,3}|[零一二两三四五六七八九十])"
_OUT_OF = re.compile(rf"(?<![\d.]){_FIGURE}\s*(?:/|out of|of|分之)\s*(\d{{1,3}})(?!\d)")
_MARKED = re.compile(rf"(?<![\d.]){_FIGURE}\s*(?:个)?(?:分|星|颗星|stars?|points?|★|⭐)")
_ALONE = re.compile(r"(?<![\d.a-z])(\d{1,2})(?![\d.a-z%:])")
_PERCENT = re.compile(r"(?<![\d.])(\d{2,3})\s*%")
_HAN_ALONE = re.compile(r"([一二三四五六七八九十])[吧啦。！!]*")
_STARS = re.compile(r"[★⭐🌟]")


@dataclass(frozen=True)
class Score:
    """`value` of `out_of`: 4 of 5, 8 of 10."""

    value: int
    out_of: int

    @property
    def is_low(self) -> bool:
        """The lower two fifths: 2 of 5, 4 of 10."""
        return self.value * 5 <= self.out_of * 2


def score_in(text: str) -> Score | None:
    """The score; figures outrank words; None when there is none or it makes no sense (12 of 10)."""
    line = _WORD_FIGURES.sub(lambda found: str(_ENGLISH[found[1]]), folded(text))
    return _out_of(line) or _marked(line) or _stars(line) or _worded(line)


def _out_of(line: str) -> Score | None:
    found = _OUT_OF.search(line)
    return _sensible(_number(found[1]), int(found[2])) if found else None


def _marked(line: str) -> Score | None:
    found = _MARKED.search(line) or _PERCENT.search(line) or _ALONE.search(line) or _HAN_ALONE.fullmatch(line)
    if found is None:
        return None
    value = _number(found[1])
    return _sensible(value, 5 if value <= 5 else 10 if value <= 10 else 100)


def _stars(line: str) -> Score | None:
    stars = len(_STARS.findall(line))
    return _sensible(stars, 5) if stars else None


def _worded(line: str) -> Score | None:
    # Longer words first over all levels, so that "not good" is never read as "good".
    best: tuple[int, int] | None = None
    for level in range(1, 6):
        for found in _WORDS.pattern_in("levels", str(level)).finditer(line):
            best = max(best or (0, 0), (len(found.group()), level))
    return Score(best[1], 5) if best else None


def _number(figure: str) -> int:
    return _HAN[figure] if figure in _HAN else int(figure)


def _sensible(value: int, out_of: int) -> Score | None:
    return Score(value, out_of) if out_of > 0 and 0 <= value <= out_of else None
