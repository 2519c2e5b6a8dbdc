"""Where providers deliver: proof first, on the raw bytes; then kept; only then acknowledged."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, BackgroundTasks, HTTPException, Request

from bot.api.refusals import DeliveryForged, DeliveryUnreadable, documented
from bot.channels.base import Channel, Forged
from bot.conversation.inbox import WayIn


@dataclass(frozen=True)
class Door:
    """A channel that is delivered to, and what thanks the provider beyond the 200 (nothing, for most)."""

    channel: Channel
    thank: Callable[[Mapping[str, Any]], Awaitable[None]]


def webhooks_router(way_in: WayIn, doors: Mapping[str, Door]) -> APIRouter:
    """``POST /channels/{name}/webhook`` for every channel in `doors`."""
    router = APIRouter(prefix="/channels", tags=["webhooks"])

    @router.post("/{name}/webhook", responses=documented(403, 404, 422, 503))
    async def deliver(name: str, request: Request, afterwards: BackgroundTasks) -> dict[str, bool]:
        door = doors.get(name)
        if door is None:
            raise HTTPException(404)
        body = await request.body()
        try:
            door.channel.verify(request.headers, body)
        except Forged as error:
            raise DeliveryForged("the delivery does not prove where it comes from") from error
        event = _event(body)
        await way_in.keep(door.channel, event)

        async def thank() -> None:
            await door.thank(event)

        # After the answer: the provider waits for that alone, and a call back to it may take long.
        afterwards.add_task(thank)
        return {"ok": True}

    return router


def _event(body: bytes) -> dict[str, Any]:
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise DeliveryUnreadable("the body must be JSON") from error
    if not isinstance(event, dict):
        raise DeliveryUnreadable("the body must be a JSON object")
    return event
