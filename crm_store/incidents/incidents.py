"""Incidents: one cause behind several complaints, told to everybody concerned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.cases.complaints import Complaint
from crm_store.cases.events import By, ComplaintEvents, Event, Happened
from crm_store.errors import CareLoopError
from crm_store.incidents.members import IncidentMembers
from crm_store.model import Base, Key, Moment, Words
from crm_store.staff.audit import Audit, Deed
from crm_store.staff.scope import Scope


class Incident(Base):
    """`shares` is what the complaints have in common (`product`, `store`, `carrier`, `campaign`), `value` which one.

    `product` values are SKUs, `store` values store codes. At most one is open for each value.
    """

    __tablename__ = "incidents"
    __table_args__ = (Index("ix_incidents_open", "shares", "value", unique=True, postgresql_where="closed_at is null"),)

    id: Mapped[Key]
    shares: Mapped[str]
    value: Mapped[str]
    title: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    holds_promotions: Mapped[bool] = mapped_column(default=True)
    opened_at: Mapped[Moment]
    closed_at: Mapped[Moment | None]


class IncidentUpdate(Base):
    """One word to everybody concerned, in every language."""

    __tablename__ = "incident_updates"

    id: Mapped[Key]
    incident_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("incidents.id"), index=True)
    text: Mapped[Words]
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    at: Mapped[Moment]


class IncidentNotice(Base):
    """Whom an update was told: once for each case. `outcome` is `queued`, or why it could not be."""

    __tablename__ = "incident_notices"
    __table_args__ = (UniqueConstraint("update_id", "complaint_id"),)

    id: Mapped[Key]
    update_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("incident_updates.id"))
    complaint_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("complaints.id"), index=True)
    interaction_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("interactions.id"))
    outcome: Mapped[str]
    at: Mapped[Moment]


class IncidentUnknown(CareLoopError):
    """There is no such incident, or none of its cases may be seen."""

    code = "incident_unknown"


class IncidentOver(CareLoopError):
    """It is closed, or the case is not one that could belong to it."""

    code = "incident_over"


@dataclass(frozen=True)
class IncidentSeen:
    """An incident and how many of its cases may be seen; `open_cases` of them are not closed."""

    incident: Incident
    cases: int
    open_cases: int


class Incidents:
    """Reads of incidents, and what staff do to them, inside one transaction. The caller nudges ``desk``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.members = IncidentMembers(session)
        self._events = ComplaintEvents(session)
        self._audit = Audit(session)

    async def open_ones(self, staff: Scope) -> list[IncidentSeen]:
        """Those with a case that `staff` may see, newest first."""
        return await self._seen(staff, Incident.closed_at.is_(None))

    async def closed_ones(self, staff: Scope, limit: int = 50) -> list[IncidentSeen]:
        """The same of those that are over."""
        return (await self._seen(staff, Incident.closed_at.is_not(None)))[:limit]

    async def get(self, incident_id: int, staff: Scope) -> IncidentSeen:
        """Open or closed. Raises `IncidentUnknown`."""
        found = await self._seen(staff, Incident.id == incident_id)
        if not found:
            raise IncidentUnknown(f"incident {incident_id}: there is none with this id, or it is other teams'")
        return found[0]

    async def cases_of(self, incident_id: int, staff: Scope, limit: int = 500) -> Sequence[Complaint]:
        """Its cases as far as they may be seen, newest first."""
        found = await self._session.scalars(
            select(Complaint)
            .where(Complaint.incident_id == incident_id, staff.condition(Complaint.team_id))
            .order_by(Complaint.id.desc())
            .limit(limit)
        )
        return found.all()

    async def updates_of(self, incident_id: int) -> Sequence[IncidentUpdate]:
        """What was told, oldest first."""
        told = select(IncidentUpdate).where(IncidentUpdate.incident_id == incident_id).order_by(IncidentUpdate.id)
        return (await self._session.scalars(told)).all()

    async def outcomes_of(self, update_id: int) -> dict[str, int]:
        """How many cases by outcome."""
        counted = select(IncidentNotice.outcome, func.count()).where(IncidentNotice.update_id == update_id)
        return dict((await self._session.execute(counted.group_by(IncidentNotice.outcome))).all())

    async def join(self, incident_id: int, complaint_id: int, staff: Scope, now: datetime) -> None:
        """A colleague sees that a case belongs to it. Raises `IncidentUnknown` and `IncidentOver`."""
        incident = await self._live(incident_id, staff)
        case = await self._case(complaint_id, staff)
        if case.closed_at is not None or case.merged_into is not None:
            raise IncidentOver(f"case {case.number} is closed or merged; reopen it, or use the case it went into")
        if case.incident_id != incident.id:
            case.incident_id = incident.id
            self._note(incident.id, case.id, "joined", staff, now)

    async def leave(self, complaint_id: int, staff: Scope, now: datetime) -> None:
        """It has nothing to do with its incident after all; the radar does not put it back."""
        case = await self._case(complaint_id, staff)
        if case.incident_id is not None:
            self._note(case.incident_id, case.id, "left", staff, now)
            case.incident_id = None

    async def hold(self, incident_id: int, holds: bool, staff: Scope, now: datetime) -> None:
        """Whether promotions of its product are held while it is open."""
        incident = await self._live(incident_id, staff)
        detail = {"from": incident.holds_promotions, "to": holds}
        incident.holds_promotions = holds
        self._audit.note(Deed(staff.staff_id, "held_promotions", "incident", str(incident.id), detail), now)

    async def own(self, incident_id: int, owner_id: int | None, staff: Scope, now: datetime) -> None:
        """Who looks after it."""
        incident = await self._live(incident_id, staff)
        detail = {"from": incident.owner_id, "to": owner_id}
        incident.owner_id = owner_id
        self._audit.note(Deed(staff.staff_id, "assigned", "incident", str(incident.id), detail), now)

    async def close(self, incident_id: int, staff: Scope, now: datetime) -> None:
        """The cause is gone. Its cases go on, each until its own shopper is content; promotions are told again."""
        incident = await self._live(incident_id, staff)
        incident.closed_at = now
        self._audit.note(Deed(staff.staff_id, "closed", "incident", str(incident.id)), now)

    async def held_products(self) -> frozenset[str]:
        """SKUs whose promotions are held now."""
        held = select(Incident.value).where(
            Incident.closed_at.is_(None), Incident.holds_promotions, Incident.shares == "product"
        )
        return frozenset((await self._session.scalars(held)).all())

    async def _seen(self, staff: Scope, which: ColumnElement[bool]) -> list[IncidentSeen]:
        rows = await self._session.execute(
            select(Incident, func.count(), func.count().filter(Complaint.closed_at.is_(None)))
            .join(Complaint, Complaint.incident_id == Incident.id)
            .where(which, staff.condition(Complaint.team_id))
            .group_by(Incident.id)
            .order_by(Incident.id.desc())
        )
        return [IncidentSeen(*row) for row in rows]

    async def _live(self, incident_id: int, staff: Scope) -> Incident:
        """Held until the transaction ends."""
        await self.get(incident_id, staff)
        incident = await self._session.get_one(Incident, incident_id, with_for_update=True, populate_existing=True)
        if incident.closed_at is not None:
            raise IncidentOver(f"incident {incident_id} is closed; a new one opens when the cause comes back")
        return incident

    async def _case(self, complaint_id: int, staff: Scope) -> Complaint:
        case = await self._session.get(Complaint, complaint_id, with_for_update=True, populate_existing=True)
        if case is None or not staff.may_see(case.team_id):
            raise IncidentUnknown(f"case {complaint_id}: there is none with this id, or it is another team's")
        return case

    def _note(self, incident_id: int, complaint_id: int, step: str, staff: Scope, now: datetime) -> None:
        event = Event(Happened.INCIDENT, By("staff", staff.staff_id), {"incident": incident_id, "step": step})
        self._events.add(complaint_id, event, now)
        self._audit.note(Deed(staff.staff_id, step, "incident", str(incident_id), {"case": complaint_id}), now)
