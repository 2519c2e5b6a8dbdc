"""Pure: a policy as somebody types it, and what changed from one version to the next."""

import re
from collections.abc import Sequence
from itertools import pairwise

from pydantic import BaseModel, Field

from console.rules.making import Change, Problem
from crm_store.promises.choice import ClockKind
from crm_store.promises.policies import LONGEST, PolicyForm, PolicyVersion

CONDITIONS = ("severity", "tier", "category", "store")
NAME = re.compile(r"[^\W_][\w \-]{0,39}")
RESERVED = "new"


class Written(BaseModel):
    """The form. Hours and minutes are empty where nothing of the kind is promised."""

    name: str = Field("", max_length=80)
    rank: str = Field("", max_length=6)
    calendar: str = Field("", max_length=80)
    severity: list[str] = Field(default_factory=list, max_length=200)
    tier: list[str] = Field(default_factory=list, max_length=200)
    category: list[str] = Field(default_factory=list, max_length=200)
    store: list[str] = Field(default_factory=list, max_length=200)
    first_answer_h: str = Field("", max_length=6)
    first_answer_m: str = Field("", max_length=6)
    next_answer_h: str = Field("", max_length=6)
    next_answer_m: str = Field("", max_length=6)
    resolution_h: str = Field("", max_length=6)
    resolution_m: str = Field("", max_length=6)
    seen: int = 0
    do: str = Field("preview", max_length=20)
    also_running: bool = False

    def hours(self, kind: str) -> tuple[str, str]:
        return str(getattr(self, f"{kind}_h")), str(getattr(self, f"{kind}_m"))

    def ticked(self, condition: str) -> list[str]:
        return list(getattr(self, condition))

    def conditions(self) -> dict[str, list[str]]:
        return {name: self.ticked(name) for name in CONDITIONS if self.ticked(name)}

    def form(self, name: str, made_by: int) -> PolicyForm:
        """Only for what has no problems."""
        first, following, resolution = (minutes_of(*self.hours(kind)) for kind in ClockKind)
        rank, conditions = int(self.rank), self.conditions()
        return PolicyForm(name, rank, conditions, self.calendar, first, following, resolution, made_by)

    def problems(self, is_floor: bool, highest: int) -> dict[str, Problem]:
        """By field. The floor has no conditions and is asked last: all others come before its rank."""
        found: dict[str, Problem] = {}
        if not self.rank.isdecimal() or not 1 <= int(self.rank) <= highest:
            found["rank"] = Problem("promises.problem_rank", {"most": highest})
        if is_floor and self.conditions():
            found["conditions"] = Problem("promises.problem_floor")
        if not is_floor and not self.conditions():
            found["conditions"] = Problem("promises.problem_conditions")
        wrong = [kind for kind in ClockKind if not _is_time(*self.hours(kind))]
        found |= {kind: Problem("promises.problem_minutes", {"most": LONGEST // 60}) for kind in wrong}
        if not wrong and all(minutes_of(*self.hours(kind)) is None for kind in ClockKind):
            found["first_answer"] = Problem("promises.problem_nothing")
        return found


def minutes_of(hours: str, minutes: str) -> int | None:
    if not hours.strip() and not minutes.strip():
        return None
    return int(hours.strip() or 0) * 60 + int(minutes.strip() or 0)


def _is_time(hours: str, minutes: str) -> bool:
    parts = [part.strip() for part in (hours, minutes)]
    if not all(part == "" or (part.isascii() and part.isdecimal()) for part in parts):
        return False
    together = minutes_of(*parts)
    return together is None or 1 <= together <= LONGEST


def typed(row: PolicyVersion, seen: int) -> Written:
    """A stored version as one would type it; `seen` is the current version."""
    times: dict[str, str] = {}
    for kind in ClockKind:
        minutes = getattr(row, kind)
        if minutes is not None:
            times |= {f"{kind}_h": str(minutes // 60), f"{kind}_m": str(minutes % 60)}
    return Written(name=row.name, rank=str(row.rank), calendar=row.calendar, seen=seen, **row.conditions, **times)


def changes(before: PolicyVersion | None, after: PolicyVersion | PolicyForm) -> tuple[Change, ...]:
    """Field by field; all of it where there was none before."""
    old = _fields(before) if before is not None else {}
    new = _fields(after)
    names = dict.fromkeys([*new, *old])
    return tuple(Change(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name))


def history(rows: Sequence[PolicyVersion]) -> list[tuple[PolicyVersion, tuple[Change, ...]]]:
    """Each version, newest first as given, with what it changed."""
    steps = [(row, changes(older, row)) for row, older in pairwise(rows)]
    return [*steps, *((row, ()) for row in rows[-1:])]


def _fields(policy: PolicyVersion | PolicyForm) -> dict[str, object]:
    times = {str(kind): getattr(policy, kind) for kind in ClockKind}
    return {"rank": policy.rank, "calendar": policy.calendar, **times, **policy.conditions}
