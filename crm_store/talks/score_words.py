"""Pure: the score in an answer to a survey, as figures, stars or words (`score_words.yml`)."""

import re
from dataclasses import dataclass

from crm_store.words import folded, word_lists

_WORDS = word_lists(__file__)
_WAYS = ("marked", "percent", "alone", "han_alone")


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
    line = _WORDS.regex("english").sub(_in_figures, folded(text))
    if out_of := _WORDS.regex("out_of").search(line):
        return _sensible(_number(out_of[1]), int(out_of[2]))
    return _marked(line) or _stars(line) or _worded(line)


def plain_score_in(text: str) -> Score | None:
    """Only a score that needs no question before it to be one: stars, or so many out of five or ten."""
    line = _WORDS.regex("english").sub(_in_figures, folded(text))
    return score_in(text) if _WORDS.regex("plain").search(line) else None


def without_score(text: str) -> str:
    """What stands beside the score, folded."""
    line = _WORDS.regex("english").sub(_in_figures, folded(text))
    for name in ("out_of", "star", "marked", "percent", "alone", "han_alone"):
        line = _WORDS.regex(name).sub(" ", line)
    for level in range(1, 6):
        line = _WORDS.pattern_in("levels", str(level)).sub(" ", line)
    return " ".join(line.split())


def _in_figures(found: re.Match[str]) -> str:
    word = next(group for group in found.groups() if group)
    return str(_WORDS.values("english")[word])


def _marked(line: str) -> Score | None:
    found = next((match for match in (_WORDS.regex(name).search(line) for name in _WAYS) if match), None)
    if found is None:
        return None
    value = _number(found[1])
    return _sensible(value, 5 if value <= 5 else 10 if value <= 10 else 100)


def _stars(line: str) -> Score | None:
    stars = len(_WORDS.regex("star").findall(line))
    return _sensible(stars, 5) if stars else None


def _worded(line: str) -> Score | None:
    # Longer words first over all levels, so that "not good" is never read as "good".
    best: tuple[int, int] | None = None
    for level in range(1, 6):
        for found in _WORDS.pattern_in("levels", str(level)).finditer(line):
            best = max(best or (0, 0), (len(found.group()), level))
    return Score(best[1], 5) if best else None


def _number(figure: str) -> int:
    chinese: dict[str, int] = _WORDS.values("chinese")
    return chinese[figure] if figure in chinese else int(figure)


def _sensible(value: int, out_of: int) -> Score | None:
    return Score(value, out_of) if out_of > 0 and 0 <= value <= out_of else None
