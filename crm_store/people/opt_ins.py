"""Opt-ins: a yes to e-mail or SMS that counts only once it was confirmed from that very address."""

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, CustomerKey, IdentityKey, Key, Moment
from crm_store.people.consent import Purpose

CONFIRMED = ("email", "sms")


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
