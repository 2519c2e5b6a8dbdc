"""The consent ledger: append-only rows with the words that prove them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, IdentityKey, Key, Moment
from crm_store.people.identities import ChannelIdentity

ANY_CHANNEL = "*"


class Purpose(StrEnum):
    """Why the shop writes."""

    SERVICE = "service"
    CARE = "care"
    SURVEY = "survey"
    PROMOTION = "promotion"


STOPPABLE = (Purpose.CARE, Purpose.SURVEY, Purpose.PROMOTION)
"""What a stop withdraws. Service messages about their own order or complaint still go (rule 8)."""


class ConsentEntry(Base):
    """One yes or no. Never updated, never deleted; the newest row for a purpose and channel is what counts.

    Only an erasure empties the words of the answer: that a yes or a no was given stays.
    """

    __tablename__ = "consent_entries"
    __table_args__ = (
        Index("ix_consent_entries_customer_id_id", "customer_id", "id"),
        UniqueConstraint("interaction_id", "purpose", "channel"),
    )

    id: Mapped[Key]
    customer_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("customers.id"))
    identity_id: Mapped[IdentityKey | None]
    purpose: Mapped[str]
    channel: Mapped[str] = mapped_column(default=ANY_CHANNEL)
    granted: Mapped[bool]
    at: Mapped[Moment]
    source: Mapped[str]
    question: Mapped[str] = mapped_column(default="")
    question_version: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    interaction_id: Mapped[int | None] = mapped_column(BigInteger)


@dataclass(frozen=True)
class Evidence:
    """What makes a consent row hold: exact question and its version, exact answer, the interaction that carried it."""

    source: str
    question: str = ""
    question_version: str = ""
    answer: str = ""
    interaction_id: int | None = None


@dataclass(frozen=True)
class Who:
    """The customer if known, else only the channel identity."""

    identity_id: int | None
    customer_id: int | None


def said_by(table: type[Any], who: Who) -> ColumnElement[bool]:
    """Rows of the customer, and what was said from an address of theirs while nobody was linked to it: it still holds,
    above all a stop. Of an address alone only what was said there before it was linked."""
    nobody: ColumnElement[bool] = table.customer_id.is_(None)
    here: ColumnElement[bool] = table.identity_id == who.identity_id
    if who.customer_id is None:
        return here & nobody
    theirs = select(ChannelIdentity.id).where(ChannelIdentity.customer_id == who.customer_id)
    mine: ColumnElement[bool] = table.customer_id == who.customer_id
    before_linked: ColumnElement[bool] = nobody & (here | table.identity_id.in_(theirs))
    return mine | before_linked


def allows(said: Sequence[ConsentEntry], purpose: Purpose, channel: str) -> bool:
    """Whether a purpose may come by a channel: of what fits (in the order it was said) the last word counts."""
    fitting = [entry for entry in said if entry.purpose == purpose and entry.channel in (channel, ANY_CHANNEL)]
    return bool(fitting and fitting[-1].granted)


class Consent:
    """Appends to and reads of the ledger inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def record(
        self, who: Who, choices: list[tuple[Purpose, str, bool]], evidence: Evidence, now: datetime
    ) -> None:
        """Append one row for each (purpose, channel, granted); the same words told twice append nothing more."""
        await self._session.execute(
            insert(ConsentEntry).on_conflict_do_nothing(),
            [
                {
                    "customer_id": who.customer_id,
                    "identity_id": who.identity_id,
                    "purpose": purpose.value,
                    "channel": channel,
                    "granted": granted,
                    "at": now,
                    "source": evidence.source,
                    "question": evidence.question,
                    "question_version": evidence.question_version,
                    "answer": evidence.answer,
                    "interaction_id": evidence.interaction_id,
                }
                for purpose, channel, granted in choices
            ],
        )

    async def stop(self, who: Who, evidence: Evidence, now: datetime) -> None:
        """Withdraw every purpose that can be withdrawn, on every channel."""
        await self.record(who, [(purpose, ANY_CHANNEL, False) for purpose in STOPPABLE], evidence, now)

    async def standing(self, who: Who) -> list[ConsentEntry]:
        """The newest row for each purpose and channel, oldest first: what this person allows now."""
        newest = (
            select(ConsentEntry)
            .where(said_by(ConsentEntry, who) if who.customer_id else ConsentEntry.identity_id == who.identity_id)
            .ext(distinct_on(ConsentEntry.purpose, ConsentEntry.channel))
            .order_by(ConsentEntry.purpose, ConsentEntry.channel, ConsentEntry.id.desc())
        )
        return sorted((await self._session.scalars(newest)).all(), key=lambda entry: entry.id)
