"""Pure: which reserved messages would have to wait if one more went before them."""

from crm_store.decision.caps import crowded
from crm_store.decision.facts import Contact
from crm_store.decision.message import Cap, Policy
from crm_store.people.consent import Purpose


def put_off(contacts: tuple[Contact, ...], ours: Contact, policy: Policy) -> frozenset[int]:
    """The occurrences of `contacts` that rank below `ours` (which is reserved) and lose their slot to it."""
    assert ours.reserved is not None
    if ours.purpose is Purpose.SERVICE:
        return frozenset()
    found = set()
    for contact in contacts:
        rank = contact.reserved
        if rank is None or rank < ours.reserved or contact.purpose is Purpose.SERVICE:
            continue
        before = [each for each in contacts if each is not contact and _counts(each, contact)]
        if _crowds([*before, ours], contact, policy) and not _crowds(before, contact, policy):
            found.add(rank.occurrence)
    return frozenset(found)


def _counts(other: Contact, contact: Contact) -> bool:
    first = other.reserved is None or (contact.reserved is not None and other.reserved < contact.reserved)
    return first and other.purpose is not Purpose.SERVICE


def _crowds(others: list[Contact], contact: Contact, policy: Policy) -> bool:
    by_time = tuple(sorted(others, key=lambda each: each.at))
    alike = tuple(each for each in by_time if each.purpose == contact.purpose)
    beside = tuple(each for each in by_time if each.channel == contact.channel)
    layers: tuple[tuple[tuple[Cap, ...], tuple[Contact, ...]], ...] = (
        ((Cap(1, policy.gap), *policy.overall), by_time),
        (policy.by_purpose.get(contact.purpose, ()), alike),
        (policy.by_channel.get(contact.channel, ()), beside),
    )
    return any(crowded(contact.at, counted, cap) is not None for caps, counted in layers for cap in caps)
