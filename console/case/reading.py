"""Finding one case by its number, within a scope: what may not be seen is not there."""

import re

from console.frame.visit import NotThere
from crm_store.cases.complaints import Complaint
from crm_store.cases.locking import held
from crm_store.crm import Crm
from crm_store.promises.clocks import Clock
from crm_store.staff.scope import Scope

NUMBER = re.compile(r"[A-Za-z0-9\-]{1,24}")


async def case_of(crm: Crm, scope: Scope, number: str) -> Complaint:
    """Raises `NotThere`, also for another team's."""
    case = await crm.complaints.numbered(number) if NUMBER.fullmatch(number) else None
    if case is None or not scope.may_see(case.team_id):
        raise NotThere
    return case


async def held_case(crm: Crm, scope: Scope, number: str) -> Complaint:
    """The same, as it is now and nobody else's until the transaction ends. Raises `NotThere`."""
    case = await held(crm.session, (await case_of(crm, scope, number)).id)
    if not scope.may_see(case.team_id):
        raise NotThere
    return case


async def merged_target(crm: Crm, scope: Scope, case: Complaint) -> Complaint | None:
    """The case this one went into, where it may be seen."""
    if case.merged_into is None:
        return None
    into = await crm.session.get(Complaint, case.merged_into)
    return into if into is not None and scope.may_see(into.team_id) else None


async def running_of(crm: Crm, complaint_id: int) -> list[Clock]:
    """Clocks that run, the nearest first; paused ones last."""
    running = [clock for clock in await crm.clocks.of(complaint_id) if clock.met_at is None and clock.ended_at is None]
    return sorted(running, key=lambda clock: (clock.due_at is None, clock.due_at or clock.started_at))
