"""Where the demo's members can be written to by e-mail, what they told us since, and who lives together."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.demo.calendar import days
from crm_store.demo.copying import copy_rows
from crm_store.demo.pages import page
from crm_store.model import Base
from crm_store.people.consent import ANY_CHANNEL, ConsentEntry, Purpose
from crm_store.people.customers import Customer
from crm_store.people.identities import ChannelIdentity
from crm_store.people.preferences import Occasion, Preference
from crm_store.people.proof import linked_by

LEAP_FREE = 365
SOURCE = "page"


class CarePeople:
    """What is written about members beside their purchases; the regulars stay as the tour knows them."""

    def __init__(self, session: AsyncSession, now: datetime, account: str, rng: random.Random) -> None:
        self._session = session
        self._now = now
        self._account = account
        self._rng = rng
        self._told: dict[str, Any] = page("care")

    async def come(self) -> None:
        """All of it, table by table."""
        asked = select(Customer).where(Customer.erased_at.is_(None)).order_by(Customer.id)
        members = list((await self._session.scalars(asked)).all())
        regulars = len(page("regulars"))
        crowd = members[regulars:]
        await self._copy(self._address(member) for member in members if member.email)
        await self._copy(row for member in crowd for row in self._wishes(member))
        await self._copy([*self._dates(crowd), *(row for member in crowd for row in self._off(member))])
        await self._copy(await self._stops(crowd))
        self._settle(crowd)
        await self._session.flush()

    async def _copy(self, rows: Any) -> None:
        found: list[Base] = list(rows)
        if found:
            await copy_rows(self._session, found)

    def _address(self, member: Customer) -> ChannelIdentity:
        """The address on the registration form: good for writing to, no proof of who writes."""
        joined = self._now - (self._now.date() - member.joined_on)
        proof = linked_by("registration", joined)
        return ChannelIdentity(
            channel="email",
            account=self._account,
            address=member.email,
            customer_id=member.id,
            display_name=member.name,
            reachability="bounced" if self._happens(12) else "ok",
            proof_level=proof.level,
            proof_method=proof.method,
            proved_at=proof.at,
            proof_until=proof.until,
            created_at=joined,
        )

    def _wishes(self, member: Customer) -> Iterator[Preference]:
        for wish in self._told["wishes"]:
            if self._happens(wish["share"]):
                told = {"kind": wish["kind"], "value": wish["value"], "words": wish["words"][member.language]}
                yield Preference(customer_id=member.id, **told, at=self._lately(member), source=SOURCE)

    def _dates(self, crowd: list[Customer]) -> Iterator[Occasion]:
        for told in self._told["dates"]:
            near = told["near"]
            for member in crowd:
                if self._happens(told["share"]):
                    ahead = self._rng.randint(0, 14) if near > 0 else self._rng.randrange(LEAP_FREE)
                    near -= 1
                    yield self._dated(member, told, (self._now + days(ahead)).date())

    def _dated(self, member: Customer, told: dict[str, Any], day: date) -> Occasion:
        day = day if (day.month, day.day) != (2, 29) else day - days(1)
        return Occasion(
            customer_id=member.id,
            kind=told["kind"],
            month=day.month,
            day=day.day,
            whom=self._rng.choice(told["whom"][member.language]),
            words=told["words"][member.language],
            at=self._lately(member),
            source=SOURCE,
        )

    def _off(self, member: Customer) -> Iterator[Occasion]:
        for told in self._told["unwanted"]:
            if self._happens(told["share"]):
                words = told["words"][member.language]
                at = self._lately(member)
                yield Occasion(customer_id=member.id, kind=told["kind"], off=True, words=words, at=at, source=SOURCE)

    async def _stops(self, crowd: list[Customer]) -> list[ConsentEntry]:
        """Some who allowed promotions and take it back."""
        asked = select(ConsentEntry.customer_id).where(ConsentEntry.purpose == Purpose.PROMOTION.value)
        allowed = set((await self._session.scalars(asked)).all())
        told = self._told["stopped"]
        return [
            ConsentEntry(
                customer_id=member.id,
                purpose=Purpose.PROMOTION.value,
                channel=ANY_CHANNEL,
                granted=False,
                at=self._lately(member),
                source=SOURCE,
                answer=told["words"][member.language],
            )
            for member in crowd
            if member.id in allowed and self._happens(told["share"])
        ]

    def _settle(self, crowd: list[Customer]) -> None:
        """Some of them live together: neighbours in the list with one home store."""
        for one, other in zip(crowd[::2], crowd[1::2], strict=False):
            if one.home_store_id == other.home_store_id and self._happens(350):
                one.household_id = other.household_id = one.id

    def _happens(self, share: int) -> bool:
        """In `share` of a thousand cases."""
        return self._rng.random() * 1000 < share

    def _lately(self, member: Customer) -> datetime:
        """After they joined, and before now."""
        since = (self._now.date() - member.joined_on).days
        return self._now - timedelta(days=self._rng.uniform(0, min(since, 300)), minutes=1)
