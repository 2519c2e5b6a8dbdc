"""A rule is changed in two steps: what it would do to running cases is shown, then it is made and written down."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from console.frame.frame import Frame
from console.frame.visit import Visit
from crm_store.cases.events import By
from crm_store.crm import Crm
from crm_store.promises.rehearsal import Rehearsed
from crm_store.staff.audit import Deed

Make = Callable[[Crm], Awaitable[bool]]
"""Says whether it changed anything: a form that was sent twice does not."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a field: a text and its values."""

    text: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One field of a rule that differs between two of its versions; empty is nothing."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Rule:
    """Which rule it is, as the audit names it, and what changes in it."""

    subject: str
    name: str
    changes: tuple[Change, ...]
    action: str = "changed"

    def deed(self, visit: Visit, moved: int) -> Deed:
        detail: dict[str, Any] = {
            "from": {change.field: change.before for change in self.changes},
            "to": {change.field: change.after for change in self.changes},
        }
        return Deed(visit.staff.id, self.action, self.subject, self.name, detail | ({"cases": moved} if moved else {}))


async def rehearse(frame: Frame, visit: Visit, make: Make) -> Rehearsed:
    """What `make` would do. Raises what it raises."""
    async with frame.store.transaction() as crm:
        return await crm.rehearsals.of(lambda: make(crm), visit.now)


async def carry_out(frame: Frame, visit: Visit, rule: Rule, make: Make, also_running: bool) -> int:
    """Make the change and write it down; gives how many running cases it was put on. Raises what `make` raises."""
    async with frame.store.transaction() as crm:
        cases: tuple[int, ...] = ()
        if also_running:
            done = await crm.rehearsals.made(lambda: make(crm), visit.now)
            is_new, cases = done.is_new, done.cases
            await crm.clocks.retarget(list(cases), By("staff", visit.staff.id), visit.now)
        else:
            is_new = await make(crm)
        if rule.changes and is_new:
            crm.audit.note(rule.deed(visit, len(cases)), visit.now)
        return len(cases)
