"""Sessions of staff: only a hash of the cookie is kept; signing in always begins a new one."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Moment
from crm_store.staff.members import StaffMember, TeamMember
from crm_store.staff.notices import StaffNotice
from crm_store.staff.scope import Scope

IDLE = timedelta(hours=8)
LIFE = timedelta(days=7)
NOTED_EVERY = timedelta(minutes=1)
"""How exact `seen_at` is."""


class StaffSession(Base):
    """`digest` is SHA-256 of the cookie. Ended by time, by idleness, by signing out and by a change of role."""

    __tablename__ = "staff_sessions"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id", ondelete="cascade"), index=True)
    made_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    agent: Mapped[str] = mapped_column(default="")


def digest_of(cookie: str) -> bytes:
    """SHA-256: enough for 256 bits of randomness, and cheap on every request."""
    return hashlib.sha256(cookie.encode()).digest()


@dataclass(frozen=True)
class SignedIn:
    """Who a cookie stands for, with the ids of their teams; `seen_at` is when the cookie was last noted.

    `unread` counts their notices.
    """

    member: StaffMember
    teams: frozenset[int]
    unread: int
    digest: bytes
    seen_at: datetime

    @property
    def scope(self) -> Scope:
        return Scope(self.member.id, self.member.role, self.teams)

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to note again that they are here."""
        return now - self.seen_at >= NOTED_EVERY


class StaffSessions:
    """Reads and writes of sessions inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def begin(self, staff_id: int, agent: str, now: datetime) -> str:
        """A new session; gives the cookie, of which only the digest is kept."""
        cookie = secrets.token_urlsafe(32)
        row = StaffSession(
            digest=digest_of(cookie), staff_id=staff_id, made_at=now, seen_at=now, ends_at=now + LIFE, agent=agent[:200]
        )
        self._session.add(row)
        await self._session.flush()
        return cookie

    async def signed_in(self, cookie: str, now: datetime) -> SignedIn | None:
        """None for a cookie that is not ours, has lapsed, or whose owner may work no more."""
        found = await self.standing([digest_of(cookie)], now)
        return next(iter(found.values()), None)

    async def standing(self, digests: Collection[bytes], now: datetime) -> dict[bytes, SignedIn]:
        """Those of these sessions that still hold."""
        own = select(TeamMember.team_id).where(TeamMember.staff_id == StaffMember.id)
        unread = select(func.count()).where(StaffNotice.staff_id == StaffMember.id, StaffNotice.read_at.is_(None))
        rows = await self._session.execute(
            select(StaffSession, StaffMember, func.array(own.scalar_subquery()), unread.scalar_subquery())
            .join(StaffMember, StaffMember.id == StaffSession.staff_id)
            .where(
                StaffSession.digest.in_(digests),
                StaffSession.ends_at > now,
                StaffSession.seen_at > now - IDLE,
                StaffMember.is_active,
            )
        )
        return {
            held.digest: SignedIn(member, frozenset(teams), unread, held.digest, held.seen_at)
            for held, member, teams, unread in rows
        }

    async def note_seen(self, found: SignedIn, now: datetime) -> None:
        """They are here; asked at most once a minute (`SignedIn.is_due`)."""
        await self._session.execute(update(StaffSession).where(StaffSession.digest == found.digest).values(seen_at=now))
        await self._session.execute(update(StaffMember).where(StaffMember.id == found.member.id).values(seen_at=now))

    async def end(self, digest: bytes) -> None:
        await self._session.execute(delete(StaffSession).where(StaffSession.digest == digest))

    async def end_all(self, staff_id: int) -> None:
        """Whoever they are signed in as, they are no more."""
        await self._session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))

    async def sweep(self, now: datetime) -> None:
        """Forget what has lapsed."""
        await self._session.execute(
            delete(StaffSession).where((StaffSession.ends_at <= now) | (StaffSession.seen_at <= now - IDLE))
        )
