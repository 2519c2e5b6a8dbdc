"""The shopper's pages: the chat, the widget for a shop's own pages, and a sample shop page; each with a policy."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from bot.web.assets import Asset, WebAssets
from bot.web.languages import preferred_language
from crm_store.errors import CareLoopError

TAGS = {"en": "en", "zh": "zh-Hans"}
A_YEAR = "public, max-age=31536000, immutable"
FIVE_MINUTES = "public, max-age=300"
FROM_ANYWHERE = {"Cross-Origin-Resource-Policy": "cross-origin"}
FROM_HERE = {"Cross-Origin-Resource-Policy": "same-origin"}

Asked = Annotated[str, Query(max_length=20, description="the page's language, such as zh")]

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

# What the shopper sent is fetched with their token and shown from the page's own memory.
CHAT_PICTURES = "'self' blob:"


class EmbedOriginRefused(CareLoopError):
    """An origin that may hold the chat has to be exact, such as ``https://shop.example``: no path, no wildcard."""

    code = "embed_origin_refused"


def pages_router(assets: WebAssets, embed_origins: Sequence[str], file_mb: int = 10) -> APIRouter:
    """GET /chat, /widget.js and the files under /assets/chat. `file_mb`: megabytes a shopper's file may have.

    `embed_origins` are the shops' own origins that may show the chat in a frame; the care desk's own origin always may.
    Raises `EmbedOriginRefused`.
    """
    hosts = " ".join(_exact(origin) for origin in embed_origins)
    router = APIRouter(include_in_schema=False)

    @router.get("/chat")
    async def chat(request: Request, embed: bool = False, language: Asked = "") -> Response:
        spoken = preferred_language(language, request.headers.get("accept-language", ""))
        values = {"embed": embed, "hosts": hosts if embed else "", "modules": assets.modules, "file_mb": file_mb}
        body = assets.page("chat.html", spoken, values | {"tag": TAGS[spoken]})
        ancestors = f"'self' {hosts}".strip() if embed else "'self'"
        return _page(body, {"img-src": CHAT_PICTURES, "frame-ancestors": ancestors}, is_framed=embed)

    @router.get("/widget.js")
    async def widget(request: Request) -> Response:
        return _file(request, assets.widget, {"Cache-Control": FIVE_MINUTES, **FROM_ANYWHERE})

    @router.get("/assets/chat/{version}/{name}")
    async def asset(request: Request, version: str, name: str) -> Response:
        found = assets.files.get(name)
        if found is None:
            return Response(status_code=404, headers={"X-Content-Type-Options": "nosniff"})
        # A page of another version asks during an upgrade: it gets today's file, which nobody may keep under that name.
        cache = A_YEAR if version == assets.version else "no-cache"
        return _file(request, found, {"Cache-Control": cache, **FROM_HERE})

    return router


def sample_router(assets: WebAssets, care_url: str) -> APIRouter:
    """GET /widget-demo: a shop's page that is no shop's, for the demo alone. `care_url` is where shoppers reach us."""
    router = APIRouter(include_in_schema=False)

    @router.get("/widget-demo")
    async def widget_demo(request: Request, language: Asked = "") -> Response:
        spoken = preferred_language(language, request.headers.get("accept-language", ""))
        body = assets.page("demo.html", spoken, {"tag": TAGS[spoken], "care": care_url})
        # The widget dresses its shadow tree with a constructed sheet, which style-src does not have to allow.
        return _page(body, {"frame-src": "'self'", "frame-ancestors": "'none'"}, is_framed=False)

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
            "Cross-Origin-Opener-Policy": "same-origin",
            **(FROM_ANYWHERE if is_framed else FROM_HERE),
        },
    )


def _file(request: Request, asset: Asset, headers: Mapping[str, str]) -> Response:
    tag = f'"{asset.digest}"'
    known = {shown.strip().removeprefix("W/") for shown in request.headers.get("if-none-match", "").split(",")}
    always = {**headers, "ETag": tag, "X-Content-Type-Options": "nosniff"}
    if tag in known:
        return Response(status_code=304, headers=always)
    return Response(asset.content, media_type=asset.media_type, headers=always)


def _exact(origin: str) -> str:
    parts = urlsplit(origin)
    is_plain = re.fullmatch(r"[A-Za-z0-9.\-]+(:\d{1,5})?", parts.netloc) is not None
    if parts.scheme not in {"http", "https"} or not is_plain or origin != f"{parts.scheme}://{parts.netloc}":
        raise EmbedOriginRefused(f"{origin!r} is not an exact origin such as https://shop.example")
    return origin
