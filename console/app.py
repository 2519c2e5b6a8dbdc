"""The console as one web application, mounted at /console, and what runs behind it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from console.entrance.sign_in import Entrance, entrance_router
from console.frame.assets import assets_router, load_assets
from console.frame.csrf import is_from_here
from console.frame.errors import install_pages
from console.frame.frame import Frame, House
from console.frame.guard import guard
from console.frame.headers import ConsoleHeaders
from console.frame.room import EVERYBODY
from console.frame.templates import Templates
from console.frame.texts import read_texts
from console.frame.visit import NotThere
from console.live.hub import Hub
from console.live.socket import Lines
from console.live.stamps import Stamps
from console.rooms import ROOMS
from console.style.room import style_room
from crm_store.database import Store

Work = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Console:
    """`app` is for mounting at /console, `files` for the main app, `works` run in the background."""

    app: FastAPI
    files: APIRouter
    works: dict[str, Work]
    frame: Frame
    hub: Hub
    lines: Lines


def open_console(store: Store, now: Callable[[], datetime], house: House, node_modules: Path) -> Console:
    """Raises `PackagesMissing`, `SentenceMissing`."""
    texts = read_texts(house.shop)
    assets = load_assets(node_modules)
    frame = Frame(store, now, house, texts, assets, Templates(texts, assets, house.zone))
    stamps = Stamps()
    hub = Hub(store.signals, now, stamps)
    lines = Lines(store, hub, now, _own_socket(house), frame.company)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.router.routes.append(WebSocketRoute("/live", lines.serve))
    entrance = Entrance(frame)
    app.include_router(entrance_router(entrance))
    rooms = _furnish(app, frame, hub, stamps)
    install_pages(app, frame)
    app.add_middleware(ConsoleHeaders)
    works: dict[str, Work] = {"live parts": hub.run, "live sockets": lines.watch_over, "company": frame.company.run}
    works |= rooms
    return Console(app, assets_router(assets), works, frame, hub, lines)


def _furnish(app: FastAPI, frame: Frame, hub: Hub, stamps: Stamps) -> dict[str, Work]:
    """Build every room; nothing of a room can be reached past its guard. Gives what they want done behind the pages."""
    works: dict[str, Work] = {}
    for built in (*ROOMS, style_room) if frame.house.is_demo else ROOMS:
        room = built(frame)
        app.include_router(room.router, dependencies=[Depends(guard(frame, stamps, room.roles))])
        hub.register(room.parts)
        works |= room.works
        if room.rail:
            frame.rail.append((room.name, room.rail, room.roles))
    frame.rail.sort(key=lambda entry: entry[1].order)
    nowhere = APIRouter()

    @nowhere.get("/{path:path}")
    async def not_there() -> None:
        raise NotThere

    app.include_router(nowhere, dependencies=[Depends(guard(frame, stamps, EVERYBODY))])
    return works


def _own_socket(house: House) -> Callable[[WebSocket], bool]:
    def is_own(socket: WebSocket) -> bool:
        return is_from_here(socket.headers, house.base_url)

    return is_own
