"""What goes wrong, told as a page in the reader's language, or as a toast where only a part was asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from console.frame.frame import Frame
from console.frame.guard import RequestForged
from console.frame.visit import NotAllowed, NotThere, PasswordFirst, SignInFirst, Visit, is_htmx, is_part
from crm_store.errors import CareLoopError, StoreUnavailable, ValueRefused
from crm_store.model import Languages

SIGN_IN = "/console/sign-in"
PASSWORD = "/console/password"


@dataclass(frozen=True)
class Told:
    """The status and the text an error is told with."""

    status: int
    text: str


TOLD: Mapping[type[CareLoopError], Told] = {
    NotAllowed: Told(403, "frame.not_allowed"),
    NotThere: Told(404, "frame.not_there"),
    RequestForged: Told(403, "frame.forged"),
    StoreUnavailable: Told(503, "frame.store_away"),
    ValueRefused: Told(422, "frame.invalid"),
}
STATUSES = {404: "frame.not_there", 405: "frame.not_there", 403: "frame.not_allowed"}


def install_pages(app: FastAPI, frame: Frame) -> None:
    """Answer every error of `app` by a page."""

    async def named(request: Request, error: Exception) -> Response:
        assert isinstance(error, CareLoopError)
        if isinstance(error, SignInFirst):
            return elsewhere(request, f"{SIGN_IN}?next={quote(_wanted(request), safe='')}")
        if isinstance(error, PasswordFirst):
            return elsewhere(request, PASSWORD)
        told = next((TOLD[kind] for kind in type(error).__mro__ if kind in TOLD), Told(409, "frame.refused"))
        text = error.text if isinstance(error, NotAllowed) else told.text
        return explained(request, frame, Told(told.status, text))

    async def invalid(request: Request, error: Exception) -> Response:
        return explained(request, frame, Told(422, "frame.invalid"))

    async def otherwise(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return explained(request, frame, Told(error.status_code, STATUSES.get(error.status_code, "frame.refused")))

    app.add_exception_handler(CareLoopError, named)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, otherwise)


def explained(request: Request, frame: Frame, told: Told) -> Response:
    """The page that says it; a toast where htmx asked for a part of a page."""
    visit = getattr(request.state, "visit", None)
    language = visit.language if isinstance(visit, Visit) else spoken(request)
    if is_part(request):
        return HTMLResponse(frame.toast(language, told.text, tone="bad"), told.status, {"HX-Reswap": "none"})
    if isinstance(visit, Visit):
        return frame.page(request, "frame/error.html", told.status, status_code=told.status, text=told.text)
    return frame.bare(request, "frame/bare_error.html", language, told.status, status_code=told.status, text=told.text)


def elsewhere(request: Request, to: str) -> Response:
    """Send the browser to another page, also when htmx asked for a part of this one."""
    if is_htmx(request):
        return Response(status_code=204, headers={"HX-Redirect": to})
    return RedirectResponse(to, 303)


def spoken(request: Request) -> str:
    """The language of somebody not yet known: asked for, else the browser's first that is ours."""
    asked = [request.query_params.get("language", ""), *request.headers.get("accept-language", "")[:200].split(",")]
    known = (tag.strip().lower()[:2] for tag in asked)
    return next((tag for tag in known if tag in Languages), Languages[0])


def own_path(wanted: str) -> str:
    """`wanted` where it is a path of the console, else its first page: nobody is sent to another site."""
    parts = urlsplit(wanted)
    is_own = not parts.scheme and not parts.netloc and (parts.path == "/console" or parts.path.startswith("/console/"))
    if not is_own or "\\" in wanted or any(ord(sign) < 33 for sign in wanted):
        return "/console/"
    return wanted


def _wanted(request: Request) -> str:
    """The page to come back to after signing in."""
    shown = request.headers.get("hx-current-url")
    if shown:
        parts = urlsplit(shown)
        return own_path(parts.path + (f"?{parts.query}" if parts.query else ""))
    if request.method != "GET":
        return "/console/"
    return own_path(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
