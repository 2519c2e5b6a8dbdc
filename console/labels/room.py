"""GET /labels, POST /labels/{state} and /tags: the words are the shop's, the meanings stay."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from console.frame.frame import Frame
from console.frame.room import LEADERS, Room
from console.frame.visit import Here, Visit
from crm_store.cases.labels import COLOURS, LONGEST, LabelRefused, own_words
from crm_store.crm import Crm
from crm_store.errors import CareLoopError
from crm_store.model import Languages, Words
from crm_store.staff.audit import Deed
from crm_store.staff.members import Role

Text = Annotated[str, Form(max_length=200)]
HOME = "/console/labels"


class LabelChanged(CareLoopError):
    """Somebody else has changed the words since they were read; the message is what they are now."""

    code = "label_changed"


class Named(BaseModel):
    """A tag in the form; `seen` is what was read."""

    code: str = Field("", max_length=120)
    colour: str = Field("", max_length=20)
    en: str = Field("", max_length=120)
    zh: str = Field("", max_length=120)
    seen: str = Field("", max_length=300)

    @property
    def both(self) -> Words:
        return dict(zip(Languages, (self.en.strip(), self.zh.strip()), strict=True))


@dataclass(frozen=True)
class Label:
    """What is changed, as the audit names it, and the words it gets."""

    action: str
    subject: str
    name: str
    words: Words


def labels_room(frame: Frame) -> Room:
    router = APIRouter()

    @router.get("/labels")
    async def labels(request: Request, visit: Here) -> Response:
        async with frame.store.transaction() as crm:
            states, tags = await crm.labels.all(), await crm.labels.tags()
        known = {
            "states": states,
            "own": own_words(),
            "seen_of": seen_of,
            "tags": tags,
            "colours": COLOURS,
            "longest": LONGEST,
        }
        return frame.page(request, "labels/labels.html", **known)

    _states(router, frame)
    _tags(router, frame)
    return Room("labels", router, LEADERS)


def _states(router: APIRouter, frame: Frame) -> None:
    @router.post("/labels/{state}")
    async def rename(visit: Here, state: str, en: Text = "", zh: Text = "", seen: Text = "") -> Response:
        words = dict(zip(Languages, (en.strip(), zh.strip()), strict=True))

        async def renamed(crm: Crm) -> Words:
            before = (await crm.labels.all()).get(state, {})
            _still(seen, before, words)
            await crm.labels.rename(state, words)
            return before

        return await _kept(frame, visit, Label("renamed", "state", state, words), renamed)


def _tags(router: APIRouter, frame: Frame) -> None:
    @router.post("/tags")
    async def save(visit: Here, words: Annotated[Named, Form()]) -> Response:
        name = words.code.strip().lower().replace(" ", "-")[:40]
        after = {**words.both, "colour": words.colour}

        async def saved(crm: Crm) -> Words:
            if not name:
                raise LabelRefused("code: give it a short code")
            tags = {tag.code: {**tag.name, "colour": tag.colour} for tag in await crm.labels.tags()}
            _still(words.seen, tags.get(name, {}), after)
            await crm.labels.save_tag(name, words.both, words.colour)
            return tags.get(name, {})

        return await _kept(frame, visit, Label("saved", "tag", name, after), saved)


def seen_of(words: Words) -> str:
    """Tells these words from others: goes into the form, and comes back with it."""
    return " | ".join(words.values())


def _still(seen: str, before: Words, after: Words) -> None:
    """Raises `LabelChanged` unless the words are those that were read."""
    if seen and before != after and seen != seen_of(before):
        raise LabelChanged(seen_of(before))


async def _kept(frame: Frame, visit: Visit, label: Label, change: Callable[[Crm], Awaitable[Words]]) -> Response:
    """Make the change, write down what it was before, and say how it went."""
    visit.require(Role.ADMIN)
    try:
        async with frame.store.transaction() as crm:
            before = await change(crm)
            if before != label.words:
                detail = {"from": before, "to": label.words}
                crm.audit.note(Deed(visit.staff.id, label.action, label.subject, label.name, detail), visit.now)
    except LabelRefused:
        return frame.go(HOME, "labels.refused", tone="bad", n=LONGEST)
    except LabelChanged as changed:
        values = {"theirs": str(changed), "mine": seen_of(label.words)}
        return frame.go(HOME, "labels.meanwhile", tone="warn", **values)
    return frame.go(HOME, "labels.saved")
