"""The shopper's pages: the chat, the widget a shop puts on its own pages, and a sample shop page. Each with its own strict policy."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from bot.api.languages import preferred_language
from bot.api.web_assets import WebAssets, etag_of
from crm_store.errors import CareLoopError

TAGS = {"en": "en", "zh": "zh-Hans"}
A_YEAR = "public, max-age=31536000, immutable"
FIVE_MINUTES = "public, max-age=300"

# Nothing inline, nothing from elsewhere, and no string may become script (trusted types).
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}


class EmbedOriginRefused(CareLoopError):
    """An origin that may hold the chat has to be exact, such as ``https://shop.example``: no path, no wildcard."""

    code = "embed_origin_refused"


def pages_router(assets: WebAssets, embed_origins: Sequence[str], care_url: str) -> APIRouter:
    """GET /chat, /widget.js, /widget-demo and the files under /assets/chat.

    `embed_origins` are the shops' own origins that may show the chat in a frame; the care desk's own origin always may.
    `care_url` is where shoppers reach us. Raises `EmbedOriginRefused`.
    """
    hosts = " ".join(_exact(origin) for origin in embed_origins)
    router = APIRouter(include_in_schema=False)

    @router.get("/chat")
    async def chat(
        request: Request, embed: bool = False, language: Annotated[str, Query(max_length=20)] = ""
    ) -> Response:
        spoken = preferred_language(language, request.headers.get("accept-language", ""))
        values = {"embed": embed, "hosts": hosts if embed else "", "modules": assets.modules}
        body = assets.page("chat.html", spoken, values | {"tag": TAGS[spoken]})
        return _page(body, {"frame-ancestors": f"'self' {hosts}".strip() if embed else "'self'"}, is_framed=embed)

    @router.get("/widget-demo")
    async def widget_demo(request: Request, language: Annotated[str, Query(max_length=20)] = "") -> Response:
        spoken = preferred_language(language, request.headers.get("accept-language", ""))
        body = assets.page("demo.html", spoken, {"tag": TAGS[spoken], "care": care_url})
        # The widget dresses its shadow tree with a constructed sheet, which style-src does not have to allow.
        return _page(body, {"frame-src": "'self'", "frame-ancestors": "'none'"}, is_framed=False)

    @router.get("/widget.js")
    async def widget(request: Request) -> Response:
        headers = {
            "Cache-Control": FIVE_MINUTES,
            "ETag": etag_of(assets.widget),
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        return _file(request, assets.widget, "text/javascript; charset=utf-8", headers)

    @router.get("/assets/chat/{version}/{name}")
    async def asset(request: Request, version: str, name: str) -> Response:
        found = assets.files.get(name)
        if found is None:
            return Response(status_code=404, headers={"X-Content-Type-Options": "nosniff"})
        # A page of another version asks during an upgrade: it gets today's file, which nobody may keep under that name.
        cache = A_YEAR if version == assets.version else "no-cache"
        headers = {
            "Cache-Control": cache,
            "ETag": etag_of(found.content),
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        return _file(request, found.content, found.media_type, headers)

    return router


def _page(body: str, more_policy: Mapping[str, str], is_framed: bool) -> HTMLResponse:
    policy = "; ".join(f"{name} {value}" for name, value in (POLICY | dict(more_policy)).items())
    return HTMLResponse(
        body,
        headers={
            "Content-Security-Policy": policy,
            "Cache-Control": "no-cache",
            "Vary": "Accept-Language",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
            "Cross-Origin-Resource-Policy": "cross-origin" if is_framed else "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
        },
    )


def _file(request: Request, content: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    known = {tag.strip() for tag in request.headers.get("if-none-match", "").split(",")}
    always = {**headers, "X-Content-Type-Options": "nosniff"}
    if always["ETag"] in known:
        return Response(status_code=304, headers=always)
    return Response(content, media_type=media_type, headers=always)


def _exact(origin: str) -> str:
    parts = urlsplit(origin)
    if (
        parts.scheme not in {"http", "https"}
        or origin != f"{parts.scheme}://{parts.netloc}"
        or set("*;, '\"@") & set(parts.netloc)
    ):
        raise EmbedOriginRefused(f"{origin!r} is not an exact origin such as https://shop.example")
    return origin
