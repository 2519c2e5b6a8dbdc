"""What is wrong with a plan, in words: each problem by its field and line."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from console.frame.texts import Texts
from console.frame.visible import visible
from crm_store.plans.problem import Problem

_BRACED = frozenset({"variable"})
_NAMED = {"channel": "words.channel_", "language": "plans.language_", "purpose": "words.purpose_"}


@dataclass(frozen=True)
class Trouble:
    """One problem as it is shown. `anchor`: the place on the page that it stands beside. `stops`: else a warning."""

    field: str
    anchor: str
    text: str | Markup
    stops: bool


def anchor_of(field: str) -> str:
    """An id for the place of a field: ``contents.zh.*.text`` is `at-contents-zh-any-text`."""
    return "at-" + field.replace("*", "any").replace(".", "-").replace("_", "-")


def trouble_of(texts: Texts, language: str, field: str, problem: Problem, stops: bool) -> Trouble:
    """`field`: where it is shown."""
    told = texts.say(language, _key(texts, problem), **_values(texts, language, problem))
    if problem.line:
        told = texts.say(language, "plans.problem_line", line=problem.line, told=Markup("{}").format(told))
    return Trouble(field, anchor_of(field), told, stops)


def _key(texts: Texts, problem: Problem) -> str:
    """The words for this field, else those for the code: what is missing is told by the field."""
    last = problem.field.rpartition(".")[2] if problem.field.startswith("contents") else problem.field.replace(".", "_")
    narrow = f"plans.problem_{problem.code}_{last}"
    return narrow if texts.has(narrow) else f"plans.problem_{problem.code}"


def _values(texts: Texts, language: str, problem: Problem) -> dict[str, Any]:
    values: dict[str, Any] = {"n": 2}
    for name, value in problem.values.items():
        known = f"{_NAMED.get(name, '')}{value}"
        if name in _NAMED and texts.has(known):
            values[name] = texts.say(language, known)
        else:
            values[name] = visible(f"{{{value}}}" if name in _BRACED else value)
    return values
