"""Pure: how much is enough. Rolling windows over what was sent and over what is reserved by those who go first."""

from datetime import datetime, timedelta
from typing import NamedTuple

from crm_store.decision.facts import Contact, Rank
from crm_store.decision.message import Cap, Message
from crm_store.people.consent import Purpose

OWN_WINDOWS = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=31),
    "year": timedelta(days=366),
}
"""As long as the longest of its kind, so that no calendar month or year holds more either."""


class Taken(NamedTuple):
    """From just after `start` until `end` (both not taken) another message would be one too many."""

    start: datetime
    end: datetime
    winner: Rank | None


class Room(NamedTuple):
    """The first instant with room for one more; None: never. `winner`: the reservation that was in the way."""

    at: datetime | None
    winner: Rank | None = None


def counted(contacts: tuple[Contact, ...], message: Message) -> tuple[Contact, ...]:
    """What counts for a message, by time: never service, and of the reserved only who goes first."""
    if not contacts:
        return ()
    rank = message.rank
    fit = [
        contact
        for contact in contacts
        if contact.purpose is not Purpose.SERVICE and (contact.reserved is None or contact.reserved < rank)
    ]
    return tuple(sorted(fit, key=lambda contact: contact.at))


def crowded(at: datetime, contacts: tuple[Contact, ...], cap: Cap) -> Room | None:
    """Where there is room, or None when there is at once.

    `contacts` as `counted` gives them; at most `cap.count` may lie in any stretch shorter than `cap.within`.
    """
    if cap.count < 1:
        return Room(None)
    taken = _taken(contacts, cap) if len(contacts) >= cap.count else []
    first, winner = at, None
    while blocking := [span for span in taken if span.start < at < span.end]:
        # only where what was sent already leaves room is it a reservation that has the slot
        sent = [span for span in blocking if span.winner is None]
        if not sent:
            winner = winner or min(span.winner for span in blocking if span.winner is not None)
        at = max(span.end for span in sent or blocking)
    return Room(at, winner) if at > first else None


def _taken(contacts: tuple[Contact, ...], cap: Cap) -> list[Taken]:
    """Any `count` neighbours closer than the window leave no room while one more would lie in one window with them."""
    runs = (contacts[place : place + cap.count] for place in range(len(contacts) - cap.count + 1))
    return [
        Taken(run[-1].at - cap.within, run[0].at + cap.within, _best(run))
        for run in runs
        if run[-1].at - run[0].at < cap.within
    ]


def _best(run: tuple[Contact, ...]) -> Rank | None:
    return min((contact.reserved for contact in run if contact.reserved is not None), default=None)


def words_of(cap: Cap) -> str:
    """Such as "2 in 7 days"; for the trace."""
    hours = int(cap.within.total_seconds() // 3600)
    return f"{cap.count} in {hours // 24} days" if hours % 24 == 0 and hours > 24 else f"{cap.count} in {hours} hours"
