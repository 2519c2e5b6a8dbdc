"""What is done to several lines of the inbox at once, in one transaction. What is not in sight is left as it is."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from console.frame.visit import Visit
from crm_store.cases.events import By
from crm_store.cases.handling import AssigneeRefused
from crm_store.cases.ties import TagUnknown
from crm_store.crm import Crm
from crm_store.desk.queue_row import QueueRow
from crm_store.staff.audit import Deed

MOST = 200
CASE, TALK = "case", "talk"


@dataclass(frozen=True)
class Wish:
    """What is to be done: `name` is one of `DEEDS`; `staff` and `team` are ids, `tag` a code, as far as needed."""

    name: str
    staff: int = 0
    team: int = 0
    tag: str = ""


@dataclass(frozen=True)
class Outcome:
    """`left` were not the asker's to change, or had nothing to be changed."""

    done: int
    left: int


Act = Callable[[Crm, Visit, QueueRow, Wish], Awaitable[bool]]


async def do_to_all(crm: Crm, visit: Visit, picked: Iterable[str], wish: Wish) -> Outcome:
    """`picked` are ``case-12`` and ``talk-3``."""
    keys = list(dict.fromkeys(picked))[:MOST]
    rows = await crm.queue.those(visit.scope, _ids(keys, CASE), _ids(keys, TALK))
    act, done = DEEDS[wish.name], 0
    # In the order of their ids: two people who choose the same lines wait for each other and never for both.
    for row in sorted(rows, key=lambda row: (row.kind, row.complaint_id or row.conversation_id or 0)):
        if await act(crm, visit, row, wish):
            done += 1
            _note(crm, visit, row, wish)
    return Outcome(done, len(keys) - done)


async def _assign(crm: Crm, visit: Visit, row: QueueRow, wish: Wish) -> bool:
    if row.complaint_id is None:
        return False
    try:
        await crm.handling.assign(row.complaint_id, wish.staff, By("staff", visit.staff.id), visit.now)
    except AssigneeRefused:
        return False
    return True


async def _to_me(crm: Crm, visit: Visit, row: QueueRow, wish: Wish) -> bool:
    return await _assign(crm, visit, row, Wish("assign", staff=visit.staff.id))


async def _to_team(crm: Crm, visit: Visit, row: QueueRow, wish: Wish) -> bool:
    if row.complaint_id is None:
        return False
    await crm.handling.to_team(row.complaint_id, wish.team, By("staff", visit.staff.id), visit.now)
    return True


async def _tag(crm: Crm, visit: Visit, row: QueueRow, wish: Wish) -> bool:
    if row.complaint_id is None:
        return False
    try:
        await crm.ties.tag(row.complaint_id, wish.tag, By("staff", visit.staff.id), visit.now)
    except TagUnknown:
        return False
    return True


async def _acknowledge(crm: Crm, visit: Visit, row: QueueRow, wish: Wish) -> bool:
    if row.escalation is None:
        return False
    return await crm.escalations.acknowledge(row.escalation.id, visit.staff.id, visit.now)


DEEDS: Mapping[str, Act] = {
    "mine": _to_me,
    "assign": _assign,
    "team": _to_team,
    "tag": _tag,
    "acknowledge": _acknowledge,
}


def _note(crm: Crm, visit: Visit, row: QueueRow, wish: Wish) -> None:
    detail = {name: value for name, value in (("staff", wish.staff), ("team", wish.team), ("tag", wish.tag)) if value}
    subject, subject_id = ("complaint", row.complaint_id) if row.complaint_id else ("conversation", row.conversation_id)
    crm.audit.note(Deed(visit.staff.id, _VERBS[wish.name], subject, str(subject_id), detail), visit.now)


_VERBS = {
    "mine": "assigned",
    "assign": "assigned",
    "team": "moved_to_team",
    "tag": "tagged",
    "acknowledge": "acknowledged",
}


def _ids(keys: list[str], kind: str) -> list[int]:
    split = (key.partition("-") for key in keys)
    return [int(number) for name, _, number in split if name == kind and number.isdecimal() and len(number) < 18]
