"""GET /calendars, GET and POST /calendars/new and /calendars/{name}: look, try out on running clocks, save."""

from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from console.calendars.form import NAME, RESERVED, Written
from console.calendars.sheet import Sheet, read_sheet, shown
from console.calendars.versions import changes, weekly_minutes
from console.frame.frame import Frame
from console.frame.room import LEADERS, Room
from console.frame.visit import Here, Visit
from console.rules.making import Make, Problem, Rule, carry_out, rehearse
from crm_store.crm import Crm
from crm_store.promises.calendar_form import read_calendar
from crm_store.promises.calendars import CalendarForm, RuleChanged
from crm_store.promises.choice import ClockKind
from crm_store.promises.policies import PolicyVersion
from crm_store.staff.members import Role

HOME = "/console/calendars"
LONGEST_WEEKS = 104
"""A promise that takes longer than this by its calendar keeps nobody."""
Typed = Annotated[Written, Form()]
Version = Annotated[int | None, Query(alias="from", ge=1)]


@cache
def zones() -> list[str]:
    """IANA names to choose from."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))


def calendars_room(frame: Frame) -> Room:
    router = APIRouter()

    @router.get("/calendars")
    async def calendars(request: Request, visit: Here) -> Response:
        async with frame.store.transaction() as crm:
            rows, policies = await crm.calendars.all(), await crm.policies.current()
        used = {row.name: [policy for policy in policies if policy.calendar == row.name] for row in rows}
        today = visit.now.astimezone(frame.house.zone).date().isoformat()
        hours = {row.name: read_calendar(row.zone, row.spans, row.holidays).week for row in rows}
        weekly = {row.name: weekly_minutes(row.spans) for row in rows}
        known = {"calendars": rows, "used": used, "hours": hours, "weekly": weekly, "today": today}
        return frame.page(request, "calendars/calendars.html", **known)

    @router.get("/calendars/new")
    async def new(request: Request, visit: Here) -> Response:
        visit.require(Role.ADMIN)
        return shown(frame, request, Sheet((), Written(zone=frame.house.zone.key)), zones())

    @router.post("/calendars/new")
    async def make(request: Request, visit: Here, written: Typed) -> Response:
        return await Editing(frame, request, visit, Sheet((), written)).answer(written.name.strip())

    @router.get("/calendars/{name}")
    async def calendar(request: Request, visit: Here, name: str, version: Version = None) -> Response:
        return shown(frame, request, await read_sheet(frame, name, version), zones())

    @router.post("/calendars/{name}")
    async def change(request: Request, visit: Here, name: str, written: Typed) -> Response:
        sheet = await read_sheet(frame, name)
        return await Editing(frame, request, visit, sheet.typed(written)).answer(name)

    return Room("calendars", router, LEADERS)


class Editing:
    """What somebody sent: found wrong, tried out, or saved."""

    def __init__(self, frame: Frame, request: Request, visit: Visit, sheet: Sheet) -> None:
        visit.require(Role.ADMIN)
        self._frame, self._request, self._visit, self._sheet = frame, request, visit, sheet
        self._written = sheet.written

    async def answer(self, name: str) -> Response:
        problems = self._written.problems() | self._wrong_name(name)
        if not problems:
            problems = await self._too_seldom(name)
        if problems:
            return self._page(422, problems=problems)
        form = self._written.form(name, self._visit.staff.id)
        try:
            if self._written.do == "save":
                return await self._saved(form)
            return await self._tried(form)
        except RuleChanged:
            return await self._meanwhile(form)

    async def _saved(self, form: CalendarForm) -> Response:
        rule = Rule("calendar", form.name, changes(self._sheet.current, form))
        moved = await carry_out(self._frame, self._visit, rule, self._saving(form), self._written.also_running)
        text = "calendars.saved_running" if moved else "calendars.saved"
        return self._frame.go(f"{HOME}/{form.name}", text, n=moved)

    async def _tried(self, form: CalendarForm) -> Response:
        rehearsed = await rehearse(self._frame, self._visit, self._saving(form))
        found = changes(self._sheet.current, form)
        fresh = await self._new_cases(form)
        return self._page(200, rehearsed=rehearsed, changes=found, fresh=fresh)

    async def _meanwhile(self, form: CalendarForm) -> Response:
        """Somebody was faster: say what they changed, keep what was typed, and let it be saved on purpose."""
        sheet = await read_sheet(self._frame, form.name)
        if not self._sheet.rows:
            return self._page(422, problems={"name": Problem("calendars.problem_taken", {"text": form.name})})
        read = next((row for row in sheet.rows if row.version == self._written.seen), None)
        assert sheet.current is not None
        typed = self._written.model_copy(update={"seen": sheet.current.version, "do": "preview"})
        theirs = changes(read, sheet.current)
        return shown(self._frame, self._request, sheet.typed(typed), zones(), 409, theirs=theirs)

    async def _new_cases(self, form: CalendarForm) -> list[tuple[PolicyVersion, ClockKind, Any, Any]]:
        """When a promise given now would be due, before and after, for every policy that counts by it."""
        hours = read_calendar(form.zone, form.spans, form.holidays)
        found = []
        for policy in await self._policies(form.name):
            for kind in ClockKind:
                minutes, row = getattr(policy, kind), self._sheet.current
                if minutes is not None and row is not None:
                    before = read_calendar(row.zone, row.spans, row.holidays).add(self._visit.now, minutes * 60)
                    found.append((policy, kind, before, hours.add(self._visit.now, minutes * 60)))
        return found

    async def _too_seldom(self, name: str) -> dict[str, Problem]:
        weekly = weekly_minutes(self._written.form(name, 0).spans)
        promised = [getattr(policy, kind) or 0 for policy in await self._policies(name) for kind in ClockKind]
        if max(promised, default=0) > weekly * LONGEST_WEEKS:
            return {"spans_0": Problem("calendars.problem_seldom")}
        return {}

    async def _policies(self, name: str) -> list[PolicyVersion]:
        async with self._frame.store.reading() as crm:
            return [policy for policy in await crm.policies.current() if policy.calendar == name]

    def _wrong_name(self, name: str) -> dict[str, Problem]:
        if self._sheet.rows or (NAME.fullmatch(name) and name.lower() != RESERVED):
            return {}
        return {"name": Problem("calendars.problem_name")}

    def _saving(self, form: CalendarForm) -> Make:
        async def save(crm: Crm) -> bool:
            row = await crm.calendars.save(form, self._visit.now, self._written.seen)
            return row.made_at == self._visit.now

        return save

    def _page(self, status: int, **values: Any) -> Response:
        return shown(self._frame, self._request, self._sheet, zones(), status, **values)
