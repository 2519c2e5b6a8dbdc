"""What is known of the person beside a conversation: membership, purchases, what they allow, what they proved."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm_store.loyalty.coupons import Coupon
from crm_store.loyalty.orders import Order
from crm_store.loyalty.points import Balance
from crm_store.model import Words
from crm_store.people.customers import Customer
from crm_store.people.identities import ChannelIdentity
from crm_store.people.proof import ProofLevel
from crm_store.staff.sight import Sight


@dataclass(frozen=True)
class Reach:
    """One address. `level` is what the proof counts now; `method` how it was shown (`code`, `contact`, `deep_link`)."""

    identity_id: int
    conversation_id: int | None
    channel: str
    address: str
    display_name: str
    reachability: str
    level: ProofLevel
    method: str
    proved_at: datetime | None


@dataclass(frozen=True)
class Allowed:
    """One row of the consent ledger with the words that prove it; `holds` when no newer one replaced it."""

    purpose: str
    channel: str
    granted: bool
    at: datetime
    source: str
    question: str
    answer: str
    holds: bool


@dataclass(frozen=True)
class Wish:
    """A preference in force; `words` are the shopper's own."""

    kind: str
    value: dict[str, Any]
    words: str
    at: datetime


@dataclass(frozen=True)
class CaseMark:
    id: int
    number: str
    category: str
    state: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class Panel:
    """`customer` is None while nobody is linked to the address; then membership and purchases are empty.

    `cases` are the newest ten the asker may see, `open_cases` counts all of those. `consents` newest first.
    """

    customer: Customer | None
    tier: Words
    points: Balance
    orders: list[Order]
    coupons: list[Coupon]
    identities: list[Reach]
    consents: list[Allowed]
    wishes: list[Wish]
    cases: list[CaseMark]
    open_cases: int

    @property
    def standing(self) -> list[Allowed]:
        """What holds now, one for each purpose and channel."""
        return [entry for entry in self.consents if entry.holds]


def reach_of(identity: ChannelIdentity, conversation_id: int | None, now: datetime) -> Reach:
    return Reach(
        identity_id=identity.id,
        conversation_id=conversation_id,
        channel=identity.channel,
        address=identity.address,
        display_name=identity.display_name,
        reachability=identity.reachability,
        level=identity.level_at(now),
        method=identity.proof_method,
        proved_at=identity.proved_at,
    )


OWN = "(x.customer_id = :customer or x.customer_id is null and x.identity_id = any(:identities))"
"""Theirs, or said from one of their addresses while nobody was linked to it."""

CONSENTS = f"""
select x.purpose, x.channel, x.granted, x.at, x.source, x.question, x.answer,
       row_number() over (partition by x.purpose, x.channel order by x.id desc) = 1 as holds
  from consent_entries x where {OWN} order by x.id desc limit 50
"""

WISHES = f"select x.kind, x.value, x.words, x.at from preferences x where {OWN} and x.ended_at is null order by x.id"


def cases_statement(sight: Sight) -> str:
    """The newest ten, and beside each how many are open in all."""
    return f"""
    select x.id, x.number, x.category, x.state, x.opened_at, x.closed_at,
           count(*) filter (where x.closed_at is null and x.merged_into is null) over () as open_cases
      from complaints x
     where (x.customer_id = :customer or x.identity_id = any(:identities)) and {sight.case("x")}
     order by x.id desc limit 10
    """
