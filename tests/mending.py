"""A small shop for what puts complaints right: staff, members with a conversation, and their cases, row by row."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from crm_store.cases.complaints import Complaint, ComplaintConversation
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.people.customers import Customer
from crm_store.people.identities import ChannelIdentity
from crm_store.staff.members import StaffMember
from crm_store.staff.scope import Scope
from crm_store.talks.conversations import Conversation

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
"""A Monday, noon in Singapore."""


@dataclass(frozen=True)
class Case:
    """What was put down."""

    id: int
    number: str
    customer_id: int | None
    conversation_id: int


class MendingShop:
    """Puts rows down, each call in one transaction."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._count = 0

    async def open(self) -> "MendingShop":
        async with self.store.transaction() as crm:
            await crm.remedies.limits.ensure()
        return self

    async def staff(self, role: str = "handler", teams: frozenset[int] = frozenset()) -> Scope:
        self._count += 1
        async with self.store.transaction() as crm:
            member = StaffMember(
                login=f"s{self._count}@shop.example", name="Sam", password_hash="!", role=role, made_at=NOW
            )
            await _add(crm, member)
        return Scope(member.id, role, teams)

    async def case(self, member: bool = True, reachability: str = "ok", language: str = "en", **columns: Any) -> Case:
        """A case with a conversation of its own; `columns` are those of the complaint."""
        self._count += 1
        async with self.store.transaction() as crm:
            customer = Customer(name="Emma Tan", joined_on=date(2024, 1, 1), email=f"e{self._count}@example.com")
            if member:
                await _add(crm, customer)
            identity = ChannelIdentity(
                channel="webchat",
                account="shop",
                address=f"v{self._count}",
                customer_id=customer.id,
                reachability=reachability,
                created_at=NOW,
            )
            await _add(crm, identity)
            talk = Conversation(
                identity_id=identity.id,
                channel="webchat",
                account="shop",
                language=language,
                opened_at=NOW,
                last_in_at=NOW - timedelta(hours=3),
            )
            await _add(crm, talk)
            standard: dict[str, Any] = {
                "number": f"C{10000 + self._count}",
                "category": "damaged",
                "what_happened": "The kettle leaks.",
                "opened_at": NOW,
                "changed_at": NOW,
            }
            case = Complaint(customer_id=customer.id, identity_id=identity.id, language=language, **standard | columns)
            await _add(crm, case)
            await _add(crm, ComplaintConversation(complaint_id=case.id, conversation_id=talk.id))
            return Case(case.id, case.number, customer.id, talk.id)

    async def done_case(self, at: datetime = NOW, **columns: Any) -> Case:
        """One that staff have marked done."""
        return await self.case(state="done", done_at=at, **columns)


async def _add(crm: Crm, row: Any) -> None:
    crm.session.add(row)
    await crm.session.flush()
