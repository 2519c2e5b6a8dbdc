"""GET /demo/mailbox: the letters of the demo, where a shopper finds the one-time code. Mounted in the demo only."""

import asyncio
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import AwareDatetime, BaseModel, ConfigDict
from starlette.responses import JSONResponse, Response

from bot.demo.letters import Letter, letters

PAGES = Path(__file__).parent
POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Vary": "Accept",
}


class LetterOut(BaseModel):
    """One letter."""

    model_config = ConfigDict(from_attributes=True)

    to: str
    subject: str
    text: str
    at: AwareDatetime


class MailboxOut(BaseModel):
    """Newest first."""

    messages: list[LetterOut]


def demo_router(folder: Path) -> APIRouter:
    """`folder` is the Maildir that `start_demo_mailbox` fills."""
    router = APIRouter(prefix="/demo", include_in_schema=False)
    page = Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined).get_template(
        "mailbox.html"
    )

    @router.get("/mailbox")
    async def mailbox(request: Request, to: Annotated[str, Query(max_length=254)] = "") -> Response:
        found = await asyncio.to_thread(letters, folder, to)
        if prefers_json(request.headers.get("accept", "")):
            return JSONResponse(_told(found), headers=HEADERS)
        return HTMLResponse(page.render(letters=found, to=to), headers=HEADERS)

    @router.get("/mailbox.css")
    async def style() -> FileResponse:
        return FileResponse(PAGES / "mailbox.css", media_type="text/css", headers={"X-Content-Type-Options": "nosniff"})

    return router


def _told(found: list[Letter]) -> dict[str, object]:
    return MailboxOut(messages=[LetterOut.model_validate(each) for each in found]).model_dump(mode="json")


def prefers_json(accept: str) -> bool:
    """Whether JSON is named before a page; a browser names the page, a program that says nothing gets it too."""
    kinds = [part.split(";")[0].strip().lower() for part in accept.split(",")]
    named = [kind for kind in kinds if kind in {"application/json", "text/html", "application/xhtml+xml"}]
    return bool(named) and named[0] == "application/json"
