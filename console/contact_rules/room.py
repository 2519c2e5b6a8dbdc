"""GET and POST /contact-rules: read the rules for writing, see what a change means, save it as a new version."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from console.calendars.room import zones
from console.contact_rules.changes import changes, history
from console.contact_rules.form import ALL_DAY, LIMITED, TARGETS, Row, Written, written_of
from console.contact_rules.reading import Reading
from console.day_strip.drawing import stretches
from console.frame.frame import Frame
from console.frame.room import MARKETERS, RailItem, Room
from console.frame.visit import Here, NotThere, Visit
from crm_store.campaigns.campaign_writes import By
from crm_store.campaigns.policies import ContactPolicy, ContactRulesChanged
from crm_store.decision.message import Policy
from crm_store.decision.policy_text import DEFAULTS, LEAP_DAYS, policy_of
from crm_store.decision.windows import spans_of
from crm_store.people.consent import Purpose
from crm_store.staff.members import Role

HOME = "/console/contact-rules"
LEADING = (Role.SUPERVISOR, Role.ADMIN)
OFFERED: dict[str, Any] = {"purposes": tuple(Purpose), "limited": LIMITED, "targets": TARGETS, "leap_days": LEAP_DAYS}
NOTHING_YET: dict[str, Any] = {"problems": {}, "tried": False, "changes": (), "theirs": None}
ANOTHER = (Row(target="overall", count="", length="7", unit="days"),)
"""An empty row at the end, to add a cap."""
Typed = Annotated[Written, Form()]
Version = Annotated[int | None, Query(alias="from", ge=0, lt=2**31)]


def contact_rules_room(frame: Frame) -> Room:
    router = APIRouter()

    @router.get("/contact-rules")
    async def rules(request: Request, visit: Here, version: Version = None) -> Response:
        return await Editing(frame, request, visit).page(version=version)

    @router.post("/contact-rules")
    async def change(request: Request, visit: Here, written: Typed) -> Response:
        visit.require(*LEADING)
        return await Editing(frame, request, visit).answer(written)

    return Room("contact_rules", router, MARKETERS, RailItem("rules", order=64, path=HOME, key="w"))


class Editing:
    """What somebody asked or sent: shown, found wrong, tried out, or saved."""

    def __init__(self, frame: Frame, request: Request, visit: Visit) -> None:
        self._frame, self._request, self._visit = frame, request, visit

    async def answer(self, written: Written) -> Response:
        policy = await self._current()
        read = Reading(written, policy)
        if read.problems:
            return await self.page(written, 422, problems=read.problems)
        if written.seen != policy.version:
            return await self._meanwhile(written, policy)
        if written.do != "save":
            found = changes(policy, policy_of(read.definition))
            return await self.page(written, tried=True, changes=found)
        try:
            return await self._saved(read.definition, written.seen)
        except ContactRulesChanged:
            return await self._meanwhile(written, await self._current())

    async def _saved(self, definition: dict[str, Any], seen: int) -> Response:
        by = By(self._visit.staff.id, self._visit.now)
        async with self._frame.store.transaction() as crm:
            after = await crm.contact_policies.change(definition, by, seen)
            crm.nudge("care")
        if after.version == seen:
            return self._frame.go(HOME, "contact_rules.same", tone="warn")
        return self._frame.go(HOME, "contact_rules.saved", n=after.version)

    async def _meanwhile(self, written: Written, policy: Policy) -> Response:
        """Somebody was faster: say what they changed, keep what was typed, and let it be saved on purpose."""
        async with self._frame.store.reading() as crm:
            rows = await crm.contact_policies.versions()
        known = {DEFAULTS.version: DEFAULTS, **{row.version: policy_of(row.definition) for row in rows}}
        typed = written.model_copy(update={"seen": policy.version, "do": "try"})
        return await self.page(typed, 409, theirs=changes(known.get(written.seen, policy), policy))

    async def _current(self) -> Policy:
        async with self._frame.store.reading() as crm:
            return await crm.contact_policies.current()

    async def page(
        self, written: Written | None = None, status: int = 200, /, version: int | None = None, **values: Any
    ) -> Response:
        """With the fields as typed, else those of the current version or of an older one that shall hold again."""
        async with self._frame.store.reading() as crm:
            rows, policy = await crm.contact_policies.versions(), await crm.contact_policies.current()
            names = {member.id: member.name for member in await crm.staff.all()}
        written = written or written_of(_chosen(rows, policy, version), policy.version)
        known: dict[str, Any] = {
            "zones": zones(),
            "problems": {},
            "tried": False,
            "changes": (),
            "theirs": None,
            **values,
        }
        page: dict[str, Any] = {
            "written": written,
            "caps": [*written.rows(), *ANOTHER],
            "rows": rows,
            "history": history(rows),
        }
        page |= {"policy": policy, "bars": _bars(policy), "names": names, "may": self._visit.role in LEADING}
        return self._frame.page(self._request, "contact_rules/rules.html", status, **OFFERED, **page, **known)


def _chosen(rows: Sequence[ContactPolicy], policy: Policy, version: int | None) -> Policy:
    """Raises `NotThere`."""
    if version is None:
        return policy
    for row in rows:
        if row.version == version:
            return policy_of(row.definition)
    raise NotThere


def _bars(policy: Policy) -> dict[str, list[tuple[float, float]]]:
    """The hours in force, as stretches of a day."""
    windows = {purpose.value: policy.hours.get(purpose, ALL_DAY) for purpose in Purpose}
    windows["unsure"] = policy.unsure_hours
    return {name: stretches(spans_of((window,))) for name, window in windows.items()}
