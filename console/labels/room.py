"""GET /labels, POST /labels/{state} and /tags: the words are the shop's, the meanings stay."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from console.frame.frame import Frame
from console.frame.room import LEADERS, Room
from console.frame.visit import Here
from crm_store.cases.labels import COLOURS, LONGEST, LabelRefused, own_words
from crm_store.model import Languages
from crm_store.staff.audit import Deed
from crm_store.staff.members import Role

Text = Annotated[str, Form(max_length=120)]
HOME = "/console/labels"


def labels_room(frame: Frame) -> Room:
    router = APIRouter()

    @router.get("/labels")
    async def labels(request: Request, visit: Here) -> Response:
        async with frame.store.transaction() as crm:
            states, tags = await crm.labels.all(), await crm.labels.tags()
        known = {"states": states, "own": own_words(), "tags": tags, "colours": COLOURS, "longest": LONGEST}
        return frame.page(request, "labels/labels.html", **known)

    @router.post("/labels/{state}")
    async def rename(visit: Here, state: str, en: Text = "", zh: Text = "") -> Response:
        visit.require(Role.ADMIN)
        words = dict(zip(Languages, (en, zh), strict=True))
        try:
            async with frame.store.transaction() as crm:
                before = (await crm.labels.all()).get(state, {})
                await crm.labels.rename(state, words)
                if before != words:
                    detail = {"from": before, "to": words}
                    crm.audit.note(Deed(visit.staff.id, "renamed", "state", state, detail), visit.now)
        except LabelRefused:
            return frame.go(HOME, "labels.refused", tone="bad", n=LONGEST)
        return frame.go(HOME, "labels.saved")

    @router.post("/tags")
    async def save(visit: Here, code: Text, colour: Text, en: Text = "", zh: Text = "") -> Response:
        visit.require(Role.ADMIN)
        name = code.strip().lower().replace(" ", "-")[:40]
        words = dict(zip(Languages, (en, zh), strict=True))
        if not name:
            return frame.go(HOME, "labels.refused", tone="bad", n=LONGEST)
        try:
            async with frame.store.transaction() as crm:
                tags = {tag.code: {**tag.name, "colour": tag.colour} for tag in await crm.labels.tags()}
                await crm.labels.save_tag(name, words, colour)
                before, after = tags.get(name), {**words, "colour": colour}
                if before != after:
                    detail = {"to": after} if before is None else {"from": before, "to": after}
                    crm.audit.note(Deed(visit.staff.id, "saved", "tag", name, detail), visit.now)
        except LabelRefused:
            return frame.go(HOME, "labels.refused", tone="bad", n=LONGEST)
        return frame.go(HOME, "labels.saved")

    return Room("labels", router, LEADERS)
