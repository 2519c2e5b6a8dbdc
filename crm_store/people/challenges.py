"""One-time codes: who asked, where the code went, how often it was tried. The code itself is never stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, false, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, ConversationKey, IdentityKey, Key, Moment

LIFE = timedelta(minutes=10)
TRIES = 5


class Challenge(Base):
    """A code asked for. `customer_id` is empty for a decoy: the contact was nobody's, and nobody must learn that."""

    __tablename__ = "challenges"
    __table_args__ = (
        Index("ix_challenges_identity_id_made_at", "identity_id", "made_at"),
        Index("ix_challenges_destination_made_at", "destination", "made_at"),
    )

    id: Mapped[Key]
    identity_id: Mapped[IdentityKey]
    conversation_id: Mapped[ConversationKey]
    customer_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("customers.id"), index=True)
    destination: Mapped[bytes] = mapped_column(LargeBinary)
    code: Mapped[bytes] = mapped_column(LargeBinary)
    wanted: Mapped[str] = mapped_column(default="")
    made_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    tries: Mapped[int] = mapped_column(default=0)
    ended: Mapped[str | None]


@dataclass(frozen=True)
class Asked:
    """Codes asked for: by this address in an hour, to this destination in ten minutes, for this member in a day."""

    by_identity: int
    to_destination: int
    for_customer: int

    def too_many(self) -> bool:
        """What the shopper may be told: neither figure says whether the contact is a member's."""
        return self.by_identity >= 5 or self.to_destination >= 3

    def too_many_for_member(self) -> bool:
        """Kept in silence: saying so would tell a stranger that the contact is a member's."""
        return self.for_customer >= 5


class Challenges:
    """Reads and writes of one-time codes inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def asked(self, identity_id: int, destination: bytes, customer_id: int | None, now: datetime) -> Asked:
        """Count what was asked lately, on every axis, in one statement."""
        day = now - timedelta(days=1)
        theirs = Challenge.customer_id == customer_id if customer_id is not None else false()
        row = (
            await self._session.execute(
                select(
                    func.count().filter(
                        Challenge.identity_id == identity_id, Challenge.made_at > now - timedelta(hours=1)
                    ),
                    func.count().filter(
                        Challenge.destination == destination, Challenge.made_at > now - timedelta(minutes=10)
                    ),
                    func.count().filter(theirs),
                ).where(
                    Challenge.made_at > day,
                    (Challenge.identity_id == identity_id) | (Challenge.destination == destination) | theirs,
                )
            )
        ).one()
        return Asked(*row)

    def add(self, challenge: Challenge) -> None:
        self._session.add(challenge)

    async def end_open(self, identity_id: int, how: str) -> None:
        """End every open code of this address (`replaced`, `cancelled`): only the newest one counts."""
        await self._session.execute(
            update(Challenge).where(Challenge.identity_id == identity_id, Challenge.ended.is_(None)).values(ended=how)
        )

    async def open_for(self, identity_id: int, now: datetime) -> Challenge | None:
        """The newest code that still counts, locked so that two tries cannot race."""
        return await self._session.scalar(
            select(Challenge)
            .where(Challenge.identity_id == identity_id, Challenge.ended.is_(None), Challenge.expires_at > now)
            .order_by(Challenge.id.desc())
            .limit(1)
            .with_for_update()
        )
