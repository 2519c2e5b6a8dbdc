"""Working calendars as stored: a change makes a new version, the old one stays readable."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment


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


class Calendars:
    """Reads and writes of calendars inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
