"""Pure: what happened to a remedy at one stroke is one line: given, not proposed, approved, executed and arrived."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from crm_store.desk.timeline_entry import Entry

STEPS = ("proposed", "decided", "executed", "arrived")


def at_one_stroke(entries: Iterable[Entry]) -> list[Entry]:
    """The same entries in their order; of a remedy's steps at one moment only the first that tells all."""
    told = list(entries)
    steps: dict[tuple[int, datetime], set[str]] = {}
    for entry in told:
        if entry.kind == "remedy":
            steps.setdefault((entry.id, entry.at), set()).add(entry.parts["step"])
    return [_granted(entry, steps) for entry in told if entry.kind != "remedy" or _is_first(entry, steps)]


def _is_first(entry: Entry, steps: dict[tuple[int, datetime], set[str]]) -> bool:
    here = steps[entry.id, entry.at]
    return str(entry.parts["step"]) == next(step for step in STEPS if step in here)


def _granted(entry: Entry, steps: dict[tuple[int, datetime], set[str]]) -> Entry:
    if entry.kind == "remedy" and {"proposed", "executed"} <= steps[entry.id, entry.at]:
        return replace(entry, parts=entry.parts | {"step": "granted"})
    return entry
