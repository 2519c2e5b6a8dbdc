"""Pure: what a person taking over is told, so that the shopper is never asked twice."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from crm_store.cases.facts import Origin
from crm_store.holding.known import Known
from crm_store.numbers import order_numbers
from crm_store.people.identities import ChannelIdentity

Fact = dict[str, str]

SLOTS = {"complaint_story": "what_happened", "complaint_order": "order_number", "complaint_wish": "wanted"}
"""What a half-filled form has gathered, by the names facts have."""
NOTHING = frozenset({"", "none"})
LONGEST = 300
"""Characters of a message that are passed on; all of it stands in the conversation."""
MOST_TRIED = 5


def facts_of(
    known: Known, identity: ChannelIdentity, dialogue: Iterable[Mapping[str, Any]], now: datetime
) -> list[Fact]:
    """Each with its origin, the surest first; what says the same twice is told once."""
    facts = [*_member(known), *_proof(identity, now)]
    facts += [_fact("complaint", number, Origin.RECORDS) for number in known.complaints]
    facts += [_fact(str(each["name"]), str(each["value"]), Origin(each["origin"])) for each in known.facts]
    facts += [_fact(name, value, Origin.SAID) for name, value in _slots(dialogue).items()]
    facts += [_fact("order_number", number, Origin.SAID) for number in _mentioned(known)]
    return list({(fact["name"], fact["value"].casefold()): fact for fact in reversed(facts)}.values())[::-1]


def _fact(name: str, value: str, origin: Origin) -> Fact:
    return {"name": name, "value": value[:LONGEST], "origin": origin.value}


def _member(known: Known) -> list[Fact]:
    held = {"name": known.name, "tier": known.tier, "member_number": known.member_number}
    return [_fact(name, value, Origin.RECORDS) for name, value in held.items() if value]


def _proof(identity: ChannelIdentity, now: datetime) -> list[Fact]:
    """How sure we are, how it was shown and when; the level is the one that counts now."""
    facts = [_fact("proof_level", str(int(identity.level_at(now))), Origin.RECORDS)]
    if identity.customer_id is not None and identity.proved_at is not None:
        facts.append(_fact("proof_method", identity.proof_method, Origin.RECORDS))
        facts.append(_fact("proved_at", identity.proved_at.isoformat(), Origin.RECORDS))
    return facts


def _slots(dialogue: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    said = {str(each.get("name")): each.get("value") for each in dialogue if each.get("event") == "slot"}
    return {
        SLOTS[name]: str(value) for name, value in said.items() if name in SLOTS and str(value or "") not in NOTHING
    }


def _mentioned(known: Known) -> list[str]:
    """The order number the shopper wrote last; six bare digits may as well be a one-time code."""
    for each in known.heard:
        numbers = [number for number in order_numbers(str(each["text"])) if not (number.isdigit() and len(number) == 6)]
        if numbers:
            return numbers[-1:]
    return []


def tried(known: Known) -> list[dict[str, Any]]:
    """What the bot made of the last messages and what it answered, newest first."""
    understood = [each for each in known.heard if each["intent"]][:MOST_TRIED]
    return [
        {
            "interaction_id": each["id"],
            "said": str(each["text"])[:LONGEST],
            "intent": each["intent"],
            "confidence": each["confidence"],
            "answered": str(each["answered"] or "")[:LONGEST],
        }
        for each in understood
    ]
