"""GET /promises, GET and POST /promises/new and /promises/{name}, POST /promises/{name}/retire."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from console.calendars.versions import weekly_minutes
from console.frame.frame import Frame
from console.frame.room import LEADERS, RailItem, Room
from console.frame.visit import Here, Visit
from console.promises.form import NAME, RESERVED, Written, changes, minutes_of
from console.promises.sheet import Sheet, blank_sheet, choices_of, read_sheet, shown
from console.rules.making import Make, Problem, Rule, carry_out, rehearse
from crm_store.crm import Crm
from crm_store.promises.calendars import CalendarVersion, RuleChanged
from crm_store.promises.calendars import as_counted as counted
from crm_store.promises.choice import ClockKind
from crm_store.promises.policies import PolicyForm, PolicyRefused, PolicyVersion
from crm_store.staff.members import Role

HOME = "/console/promises"
HIGHEST = 9_999
LONGEST_WEEKS = 104
"""A promise that takes longer than this by its calendar keeps nobody."""
Typed = Annotated[Written, Form()]
Version = Annotated[int | None, Query(alias="from", ge=1)]


def promises_room(frame: Frame) -> Room:
    router = APIRouter()

    @router.get("/promises")
    async def promises(request: Request, visit: Here) -> Response:
        async with frame.store.transaction() as crm:
            choices = await choices_of(crm)
        return frame.page(request, "promises/policies.html", choices=choices, kinds=list(ClockKind))

    @router.get("/promises/new")
    async def new(request: Request, visit: Here) -> Response:
        visit.require(Role.ADMIN)
        return shown(frame, request, await blank_sheet(frame))

    @router.post("/promises/new")
    async def make(request: Request, visit: Here, written: Typed) -> Response:
        sheet = (await blank_sheet(frame)).typed(written)
        return await Editing(frame, request, visit, sheet).answer(written.name.strip())

    @router.get("/promises/{name}")
    async def policy(request: Request, visit: Here, name: str, version: Version = None) -> Response:
        return shown(frame, request, await read_sheet(frame, name, version))

    @router.post("/promises/{name}")
    async def change(request: Request, visit: Here, name: str, written: Typed) -> Response:
        sheet = (await read_sheet(frame, name)).typed(written)
        return await Editing(frame, request, visit, sheet).answer(name)

    _retiring(router, frame)
    also = ("/console/calendars", "/console/escalations")
    return Room("promises", router, LEADERS, RailItem("clock", order=80, path=HOME, also=also))


def _retiring(router: APIRouter, frame: Frame) -> None:
    @router.post("/promises/{name}/retire")
    async def retire(request: Request, visit: Here, name: str) -> Response:
        visit.require(Role.ADMIN)
        sheet = await read_sheet(frame, name)
        if sheet.current is None:
            return frame.go(HOME, "promises.gone", tone="warn")

        async def gone(crm: Crm) -> bool:
            await crm.policies.retire(name)
            return True

        try:
            await carry_out(frame, visit, Rule("policy", name, changes(None, sheet.current), "retired"), gone, False)
        except PolicyRefused:
            return frame.go(f"{HOME}/{name}", "promises.problem_floor", tone="bad")
        return frame.go(HOME, "promises.retired", name=name)


class Editing:
    """What somebody sent: found wrong, tried out, or saved."""

    def __init__(self, frame: Frame, request: Request, visit: Visit, sheet: Sheet) -> None:
        visit.require(Role.ADMIN)
        self._frame, self._request, self._visit, self._sheet = frame, request, visit, sheet
        self._written = sheet.written
        self._calendar = next((row for row in sheet.choices.calendars if row.name == sheet.written.calendar), None)

    async def answer(self, name: str) -> Response:
        floor = self._sheet.choices.floor
        highest = HIGHEST if self._sheet.is_floor or floor is None else floor.rank - 1
        problems = self._written.problems(self._sheet.is_floor, highest) | self._wrong_name(name)
        problems |= self._wrong_calendar(problems)
        if problems:
            return shown(self._frame, self._request, self._sheet, 422, problems=problems)
        form = self._written.form(name, self._visit.staff.id)
        try:
            return await (self._saved(form) if self._written.do == "save" else self._tried(form))
        except RuleChanged:
            return await self._meanwhile(form)

    async def _saved(self, form: PolicyForm) -> Response:
        rule = Rule("policy", form.name, changes(self._sheet.current, form))
        moved = await carry_out(self._frame, self._visit, rule, self._saving(form), self._written.also_running)
        return self._frame.go(f"{HOME}/{form.name}", "promises.saved_running" if moved else "promises.saved", n=moved)

    async def _tried(self, form: PolicyForm) -> Response:
        rehearsed = await rehearse(self._frame, self._visit, self._saving(form))
        known: dict[str, Any] = {"changes": changes(self._sheet.current, form), "fresh": self._new_cases(form)}
        return shown(self._frame, self._request, self._sheet, 200, rehearsed=rehearsed, **known)

    async def _meanwhile(self, form: PolicyForm) -> Response:
        """Somebody was faster: say what they changed, keep what was typed, and let it be saved on purpose."""
        if not self._sheet.rows:
            taken = {"name": Problem("promises.problem_taken", {"text": form.name})}
            return shown(self._frame, self._request, self._sheet, 422, problems=taken)
        sheet = await read_sheet(self._frame, form.name)
        read = next((row for row in sheet.rows if row.version == self._written.seen), None)
        typed = self._written.model_copy(update={"seen": sheet.last, "do": "preview"})
        theirs = changes(read, sheet.rows[0])
        return shown(self._frame, self._request, sheet.typed(typed), 409, theirs=theirs)

    def _new_cases(self, form: PolicyForm) -> list[tuple[ClockKind, datetime | None, datetime | None]]:
        """When a promise given now would be due, before and after."""
        return [(kind, self._due(self._sheet.current, kind), self._due(form, kind)) for kind in ClockKind]

    def _due(self, policy: PolicyVersion | PolicyForm | None, kind: ClockKind) -> datetime | None:
        minutes = getattr(policy, kind) if policy is not None else None
        calendar = self._named(policy.calendar) if policy is not None else None
        if minutes is None or calendar is None:
            return None
        return counted(calendar).hours.add(self._visit.now, minutes * 60)

    def _named(self, calendar: str) -> CalendarVersion | None:
        return next((row for row in self._sheet.choices.calendars if row.name == calendar), None)

    def _wrong_calendar(self, problems: dict[str, Problem]) -> dict[str, Problem]:
        if self._calendar is None:
            return {"calendar": Problem("promises.problem_calendar")}
        if any(kind in problems for kind in ClockKind):
            return {}
        longest = max(minutes_of(*self._written.hours(kind)) or 0 for kind in ClockKind)
        is_too_long = longest > weekly_minutes(self._calendar.spans) * LONGEST_WEEKS
        return {"calendar": Problem("promises.problem_seldom")} if is_too_long else {}

    def _wrong_name(self, name: str) -> dict[str, Problem]:
        if self._sheet.rows or (NAME.fullmatch(name) and name.lower() != RESERVED):
            return {}
        return {"name": Problem("promises.problem_name")}

    def _saving(self, form: PolicyForm) -> Make:
        async def save(crm: Crm) -> bool:
            row = await crm.policies.save(form, self._visit.now, self._written.seen)
            return row.made_at == self._visit.now

        return save
