"""Candidates: who is asked about, with facts read from the records themselves: just before sending, and to explain."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.decision.decision import Decision
from crm_store.decision.facts import Facts
from crm_store.decision.standing_text import standing_of
from crm_store.people.customers import Customer
from crm_store.planning.audience import audience
from crm_store.planning.briefing import Briefing, Briefings, message_of
from crm_store.standings.contacts import Contacts, Lately, contacts_of, own_reach, reach_of
from crm_store.standings.holdout import held_out
from crm_store.standings.standings import LiveStanding, Standings

__all__ = ["Briefing", "Candidate", "Candidates", "Pair", "Sent", "message_of", "sent_by"]

Pair = tuple[int, int]
"""Occurrence and customer."""

# Somebody of the same household has it, or is to have it: of those who wait, whoever was with us first.
_TAKEN = text(
    """
    select distinct t.id
      from touches m join customers c on c.id = m.customer_id
      join customers t on t.household_id = c.household_id and t.id <> c.id
     where m.occurrence_id = :occurrence and t.id = any(:ids)
       and (m.state in ('sending', 'sent', 'unknown') or m.state = 'waiting' and m.customer_id < t.id)
    """
)


@dataclass(frozen=True)
class Candidate:
    """`permissions`: ledger row by permission key. `addresses` by channel: the channel identity and its lane."""

    facts: Facts
    permissions: Mapping[str, int]
    addresses: Mapping[str, tuple[int, str]]
    event_id: int | None = None


@dataclass(frozen=True)
class Sent:
    """Where a decided message goes, and the ledger row it rests on."""

    lane: str | None = None
    identity_id: int | None = None
    consent_id: int | None = None


def sent_by(
    decision: Decision,
    lanes: Mapping[str, str],
    permissions: Mapping[str, int],
    addresses: Mapping[str, tuple[int, str]],
) -> Sent:
    """`lanes`: the campaign's own, by channel; else that of the address."""
    consent = permissions.get(decision.consent) if decision.consent is not None else None
    if decision.channel is None or decision.channel not in addresses:
        return Sent(consent_id=consent)
    identity, lane = addresses[decision.channel]
    return Sent(lanes.get(decision.channel, lane), identity, consent)


@dataclass(frozen=True)
class _Read:
    """What was read for all customers of a batch at once."""

    rows: Mapping[int, LiveStanding]
    lately: Lately


class Candidates:
    """Reads of live facts inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._briefings = Briefings(session)
        self._contacts = Contacts(session)
        self._standings = Standings(session)

    async def briefings(self, occurrence_ids: Iterable[int]) -> dict[int, Briefing]:
        """What each occurrence is about: message, plan, policy, as they stand now."""
        return await self._briefings.of(sorted(set(occurrence_ids)))

    async def facts_for(
        self, pairs: Sequence[Pair], briefings: Mapping[int, Briefing], now: datetime
    ) -> dict[Pair, Candidate]:
        """Live facts of each, read from the records: a few statements a batch, one or two for each occurrence in it.

        Nobody is missing but customers there are none of. The customers' rows are read when this is called: hold what
        must not change before.
        """
        by_occurrence: dict[int, list[int]] = defaultdict(list)
        for occurrence, customer in pairs:
            by_occurrence[occurrence].append(customer)
        read = await self._read(sorted({customer for _, customer in pairs}), briefings.values(), now)
        found: dict[Pair, Candidate] = {}
        for occurrence, customers in by_occurrence.items():
            found |= await self._of_one(briefings[occurrence], customers, read, now)
        return found

    async def _read(self, ids: list[int], briefings: Iterable[Briefing], now: datetime) -> _Read:
        rows = {row.customer_id: row for row in await self._standings.live(ids, now)}
        back = max((reach_of(briefing.policy) for briefing in briefings), default=timedelta(0))
        back = max([back, *(own_reach(row.facts) for row in rows.values())])
        return _Read(rows, await self._contacts.of_each(ids, now, back))

    async def _of_one(
        self, briefing: Briefing, customers: list[int], read: _Read, now: datetime
    ) -> dict[Pair, Candidate]:
        eligible = await self._eligible(briefing, customers, now)
        taken = await self._taken(briefing, customers)
        occurrence = briefing.message.occurrence
        return {
            (occurrence, customer): Candidate(
                Facts(
                    standing_of(read.rows[customer].facts),
                    eligible=customer in eligible,
                    held_out=held_out(briefing.campaign_id, customer, briefing.plan.holdout_percent),
                    taken=customer in taken,
                    contacts=contacts_of(read.lately.of(customer, occurrence), read.lately.ranks),
                ),
                read.rows[customer].permissions,
                read.rows[customer].addresses,
                eligible.get(customer),
            )
            for customer in customers
            if customer in read.rows
        }

    async def _eligible(self, briefing: Briefing, customers: list[int], now: datetime) -> dict[int, int | None]:
        """Those the segment and the trigger still fit, with their care event."""
        ids = bindparam("ids", customers, type_=ARRAY(BIGINT))
        fits = audience(briefing, now, Customer.id == any_(ids))
        return dict((await self._session.execute(select(fits.c.id, fits.c.event_id))).all())

    async def _taken(self, briefing: Briefing, customers: list[int]) -> set[int]:
        if not briefing.plan.once_per_household:
            return set()
        asked = {"occurrence": briefing.message.occurrence, "ids": customers}
        return set(await self._session.scalars(_TAKEN, asked))
