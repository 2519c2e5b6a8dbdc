"""Segments: named, saved questions about customers, every change a new version."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.errors import CareLoopError
from crm_store.model import Base, Key, Moment
from crm_store.segments.choices import SegmentChoices
from crm_store.segments.counting import Counted, Counting, Sampled
from crm_store.segments.expression import EXPRESSION, Expression, flaw_of_size, normal

PATIENCE = 3_000
"""Milliseconds a count may take where nobody says otherwise."""


class Segment(Base):
    """A question by its name. `archived_at`: not offered any more; campaigns that use it go on."""

    __tablename__ = "segments"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    about: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    made_at: Mapped[Moment]
    archived_at: Mapped[Moment | None]


class SegmentVersion(Base):
    """What the question was: the typed expression as JSON. `members`: how many it found at `counted_at`.

    `timed_out`: the count took longer than the time limit and was stopped; `members` is then an estimate or empty.
    """

    __tablename__ = "segment_versions"

    segment_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("segments.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    expression: Mapped[dict[str, Any]]
    made_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    made_at: Mapped[Moment]
    members: Mapped[int | None]
    counted_at: Mapped[Moment | None]
    timed_out: Mapped[bool] = mapped_column(default=False)


@dataclass(frozen=True)
class SegmentForm:
    """A segment as it is written. `about`: what it is for, in a marketer's words."""

    name: str
    about: str
    expression: Expression


@dataclass(frozen=True)
class Listed:
    """A segment with its newest version."""

    segment: Segment
    version: SegmentVersion

    @property
    def expression(self) -> Expression:
        return EXPRESSION.validate_python(self.version.expression)


class SegmentTooLarge(CareLoopError):
    """The question has too many conditions, or groups too deep within each other; part it into two segments."""

    code = "segment_too_large"


class SegmentUnknown(CareLoopError):
    """No segment has this number, or none of that version."""

    code = "segment_unknown"


class SegmentNameTaken(CareLoopError):
    """Another segment, perhaps an archived one, has this name; choose another."""

    code = "segment_name_taken"


class SegmentChanged(CareLoopError):
    """Somebody else changed the segment first; read it again and decide anew."""

    code = "segment_changed"


class Segments:
    """Reads and writes of segments inside one transaction. `choices`: what the records offer, and who uses them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._counting = Counting(session)
        self.choices = SegmentChoices(session)

    async def make(self, form: SegmentForm, staff_id: int | None, now: datetime) -> Segment:
        """Version 1 of it. Raises `SegmentNameTaken` and `SegmentTooLarge`."""
        values = {"name": form.name, "about": form.about, "version": 1, "made_by": staff_id, "made_at": now}
        made = insert(Segment).values(values).on_conflict_do_nothing().returning(Segment)
        segment = await self._session.scalar(made)
        if segment is None:
            raise SegmentNameTaken(f'a segment named "{form.name}" exists already; choose another name')
        self._keep(segment, form.expression, staff_id, now)
        await self._session.flush()
        return segment

    async def change(self, segment_id: int, seen: int, form: SegmentForm, staff_id: int | None, now: datetime) -> int:
        """A new version when the question is another one; gives the version it is at. `seen`: what the change is of.

        Raises `SegmentUnknown`, `SegmentChanged`, `SegmentNameTaken` and `SegmentTooLarge`.
        """
        segment = await self._locked(segment_id)
        if segment.version != seen:
            raise SegmentChanged(f"segment {segment_id} is at version {segment.version}, not {seen}; read it again")
        await self.rename(segment_id, form.name, form.about)
        before = await self._version(segment_id, seen)
        if EXPRESSION.validate_python(before.expression) != normal(form.expression):
            segment.version += 1
            self._keep(segment, form.expression, staff_id, now)
        await self._session.flush()
        return segment.version

    def _keep(self, segment: Segment, expression: Expression, staff_id: int | None, now: datetime) -> None:
        if flaw := flaw_of_size(expression):
            raise SegmentTooLarge(f"the question is too large: {flaw}")
        told = EXPRESSION.dump_python(normal(expression), mode="json")
        row = SegmentVersion(segment_id=segment.id, version=segment.version, expression=told, timed_out=False)
        row.made_by, row.made_at = staff_id, now
        self._session.add(row)

    async def rename(self, segment_id: int, name: str, about: str) -> None:
        """Another name is no other question. Raises `SegmentUnknown` and `SegmentNameTaken`."""
        segment = await self._locked(segment_id)
        others = select(Segment.id).where(Segment.name == name, Segment.id != segment_id)
        if await self._session.scalar(others) is not None:
            raise SegmentNameTaken(f'a segment named "{name}" exists already; choose another name')
        segment.name, segment.about = name, about
        await self._session.flush()

    async def archive(self, segment_id: int, now: datetime | None) -> None:
        """Offer it no more from now on; with None, offer it again."""
        (await self._locked(segment_id)).archived_at = now
        await self._session.flush()

    async def _locked(self, segment_id: int) -> Segment:
        segment = await self._session.get(Segment, segment_id, with_for_update=True, populate_existing=True)
        if segment is None:
            raise SegmentUnknown(f"no segment {segment_id}")
        return segment

    async def _version(self, segment_id: int, version: int) -> SegmentVersion:
        found = await self._session.get(SegmentVersion, (segment_id, version))
        if found is None:
            raise SegmentUnknown(f"no version {version} of segment {segment_id}")
        return found

    async def current(self, segment_id: int) -> tuple[int, Expression]:
        """The newest version and what it asks. Raises `SegmentUnknown`."""
        version = await self._session.scalar(select(Segment.version).where(Segment.id == segment_id))
        return version or 0, await self.asked(segment_id, version or 0)

    async def asked(self, segment_id: int, version: int) -> Expression:
        """What that version asks. Raises `SegmentUnknown`."""
        return EXPRESSION.validate_python((await self._version(segment_id, version)).expression)

    async def get(self, segment_id: int) -> Listed:
        """Raises `SegmentUnknown`."""
        found = await self._session.get(Segment, segment_id)
        if found is None:
            raise SegmentUnknown(f"no segment {segment_id}")
        return Listed(found, await self._version(segment_id, found.version))

    async def all(self, archived: bool = False) -> list[Listed]:
        """By name: those that are offered, or those that are not any more."""
        rows = await self._session.execute(
            select(Segment, SegmentVersion)
            .join(
                SegmentVersion, (SegmentVersion.segment_id == Segment.id) & (SegmentVersion.version == Segment.version)
            )
            .where(Segment.archived_at.is_not(None) if archived else Segment.archived_at.is_(None))
            .order_by(Segment.name)
        )
        return [Listed(segment, version) for segment, version in rows]

    async def versions(self, segment_id: int) -> list[SegmentVersion]:
        """Newest first."""
        found = await self._session.scalars(
            select(SegmentVersion)
            .where(SegmentVersion.segment_id == segment_id)
            .order_by(SegmentVersion.version.desc())
        )
        return list(found.all())

    async def count(self, expression: Expression, at: datetime, limit_ms: int = PATIENCE) -> Counted:
        """How many it applies to at `at`, stopped at the time limit. Inside a transaction."""
        return await self._counting.count(expression, at, limit_ms)

    async def recount(self, segment_id: int, at: datetime, limit_ms: int = PATIENCE) -> Counted:
        """Count the newest version and keep the figure with it."""
        version, expression = await self.current(segment_id)
        counted = await self.count(expression, at, limit_ms)
        figure = counted.estimate if counted.members is None else counted.members
        await self._session.execute(
            update(SegmentVersion)
            .where(SegmentVersion.segment_id == segment_id, SegmentVersion.version == version)
            .values(members=figure, counted_at=at, timed_out=counted.timed_out)
        )
        return counted

    async def sample(self, expression: Expression, at: datetime, most: int = 10) -> list[Sampled]:
        """Some of those it applies to; none when they are not found in time. Inside a transaction."""
        return await self._counting.sample(expression, at, most, PATIENCE)
