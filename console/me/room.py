"""GET and POST /me, /password, /presence; GET / leads to one's first room."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from console.entrance.sign_in import Entrance
from console.frame.frame import Frame
from console.frame.room import EVERYBODY, Room
from console.frame.visit import Here
from console.me.password import NewPassword, set_new_password
from crm_store.model import Languages
from crm_store.staff.passwords import PasswordRefused

Field = Annotated[str, Form(max_length=300)]
THEMES = ("light", "dark", "system")
WAYS = ("none", "email", "telegram")


def me_room(frame: Frame) -> Room:
    router = APIRouter()
    entrance = Entrance(frame)

    @router.get("/")
    async def first(visit: Here) -> Response:
        paths = [item.path for _, item, roles in frame.rail if visit.role in roles]
        return RedirectResponse(paths[0] if paths else "/console/me", 303)

    @router.get("/me")
    async def me(request: Request, visit: Here) -> Response:
        return frame.page(request, "me/me.html", themes=THEMES, languages=Languages, ways=WAYS)

    @router.post("/me")
    async def save(
        visit: Here, language: Field, theme: Field, notify_by: Field, notify_address: Field = ""
    ) -> Response:
        if language not in Languages or theme not in THEMES or notify_by not in WAYS:
            return frame.go("/console/me", "frame.invalid", tone="bad")
        async with frame.store.transaction() as crm:
            await crm.staff.change(
                visit.staff.id, language=language, theme=theme, notify_by=notify_by, notify_address=notify_address
            )
        return frame.go("/console/me", "me.saved")

    @router.post("/presence")
    async def presence(request: Request, visit: Here, to: Field) -> Response:
        chosen = "here" if to == "here" else "away"
        async with frame.store.transaction() as crm:
            await crm.staff.change(visit.staff.id, presence=chosen, seen_at=visit.now)
            crm.nudge("presence", visit.staff.id)
        return Response(frame.part(visit.language, "frame/presence.html", visit=visit, chosen=chosen))

    _password(router, frame, entrance)
    return Room("me", router, EVERYBODY)


def _password(router: APIRouter, frame: Frame, entrance: Entrance) -> None:
    def shown(request: Request, problem: str = "", status: int = 200) -> Response:
        return frame.page(request, "me/password.html", status, problem=problem)

    @router.get("/password")
    async def password(request: Request, visit: Here) -> Response:
        return shown(request)

    @router.post("/password")
    async def change(request: Request, visit: Here, old: Field = "", new: Field = "", again: Field = "") -> Response:
        if new != again:
            return shown(request, "me.password_differs", 422)
        try:
            cookie = await set_new_password(frame.store, entrance.passwords, visit, NewPassword(old, new))
        except PasswordRefused as error:
            return shown(request, f"me.password_{error.rule}", 422)
        answer = frame.go("/console/", "me.password_changed")
        entrance.give(answer, cookie)
        return answer
