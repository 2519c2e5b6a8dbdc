"""Promise policies as stored: how soon whom is answered. A change makes a new version."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.errors import CareLoopError
from crm_store.model import Base, Key, Moment
from crm_store.promises.calendars import ONE_AT_A_TIME, CalendarVersion, still
from crm_store.promises.choice import ClockKind, Policy


class PolicyVersion(Base):
    """Minutes of business time by `calendar`; None promises nothing of that kind.

    `conditions`: ``{"severity": ["high"], "tier": ["gold"], "category": […], "store": […]}``; all named ones must hold.
    The one without conditions is the floor: nobody waits longer than it says, whatever else fits. Lowest `rank` first.
    """

    __tablename__ = "policy_versions"
    __table_args__ = (
        UniqueConstraint("name", "version"),
        Index("ix_policy_versions_current", "name", unique=True, postgresql_where="is_current"),
    )

    id: Mapped[Key]
    name: Mapped[str]
    version: Mapped[int]
    rank: Mapped[int]
    conditions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    calendar: Mapped[str]
    first_answer: Mapped[int | None]
    next_answer: Mapped[int | None]
    resolution: Mapped[int | None]
    is_current: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[Moment]
    made_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))


CURRENT = PolicyVersion.is_current.is_(True)
CONDITIONS = frozenset({"severity", "tier", "category", "store"})
LONGEST = 366 * 24 * 60


class PolicyRefused(CareLoopError):
    """A policy that cannot be kept; the message names the field and the remedy, `reason` is one word for it.

    Reasons: empty, unknown, minutes, calendar, floor.
    """

    code = "policy_refused"

    def __init__(self, field: str, remedy: str, reason: str) -> None:
        super().__init__(f"{field}: {remedy}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True)
class PolicyForm:
    """A policy as it is to hold from now on; its fields as in `PolicyVersion`."""

    name: str
    rank: int
    conditions: dict[str, Any]
    calendar: str
    first_answer: int | None
    next_answer: int | None
    resolution: int | None
    made_by: int | None = None


class Policies:
    """Reads and writes of policies inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def current(self) -> list[PolicyVersion]:
        """Those that new clocks go by, in the order they are asked."""
        found = await self._session.scalars(
            select(PolicyVersion).where(CURRENT).order_by(PolicyVersion.rank, PolicyVersion.name)
        )
        return list(found.all())

    async def versions(self, name: str) -> list[PolicyVersion]:
        """All there were, newest first."""
        found = await self._session.scalars(
            select(PolicyVersion).where(PolicyVersion.name == name).order_by(PolicyVersion.version.desc())
        )
        return list(found.all())

    async def save(self, form: PolicyForm, now: datetime, seen: int | None = None) -> PolicyVersion:
        """Make a new version, or give the current one when nothing has changed.

        `seen` is the version that was read. Raises `PolicyRefused`, `RuleChanged`. Clocks that run keep the version
        they began with, unless `Clocks.retarget` is asked for.
        """
        _check(form)
        await self._session.execute(ONE_AT_A_TIME, {"key": f"policy:{form.name}"})
        if not await self._session.scalar(select(CalendarVersion.id).filter_by(name=form.calendar, is_current=True)):
            raise PolicyRefused("calendar", "there is none of this name", "calendar")
        last = next(iter(await self.versions(form.name)), None)
        if last is not None and last.is_current and _same(last, form):
            return last
        still(seen, last.version if last else 0)
        if form.conditions:
            await self._keep_floor(form.name)
        await self._withdraw(last)
        fresh = PolicyVersion(**vars(form), version=last.version + 1 if last else 1, made_at=now)
        self._session.add(fresh)
        await self._session.flush()
        return fresh

    async def retire(self, name: str) -> None:
        """New clocks go by it no more; raises `PolicyRefused` for the last floor."""
        await self._keep_floor(name)
        await self._withdraw(next((policy for policy in await self.current() if policy.name == name), None))

    async def _keep_floor(self, name: str) -> None:
        """Before this policy goes or gets conditions: not the only one without them."""
        if [policy.name for policy in await self.current() if not policy.conditions] == [name]:
            remedy = "this is the floor that every case falls back to; make another one first"
            raise PolicyRefused("name", remedy, "floor")

    async def _withdraw(self, row: PolicyVersion | None) -> None:
        if row is not None:
            row.is_current = False
            await self._session.flush()


def as_chosen(row: PolicyVersion) -> Policy:
    """A stored version as one can choose by it."""
    minutes = {kind: getattr(row, kind) for kind in ClockKind}
    return Policy(row.id, row.name, row.version, row.rank, row.conditions, row.calendar, minutes)


def _check(form: PolicyForm) -> None:
    if not form.name.strip():
        raise PolicyRefused("name", "give it a name", "empty")
    for name, values in form.conditions.items():
        if name not in CONDITIONS:
            possible = ", ".join(sorted(CONDITIONS))
            raise PolicyRefused(f"conditions.{name}", f"possible are {possible}", "unknown")
        if not isinstance(values, list) or not values:
            remedy = "name at least one value, or leave the condition out"
            raise PolicyRefused(f"conditions.{name}", remedy, "empty")
    for kind in ClockKind:
        minutes = getattr(form, kind)
        if minutes is not None and not 1 <= minutes <= LONGEST:
            raise PolicyRefused(kind, f"minutes of business time from 1 to {LONGEST}, or none", "minutes")


def _same(row: PolicyVersion, form: PolicyForm) -> bool:
    names = ("rank", "conditions", "calendar", *ClockKind)
    return all(getattr(row, name) == getattr(form, name) for name in names)
