"""The guard before every room: who is signed in, whether they may change something, whether they may enter."""

from collections.abc import Awaitable, Callable

from fastapi import Request

from console.frame.csrf import FIELD, HEADER, is_from_here, is_token, token_for
from console.frame.frame import Frame
from console.frame.visit import NotAllowed, PasswordFirst, SignInFirst, Visit
from console.live.stamps import Stamps
from crm_store.errors import CareLoopError
from crm_store.staff.members import Role
from crm_store.staff.sessions import SignedIn

COOKIE = "careloop_staff"
READS = {"GET", "HEAD"}
BEFORE_ALL = {"/console/password", "/console/sign-out"}
"""Where somebody with a one-time password may go."""

Guard = Callable[[Request], Awaitable[None]]


class RequestForged(CareLoopError):
    """A change was asked for by something that is no page of ours, or by a page of another session."""

    code = "request_forged"


def guard(frame: Frame, stamps: Stamps, roles: frozenset[Role]) -> Guard:
    """A dependency of every route of a room. Raises `SignInFirst`, `RequestForged`, `PasswordFirst`, `NotAllowed`."""

    async def guarded(request: Request) -> None:
        # Before anything is read: what changes later makes the page look again.
        stamp = stamps.now()
        visit = await _visit(frame, request, stamp)
        request.state.visit = visit
        if request.method not in READS:
            await require_own_page(request, frame)
            await _require_token(request, frame, visit)
        if visit.staff.must_change_password and request.url.path not in BEFORE_ALL:
            raise PasswordFirst
        if visit.role not in roles:
            raise NotAllowed

    return guarded


async def require_own_page(request: Request, frame: Frame) -> None:
    """Raises `RequestForged` unless the browser says that our own page asks."""
    if not is_from_here(request.headers, frame.house.base_url):
        raise RequestForged("the request did not come from a page of this console")


async def signed_in(frame: Frame, request: Request) -> SignedIn | None:
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return None
    now = frame.now()
    async with frame.store.reading() as crm:
        found = await crm.sessions.signed_in(cookie, now)
    if found and found.is_due(now):
        async with frame.store.transaction() as crm:
            await crm.sessions.note_seen(found, now)
    return found


async def _visit(frame: Frame, request: Request, stamp: str) -> Visit:
    found = await signed_in(frame, request)
    if found is None:
        raise SignInFirst
    return Visit(
        staff=found.member,
        scope=found.scope,
        language=found.member.language,
        csrf=token_for(frame.house.secret, found.digest),
        now=frame.now(),
        stamp=stamp,
        session=found.digest,
        address=request.client.host if request.client else "",
        unread=found.unread,
    )


async def _require_token(request: Request, frame: Frame, visit: Visit) -> None:
    shown = request.headers.get(HEADER)
    if shown is None:
        field = (await request.form()).get(FIELD)
        shown = field if isinstance(field, str) else ""
    if not is_token(frame.house.secret, visit.session, shown):
        raise RequestForged("the page's token is missing or belongs to another session; load the page again")
