"""Whom an export or an erasure is about: the customer, their addresses, their threads and their cases."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.errors import CareLoopError


class CustomerUnknown(CareLoopError):
    """There is no such customer."""

    code = "customer_unknown"


@dataclass(frozen=True)
class Person:
    """What `Holding.whose` is asked with. `contacts`: e-mail and phone on file."""

    customer_id: int
    member_number: str | None
    erased_at: datetime | None
    identities: list[int]
    conversations: list[int]
    complaints: list[int]
    contacts: list[str]

    def asked(self, now: datetime) -> dict[str, Any]:
        return {
            "customer": self.customer_id,
            "identities": self.identities,
            "conversations": self.conversations,
            "complaints": self.complaints,
            "contacts": self.contacts,
            "now": now,
            "today": _yesterday(now),
        }


def _yesterday(now: datetime) -> date:
    """The last day that is over everywhere: what is good until then is good no more."""
    return date.fromordinal(now.date().toordinal() - 2)


_PERSON = text(
    """
    with mine as (select id from channel_identities where customer_id = :customer)
    select c.id, c.member_number, c.erased_at,
           coalesce((select array_agg(id order by id) from mine), '{}') as identities,
           coalesce((select array_agg(v.id order by v.id) from conversations v
                      where v.identity_id in (select id from mine)), '{}') as conversations,
           coalesce((select array_agg(p.id order by p.id) from complaints p
                      where p.customer_id = c.id or p.customer_id is null and p.identity_id in (select id from mine)),
                    '{}') as complaints,
           array_remove(array[c.email, lower(c.email), c.phone], null) as contacts
      from customers c where c.id = :customer
    """
)


async def person_of(session: AsyncSession, customer_id: int) -> Person:
    """Raises `CustomerUnknown`."""
    row = (await session.execute(_PERSON, {"customer": customer_id})).one_or_none()
    if row is None:
        raise CustomerUnknown("customer_id: there is no such customer")
    return Person(*row)
