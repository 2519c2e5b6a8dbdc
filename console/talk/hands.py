"""POST /talks/{id}/take, /assign, /release, /hand-back and /close: who has the conversation."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, Response

from bot.conversation.desk.holding import HeldByAnother, Note
from console.frame.visit import Here, NotThere, Visit
from console.inbox.choices import colleagues_of
from console.talk.desk import Desk, at_version
from console.talk.parts import Parts, pushed
from crm_store.crm import Crm
from crm_store.talks.conversations import Control, ControlMoved

Version = Annotated[int, Form()]
Act = Callable[[Crm], Awaitable[None]]


@dataclass(frozen=True)
class Hands:
    """Does one change of hands and answers with what the page shows of it at once, and a word about it."""

    desk: Desk
    parts: Parts

    async def do(self, visit: Visit, talk: int, version: int, act: Act, told: tuple[str, dict[str, str]]) -> Response:
        frame = self.desk.frame
        try:
            async with frame.store.transaction() as crm:
                await at_version(crm, visit, talk, version)
                await act(crm)
        except (ControlMoved, HeldByAnother):
            return await self._too_late(visit, talk)
        key, values = told
        shown = await pushed(self.parts, visit, talk)
        return HTMLResponse(shown + frame.toast(visit.language, key, **values))

    async def _too_late(self, visit: Visit, talk: int) -> Response:
        """Who was quicker, in plain words; nothing was changed."""
        frame = self.desk.frame
        async with frame.store.reading() as crm:
            row = await crm.queue.talk(visit.scope, talk)
        shown = await pushed(self.parts, visit, talk)
        if row is not None and row.control == Control.PERSON and row.assignee_id != visit.staff.id:
            toast = frame.toast(visit.language, "talk.held_elsewhere", tone="warn", name=row.assignee)
        else:
            toast = frame.toast(visit.language, "talk.moved_on", tone="warn")
        return HTMLResponse(shown + toast, 409)


def hands_router(router: APIRouter, desk: Desk, parts: Parts) -> None:
    hands, holding = Hands(desk, parts), desk.holding

    @router.post("/talks/{talk}/take")
    async def take(visit: Here, talk: int, version: Version) -> Response:
        async def act(crm: Crm) -> None:
            await holding.take(crm, talk, visit.staff.id, version, visit.now)

        return await hands.do(visit, talk, version, act, ("talk.taken", {}))

    @router.post("/talks/{talk}/assign")
    async def assign(visit: Here, talk: int, version: Version, staff: Annotated[int, Form()]) -> Response:
        async with desk.frame.store.reading() as crm:
            name = next((one.name for one in await colleagues_of(crm) if one.id == staff), None)
        if name is None:
            raise NotThere

        async def act(crm: Crm) -> None:
            await holding.assign(crm, talk, staff, visit.staff.id, visit.now)

        return await hands.do(visit, talk, version, act, ("talk.assigned", {"name": name}))

    _giving_up(router, hands)


def _giving_up(router: APIRouter, hands: Hands) -> None:
    holding = hands.desk.holding

    @router.post("/talks/{talk}/release")
    async def release(visit: Here, talk: int, version: Version) -> Response:
        async def act(crm: Crm) -> None:
            await holding.to_queue(crm, talk, visit.staff.id, visit.now)

        return await hands.do(visit, talk, version, act, ("talk.released", {}))

    @router.post("/talks/{talk}/hand-back")
    async def hand_back(
        visit: Here, talk: int, version: Version, note: Annotated[str, Form(max_length=500)] = "", tell: str = Form("")
    ) -> Response:
        async def act(crm: Crm) -> None:
            await holding.hand_back(crm, talk, visit.staff.id, Note(note, bool(tell)), visit.now)

        return await hands.do(visit, talk, version, act, ("talk.handed_back", {}))

    @router.post("/talks/{talk}/close")
    async def close(visit: Here, talk: int, version: Version) -> Response:
        async def act(crm: Crm) -> None:
            await holding.close(crm, talk, visit.staff.id, visit.now)

        return await hands.do(visit, talk, version, act, ("talk.closed", {}))
