"""Canned replies, filled for one conversation. A variable without a value stays as it is, for everybody to see."""

from collections.abc import Iterable
from dataclasses import dataclass

from console.frame.visible import plain
from console.frame.visit import Visit
from console.talk.reading import Head
from crm_store.crm import Crm
from crm_store.model import in_language
from crm_store.staff.canned import filled

FACTS = {"order": "order_number", "product": "product", "store": "store"}


@dataclass(frozen=True)
class Ready:
    """One canned reply with what is known put in; `title` in the reader's language, `text` in the shopper's."""

    shortcut: str
    title: str
    text: str


async def canned_for(crm: Crm, visit: Visit, head: Head, facts: Iterable[tuple[str, str]]) -> list[Ready]:
    language, values = head.conversation.language, _values(visit, head, dict(facts))
    return [
        Ready(
            one.shortcut, in_language(one.title, visit.language), filled(one.text.get(language, ""), values, language)
        )
        for one in await crm.canned.for_scope(visit.scope)
    ]


def _values(visit: Visit, head: Head, facts: dict[str, str]) -> dict[str, str]:
    named = {name: plain(facts.get(fact, "")) for name, fact in FACTS.items()}
    number = head.open_cases[0].number if head.open_cases else None
    return named | {"name": plain(head.row.name), "number": number or "", "handler": visit.staff.name}
