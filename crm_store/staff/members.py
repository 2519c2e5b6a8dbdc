"""Staff: who works in the console, in which role and teams, and where they are told of what needs them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.errors import CareLoopError
from crm_store.model import Base, Key, Moment, Words

TRIES = 10
FIRST_LOCK = 7_241_003
"""Advisory lock: two processes starting at once make one admin."""
LOCKED_FOR = timedelta(minutes=15)


class LoginTaken(CareLoopError):
    """Somebody has this login already; choose another address."""

    code = "login_taken"


class TeamTaken(CareLoopError):
    """A team with this code exists already; choose another code."""

    code = "team_taken"


class LastAdmin(CareLoopError):
    """The last active admin cannot be taken away: make somebody else an admin first."""

    code = "last_admin"


class Role(StrEnum):
    """What a member of staff may do. Only ADMIN sees every team."""

    HANDLER = "handler"
    SUPERVISOR = "supervisor"
    MARKETER = "marketer"
    ADMIN = "admin"


class StaffMember(Base):
    """`login` is an e-mail address in lower case. `notify_by`: `email`, `telegram` or `none`, at `notify_address`.

    `presence` is `here` or `away`; it counts only while `seen_at` is recent. `theme`: `light`, `dark` or `system`.
    """

    __tablename__ = "staff"

    id: Mapped[Key]
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    role: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    notify_by: Mapped[str] = mapped_column(default="none")
    notify_address: Mapped[str] = mapped_column(default="")
    presence: Mapped[str] = mapped_column(default="away")
    seen_at: Mapped[Moment | None]
    failed_tries: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[Moment | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[Moment]
    theme: Mapped[str] = mapped_column(default="system")

    def is_locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until


class Team(Base):
    """A group of handlers who share cases and conversations."""

    __tablename__ = "teams"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Words]


class TeamMember(Base):
    """Who belongs to which team."""

    __tablename__ = "team_members"

    team_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("teams.id", ondelete="cascade"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("staff.id", ondelete="cascade"), primary_key=True, index=True
    )


@dataclass(frozen=True)
class NewMember:
    """Somebody who begins to work here; the password is theirs for the first sign-in only."""

    login: str
    name: str
    role: Role
    password_hash: str
    language: str = "en"


class Staff:
    """Reads and writes of staff and teams inside one transaction. Who changed what is for the caller to audit."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, new: NewMember, now: datetime) -> StaffMember:
        """Raises `LoginTaken`."""
        member = StaffMember(
            login=new.login.strip().lower(),
            name=new.name.strip(),
            role=new.role,
            password_hash=new.password_hash,
            language=new.language,
            must_change_password=True,
            made_at=now,
        )
        if await self.by_login(member.login) is not None:
            raise LoginTaken("this login is taken")
        self._session.add(member)
        await self._session.flush()
        return member

    async def by_id(self, staff_id: int) -> StaffMember | None:
        return await self._session.get(StaffMember, staff_id)

    async def by_login(self, login: str) -> StaffMember | None:
        return await self._session.scalar(select(StaffMember).filter_by(login=login.strip().lower()))

    async def all(self) -> list[StaffMember]:
        """By name; those who work here no more last."""
        wanted = select(StaffMember).order_by(StaffMember.is_active.desc(), func.lower(StaffMember.name))
        return list((await self._session.scalars(wanted)).all())

    async def names(self, staff_ids: Iterable[int]) -> dict[int, str]:
        """Names by id, of those who were found."""
        wanted = select(StaffMember.id, StaffMember.name).where(StaffMember.id.in_(set(staff_ids)))
        return {staff_id: name for staff_id, name in await self._session.execute(wanted)}

    async def anybody_can_sign_in(self) -> bool:
        """Whether somebody active has a password at all. Two that ask at once ask one after the other."""
        await self._session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": FIRST_LOCK})
        able = StaffMember.is_active & StaffMember.password_hash.startswith("$argon2")
        return await self._session.scalar(select(StaffMember.id).where(able).limit(1)) is not None

    async def add_first(self, new: NewMember, now: datetime) -> None:
        """The first admin; somebody with this login who has no password becomes it."""
        known = await self.by_login(new.login)
        if known is None:
            await self.add(new, now)
        else:
            await self.change(known.id, role=new.role, is_active=True)
            await self.set_password(known.id, new.password_hash, must_change=True)

    async def change(self, staff_id: int, **values: object) -> None:
        """Set plain columns: name, language, theme, presence, notify_by, notify_address."""
        await self._session.execute(update(StaffMember).where(StaffMember.id == staff_id).values(**values))

    async def set_role(self, staff_id: int, role: Role) -> None:
        """Raises `LastAdmin`. Their sessions have to end with it."""
        if role is not Role.ADMIN:
            await self._keep_an_admin(staff_id)
        await self.change(staff_id, role=role)

    async def set_active(self, staff_id: int, is_active: bool) -> None:
        """Raises `LastAdmin`. Their sessions have to end with it."""
        if not is_active:
            await self._keep_an_admin(staff_id)
        await self.change(staff_id, is_active=is_active)

    async def set_password(self, staff_id: int, password_hash: str, must_change: bool) -> None:
        """Lets a locked account in again. Their sessions have to end with it."""
        await self.change(
            staff_id, password_hash=password_hash, must_change_password=must_change, failed_tries=0, locked_until=None
        )

    async def note_failed(self, member: StaffMember, now: datetime) -> bool:
        """One more wrong password; True for the tenth, which locks the account for a quarter of an hour."""
        tries = func.coalesce(StaffMember.failed_tries, 0) + 1
        found = await self._session.scalar(
            update(StaffMember)
            .where(StaffMember.id == member.id)
            .values(failed_tries=tries)
            .returning(StaffMember.failed_tries)
        )
        is_locked = found is not None and found >= TRIES
        if is_locked:
            await self.change(member.id, failed_tries=0, locked_until=now + LOCKED_FOR)
        return is_locked

    async def note_signed_in(self, staff_id: int, now: datetime) -> None:
        await self.change(staff_id, failed_tries=0, locked_until=None, seen_at=now, presence="here")

    async def note_here(self, staff_ids: Iterable[int], now: datetime) -> None:
        """Their pages are open; written at most once a minute for each."""
        late = StaffMember.seen_at.is_(None) | (StaffMember.seen_at <= now - timedelta(minutes=1))
        here = update(StaffMember).where(StaffMember.id.in_(set(staff_ids)), late)
        await self._session.execute(here.values(seen_at=now))

    async def _keep_an_admin(self, but: int) -> None:
        """The rows are locked: two admins cannot take each other away at once."""
        admins = select(StaffMember.id).filter_by(role=Role.ADMIN, is_active=True).with_for_update()
        ids = set(await self._session.scalars(admins))
        if ids == {but}:
            raise LastAdmin("there has to be an active admin; make somebody else an admin first")

    async def teams(self) -> list[Team]:
        return list((await self._session.scalars(select(Team).order_by(Team.code))).all())

    async def add_team(self, code: str, name: Words) -> Team:
        """Raises `TeamTaken`."""
        if await self._session.scalar(select(Team.id).filter_by(code=code)) is not None:
            raise TeamTaken("a team with this code exists already; choose another code")
        team = Team(code=code, name=name)
        self._session.add(team)
        await self._session.flush()
        return team

    async def rename_team(self, team_id: int, name: Words) -> None:
        await self._session.execute(update(Team).where(Team.id == team_id).values(name=name))

    async def teams_of(self, staff_id: int) -> frozenset[int]:
        return frozenset(await self._session.scalars(select(TeamMember.team_id).filter_by(staff_id=staff_id)))

    async def memberships(self) -> dict[int, frozenset[int]]:
        """The ids of everybody's teams by staff id; who is in none is not named."""
        rows = await self._session.execute(
            select(TeamMember.staff_id, func.array_agg(TeamMember.team_id)).group_by(TeamMember.staff_id)
        )
        return {staff_id: frozenset(teams) for staff_id, teams in rows}

    async def set_teams(self, staff_id: int, team_ids: Iterable[int]) -> None:
        await self._session.execute(delete(TeamMember).where(TeamMember.staff_id == staff_id))
        rows = [{"staff_id": staff_id, "team_id": team_id} for team_id in sorted(set(team_ids))]
        if rows:
            await self._session.execute(insert(TeamMember), rows)
