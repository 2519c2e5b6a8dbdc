"""Cases to make promises about: staff, a shopper with a conversation, complaints, and what happens to them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from crm_store.cases.complaints import Complaint, ComplaintConversation
from crm_store.cases.events import By, Event, Happened
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.people.customers import Customer
from crm_store.people.identities import ChannelIdentity
from crm_store.promises.defaults import ensure_promises
from crm_store.staff.members import StaffMember, Team, TeamMember
from crm_store.talks.answers import plainly
from crm_store.talks.conversations import Conversation

SG = ZoneInfo("Asia/Singapore")
SHOPPER, CLERK = By("shopper"), By("staff")


def at(day: int, clock: str) -> datetime:
    """In November 2026; the 23rd is a Monday."""
    hour, minute = clock.split(":")
    return datetime(2026, 11, day, int(hour), int(minute), tzinfo=SG)


OPENING = at(23, "09:00")


@dataclass
class Shop:
    """What a test does to a case. Every call is a transaction of its own."""

    store: Store
    cases: int = 0
    staff: dict[str, int] = field(default_factory=dict)

    async def open(self) -> None:
        async with self.store.transaction() as crm:
            await ensure_promises(crm, OPENING, "Asia/Singapore")

    async def hires(self, name: str, role: str, **values: Any) -> int:
        async with self.store.transaction() as crm:
            person = StaffMember(
                login=f"{name}@shop.example", name=name, password_hash="x", role=role, made_at=OPENING, **values
            )
            crm.session.add(person)
            await crm.session.flush()
            self.staff[name] = person.id
            return person.id

    async def team(self, *names: str) -> int:
        async with self.store.transaction() as crm:
            team = Team(code="-".join(names), name={"en": "Team", "zh": "组"})
            crm.session.add(team)
            await crm.session.flush()
            crm.session.add_all([TeamMember(team_id=team.id, staff_id=self.staff[name]) for name in names])
            return team.id

    async def case(self, now: datetime = OPENING, **values: Any) -> int:
        """A complaint of a shopper of its own, opened in a conversation."""
        self.cases += 1
        async with self.store.transaction() as crm:
            customer_id = await self._customer(crm, values.pop("tier", "member"), values.pop("zone", "Asia/Singapore"))
            identity = ChannelIdentity(
                channel="recording", account="local", address=f"a{self.cases}", customer_id=customer_id, created_at=now
            )
            crm.session.add(identity)
            await crm.session.flush()
            talk = Conversation(identity_id=identity.id, channel="recording", account="local", opened_at=now)
            complaint = Complaint(
                number=f"C{self.cases}",
                customer_id=customer_id,
                identity_id=identity.id,
                category="delivery",
                what_happened="It never came.",
                language="en",
                opened_at=now,
                changed_at=now,
                **values,
            )
            crm.session.add_all([talk, complaint])
            await crm.session.flush()
            crm.session.add(ComplaintConversation(complaint_id=complaint.id, conversation_id=talk.id))
            crm.complaint_events.add(complaint.id, Event(Happened.OPENED, SHOPPER), now)
            await crm.clocks.refresh([complaint.id], now)
            return complaint.id

    async def _customer(self, crm: Crm, tier: str, zone: str) -> int:
        customer = Customer(name="Emma Tan", tier=tier, time_zone=zone, joined_on=date(2024, 1, 1))
        crm.session.add(customer)
        await crm.session.flush()
        return customer.id

    async def happens(self, complaint_id: int, kind: Happened, now: datetime, **detail: Any) -> None:
        async with self.store.transaction() as crm:
            crm.complaint_events.add(complaint_id, Event(kind, CLERK, detail), now)
            await crm.clocks.refresh([complaint_id], now)

    async def says(self, complaint_id: int, author: str, now: datetime, staff_id: int | None = None) -> None:
        """Words in the conversation of the case, on their way to the shopper."""
        async with self.store.transaction() as crm:
            talk = await self.talk_of(complaint_id)
            thread = await crm.answers.thread_of(talk)
            words = plainly(author, "We are on it.", "en")
            words = type(words)(**(vars(words) | {"staff_id": staff_id}))
            await crm.answers.say(thread, [words], now)

    async def talk_of(self, complaint_id: int) -> int:
        (found,) = await self.rows(
            "select conversation_id from complaint_conversations where complaint_id = :id", id=complaint_id
        )
        return int(found[0])

    async def rows(self, query: str, **values: Any) -> list[Any]:
        async with self.store.reading() as crm:
            return list((await crm.session.execute(text(query), values)).all())

    async def steps(self, complaint_id: int) -> list[tuple[str, str]]:
        """Kind and step of every step taken, in order."""
        rows = await self.rows(
            "select detail ->> 'kind', detail ->> 'step' from complaint_events"
            " where complaint_id = :id and kind = 'clock' order by at, id",
            id=complaint_id,
        )
        return [(row[0], row[1]) for row in rows]

    async def raised(self, complaint_id: int) -> list[tuple[str, int, bool]]:
        """Cause, level and whether it is still open, of every escalation."""
        rows = await self.rows(
            "select cause, level, closed_at is null from escalations where complaint_id = :id order by id",
            id=complaint_id,
        )
        return [(row[0], row[1], row[2]) for row in rows]

    async def told(self, name: str) -> list[str]:
        """Kinds of the notices a member of staff has had."""
        rows = await self.rows("select kind from staff_notices where staff_id = :id order by id", id=self.staff[name])
        return [row[0] for row in rows]
