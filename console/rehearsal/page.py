"""The page of a campaign's rehearsals: the form, the one that is shown, those behind the figure that was opened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from console.frame.frame import Frame
from console.frame.visit import Visit
from console.live.part import Look
from console.rehearsal.asking import Typed, hint_of, sheet_of, typed_of
from console.rehearsal.people import Behinds
from console.rehearsal.showing import Came, Showing
from crm_store.crm import Crm
from crm_store.rehearsals.rehearsals import CareRehearsal, RehearsalState
from crm_store.standings.pages import PAGE


class Shelf(BaseModel):
    """`run`: which rehearsal, 0 for the newest; `of`: the figure that is opened."""

    run: int = Field(0, ge=0, lt=2**62)
    of: str = Field("", max_length=200)


@dataclass(frozen=True)
class Wrong:
    """What was typed, and by field the text that says what is wrong with it."""

    typed: Typed
    problems: dict[str, str]


@dataclass(frozen=True)
class RunView:
    """How far one is. `people`: decided so far, at most."""

    row: CareRehearsal
    is_lost: bool
    by: str

    @property
    def state(self) -> str:
        return "lost" if self.is_lost else self.row.state

    @property
    def percent(self) -> int:
        return round(self.row.done / self.row.parts * 100) if self.row.parts else 0

    @property
    def people(self) -> int:
        return self.row.done * PAGE


class RehearsalPage:
    """Reads and renders it."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._showing = Showing(frame)

    async def values(
        self, crm: Crm, visit: Visit, campaign_id: int, shelf: Shelf, wrong: Wrong | None = None
    ) -> dict[str, Any]:
        """Raises `NotThere`."""
        rows = await crm.care_rehearsals.latest(campaign_id)
        row = await self._chosen(crm, campaign_id, shelf.run, rows)
        asked = wrong.typed if wrong else (typed_of(row.asked, self._frame) if row is not None else Typed())
        sheet = await sheet_of(self._frame, crm, visit, campaign_id, asked)
        told = await self._told(crm, row, visit.language, visit.now)
        came: Came | None = told["came"]
        behinds = Behinds(self._frame, visit.language)
        behind = await behinds.of(crm, came, shelf.of) if came is not None and shelf.of else None
        return {
            **told,
            "sheet": sheet,
            "campaign": sheet.campaign,
            "problems": wrong.problems if wrong else {},
            "hint": hint_of(sheet),
            "earlier": [each for each in rows if row is None or each.id != row.id],
            "names": await crm.staff.names([each.staff_id for each in rows]),
            "earliest": f"{visit.now.astimezone(self._frame.house.zone):%Y-%m-%dT%H:%M}",
            "zone": self._frame.house.zone.key,
            "behind": behind,
            "day_name": behinds.moments.day,
        }

    async def live(self, look: Look) -> str:
        async with self._frame.store.reading() as crm:
            row = await crm.care_rehearsals.get(look.number)
            if row is None or row.campaign_id is None:
                return ""
            told = await self._told(crm, row, look.language, look.now)
        return self._frame.part(look.language, "rehearsal/run.html", **told)

    async def _told(self, crm: Crm, row: CareRehearsal | None, language: str, now: datetime) -> dict[str, Any]:
        """What the live part shows."""
        if row is None or row.campaign_id is None:
            return {"run": None, "came": None}
        names = await crm.staff.names([row.staff_id])
        view = RunView(row, row.is_lost(now), names.get(row.staff_id, ""))
        done = row.state == RehearsalState.DONE
        return {
            "run": view,
            "came": await self._showing.came(crm, row, row.campaign_id, language) if done else None,
        }

    async def _chosen(self, crm: Crm, campaign_id: int, run: int, rows: list[CareRehearsal]) -> CareRehearsal | None:
        if run:
            row = await crm.care_rehearsals.get(run)
            if row is not None and row.campaign_id == campaign_id:
                return row
        return rows[0] if rows else None
