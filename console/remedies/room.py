"""GET /remedies and /remedies/granted; deciding and limits are beside."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from console.frame.frame import Frame
from console.frame.room import LEADERS, RailItem, Room
from console.frame.visit import Here
from console.live.part import Hears, LivePart, Look
from console.remedies.amounts import Amounts
from console.remedies.deciding import HOME, deciding_router
from console.remedies.limits import limits_router
from crm_store.remedies.register import Given
from crm_store.staff.scope import Scope

ON_A_PAGE = 50
After = Annotated[int | None, Query(ge=1, lt=2**62)]


def remedies_room(frame: Frame) -> Room:
    router = APIRouter()

    async def listed(scope: Scope, language: str) -> dict[str, Any]:
        async with frame.store.reading() as crm:
            rows = await crm.remedies.register.waiting(scope)
        return {"rows": rows, "amounts": Amounts(frame.texts, language)}

    async def live(look: Look) -> str:
        return frame.part(look.language, "remedies/list.html", **await listed(look.scope, look.language))

    @router.get("/remedies")
    async def waiting(request: Request, visit: Here) -> Response:
        return frame.page(request, "remedies/waiting.html", **await listed(visit.scope, visit.language))

    @router.get("/remedies/granted")
    async def granted(request: Request, visit: Here, after: After = None) -> Response:
        async with frame.store.reading() as crm:
            rows = await crm.remedies.register.given(visit.scope, Given(), after, ON_A_PAGE + 1)
        older = rows[ON_A_PAGE - 1].id if len(rows) > ON_A_PAGE else None
        values = {"rows": rows[:ON_A_PAGE], "older": older, "after": after}
        return frame.page(request, "remedies/granted.html", amounts=Amounts(frame.texts, visit.language), **values)

    router.include_router(limits_router(frame))
    router.include_router(deciding_router(frame))
    parts = (LivePart("remedies.list", {"desk": Hears.ALL}, live, LEADERS, rest=2.0),)
    return Room("remedies", router, LEADERS, RailItem("remedy", order=70, path=HOME, key="m"), parts)
