"""Trials: a message sent to a member of staff who wants to see it. No contact of anybody, counted nowhere."""

from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.errors import CareLoopError
from crm_store.people.customers import Customer
from crm_store.people.identities import ChannelIdentity
from crm_store.staff.audit import AuditEvent

PURPOSE = "test"
"""No `Purpose`: caps, contacts and figures know nothing of it."""
TRIED = "tested"
"""As the audit calls it."""
WITHIN = timedelta(hours=1)
MOST = 30


class TrialRefused(CareLoopError):
    """A trial goes to the address of a member of staff and to nobody else; `why` is `customer` or `enough`."""

    code = "trial_refused"

    def __init__(self, why: str) -> None:
        remedies = {
            "customer": "address: it is a customer's; give one of your own",
            "enough": f"address: {MOST} trials went to you within the hour; wait a while",
        }
        super().__init__(remedies[why])
        self.why = why


class Trials:
    """Reads inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def check(self, channel: str, address: str, staff_id: int, now: datetime) -> None:
        """Raises `TrialRefused`. A customer's address is never written to like this, whoever says it is theirs."""
        linked = exists().where(
            ChannelIdentity.channel == channel,
            ChannelIdentity.address.in_((address, address.lower())),
            ChannelIdentity.customer_id.is_not(None),
        )
        known = exists().where(func.lower(Customer.email) == address.lower())
        if await self._session.scalar(select(or_(linked, known))):
            raise TrialRefused("customer")
        asked = select(func.count()).select_from(AuditEvent)
        mine = asked.where(AuditEvent.staff_id == staff_id, AuditEvent.action == TRIED, AuditEvent.at > now - WITHIN)
        if (await self._session.scalar(mine) or 0) >= MOST:
            raise TrialRefused("enough")
