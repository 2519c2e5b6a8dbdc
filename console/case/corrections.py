"""POST /cases/{number}/facts: one fact corrected. What it was stays readable; nobody's change is lost unseen."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from console.case.doing import Deeds, Doing
from console.case.facts import EDITED
from console.case.page import page_of
from console.frame.flash import Said
from console.frame.frame import Frame
from console.frame.visit import Here
from console.inbox.wanted import CATEGORIES, SEVERITIES
from crm_store.cases.changes import ChangeRefused, Changes
from crm_store.crm import Crm
from crm_store.errors import CareLoopError

CHOICES = {"category": CATEGORIES, "severity": SEVERITIES}


class Correction(BaseModel):
    """`was` is the id of the fact that was seen, 0 for none."""

    name: str = Field(max_length=40)
    value: str = Field("", max_length=4000)
    was: int = Field(0, ge=0, lt=10**18)


@dataclass(frozen=True)
class Problem:
    """What is wrong with what was typed, which is kept."""

    name: str
    typed: str
    text: str


class CorrectionRefused(CareLoopError):
    """The fact cannot be set to that; `text` names the sentence."""

    code = "correction_refused"

    def __init__(self, text: str, status: int = 422) -> None:
        super().__init__("this fact cannot be corrected like that")
        self.text = text
        self.status = status


def correction_routes(router: APIRouter, frame: Frame, deeds: Deeds) -> None:
    @router.post("/cases/{number}/facts")
    async def correct(request: Request, visit: Here, number: str, told: Annotated[Correction, Form()]) -> Response:
        try:
            return await deeds.do(visit, number, lambda doing: _corrected(doing, told))
        except CorrectionRefused as refused:
            text, status = refused.text, refused.status
        except ChangeRefused:
            text, status = "case.fact_refused", 422
        async with frame.store.transaction() as crm:
            values = await page_of(frame, crm, visit, number)
        values["problem"] = Problem(told.name, told.value, text)
        return frame.page(request, "case/case.html", status, **values)


async def _corrected(doing: Doing, told: Correction) -> Said:
    crm, case, value = doing.crm, doing.case, told.value.strip()
    if told.name not in EDITED or value not in CHOICES.get(told.name, (value,)):
        raise CorrectionRefused("case.fact_refused")
    held = next((fact for fact in await crm.facts.current(case.id) if fact.name == told.name), None)
    if (held.id if held else 0) != told.was:
        raise CorrectionRefused("case.fact_moved_on", 409)
    await _check_known(crm, told.name, value)
    await crm.handling.change(case.id, Changes({told.name: value or None}), doing.by, doing.visit.now)
    doing.note("changed", names=[told.name])
    return Said("case.done_changed")


async def _check_known(crm: Crm, name: str, value: str) -> None:
    """Products and stores are the shop's own. Raises `CorrectionRefused`."""
    if name == "product" and value and value not in await crm.products.by_sku([value]):
        raise CorrectionRefused("case.product_unknown")
    if name == "store" and value and value not in {store.code for store in await crm.stores.all()}:
        raise CorrectionRefused("case.store_unknown")
