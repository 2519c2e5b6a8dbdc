"""Things that happen to people, at random: everything a standing is read from changes in every way it can."""

import random
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from crm_store.cases.complaints import Complaint
from crm_store.cases.states import State
from crm_store.crm import Crm
from crm_store.model import Base
from crm_store.people.consent import ConsentEntry
from crm_store.people.customers import Customer
from crm_store.people.identities import ChannelIdentity
from crm_store.people.preferences import Occasion, Preference

CHANNELS = ("telegram", "email", "webchat")
RULES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("hours", {"to": "21:00", "from": "10:00"}),
    ("hours", {"from": "09:00"}),
    ("days", {"days": [5, 6]}),
    ("at_most", {"per": "month", "count": 1}),
    ("channels", {"only": ["email", "telegram"]}),
    ("snooze", {"until": "2027-03-01"}),
    ("style", {"style": "pull"}),
    ("language", {"language": "zh"}),
    ("words", {"text": '别太晚 "please"\n'}),
    ("only", {"occasions": ["birthday", "母亲节"]}),
    ("zone", {"zone": "Asia/Tokyo", "until": "2026-11-29"}),
    ("stage", {"stage": "after"}),
    ("impersonal", {"impersonal": True}),
)
PHONES = (None, "+6581234567", "+14155550123", "+8613800138000", "+85291234567", "+447700900123")


class Lives:
    """A few people, a few addresses, and one change after another."""

    def __init__(self, rng: random.Random, now: datetime) -> None:
        self._rng = rng
        self._now = now
        self._number = 0
        self._changes: list[Callable[[Crm], Awaitable[None]]] = [
            self.joins, self.moves, self.is_erased, self.writes, self.links, self.is_lost,
            self.allows, self.allows, self.rules, self.rules, self.forgets, self.dates, self.complains, self.complains,
            self.settles, self.merges, self.unsays,
        ]  # fmt: skip

    async def change(self, crm: Crm) -> None:
        """One thing happens."""
        await self._rng.choice(self._changes)(crm)
        await crm.session.flush()

    async def joins(self, crm: Crm) -> None:
        born = self._rng.choice([None, date(1990, 3, 2), date(1970, 1, 1), date(2012, 12, 31)])
        crm.session.add(
            Customer(
                name=f"Customer {self._next()}",
                language=self._rng.choice(["en", "zh"]),
                time_zone=self._rng.choice(["Asia/Singapore", "Europe/Berlin"]),
                time_zone_source=self._rng.choice(["shop", "said", "phone", "address", "unknown"]),
                birth_date=born,
                birth_year_known=self._rng.random() < 0.8,
                birth_calendar=self._rng.choice(["solar", "lunar"]),
                phone=self._rng.choice(PHONES),
                joined_on=date(2024, 1, 1),
                wanted=self._rng.random() < 0.9,
            )
        )

    async def moves(self, crm: Crm) -> None:
        values: dict[str, Any] = self._rng.choice(
            [
                {"time_zone": "Asia/Tokyo", "time_zone_source": "said"},
                {"language": "zh"},
                {"wanted": False},
                {"phone": self._rng.choice(PHONES)},
                {"tier": "gold"},
                {"birth_date": date(2001, 2, 28), "birth_year_known": True},
            ]
        )
        if (who := await self._some(crm, Customer)) is not None:
            await crm.session.execute(update(Customer).where(Customer.id == who).values(values))

    async def is_erased(self, crm: Crm) -> None:
        if self._rng.random() < 0.2 and (who := await self._some(crm, Customer)) is not None:
            await crm.session.execute(update(Customer).where(Customer.id == who).values(erased_at=self._now))

    async def writes(self, crm: Crm) -> None:
        channel = self._rng.choice(CHANNELS)
        customer_id = await self._some(crm, Customer) if self._rng.random() < 0.4 else None
        crm.session.add(
            ChannelIdentity(
                channel=channel,
                account=self._rng.choice(["main", "second"]),
                address=str(self._next()),
                customer_id=customer_id,
                created_at=self._now,
            )
        )

    async def links(self, crm: Crm) -> None:
        customer_id = await self._some(crm, Customer) if self._rng.random() < 0.8 else None
        if (identity := await self._some(crm, ChannelIdentity)) is not None:
            await crm.session.execute(
                update(ChannelIdentity).where(ChannelIdentity.id == identity).values(customer_id=customer_id)
            )

    async def is_lost(self, crm: Crm) -> None:
        if (identity := await self._some(crm, ChannelIdentity)) is not None:
            await crm.identities.mark(identity, self._rng.choice(["ok", "blocked", "bounced", "stopped"]))

    async def allows(self, crm: Crm) -> None:
        customer_id, identity_id = await self._who(crm)
        if customer_id is None and identity_id is None:
            return
        crm.session.add(
            ConsentEntry(
                customer_id=customer_id,
                identity_id=identity_id,
                purpose=self._rng.choice(["promotion", "care", "survey"]),
                channel=self._rng.choice([*CHANNELS, "*"]),
                granted=self._rng.random() < 0.6,
                at=self._now,
                source="chat",
            )
        )

    async def rules(self, crm: Crm) -> None:
        customer_id, identity_id = await self._who(crm)
        if identity_id is None:
            return
        kind, value = self._rng.choice(RULES)
        common = {"customer_id": customer_id, "identity_id": identity_id, "words": "", "at": self._now}
        crm.session.add(Preference(kind=kind, value=value, **common))

    async def forgets(self, crm: Crm) -> None:
        if (rule := await self._some(crm, Preference)) is not None:
            await crm.session.execute(update(Preference).where(Preference.id == rule).values(ended_at=self._now))

    async def dates(self, crm: Crm) -> None:
        customer_id, identity_id = await self._who(crm)
        if identity_id is None:
            return
        common = {"customer_id": customer_id, "identity_id": identity_id, "words": "", "at": self._now}
        kind = self._rng.choice(["birthday", "mothers_day", "wedding"])
        crm.session.add(Occasion(kind=kind, off=self._rng.random() < 0.5, **common))

    async def complains(self, crm: Crm) -> None:
        customer_id, identity_id = await self._who(crm)
        crm.session.add(
            Complaint(
                number=f"T{self._next()}",
                customer_id=customer_id,
                identity_id=identity_id,
                category="delivery",
                what_happened="late",
                language="en",
                opened_at=self._now,
                changed_at=self._ago(),
            )
        )

    async def settles(self, crm: Crm) -> None:
        state = self._rng.choice([State.INVESTIGATING, State.CONFIRMED, State.CLOSED, State.CLOSED])
        closed = self._ago() if state is State.CLOSED else None
        if (case := await self._some(crm, Complaint)) is not None:
            await crm.session.execute(
                update(Complaint)
                .where(Complaint.id == case)
                .values(state=state, changed_at=self._ago(), closed_at=closed)
            )

    async def merges(self, crm: Crm) -> None:
        case, into = await self._some(crm, Complaint), await self._some(crm, Complaint)
        if case is not None and into is not None and case > into:
            await crm.session.execute(update(Complaint).where(Complaint.id == case).values(merged_into=into))

    async def unsays(self, crm: Crm) -> None:
        if self._rng.random() < 0.3 and (entry := await self._some(crm, ConsentEntry)) is not None:
            await crm.session.execute(delete(ConsentEntry).where(ConsentEntry.id == entry))

    async def _who(self, crm: Crm) -> tuple[int | None, int | None]:
        """A customer at an address, an address of somebody unknown, or an address said to be known."""
        identity = await self._some(crm, ChannelIdentity)
        return (await self._some(crm, Customer) if self._rng.random() < 0.4 else None), identity

    async def _some(self, crm: Crm, table: type[Base]) -> int | None:
        ids = (await crm.session.scalars(select(table.__table__.c.id).order_by(table.__table__.c.id))).all()
        return self._rng.choice(ids) if ids else None

    def _ago(self) -> datetime:
        return self._now - timedelta(hours=self._rng.randrange(96), microseconds=self._rng.choice([0, 7]))

    def _next(self) -> int:
        self._number += 1
        return self._number
