"""Opt-ins: a yes to e-mail or SMS that counts only once it was confirmed from that very address."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, CustomerKey, IdentityKey, Key, Moment
from crm_store.people.consent import ANY_CHANNEL, ConsentEntry, Purpose, Who, said_by
from crm_store.people.customers import Customer

CONFIRMED = ("email", "sms")
LIFE = timedelta(days=7)


def needs_confirmation(purpose: Purpose, channel: str) -> bool:
    """Whether a yes counts only once it came from the very address: advertising by e-mail and SMS."""
    return purpose is Purpose.PROMOTION and channel in CONFIRMED


class OptIn(Base):
    """The first yes, with its evidence. `consent_id`: the ledger row, once confirmed. Asked once; silence is no."""

    __tablename__ = "opt_ins"

    id: Mapped[Key]
    customer_id: Mapped[CustomerKey]
    identity_id: Mapped[IdentityKey]
    channel: Mapped[str]
    purpose: Mapped[str]
    question: Mapped[str]
    question_version: Mapped[str]
    answer: Mapped[str]
    interaction_id: Mapped[int | None] = mapped_column(BigInteger)
    asked_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    confirmed_at: Mapped[Moment | None]
    consent_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("consent_entries.id"))


class OptIns:
    """Reads and writes of opt-ins inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def ask(self, opt_in: OptIn) -> OptIn:
        """Keep a first yes; whoever calls sends the one message that asks to confirm it."""
        self._session.add(opt_in)
        await self._session.flush()
        return opt_in

    async def newest(self, identity_id: int, customer_id: int, purpose: Purpose) -> OptIn | None:
        """The latest first yes of this customer for this address and purpose, confirmed or not."""
        return await self._session.scalar(
            select(OptIn)
            .where(OptIn.identity_id == identity_id, OptIn.customer_id == customer_id, OptIn.purpose == purpose)
            .order_by(OptIn.id.desc())
            .limit(1)
            .with_for_update()
        )

    async def waiting(self, opt_in_id: int, now: datetime) -> OptIn | None:
        """One that can be confirmed, or was already; None when it lapsed, or a no was said since: that counts."""
        found = await self._session.get(OptIn, opt_in_id, with_for_update=True)
        if found is None or found.confirmed_at is not None:
            return found
        customer = await self._session.get(Customer, found.customer_id)
        gone = customer is None or customer.erased_at is not None or found.expires_at <= now
        return None if gone or await self._taken_back(found) else found

    async def confirm(self, opt_in_id: int, now: datetime) -> OptIn | None:
        """Write the permission, once, with the question and the words of the first yes. None as `waiting`."""
        found = await self.waiting(opt_in_id, now)
        if found is None or found.confirmed_at is not None:
            return found
        entry = ConsentEntry(
            customer_id=found.customer_id,
            identity_id=found.identity_id,
            purpose=found.purpose,
            channel=found.channel,
            granted=True,
            at=now,
            source="opt_in",
            question=found.question,
            question_version=found.question_version,
            answer=found.answer,
            interaction_id=found.interaction_id,
        )
        self._session.add(entry)
        await self._session.flush()
        found.confirmed_at, found.consent_id = now, entry.id
        return found

    async def _taken_back(self, opt_in: OptIn) -> bool:
        no = (
            select(ConsentEntry.id)
            .where(
                said_by(ConsentEntry, Who(opt_in.identity_id, opt_in.customer_id)),
                ConsentEntry.purpose == opt_in.purpose,
                ConsentEntry.channel.in_((opt_in.channel, ANY_CHANNEL)),
                ConsentEntry.granted.is_(False),
                ConsentEntry.at > opt_in.asked_at,
            )
            .limit(1)
        )
        return await self._session.scalar(no) is not None
