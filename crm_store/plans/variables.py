"""What may stand in braces in a care message: a closed list, and for which campaigns each is known."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from crm_store.model import Words
from crm_store.plans.plan import Anniversary, OnEvent, Plan
from crm_store.yaml_file import read_yaml

HANDED_IN = frozenset({"shop", "preferences_link"})
"""Known to whoever sends, not to the store."""
_UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Cs", "Co"}


@dataclass(frozen=True)
class Variable:
    """`longest` in signs. `triggers` it is known for, all when empty; `offer`: known where coupons are given away."""

    name: str
    label: Words
    sample: Words
    longest: int
    triggers: frozenset[str]
    offer: bool


@cache
def _file() -> dict[str, Any]:
    data: dict[str, Any] = read_yaml(Path(__file__).with_suffix(".yml"))
    return data


@cache
def variables() -> dict[str, Variable]:
    """By name, in the order in which an editor offers them."""
    return {
        name: Variable(
            name, told["label"], told["sample"], told["longest"], frozenset(told.get("with", ())), "offer" in told
        )
        for name, told in _file()["variables"].items()
    }


def known_in(plan: Plan) -> frozenset[str]:
    """The names that have a value in this plan, by its trigger and whether it gives coupons away."""
    return frozenset(name for name, one in variables().items() if _is_known(one, plan))


def _is_known(variable: Variable, plan: Plan) -> bool:
    if not variable.triggers or (variable.offer and plan.coupon_offer_id is not None):
        return True
    return not variable.triggers.isdisjoint(_triggers(plan))


def _triggers(plan: Plan) -> set[str]:
    kind = plan.trigger.kind
    return {kind, f"{kind}:{plan.trigger.of}"} if isinstance(plan.trigger, Anniversary | OnEvent) else {kind}


def _seen(sign: str) -> str:
    return " " if unicodedata.category(sign) in _UNSEEN else sign


def fitted(name: str, value: str) -> str:
    """`value` as one line, without signs nobody sees, cut to what the variable may take."""
    # What is printable has no sign that nobody sees: nearly everything, and that is quick to know.
    plain = value if value.isprintable() else "".join(map(_seen, value))
    line = " ".join(plain.split())
    longest = variables()[name].longest
    return line if len(line) <= longest or name == "preferences_link" else f"{line[: longest - 1].rstrip()}…"


def samples(language: str) -> dict[str, str]:
    """What a preview shows in each."""
    return {name: variable.sample[language] for name, variable in variables().items()}


def how_to_stop(language: str) -> str:
    text: str = _file()["how_to_stop"][language]
    return text


def says_how_to_stop(text: str, language: str) -> bool:
    """Whether a text in somebody's own words tells how to stop."""
    pattern = dict(_file()["stop_patterns"]).get(language, r"(?!)")
    return re.search(pattern, text, re.IGNORECASE) is not None


def money(cents: int, language: str) -> str:
    text: str = _file()["money"][language]
    return text.format(amount=f"{cents / 100:,.2f}".removesuffix(".00"))


def day_words(day: date, language: str) -> str:
    """ "31 December, 12月31日: without the year, since all of them are near."""
    text: str = _file()["day"][language]
    return text.format(day=day.day, month=_file()["months"][day.month - 1][language])


def first_name(name: str) -> str:
    """How one is spoken to: "Emma" of "Emma Tan". Wherever one could be wrong, the whole name: 林晓梅, Wei Ling Tan."""
    words = name.split()
    tells = len(words) == 2 and len(words[0]) > 2 and words[0].isalpha()
    return words[0] if tells and words[0].lower() not in _file()["titles"] else name.strip()
