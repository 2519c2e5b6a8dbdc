"""The facts of a case as they are shown: what holds, where it comes from, and what held before."""

from dataclasses import dataclass
from datetime import datetime

from console.case.telling import Teller
from crm_store.cases.changes import COLUMNS
from crm_store.cases.complaints import Complaint
from crm_store.cases.facts import CaseFact
from crm_store.crm import Crm

EDITED = (
    "story",
    "wanted",
    "category",
    "severity",
    "order_number",
    "product",
    "store",
    "carrier",
    "campaign",
    "cause",
)
"""In the order they are shown; each can be corrected."""


@dataclass(frozen=True)
class Held:
    """What somebody said of it at a time; `by` is a colleague's name or empty."""

    value: str
    origin: str
    at: datetime
    by: str
    until: datetime | None


@dataclass(frozen=True)
class FactShown:
    """`row` is the id of what holds now, 0 when nothing does: who corrects it says which one they saw."""

    name: str
    value: str
    words: str
    row: int
    now: Held | None
    before: list[Held]

    @property
    def is_edited(self) -> bool:
        return self.name in EDITED


async def facts_of(crm: Crm, case: Complaint, teller: Teller) -> dict[str, FactShown]:
    """By name: those that can be corrected first, then whatever else was told."""
    history = await crm.facts.history(case.id)
    others = [fact.name for fact in history if fact.name not in EDITED and fact.replaced_at is None]
    skus = [str(getattr(case, COLUMNS["product"]) or ""), *(fact.value for fact in history if fact.name == "product")]
    products = {sku: found.name for sku, found in (await crm.products.by_sku(list({*skus} - {""}))).items()}
    shown = {}
    for name in dict.fromkeys([*EDITED, *others]):
        rows = [fact for fact in history if fact.name == name]
        shown[name] = _shown(name, rows, case, teller)
    return _named(shown, products, teller)


def _named(shown: dict[str, FactShown], products: dict[str, dict[str, str]], teller: Teller) -> dict[str, FactShown]:
    """A product is told by its name, too."""
    fact = shown["product"]
    name = products.get(fact.value)
    if name:
        words = teller.say("case.product_words", name=name.get(teller.language, ""), sku=fact.value)
        shown["product"] = FactShown(fact.name, fact.value, words, fact.row, fact.now, fact.before)
    return shown


def _shown(name: str, rows: list[CaseFact], case: Complaint, teller: Teller) -> FactShown:
    holding = next((row for row in reversed(rows) if row.replaced_at is None), None)
    value = holding.value if holding else str(getattr(case, COLUMNS[name], None) or "") if name in COLUMNS else ""
    before = [_held(name, row, teller) for row in reversed(rows) if row.replaced_at is not None]
    return FactShown(
        name,
        value,
        teller.value(name, value) if value else "",
        holding.id if holding else 0,
        _held(name, holding, teller) if holding else None,
        before,
    )


def _held(name: str, row: CaseFact, teller: Teller) -> Held:
    by = teller.known.staff.get(row.staff_id or 0, "")
    return Held(teller.value(name, row.value), row.origin, row.at, by, row.replaced_at)
