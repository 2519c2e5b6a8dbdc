"""The routes before every room: sign-in, sign-out."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from console.entrance.allowance import Tries
from console.entrance.trying import Try, try_password
from console.frame.errors import own_path, spoken
from console.frame.frame import Frame
from console.frame.guard import COOKIE, require_own_page, signed_in
from crm_store.staff.audit import Deed
from crm_store.staff.passwords import Passwords
from crm_store.staff.sessions import LIFE, digest_of

Typed = Annotated[str, Form(max_length=300)]
Wanted = Annotated[str, Query(max_length=1000)]


class Entrance:
    """Signing in at this frame."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.passwords = Passwords()
        self.tries = Tries()

    def shown(self, request: Request, wanted: str, status: int = 200, problem: str = "", login: str = "") -> Response:
        return self.frame.bare(
            request,
            "entrance/sign_in.html",
            spoken(request),
            status,
            wanted=own_path(wanted),
            problem=problem,
            login=login,
        )

    async def enter(self, request: Request, login: str, password: str, wanted: str) -> Response:
        await require_own_page(request, self.frame)
        now = self.frame.now()
        if not self.tries.may(request.client.host if request.client else "", now):
            return self.shown(request, wanted, 429, "entrance.too_many", login)
        tried = Try(login, password, request.headers.get("user-agent", ""), now)
        cookie = await try_password(self.frame.store, self.passwords, tried)
        if cookie is None:
            return self.shown(request, wanted, 401, "entrance.refused", login)
        # Whatever the browser held before is worth nothing from now on.
        await self._end(request.cookies.get(COOKIE, ""))
        answer = RedirectResponse(own_path(wanted), 303)
        self.give(answer, cookie)
        return answer

    def give(self, answer: Response, cookie: str) -> None:
        seconds = int(LIFE.total_seconds())
        secure = self.frame.house.is_secure
        answer.set_cookie(
            COOKIE, cookie, max_age=seconds, path="/console", httponly=True, samesite="lax", secure=secure
        )

    async def leave(self, request: Request) -> Response:
        await require_own_page(request, self.frame)
        found = await signed_in(self.frame, request)
        if found:
            async with self.frame.store.transaction() as crm:
                await crm.sessions.end(found.digest)
                await crm.staff.change(found.member.id, presence="away")
                crm.audit.note(Deed(found.member.id, "signed_out", "staff", str(found.member.id)), self.frame.now())
                crm.nudge("staff", found.member.id)
        answer = RedirectResponse("/console/sign-in", 303)
        answer.delete_cookie(COOKIE, path="/console")
        return answer

    async def _end(self, cookie: str) -> None:
        if cookie:
            async with self.frame.store.transaction() as crm:
                await crm.sessions.end(digest_of(cookie))


def entrance_router(entrance: Entrance) -> APIRouter:
    """GET and POST /sign-in, POST /sign-out: open to everybody, but only to our own pages."""
    router = APIRouter()

    @router.get("/sign-in")
    async def sign_in(request: Request, next: Wanted = "") -> Response:
        if await signed_in(entrance.frame, request):
            return RedirectResponse(own_path(next), 303)
        return entrance.shown(request, next)

    @router.post("/sign-in")
    async def enter(request: Request, login: Typed = "", password: Typed = "", next: Typed = "") -> Response:
        return await entrance.enter(request, login, password, next)

    @router.post("/sign-out")
    async def leave(request: Request) -> Response:
        return await entrance.leave(request)

    return router
