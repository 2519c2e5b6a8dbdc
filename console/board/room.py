"""GET /board: who waits, which promise is next to break, who has how much."""

from datetime import datetime, time
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from console.frame.frame import Frame
from console.frame.room import LEADERS, RailItem, Room
from console.frame.visit import Here
from console.live.part import Hears, LivePart, Look
from crm_store.staff.scope import Scope


def board_room(frame: Frame) -> Room:
    router = APIRouter()

    async def seen(scope: Scope, now: datetime) -> dict[str, Any]:
        async with frame.store.transaction() as crm:
            found = await crm.board.now(scope, now, midnight(now, frame))
            shared = [(each.shares, each.value) for each in found.incidents]
            return {"board": found, "labels": await crm.incidents.members.labels(shared), "now": now}

    async def live(look: Look) -> str:
        return frame.part(look.language, "board/figures.html", **await seen(look.scope, look.now))

    @router.get("/board")
    async def board(request: Request, visit: Here) -> Response:
        return frame.page(request, "board/board.html", **await seen(visit.scope, visit.now))

    rail = RailItem("board", order=30, path="/console/board", key="b")
    topics = {"desk": Hears.ALL, "presence": Hears.ALL}
    return Room("board", router, LEADERS, rail, (LivePart("board.figures", topics, live, LEADERS, rest=2.0),))


def midnight(now: datetime, frame: Frame) -> datetime:
    """When the shop's day began."""
    zone = frame.house.zone
    return datetime.combine(now.astimezone(zone).date(), time(), zone)
