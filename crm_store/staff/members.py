"""Staff: who works in the console, in which role and teams, and where they are told of what needs them."""

from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment, Words


class Role(StrEnum):
    """What a member of staff may do. Only ADMIN sees every team."""

    HANDLER = "handler"
    SUPERVISOR = "supervisor"
    MARKETER = "marketer"
    ADMIN = "admin"


class StaffMember(Base):
    """`login` is an e-mail address in lower case. `notify_by`: `email`, `telegram` or `none`, at `notify_address`.

    `presence` is `here` or `away`; it counts only while `seen_at` is recent.
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


class Staff:
    """Reads and writes of staff and teams inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
