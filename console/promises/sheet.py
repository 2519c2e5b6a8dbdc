"""The page of one policy: its versions, what may be chosen, and the form as it was typed."""

from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from console.frame.frame import Frame
from console.frame.visit import NotThere
from console.inbox.wanted import CATEGORIES, SEVERITIES
from console.promises.form import CONDITIONS, Written, history, typed
from crm_store.crm import Crm
from crm_store.model import Words
from crm_store.promises.calendars import CalendarVersion
from crm_store.promises.policies import PolicyVersion


@dataclass(frozen=True)
class Choices:
    """What conditions may name, by condition and value; words where the shop has its own."""

    named: dict[str, dict[str, Words | None]]
    calendars: tuple[CalendarVersion, ...]
    policies: tuple[PolicyVersion, ...]

    @property
    def floor(self) -> PolicyVersion | None:
        return next((policy for policy in self.policies if not policy.conditions), None)

    def of(self, condition: str, ticked: list[str]) -> dict[str, Words | None]:
        """With what is ticked though it is there no more."""
        return {**self.named[condition], **{value: None for value in ticked if value not in self.named[condition]}}


@dataclass(frozen=True)
class Sheet:
    """`rows` are the versions, newest first; none where there is no policy yet."""

    rows: tuple[PolicyVersion, ...]
    written: Written
    choices: Choices
    names: dict[int, str]

    @property
    def current(self) -> PolicyVersion | None:
        """The version in force; None once it has been retired."""
        return next((row for row in self.rows if row.is_current), None)

    @property
    def last(self) -> int:
        return self.rows[0].version if self.rows else 0

    @property
    def is_floor(self) -> bool:
        """What every case falls back to; also the first policy there ever is."""
        floor = self.choices.floor
        return floor is None or (self.current is not None and floor.id == self.current.id)

    def typed(self, written: Written) -> "Sheet":
        return replace(self, written=written)


async def choices_of(crm: Crm) -> Choices:
    named: dict[str, dict[str, Words | None]] = {
        "severity": dict.fromkeys(SEVERITIES),
        "tier": {tier.code: tier.name for tier in await crm.tiers.all()},
        "category": dict.fromkeys(CATEGORIES),
        "store": {store.code: store.name for store in await crm.stores.all()},
    }
    return Choices(named, tuple(await crm.calendars.all()), tuple(await crm.policies.current()))


async def read_sheet(frame: Frame, name: str, version: int | None = None) -> Sheet:
    """With the fields of the last version, or of an older one that shall hold again. Raises `NotThere`."""
    sheet = await blank_sheet(frame)
    async with frame.store.reading() as crm:
        rows = tuple(await crm.policies.versions(name))
    chosen = next((row for row in rows if version in (None, row.version)), None)
    if chosen is None:
        raise NotThere
    return replace(sheet, rows=rows, written=typed(chosen, rows[0].version))


async def blank_sheet(frame: Frame) -> Sheet:
    async with frame.store.transaction() as crm:
        choices = await choices_of(crm)
        names = {member.id: member.name for member in await crm.staff.all()}
    calendar = choices.calendars[0].name if choices.calendars else ""
    return Sheet((), Written(calendar=calendar), choices, names)


def shown(frame: Frame, request: Request, sheet: Sheet, status: int = 200, /, **values: Any) -> Response:
    """`problems` by field, `rehearsed` with `changes` and `fresh` before saving, `theirs` when somebody was faster."""
    known = {"problems": {}, "rehearsed": None, "changes": (), "fresh": (), "theirs": None, **values}
    page = {"sheet": sheet, "written": sheet.written, "history": history(sheet.rows), "conditions": CONDITIONS}
    return frame.page(request, "promises/policy.html", status, **page, **known)
