"""The files a browser loads: htmx from node_modules, our own from the rooms' static folders; read once at start."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from crm_store.errors import CareLoopError

CONSOLE = Path(__file__).parent.parent
MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
PACKAGES = {"htmx.js": "htmx.org/dist/htmx.min.js", "hx-ws.js": "htmx.org/dist/ext/hx-ws.min.js"}
ONE_OF_A_KIND = {"console.css": ".css", "console.js": ".js"}
"""A page asks for these two, not for fifty files."""
A_YEAR = "public, max-age=31536000, immutable"


class PackagesMissing(CareLoopError):
    """The browser's packages are not installed."""

    code = "packages_missing"


@dataclass(frozen=True)
class Asset:
    """One file as it is sent."""

    content: bytes
    media_type: str


@dataclass(frozen=True)
class Assets:
    """Files by name, such as ``htmx.js`` and ``frame/icons.svg``. `version` changes with any byte of them."""

    files: Mapping[str, Asset]
    version: str


def load_assets(node_modules: Path, folder: Path = CONSOLE) -> Assets:
    """Raises `PackagesMissing`."""
    missing = [path for path in PACKAGES.values() if not (node_modules / path).is_file()]
    if missing:
        raise PackagesMissing(f"{node_modules / missing[0]} is missing: run ./careloop up, or npm ci --ignore-scripts")
    files = {name: _asset(node_modules / path) for name, path in PACKAGES.items()}
    own: dict[str, Asset] = {}
    for static in sorted(folder.glob("*/static")):
        for path in sorted(static.rglob("*")):
            if path.suffix in MEDIA_TYPES:
                own[f"{static.parent.name}/{path.relative_to(static).as_posix()}"] = _asset(path)
    files |= {name: _together(own, suffix) for name, suffix in ONE_OF_A_KIND.items()}
    files |= {name: asset for name, asset in own.items() if not name.endswith((".css", ".js"))}
    return Assets(files, _version(files))


def assets_router(assets: Assets) -> APIRouter:
    """GET /assets/console/{version}/{name}: to everybody, for they hold nothing of the shop."""
    router = APIRouter(include_in_schema=False)

    @router.get("/assets/console/{version}/{name:path}")
    async def asset(request: Request, version: str, name: str) -> Response:
        found = assets.files.get(name)
        headers = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}
        if found is None:
            return Response(status_code=404, headers=headers)
        # A page of another version asks during an upgrade: it gets today's file, which nobody may keep under that name.
        headers["Cache-Control"] = A_YEAR if version == assets.version else "no-cache"
        return Response(found.content, media_type=found.media_type, headers=headers)

    return router


def _asset(path: Path) -> Asset:
    return Asset(path.read_bytes(), MEDIA_TYPES[path.suffix])


def _together(own: Mapping[str, Asset], suffix: str) -> Asset:
    """The frame's first. Each of our scripts begins with "use strict", and so does what they make together."""
    names = sorted(
        (name for name in own if name.endswith(suffix)), key=lambda name: (not name.startswith("frame/"), name)
    )
    return Asset(b"\n".join(own[name].content for name in names), MEDIA_TYPES[suffix])


def _version(files: Mapping[str, Asset]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\n" + hashlib.sha256(files[name].content).digest())
    return digest.hexdigest()[:16]
