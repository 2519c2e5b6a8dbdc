"""GET /style."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from console.frame.frame import Frame
from console.frame.room import EVERYBODY, Room
from console.frame.visit import Here

SAMPLES = ("components", "panes")


def style_room(frame: Frame) -> Room:
    router = APIRouter()

    @router.get("/style")
    async def style(request: Request, visit: Here, sample: str = "components") -> Response:
        shown = sample if sample in SAMPLES else SAMPLES[0]
        moments = {
            "begun": visit.now - timedelta(hours=3),
            "calm": visit.now + timedelta(hours=5),
            "soon": visit.now + timedelta(minutes=38),
            "late": visit.now - timedelta(minutes=74),
        }
        return frame.page(request, f"style/{shown}.html", **moments)

    return Room("style", router, EVERYBODY)
