"""Web chat's public contract: sessions, messages, long polling and a live socket."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, WebSocket, WebSocketDisconnect

from bot.api.refusals import documented
from bot.conversation.thread import Threads
from bot.web.desk import NewMessage, NewSession, Session, Taken, WebChatDesk
from bot.web.live import Live

FOREIGN_ORIGIN = 4403
LONGEST_WAIT = 25.0


def webchat_router(desk: WebChatDesk) -> APIRouter:
    """The routes under ``/channels/webchat``."""
    router = APIRouter(prefix="/channels/webchat", tags=["web chat"])

    @router.post("/sessions", status_code=201, responses=documented(429, 503))
    async def open_session(request: Request, wanted: NewSession | None = None) -> Session:
        address = request.client.host if request.client else ""
        return await desk.open(address, (wanted or NewSession()).language)

    @router.post("/messages", status_code=202, responses=documented(401, 413, 429, 503))
    async def send(message: NewMessage, authorization: Annotated[str, Header()] = "") -> Taken:
        return Taken(interaction_id=await desk.take(desk.bearer(authorization), message))

    @router.get("/messages", responses=documented(401, 503))
    async def read(
        after: Annotated[int, Query(ge=0, lt=2**31)] = 0,
        wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0,
        authorization: Annotated[str, Header()] = "",
    ) -> dict[str, list[dict[str, Any]]]:
        conversation_id = await desk.threads.of(desk.bearer(authorization))
        return {"messages": await _read_or_wait(desk.threads, conversation_id, after, wait)}

    @router.websocket("/live")
    async def live(socket: WebSocket) -> None:
        await socket.accept()
        if not _of_this_house(socket):
            await socket.close(FOREIGN_ORIGIN)
            return
        try:
            await Live(desk, socket).run()
        except WebSocketDisconnect:
            return

    return router


async def _read_or_wait(threads: Threads, conversation_id: int, after: int, wait: float) -> list[dict[str, Any]]:
    async with threads.news(conversation_id, ("thread",)) as nudges:
        deadline = asyncio.get_running_loop().time() + wait
        while True:
            found = await threads.read(conversation_id, after)
            left = deadline - asyncio.get_running_loop().time()
            if found or left <= 0:
                return found
            try:
                async with asyncio.timeout(left):
                    await nudges.get()
            except TimeoutError:
                continue


def _of_this_house(socket: WebSocket) -> bool:
    """Browsers do not hold sockets to the same origin: a page elsewhere has no business here."""
    origin = socket.headers.get("origin")
    return origin is None or origin.partition("://")[2] == socket.headers.get("host")
