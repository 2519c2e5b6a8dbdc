"""GET /agenda: a month or a week of what goes out and what went out."""

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response

from console.agenda.days import days_asked
from console.agenda.entries import Entry, as_it_comes, by_day, entries_of
from console.frame.frame import Frame
from console.frame.room import MARKETERS, RailItem, Room
from console.frame.visit import Here
from console.reports.naming import day_named
from scheduler.care.cron import next_cron

HOME = "/console/agenda"
IN_A_CELL = 4
STAGES = ("gone", "going", "coming", "paused")


@dataclass(frozen=True)
class Cell:
    """One day. `more`: entries that a month has no room for."""

    day: date
    full: str
    is_shown: bool
    is_today: bool
    festivals: list[str]
    entries: list[Entry]

    @property
    def more(self) -> int:
        return max(0, len(self.entries) - IN_A_CELL)


def agenda_room(frame: Frame) -> Room:
    router = APIRouter()

    @router.get("/agenda")
    async def agenda(request: Request, visit: Here) -> Response:
        days = days_asked(request.query_params, visit.now, frame.house.zone)
        async with frame.store.transaction() as crm:
            gone = await crm.agenda.gone(days.first, days.last, days.span, frame.house.zone.key)
            ahead = await crm.agenda.ahead()
        standing = by_day(entries_of(days, gone, ahead, visit.now, next_cron))
        today, festivals = visit.now.astimezone(frame.house.zone).date(), days.festivals()
        weeks = [
            [
                Cell(
                    day=day,
                    full=day_named(day, visit.language),
                    is_shown=days.holds(day),
                    is_today=day == today,
                    festivals=festivals.get(day, []),
                    entries=standing.get(day, []),
                )
                for day in week
            ]
            for week in days.weeks
        ]
        return frame.page(
            request,
            "agenda/week.html" if days.month is None else "agenda/month.html",
            days=days,
            weeks=weeks,
            today=today,
            always=[each for each in ahead if as_it_comes(each)],
            is_empty=not standing and not ahead,
            in_a_cell=IN_A_CELL,
        )

    return Room("agenda", router, MARKETERS, RailItem("calendar", order=63, path=HOME, key="d"))
