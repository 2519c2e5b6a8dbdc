"""What is read back of a case: what we wrote down, and by when somebody answers, if a clock backs it."""

from datetime import datetime

from actions.base import Turn
from crm_store.cases.complaints import Complaint
from crm_store.cases.facts import Origin
from crm_store.people.proof import ProofLevel
from crm_store.promises.clocks import Clock, ClockKind


async def noted(turn: Turn, case: Complaint) -> str:
    """Order, product and wish, a line each, as told. What our records add is shown to who has proved who they are."""
    proved = turn.shopper.level >= ProofLevel.PROVED
    facts = {
        fact.name: fact.value
        for fact in await turn.crm.facts.current(case.id)
        if fact.value and (proved or fact.origin == Origin.SAID)
    }
    if "product" in facts:
        products = await turn.crm.products.by_sku([facts["product"]])
        facts["product"] = turn.voice.words(products[facts["product"]].name) if products else facts["product"]
    if "wanted" in facts:
        facts["wanted"] = wish_in_words(turn, facts["wanted"])
    told = [name for name in ("order_number", "product", "wanted") if name in facts]
    return "\n".join(turn.voice.line(f"noted_{name}", value=facts[name]) for name in told)


def wish_in_words(turn: Turn, wish: str) -> str:
    """A pressed wish by what its button said; else the words themselves."""
    known = turn.voice.lines.knows(f"wanted_{wish}")
    return turn.voice.line(f"wanted_{wish}") if known else wish


async def answer_by(turn: Turn, case: Complaint) -> str:
    """By when a person answers at the latest; empty when nothing is promised (rule 5)."""
    first = next((each for each in await running(turn, case) if each.kind == ClockKind.FIRST_ANSWER), None)
    if first is None or first.due_at is None or first.due_at <= turn.shopper.now:
        return ""
    return turn.voice.line("promise_answer", moment=spoken(turn, first.due_at))


async def running(turn: Turn, case: Complaint) -> list[Clock]:
    """Its promises not yet kept, the nearest first; one that stands still last."""
    clocks = [each for each in await turn.crm.clocks.of(case.id) if each.met_at is None and each.ended_at is None]
    return sorted(clocks, key=lambda each: (each.due_at is None, each.due_at))


def spoken(turn: Turn, moment: datetime) -> str:
    """A moment where the shopper is."""
    return turn.voice.moment(turn.shopper.local(moment))
