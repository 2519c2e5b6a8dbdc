"""The steps of clocks: each one that is new is written down once, at its true moment, and somebody is told."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.events import By, ComplaintEvents, Event, Happened
from crm_store.promises.escalations import Cause, Escalations, Need
from crm_store.promises.files import CaseFile, ClockKey
from crm_store.promises.running import Reading

STEPS = (Cause.WARNED, Cause.ALARMED, Cause.MISSED)
"""What may happen to a clock before it is met, the gravest last; ``warned`` is kept in ``warned_at``."""
BY_CLOCK = By("clock")
REPEATEDLY = 2
"""So many reopenings bring in somebody else."""

Replays = list[tuple[CaseFile, list[Reading]]]


class Steps:
    """Takes the steps that are new, inside the transaction that holds the cases."""

    def __init__(self, session: AsyncSession, escalations: Escalations) -> None:
        self._events = ComplaintEvents(session)
        self._escalations = escalations

    async def take(self, replays: Replays, ids: dict[ClockKey, int], now: datetime) -> None:
        needs: list[Need] = []
        over: list[str] = []
        for case, clocks in replays:
            needs += list(_of_the_case(case))
            for clock in clocks:
                clock_id = ids[case.id, clock.kind, clock.ordinal]
                new = _new_steps(case, clock)
                self._write(case, clock, clock_id, new)
                needs += _of_the_clock(case, clock, clock_id, new)
                over += _over(clock, clock_id, new)
        await self._escalations.close_keys(over, now)
        await self._escalations.raise_for(needs, now)

    def _write(self, case: CaseFile, clock: Reading, clock_id: int, new: list[Cause]) -> None:
        for step in new:
            detail = {"kind": clock.kind, "ordinal": clock.ordinal, "step": step, "clock": clock_id}
            self._events.add(case.id, Event(Happened.CLOCK, BY_CLOCK, detail), _moment(clock, step))


def _new_steps(case: CaseFile, clock: Reading) -> list[Cause]:
    before = case.stored.get((case.id, clock.kind, clock.ordinal))
    happened = (step for step in STEPS if getattr(clock, f"{step}_at") is not None)
    return [step for step in happened if before is None or getattr(before, f"{step}_at") is None]


def _moment(clock: Reading, step: Cause) -> datetime:
    moment = getattr(clock, f"{step}_at")
    assert isinstance(moment, datetime)
    return moment


def _of_the_clock(case: CaseFile, clock: Reading, clock_id: int, new: list[Cause]) -> list[Need]:
    """Only the gravest: who is told of the miss need not be warned of it. What is over needs nobody."""
    if not new or clock.met_at is not None or case.is_over:
        return []
    due = clock.due.isoformat() if clock.due is not None else ""
    detail = {"clock": clock.kind, "ordinal": clock.ordinal, "due": due}
    return [Need(key_of(clock_id, new[-1]), new[-1], case.id, detail=detail)]


def _over(clock: Reading, clock_id: int, new: list[Cause]) -> Iterable[str]:
    """Lesser steps give way to a graver one; all of them to an answer."""
    if not clock.runs:
        return [key_of(clock_id, step) for step in STEPS]
    return [key_of(clock_id, step) for step in STEPS if new and step != new[-1]]


def _of_the_case(case: CaseFile) -> Iterable[Need]:
    if case.is_over:
        return
    if case.severity == "high":
        yield Need(f"severe:{case.id}", Cause.SEVERE, case.id)
    if case.reopenings >= REPEATEDLY:
        times = case.reopenings
        yield Need(f"reopened:{case.id}:{times}", Cause.REOPENED, case.id, detail={"times": times})


def key_of(clock_id: int, step: Cause) -> str:
    """What makes the escalation of a clock's step once."""
    return f"clock:{clock_id}:{step}"
