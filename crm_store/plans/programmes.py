"""Ready-made campaigns (`programmes.yml`): complete plans in every language, to be read, changed and approved."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from crm_store.errors import CareLoopError
from crm_store.model import Languages, Words
from crm_store.people.consent import Purpose
from crm_store.plans.plan import Content, Plan
from crm_store.yaml_file import read_yaml

CHANNELS = ("telegram", "webchat", "email")
"""Where a ready-made campaign goes unless somebody changes it: chats first, since they can be answered."""


class ProgrammeUnknown(CareLoopError):
    """There is no ready-made campaign of this name."""

    code = "programme_unknown"


@dataclass(frozen=True)
class Programme:
    """`title` is the name a campaign begins with; `about` says to a marketer what it does."""

    name: str
    purpose: Purpose
    title: Words
    about: Words
    plan: Plan


@cache
def programmes() -> dict[str, Programme]:
    """By name, in the order in which they are offered."""
    told: dict[str, Any] = read_yaml(Path(__file__).with_suffix(".yml"))
    return {name: _programme(name, entry) for name, entry in told.items()}


def programme(name: str) -> Programme:
    """Raises `ProgrammeUnknown`."""
    if name not in programmes():
        raise ProgrammeUnknown(f"programme: there is none called {name!r}; there are {', '.join(programmes())}")
    return programmes()[name]


def _programme(name: str, entry: dict[str, Any]) -> Programme:
    contents = [_content(entry, language) for language in Languages]
    plan = Plan.model_validate({"channels": CHANNELS, "contents": contents, **entry["plan"]})
    return Programme(name, Purpose(entry["purpose"]), entry["title"], entry["about"], plan)


def _content(entry: dict[str, Any], language: str) -> Content:
    choices = tuple(choice[language] for choice in entry.get("choices", ()))
    return Content(language=language, text=entry["text"][language], subject=entry["subject"][language], choices=choices)
