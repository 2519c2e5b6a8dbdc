"""GET /escalations, GET and POST /escalations/{cause}: who is told, and who when nobody acknowledges."""

from dataclasses import dataclass
from itertools import zip_longest
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from console.frame.frame import Frame
from console.frame.room import LEADERS, Room
from console.frame.visit import Here, NotThere, Visit
from console.rules.making import Problem
from crm_store.crm import Crm
from crm_store.promises.calendars import RuleChanged
from crm_store.promises.escalations import Cause
from crm_store.promises.ladders import LONGEST, MOST, TELLABLE, Ladder, LadderRefused, Step, mark_of
from crm_store.staff.audit import Deed
from crm_store.staff.members import Role

HOME = "/console/escalations"


class Written(BaseModel):
    """The form: a role and minutes a row; a row without a role is left out. `seen` marks the steps that were read."""

    role: list[str] = Field(default_factory=list, max_length=MOST * 2)
    minutes: list[str] = Field(default_factory=list, max_length=MOST * 2)
    seen: str = Field("", max_length=40)

    @property
    def rows(self) -> list[tuple[str, str]]:
        filled = list(zip_longest(self.role, self.minutes, fillvalue=""))[:MOST]
        return filled + [("", "")] * (MOST - len(filled))

    @property
    def steps(self) -> Ladder:
        """Minutes that are no number become 0, which is refused."""
        return tuple(Step(role, _number(minutes)) for role, minutes in self.rows if role)

    def problem(self, refused: LadderRefused) -> dict[str, Problem]:
        """By the row as it stands in the form."""
        place = int(refused.field.split(".")[1])
        row = [number for number, (role, _) in enumerate(self.rows) if role][place]
        return {f"row_{row}": Problem(f"escalations.problem_{refused.reason}", {"n": row + 1, "most": LONGEST})}


@dataclass(frozen=True)
class Sheet:
    """What holds for a cause, and the form as it was typed."""

    cause: Cause
    steps: Ladder
    written: Written


def _number(text: str) -> int:
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 7 else 0


def _typed(steps: Ladder) -> Written:
    roles, minutes = [step.role for step in steps], [str(step.minutes) for step in steps]
    return Written(role=roles, minutes=minutes, seen=mark_of(steps))


def _told(steps: Ladder) -> list[str]:
    return [f"{step.role} {step.minutes} min" for step in steps]


def escalations_room(frame: Frame) -> Room:
    router = APIRouter()

    @router.get("/escalations")
    async def escalations(request: Request, visit: Here) -> Response:
        async with frame.store.reading() as crm:
            ladders = await crm.ladders.all()
        return frame.page(request, "escalations/escalations.html", ladders=ladders)

    @router.get("/escalations/{cause}")
    async def ladder(request: Request, visit: Here, cause: str) -> Response:
        known = _cause(cause)
        steps = await _read(frame, known)
        return _shown(frame, request, Sheet(known, steps, _typed(steps)))

    @router.post("/escalations/{cause}")
    async def save(request: Request, visit: Here, cause: str, written: Annotated[Written, Form()]) -> Response:
        visit.require(Role.ADMIN)
        known = _cause(cause)
        try:
            async with frame.store.transaction() as crm:
                await _save(crm, visit, known, written)
        except LadderRefused as refused:
            sheet = Sheet(known, await _read(frame, known), written)
            return _shown(frame, request, sheet, 422, problems=written.problem(refused))
        except RuleChanged:
            steps = await _read(frame, known)
            kept = written.model_copy(update={"seen": mark_of(steps)})
            return _shown(frame, request, Sheet(known, steps, kept), 409, theirs=steps)
        return frame.go(HOME, "escalations.saved")

    return Room("escalations", router, LEADERS)


async def _save(crm: Crm, visit: Visit, cause: Cause, written: Written) -> None:
    before = (await crm.ladders.all())[cause]
    if await crm.ladders.save(cause, written.steps, written.seen):
        detail = {"from": _told(before), "to": _told(written.steps)}
        crm.audit.note(Deed(visit.staff.id, "changed", "escalation_steps", cause, detail), visit.now)


def _cause(name: str) -> Cause:
    if name not in set(Cause):
        raise NotThere
    return Cause(name)


async def _read(frame: Frame, cause: Cause) -> Ladder:
    async with frame.store.reading() as crm:
        return (await crm.ladders.all())[cause]


def _shown(frame: Frame, request: Request, sheet: Sheet, status: int = 200, /, **more: Any) -> Response:
    """`theirs` are the steps somebody else has saved meanwhile."""
    known = {**vars(sheet), "roles": TELLABLE, "problems": {}, "theirs": None, **more}
    return frame.page(request, "escalations/ladder.html", status, **known)
