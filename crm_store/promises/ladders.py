"""The shop's steps of escalation: for each cause who is told first, and who when nobody has acknowledged in time."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.errors import CareLoopError
from crm_store.promises.calendars import ONE_AT_A_TIME, RuleChanged
from crm_store.promises.escalations import Cause, EscalationStep
from crm_store.staff.members import Role

MOST = 5
LONGEST = 7 * 24 * 60
"""Minutes."""
TELLABLE = (Role.HANDLER, Role.SUPERVISOR, Role.ADMIN)
"""Marketers see no cases."""


class LadderRefused(CareLoopError):
    """Steps that cannot be; `field` is e.g. ``steps.1.minutes``, `reason` one of role, minutes, many."""

    code = "ladder_refused"

    def __init__(self, field: str, remedy: str, reason: str) -> None:
        super().__init__(f"{field}: {remedy}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True)
class Step:
    """`role` is told; when nobody acknowledges within `minutes` on the wall, the next step comes."""

    role: str
    minutes: int


Ladder = tuple[Step, ...]


class Ladders:
    """Reads and writes of steps inside one transaction. Who changed what is for the caller to audit."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> dict[Cause, Ladder]:
        """For every cause, the lowest step first; one without steps tells nobody."""
        found = await self._session.scalars(select(EscalationStep).order_by(EscalationStep.cause, EscalationStep.level))
        rows = found.all()
        return {
            cause: tuple(Step(row.role, row.acknowledge_within) for row in rows if row.cause == cause)
            for cause in Cause
        }

    async def save(self, cause: Cause, steps: Ladder, seen: str | None = None) -> bool:
        """False when nothing has changed. `seen` marks the steps that were read.

        What is open already climbs by the new steps. Raises `LadderRefused`, `RuleChanged`.
        """
        _check(steps)
        await self._session.execute(ONE_AT_A_TIME, {"key": "escalation_steps"})
        before = (await self.all())[cause]
        if before == steps:
            return False
        if seen is not None and seen != mark_of(before):
            raise RuleChanged(f"the steps of {cause} were saved meanwhile; read them again")
        await self._session.execute(delete(EscalationStep).where(EscalationStep.cause == cause))
        if steps:
            await self._session.execute(insert(EscalationStep), _rows(cause, steps))
        return True


def mark_of(steps: Sequence[Step]) -> str:
    """Tells these steps from others."""
    told = ",".join(f"{step.role}:{step.minutes}" for step in steps)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _rows(cause: Cause, steps: Ladder) -> list[dict[str, object]]:
    return [
        {"cause": cause, "level": level, "role": step.role, "acknowledge_within": step.minutes}
        for level, step in enumerate(steps, start=1)
    ]


def _check(steps: Ladder) -> None:
    if len(steps) > MOST:
        raise LadderRefused("steps", f"at most {MOST}", "many")
    for place, step in enumerate(steps):
        if step.role not in TELLABLE:
            raise LadderRefused(f"steps.{place}.role", f"must be one of {', '.join(TELLABLE)}", "role")
        if not 1 <= step.minutes <= LONGEST:
            raise LadderRefused(f"steps.{place}.minutes", f"from 1 to {LONGEST}", "minutes")
