"""A small shop for the desk's tests: two teams, their handlers, and cases and conversations put down row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from crm_store.cases.complaints import Complaint, ComplaintConversation
from crm_store.cases.events import ComplaintEvent
from crm_store.crm import Crm
from crm_store.people.customers import Customer
from crm_store.people.identities import ChannelIdentity
from crm_store.promises.calendars import CalendarVersion
from crm_store.promises.clocks import Clock
from crm_store.promises.policies import PolicyVersion
from crm_store.staff.members import StaffMember, Team, TeamMember
from crm_store.staff.scope import Scope
from crm_store.talks.conversations import Conversation
from crm_store.talks.interactions import Interaction

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
"""Noon in Singapore."""
NONE: frozenset[int] = frozenset()


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


@dataclass(frozen=True)
class Case:
    """What was put down."""

    customer_id: int
    identity_id: int
    conversation_id: int
    complaint_id: int
    number: str


class DeskShop:
    """Puts rows down in one transaction."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm
        self._count = 0

    async def staff(self, name: str, role: str, *teams: int) -> Scope:
        member = StaffMember(
            login=f"{name}@shop.example",
            name=name,
            password_hash="!",
            role=role,
            presence="here",
            seen_at=NOW,
            made_at=NOW,
        )
        await self.add(member)
        await self.add(*(TeamMember(team_id=team, staff_id=member.id) for team in teams))
        return Scope(member.id, role, frozenset(teams))

    async def team(self, code: str) -> int:
        team = Team(code=code, name={"en": code, "zh": code})
        await self.add(team)
        return team.id

    async def talk(self, name: str, **columns: Any) -> Case:
        """Somebody and their conversation."""
        self._count += 1
        customer = Customer(name=name, joined_on=NOW.date(), email=f"c{self._count}@example.com")
        await self.add(customer)
        identity = ChannelIdentity(
            channel="webchat", account="main", address=f"w{self._count}", customer_id=customer.id, created_at=ago(9000)
        )
        await self.add(identity)
        standard = {"channel": "webchat", "account": "main", "opened_at": ago(9000), "last_in_at": ago(60)}
        talk = Conversation(identity_id=identity.id, **standard | columns)
        await self.add(talk)
        return Case(customer.id, identity.id, talk.id, 0, "")

    async def case(self, name: str, talk: dict[str, Any] | None = None, **columns: Any) -> Case:
        """Somebody, their conversation and the case they opened in it."""
        return await self.case_in(await self.talk(name, **talk or {}), **columns)

    async def case_in(self, talk: Case, **columns: Any) -> Case:
        """One more case of the same person in the same conversation."""
        self._count += 1
        standard = {
            "number": f"C{self._count:05}",
            "customer_id": talk.customer_id,
            "identity_id": talk.identity_id,
            "category": "late",
            "what_happened": "the parcel never came",
            "language": "en",
            "opened_at": ago(600),
            "changed_at": ago(600),
        }
        complaint = Complaint(**standard | columns)
        await self.add(complaint)
        await self.add(ComplaintConversation(complaint_id=complaint.id, conversation_id=talk.conversation_id))
        return Case(talk.customer_id, talk.identity_id, talk.conversation_id, complaint.id, complaint.number)

    async def said(self, case: Case, words: str, minutes_ago: float, author: str = "shopper", **columns: Any) -> int:
        standard = {
            "conversation_id": case.conversation_id,
            "identity_id": case.identity_id,
            "customer_id": case.customer_id,
            "direction": "in" if author == "shopper" else "out",
            "author": author,
            "text": words,
            "delivery": "received" if author == "shopper" else "delivered",
            "at": ago(minutes_ago),
            "sent_at": None if author == "shopper" else ago(minutes_ago),
        }
        message = Interaction(**standard | columns)
        await self.add(message)
        return message.id

    async def event(self, case: Case, kind: str, minutes_ago: float, **columns: Any) -> None:
        standard = {
            "complaint_id": case.complaint_id,
            "kind": kind,
            "by": "staff",
            "at": ago(minutes_ago),
            "detail": {},
        }
        await self.add(ComplaintEvent(**standard | columns))

    async def clock(self, case: Case, kind: str, **columns: Any) -> None:
        """A clock by some policy; which one does not matter to a reader."""
        calendar, policy = await self._promise()
        standard = {"ordinal": 1, "target": 3600, "started_at": ago(600), "due_at": ago(-60), "pauses": []}
        fixed = {"complaint_id": case.complaint_id, "kind": kind, "policy_id": policy, "calendar_id": calendar}
        await self.add(Clock(**standard | fixed | columns))

    async def _promise(self) -> tuple[int, int]:
        self._count += 1
        name = f"p{self._count}"
        calendar = CalendarVersion(
            name=name, version=1, zone="Asia/Singapore", spans={}, holidays=[], made_at=ago(9000)
        )
        policy = PolicyVersion(name=name, version=1, rank=1, calendar=name, conditions={}, made_at=ago(9000))
        await self.add(calendar, policy)
        return calendar.id, policy.id

    async def add(self, *rows: Any) -> None:
        self.crm.session.add_all(rows)
        await self.crm.session.flush()

    async def many(self, model: Any, rows: Sequence[dict[str, Any]]) -> None:
        await self.crm.session.execute(insert(model), rows)
