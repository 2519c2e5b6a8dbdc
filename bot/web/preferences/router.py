"""The preference page over HTTP: GET changes nothing, whoever looks; a POST saves, stops or confirms."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from bot.web.allowance import Allowance
from bot.web.assets import WebAssets
from bot.web.preferences.desk import ONE_CLICK, PreferenceDesk
from bot.web.preferences.fields import Unclear, changes, fields_from, fields_in
from bot.web.preferences.pages import PreferencePages, here
from bot.web.preferences.seal import opened
from bot.web.preferences.wording import Wording
from crm_store.wishes.sheet import Sheet

LARGEST, MOST_FIELDS = 16_384, 200
LOOKS, CHANGES = 60, 30
"""In a minute, from one network address."""

Asked = Annotated[str, Query(max_length=20)]
Told = Annotated[list[str] | None, Query(max_length=4)]


class _Counter:
    """How often one network address may look and change; a page instead of an answer to who comes more often."""

    def __init__(self, desk: PreferenceDesk, pages: PreferencePages) -> None:
        self._now = desk.now
        self._pages = pages
        self._looks, self._posts = Allowance(LOOKS, seconds=60), Allowance(CHANGES, seconds=60)

    def busy(self, request: Request, language: str) -> Response | None:
        """Count one more; None as long as it is not too many."""
        allowance = self._posts if request.method == "POST" else self._looks
        if allowance.take(request.client.host if request.client else "", self._now()):
            return None
        return self._pages.word("busy", self._pages.spoken(request, language), 429)


def preferences_router(desk: PreferenceDesk, assets: WebAssets, shop: Mapping[str, str]) -> APIRouter:
    """GET and POST of /preferences/{token}, …/stop and /preferences/confirm/{token}. `shop`: its name by language."""
    router = APIRouter(prefix="/preferences", include_in_schema=False)
    pages = PreferencePages(desk, assets, shop)
    counter = _Counter(desk, pages)
    _confirming(router, desk, pages, counter)
    _leaving(router, desk, pages)
    _looking_and_changing(router, desk, pages, counter)
    return router


def _confirming(router: APIRouter, desk: PreferenceDesk, pages: PreferencePages, counter: _Counter) -> None:
    @router.get("/confirm/{token}")
    async def look_at_yes(request: Request, token: str, language: Asked = "") -> Response:
        if busy := counter.busy(request, language):
            return busy
        return pages.second_yes(await desk.second_yes(token, say=False), token, pages.spoken(request, language))

    @router.post("/confirm/{token}")
    async def confirm(request: Request, token: str, language: Asked = "") -> Response:
        if busy := counter.busy(request, language):
            return busy
        return pages.second_yes(await desk.second_yes(token, say=True), token, pages.spoken(request, language))


def _leaving(router: APIRouter, desk: PreferenceDesk, pages: PreferencePages) -> None:
    @router.post("/{token}/stop")
    async def one_click(request: Request, token: str, language: Asked = "") -> Response:
        """Not counted: many mail programs share one address, and a stop is never put off."""
        spoken = pages.spoken(request, language)
        if not _is_one_click((await request.body())[:LARGEST]):
            return pages.word("lost", spoken, 400)
        return pages.word("left", spoken) if await desk.one_click(token) else pages.word("lost", spoken, 404)


def _looking_and_changing(router: APIRouter, desk: PreferenceDesk, pages: PreferencePages, counter: _Counter) -> None:
    @router.get("/{token}/stop")
    @router.get("/{token}")
    async def look(request: Request, token: str, language: Asked = "", told: Told = None) -> Response:
        if busy := counter.busy(request, language):
            return busy
        sheet = await desk.sheet(token)
        if sheet is None:
            return pages.word("lost", pages.spoken(request, language), 404)
        return pages.sheet(sheet, token, pages.spoken(request, language, sheet), told or [])

    @router.post("/{token}")
    async def change(request: Request, token: str, language: Asked = "") -> Response:
        if busy := counter.busy(request, language):
            return busy
        sheet = await desk.sheet(token)
        if sheet is None:
            return pages.word("lost", pages.spoken(request, language), 404)
        spoken = pages.spoken(request, language, sheet)
        form, wording = await _form(request), pages.wording(spoken)
        told = [("told", each) for each in await _changed(desk, sheet, token, form, wording)]
        return RedirectResponse(f"{here(token)}?{urlencode([('language', spoken), *told])}", 303, pages.quiet)


def _is_one_click(body: bytes) -> bool:
    """As a form of either kind: `ONE_CLICK` in one piece, or in parts."""
    name, _, value = ONE_CLICK.encode().partition(b"=")
    return name in body and value in body


async def _form(request: Request) -> list[tuple[str, str]]:
    """The posted fields; none when there are too many, or it is no form."""
    body = await request.body()
    if len(body) > LARGEST:
        return []
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return []


async def _changed(
    desk: PreferenceDesk, sheet: Sheet, token: str, form: list[tuple[str, str]], wording: Wording
) -> list[str]:
    """Do what the form says; gives the names of what the page is to tell about it."""
    if ("do", "stop") in form:
        # Less is never refused, however old the page is.
        await desk.stop(sheet, wording)
        return ["stopped"]
    shown = opened(desk.secret, token, dict(form).get("seal", ""), desk.now())
    if shown is None:
        return ["stale"]
    try:
        changed = changes(fields_from(shown), fields_in(form, sheet.channels, desk.now().date()))
    except Unclear as unclear:
        return [unclear.problem]
    if not changed:
        return ["unchanged"]
    return list(dict.fromkeys(["saved", *await desk.save(sheet, changed, wording)]))
