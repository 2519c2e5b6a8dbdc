"""Working calendars as stored: a change makes a new version, the old one stays readable."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.errors import CareLoopError
from crm_store.model import Base, Key, Moment
from crm_store.promises.calendar_form import read_calendar
from crm_store.promises.choice import CalendarOf

ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext(:key))")
"""Two people who save the same thing at once make two versions, one after the other."""


class CalendarVersion(Base):
    """`spans` by weekday, "0" is Monday: ``{"0": [["09:00", "12:30"], ["13:30", "18:00"]]}``; "24:00" ends a day.

    `holidays`: ``[{"day": "2026-12-25", "name": "Christmas"}]``. `zone` is an IANA name. One version is current.
    """

    __tablename__ = "calendar_versions"
    __table_args__ = (
        UniqueConstraint("name", "version"),
        Index("ix_calendar_versions_current", "name", unique=True, postgresql_where="is_current"),
    )

    id: Mapped[Key]
    name: Mapped[str]
    version: Mapped[int]
    zone: Mapped[str]
    spans: Mapped[dict[str, Any]]
    holidays: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    is_current: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[Moment]
    made_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))


CURRENT = CalendarVersion.is_current.is_(True)


class RuleChanged(CareLoopError):
    """Somebody else has saved this rule since it was read; read it again."""

    code = "rule_changed"


def still(seen: int | None, last: int) -> None:
    """Raises `RuleChanged` unless the version that was read, 0 before there was one, is the last; None is not asked."""
    if seen is not None and seen != last:
        raise RuleChanged(f"version {last} was saved meanwhile, {seen} was read; read it again")


@dataclass(frozen=True)
class CalendarForm:
    """A calendar as it is to hold from now on; its fields as in `CalendarVersion`."""

    name: str
    zone: str
    spans: dict[str, Any]
    holidays: list[dict[str, Any]]
    made_by: int | None = None


class Calendars:
    """Reads and writes of calendars inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> list[CalendarVersion]:
        """The current version of every calendar, by name."""
        found = await self._session.scalars(select(CalendarVersion).where(CURRENT).order_by(CalendarVersion.name))
        return list(found.all())

    async def current(self, name: str) -> CalendarOf | None:
        """The version that new clocks go by."""
        row = await self._session.scalar(select(CalendarVersion).where(CURRENT, CalendarVersion.name == name))
        return as_counted(row) if row is not None else None

    async def versions(self, name: str) -> list[CalendarVersion]:
        """All there were, newest first."""
        found = await self._session.scalars(
            select(CalendarVersion).where(CalendarVersion.name == name).order_by(CalendarVersion.version.desc())
        )
        return list(found.all())

    async def save(self, form: CalendarForm, now: datetime, seen: int | None = None) -> CalendarVersion:
        """Make a new version, or give the current one when nothing has changed.

        `seen` is the version that was read. Raises `CalendarRefused`, `RuleChanged`. Clocks that run keep the version
        they began with.
        """
        read_calendar(form.zone, form.spans, form.holidays)
        await self._session.execute(ONE_AT_A_TIME, {"key": f"calendar:{form.name}"})
        last = next(iter(await self.versions(form.name)), None)
        if last is not None and last.is_current and _same(last, form):
            return last
        still(seen, last.version if last else 0)
        if last is not None:
            last.is_current = False
            await self._session.flush()
        fresh = CalendarVersion(**vars(form), version=last.version + 1 if last else 1, made_at=now)
        self._session.add(fresh)
        await self._session.flush()
        return fresh


def as_counted(row: CalendarVersion) -> CalendarOf:
    """A stored version as one can count with it."""
    return CalendarOf(row.id, row.name, row.version, read_calendar(row.zone, row.spans, row.holidays))


def _same(row: CalendarVersion, form: CalendarForm) -> bool:
    return (row.zone, row.spans, row.holidays) == (form.zone, form.spans, form.holidays)
