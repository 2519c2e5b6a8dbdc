"""The head of a case: what it is, whose it is, what is due next, and where it can go from here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.case.reading import merged_target, running_of
from console.frame.visit import NotThere
from crm_store.cases.complaints import Complaint
from crm_store.cases.locking import pause_of
from crm_store.cases.states import MOVES, OPEN, REOPENABLE, State
from crm_store.crm import Crm
from crm_store.incidents.incidents import Incident
from crm_store.model import Words
from crm_store.promises.clocks import Clock
from crm_store.queue.queue_row import QueueRow
from crm_store.staff.scope import Scope

LIKELY = {
    State.RECEIVED: State.INVESTIGATING,
    State.ACKNOWLEDGED: State.INVESTIGATING,
    State.INVESTIGATING: State.REMEDY_OFFERED,
    State.REMEDY_OFFERED: State.ACCEPTED,
    State.ACCEPTED: State.DONE,
    State.DECLINED: State.REMEDY_OFFERED,
    State.DONE: State.CONFIRMED,
    State.CONFIRMED: State.CLOSED,
}
"""The next state on the way most cases go."""


@dataclass(frozen=True)
class Head:
    """`moves` are the states it can go to, `likely` the first of them to offer; `into` what it was merged into."""

    row: QueueRow
    case: Complaint
    clocks: list[Clock]
    paused_at: datetime | None
    states: dict[str, Words]
    incident: Incident | None
    into: Complaint | None

    @property
    def is_merged(self) -> bool:
        return self.case.merged_into is not None

    @property
    def state(self) -> State:
        return State(self.case.state)

    @property
    def moves(self) -> tuple[State, ...]:
        return () if self.is_merged else MOVES[self.state]

    @property
    def likely(self) -> State | None:
        return None if self.is_merged else LIKELY.get(self.state)

    @property
    def is_open(self) -> bool:
        return not self.is_merged and self.state in OPEN

    @property
    def is_reopenable(self) -> bool:
        return not self.is_merged and self.state in REOPENABLE

    def is_of(self, staff_id: int) -> bool:
        return self.case.assignee_id == staff_id


async def head_of(crm: Crm, scope: Scope, complaint_id: int) -> Head:
    """Raises `NotThere`, also for what is not in sight."""
    row = await crm.queue.case(scope, complaint_id)
    if row is None:
        raise NotThere
    case = await crm.session.get_one(Complaint, complaint_id, populate_existing=True)
    incident = await crm.session.get(Incident, case.incident_id) if case.incident_id else None
    running = await running_of(crm, complaint_id)
    paused = await pause_of(crm.session, complaint_id)
    return Head(row, case, running, paused, await crm.labels.all(), incident, await merged_target(crm, scope, case))


async def head_values(crm: Crm, scope: Scope, complaint_id: int, staff_id: int) -> dict[str, Any]:
    """What ``case/head.html`` takes."""
    return {"head": await head_of(crm, scope, complaint_id), "me": staff_id}
