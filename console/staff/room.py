"""GET and POST /staff, /staff/{id} and what is changed there, /teams. A one-time password is on one page only, once."""

import re
from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from console.frame.frame import Frame
from console.frame.room import ADMINS, RailItem, Room
from console.frame.visit import Here, NotThere
from console.staff.changes import Changes, Wanted
from crm_store.model import Languages
from crm_store.staff.members import LastAdmin, LoginTaken, Role, TeamTaken

Text = Annotated[str, Form(max_length=120)]
Ids = Annotated[list[int], Form(default_factory=list, max_length=200)]
LOGIN = re.compile(r"[^@\s]{1,64}@[^@\s]{1,60}")
CODE = re.compile(r"[a-z0-9][a-z0-9_\-]{1,30}")


class Added(BaseModel):
    """The form for somebody new."""

    login: str = Field(max_length=120)
    name: str = Field(max_length=120)
    role: Role
    teams: list[int] = Field(default_factory=list, max_length=200)


def staff_room(frame: Frame) -> Room:
    router = APIRouter()
    changes = Changes(frame.store)
    _members(router, frame, changes)
    _member(router, frame, changes)
    _teams(router, frame, changes)
    return Room("staff", router, ADMINS, RailItem("team", 90, "/console/staff", "s"))


async def _everybody(frame: Frame) -> dict[str, Any]:
    async with frame.store.transaction() as crm:
        teams = await crm.staff.teams()
        memberships = await crm.staff.memberships()
        return {
            "members": await crm.staff.all(),
            "teams": teams,
            "memberships": memberships,
            "roles": list(Role),
            "people": Counter(team for ids in memberships.values() for team in ids),
        }


def _members(router: APIRouter, frame: Frame, changes: Changes) -> None:
    async def shown(request: Request, status: int = 200, **values: Any) -> Response:
        known = {"problem": "", "password": "", "login": "", **await _everybody(frame), **values}
        return frame.page(request, "staff/staff.html", status, **known)

    @router.get("/staff")
    async def staff(request: Request) -> Response:
        return await shown(request)

    @router.post("/staff")
    async def add(request: Request, visit: Here, form: Annotated[Added, Form()]) -> Response:
        login = form.login.strip().lower()
        if not LOGIN.fullmatch(login) or not form.name.strip():
            return await shown(request, 422, problem="staff.login_wrong", login=login)
        wanted = Wanted(login, form.name, form.role, tuple(form.teams), visit.language)
        try:
            _, password = await changes.add(visit, wanted)
        except LoginTaken:
            return await shown(request, 409, problem="staff.login_taken", login=login)
        return await shown(request, password=password, login=login)


def _member(router: APIRouter, frame: Frame, changes: Changes) -> None:
    async def shown(request: Request, staff_id: int, password: str = "") -> Response:
        known = await _everybody(frame)
        member = next((each for each in known["members"] if each.id == staff_id), None)
        if member is None:
            raise NotThere
        return frame.page(request, "staff/member.html", member=member, password=password, **known)

    @router.get("/staff/{staff_id}")
    async def member(request: Request, staff_id: int) -> Response:
        return await shown(request, staff_id)

    @router.post("/staff/{staff_id}")
    async def change(visit: Here, staff_id: int, name: Text, role: Annotated[Role, Form()], teams: Ids) -> Response:
        here = f"/console/staff/{staff_id}"
        await changes.rename(visit, staff_id, name.strip())
        await changes.set_teams(visit, staff_id, teams)
        try:
            await changes.set_role(visit, staff_id, role)
        except LastAdmin:
            return frame.go(here, "staff.last_admin", tone="bad")
        return frame.go(here, "staff.saved")

    @router.post("/staff/{staff_id}/password")
    async def reset(request: Request, visit: Here, staff_id: int) -> Response:
        return await shown(request, staff_id, await changes.reset(visit, staff_id))

    _access(router, frame, changes)


def _access(router: APIRouter, frame: Frame, changes: Changes) -> None:
    @router.post("/staff/{staff_id}/active")
    async def active(visit: Here, staff_id: int, to: Text) -> Response:
        here = f"/console/staff/{staff_id}"
        try:
            await changes.set_active(visit, staff_id, to == "yes")
        except LastAdmin:
            return frame.go(here, "staff.last_admin", tone="bad")
        return frame.go(here, "staff.let_in" if to == "yes" else "staff.shut_out")


def _teams(router: APIRouter, frame: Frame, changes: Changes) -> None:
    @router.post("/teams")
    async def add(visit: Here, code: Text, en: Text, zh: Text) -> Response:
        if not CODE.fullmatch(code) or not en.strip() or not zh.strip():
            return frame.go("/console/staff", "staff.team_wrong", tone="bad")
        try:
            await changes.add_team(visit, code, _words(en, zh))
        except TeamTaken:
            return frame.go("/console/staff", "staff.team_taken", tone="bad")
        return frame.go("/console/staff", "staff.team_added")

    @router.post("/teams/{team_id}")
    async def rename(visit: Here, team_id: int, en: Text, zh: Text) -> Response:
        if not en.strip() or not zh.strip():
            return frame.go("/console/staff", "staff.team_wrong", tone="bad")
        await changes.rename_team(visit, team_id, _words(en, zh))
        return frame.go("/console/staff", "staff.saved")


def _words(en: str, zh: str) -> dict[str, str]:
    return dict(zip(Languages, (en.strip(), zh.strip()), strict=True))
