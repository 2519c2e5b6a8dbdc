"""Segments: named, saved questions about customers, every change a new version."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment


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


class Segments:
    """Reads and writes of segments inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
