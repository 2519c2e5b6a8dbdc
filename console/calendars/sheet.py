"""The page of one calendar: its versions, and the form as it was typed."""

from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from console.calendars.form import DAYS, Written, typed
from console.calendars.versions import history
from console.frame.frame import Frame
from console.frame.visit import NotThere
from crm_store.promises.calendar_form import read_calendar
from crm_store.promises.calendars import CalendarVersion

Week = tuple[tuple[tuple[int, int], ...], ...]
CLOSED: Week = ((),) * 7


@dataclass(frozen=True)
class Sheet:
    """`rows` are the versions, newest first; none where there is no calendar yet."""

    rows: tuple[CalendarVersion, ...]
    written: Written
    names: dict[int, str] | None = None
    policies: tuple[str, ...] = ()

    @property
    def current(self) -> CalendarVersion | None:
        return self.rows[0] if self.rows else None

    @property
    def week(self) -> Week:
        row = self.current
        return read_calendar(row.zone, row.spans, row.holidays).week if row is not None else CLOSED

    def typed(self, written: Written) -> "Sheet":
        return replace(self, written=written)


async def read_sheet(frame: Frame, name: str, version: int | None = None) -> Sheet:
    """With the fields of the current version, or of an older one that shall hold again. Raises `NotThere`."""
    async with frame.store.transaction() as crm:
        rows = await crm.calendars.versions(name)
        members = await crm.staff.all()
        policies = [policy.name for policy in await crm.policies.current() if policy.calendar == name]
    chosen = next((row for row in rows if version in (None, row.version)), None)
    if chosen is None:
        raise NotThere
    names = {member.id: member.name for member in members}
    return Sheet(tuple(rows), typed(chosen, rows[0].version), names, tuple(policies))


def shown(
    frame: Frame, request: Request, sheet: Sheet, zones: list[str], status: int = 200, /, **values: Any
) -> Response:
    """`problems` by field, `rehearsed` with `changes` and `fresh` before saving, `theirs` when somebody was faster."""
    known = {"problems": {}, "rehearsed": None, "changes": (), "fresh": (), "theirs": None, **values}
    page = {"sheet": sheet, "written": sheet.written, "history": history(sheet.rows), "days": DAYS, "zones": zones}
    return frame.page(request, "calendars/calendar.html", status, **page, **known)
