"""Pure: what messages may be about and how they are chosen (`scope_words.yml`), in lines already folded."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crm_store.words import WordLists, trimmed, word_lists

_WORDS = word_lists(__file__)
_OCCASIONS = word_lists(str(Path(__file__).with_name("occasion_words.py")))
PERSONAL = frozenset({"birthday", "child_birthday", "family_birthday", "wedding"})


def only_in(line: str) -> dict[str, Any] | None:
    """The occasions that are to be left, and nothing else: {"occasions": ["birthday"]}."""
    if _WORDS.regex("not_only").search(line):
        return None
    kinds = [kind for clause in _clauses(line) for kind in _left(clause, line)]
    return {"occasions": list(dict.fromkeys(kinds))} if kinds else None


def stage_in(line: str) -> dict[str, Any] | None:
    """{"stage": "before"}: only before they buy, so nothing after; "after" the other way round."""
    stages = {stage for clause in _clauses(line) if (stage := _stage(clause)) is not None}
    return {"stage": stages.pop()} if len(stages) == 1 else None


def impersonal_in(line: str) -> dict[str, Any] | None:
    """{"impersonal": True} for "don't profile me"; False where profiling is allowed, in so many words."""
    clauses = [clause for clause in _clauses(line) if _WORDS.regex("personal").search(clause)]
    if not clauses:
        return None
    if any(_WORDS.regex("refuse_personal").search(clause) for clause in clauses):
        return {"impersonal": True}
    return {"impersonal": False} if all(_WORDS.regex("allow_personal").search(clause) for clause in clauses) else None


def without_scope(line: str) -> str:
    """`line` without the words that say what messages may be about."""
    for name in ("personal", "before_en", "after_en", "before_zh", "after_zh", "only_before", "only_after"):
        line = _WORDS.regex(name).sub(" ", line)
    return _WORDS.without("festivals", line)


def _clauses(line: str) -> list[str]:
    return [clause.strip() for clause in _WORDS.regex("clauses").split(line) if clause.strip()]


def _left(clause: str, line: str) -> list[str]:
    """The occasions of one clause, if there is nothing in it but "only" and them."""
    for head, rest in _parted(clause, line):
        kinds = _named(rest)
        if kinds and not _strange(head, _WORDS) and not _strange(rest, _OCCASIONS):
            return kinds
    return []


def _parted(clause: str, line: str) -> Iterator[tuple[str, str]]:
    """What stands before "only", and what it is said of."""
    if found := _WORDS.regex("only_before").search(clause):
        head, rest = clause[: found.start()], clause[found.end() :]
        if not _WORDS.regex("else_no").search(found[0]):
            yield head, rest
        elif _WORDS.regex("refusing").search(line):
            yield _WORDS.regex("refusing").sub(" ", head), rest
    if found := _WORDS.regex("only_after").search(clause):
        yield "", clause[: found.start()]


def _named(rest: str) -> list[str]:
    """`birthday` is their own; "festivals" are all of them."""
    if _WORDS.finds("festivals", rest):
        return [kind for kind in _OCCASIONS.values("kinds") if kind not in PERSONAL]
    return _OCCASIONS.found("kinds", rest)


def _strange(words: str, lists: WordLists) -> bool:
    """Whether anything is left that is neither an occasion nor filler."""
    if lists is _OCCASIONS:
        words = _WORDS.without("festivals", words)
        for kind in _OCCASIONS.values("kinds"):
            words = _OCCASIONS.pattern_in("kinds", kind).sub(" ", words)
    return bool(trimmed(_WORDS.without("filler", words)))


def _stage(clause: str) -> str | None:
    before = _WORDS.regex("before_en").search(clause) or _WORDS.regex("before_zh").search(clause)
    after = _WORDS.regex("after_en").search(clause) or _WORDS.regex("after_zh").search(clause)
    if (before is None) == (after is None):
        return None
    if _WORDS.regex("refuse_stage").search(clause):
        return "after" if before else "before"
    return ("before" if before else "after") if _WORDS.regex("only").search(clause) else None
