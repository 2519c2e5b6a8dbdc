"""What a case says can be changed: the column, the fact behind it with its origin, and the event go together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.complaints import Complaint
from crm_store.cases.events import By, Event, Happened
from crm_store.cases.facts import CaseFacts, Fact, Origin
from crm_store.cases.grievance_words import HIGH, NORMAL
from crm_store.cases.order_facts import known_of_order
from crm_store.errors import CareLoopError

COLUMNS: Mapping[str, str] = {
    "category": "category",
    "severity": "severity",
    "cause": "cause",
    "order_number": "order_number",
    "product": "product_sku",
    "store": "store_code",
    "carrier": "carrier",
    "campaign": "campaign",
    "wanted": "wanted",
    "story": "what_happened",
}
"""The name of a fact, and where the case keeps it."""
TARGETING = frozenset({"category", "severity", "store"})
"""What the choice of a promise depends on."""
NEEDED = frozenset({"category", "severity", "story"})


class ChangeRefused(CareLoopError):
    """No such field, or a value it cannot have."""

    code = "case_change_refused"


@dataclass(frozen=True)
class Changes:
    """New values by the name of the fact; None empties it. `interaction_id` is the message that says so."""

    values: Mapping[str, str | None]
    origin: Origin = Origin.STAFF
    interaction_id: int | None = None


async def apply(case: Complaint, changes: Changes, by: By, now: datetime, facts: CaseFacts) -> list[Event]:
    """Set the columns and the facts of a held case; gives what to write down, nothing when all is as it was."""
    new = {name: _checked(name, value) for name, value in changes.values.items()}
    old = {name: getattr(case, COLUMNS[name]) for name in new}
    changed = [name for name in new if (new[name] or None) != (old[name] or None)]
    for name in changed:
        setattr(case, COLUMNS[name], new[name] or ("" if name == "wanted" else None))
        if new[name]:
            await facts.say(case.id, Fact(name, new[name], changes.origin, changes.interaction_id), by, now)
        else:
            await facts.drop(case.id, name, now)
    return [
        Event(kind, by, _detail(names, old, new), interaction_id=changes.interaction_id)
        for kind, names in _kinds(changed).items()
        if names
    ]


async def looked_up(session: AsyncSession, case: Complaint) -> Changes:
    """What the order of a held case says, in the place of what another order said; what was told stays."""
    known = await known_of_order(session, case.order_number, case.customer_id)
    told = {fact.name for fact in await CaseFacts(session).current(case.id) if fact.origin != Origin.RECORDS}
    records = {"product": known.product_sku, "store": known.store_code, "carrier": known.carrier}
    return Changes({name: value for name, value in records.items() if name not in told}, Origin.RECORDS)


def _kinds(changed: list[str]) -> dict[Happened, list[str]]:
    return {
        Happened.TARGETED: [name for name in changed if name in TARGETING],
        Happened.CHANGED: [name for name in changed if name not in TARGETING],
    }


def _detail(names: list[str], old: Mapping[str, str | None], new: Mapping[str, str]) -> dict[str, object]:
    """The new values by name, and all of them before and after. A story is text: it stays with the facts."""
    told = [name for name in names if name != "story"]
    return {
        **{name: new[name] for name in told},
        "names": names,
        "from": {name: old[name] for name in told},
        "to": {name: new[name] for name in told},
    }


def _checked(name: str, value: str | None) -> str:
    if name not in COLUMNS:
        raise ChangeRefused(f"a complaint has no {name[:40]}; it has {', '.join(COLUMNS)}")
    given = (value or "").strip()
    if not given and name in NEEDED:
        raise ChangeRefused(f"{name} of a complaint cannot be empty")
    if name == "severity" and given not in (NORMAL, HIGH):
        raise ChangeRefused(f"severity must be {NORMAL} or {HIGH}")
    return given
