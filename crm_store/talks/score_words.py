"""Pure: the score in an answer to a survey, as figures, stars or words (`score_words.yml`)."""

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
    line = _WORDS.regex("english").sub(lambda found: str(_WORDS.values("english")[found[1]]), folded(text))
    return _out_of(line) or _marked(line) or _stars(line) or _worded(line)


def _out_of(line: str) -> Score | None:
    found = _WORDS.regex("out_of").search(line)
    return _sensible(_number(found[1]), int(found[2])) if found else None


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
