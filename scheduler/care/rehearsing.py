"""Rehearsing a campaign at any time to come: what would fire then, and what would become of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from crm_store.database import Store
from crm_store.decision.message import Policy
from crm_store.errors import CareLoopError
from crm_store.people.consent import Purpose
from crm_store.plans.plan import Once, OnEvent, Plan
from crm_store.plans.triggers import Firing, next_firing
from crm_store.rehearsals.found import Rehearsal
from crm_store.rehearsals.rehearsal import Progress, Rehearsed, rehearse
from scheduler.care.cron import next_cron

LATELY = timedelta(days=7)
_EVENTS = text("select min(id), max(id) from care_events where kind = :kind and at > :since")
_MOMENT = timedelta(microseconds=1)


class NothingFires(CareLoopError):
    """Its trigger does not fire at that time or later, so there is nothing to rehearse."""

    code = "nothing_fires"


@dataclass(frozen=True)
class Wanted:
    """A plan as if it were planned `at`, or when its trigger fires next after that. See `Rehearsed`.

    What fires once and is not over then is planned then, too: those whose hour has gone by are late for it.
    """

    plan: Plan
    purpose: Purpose
    at: datetime
    policy: Policy | None = None
    other: Policy | None = None
    campaign_id: int = 0


class Rehearsals:
    """Rehearses by the shop's zone."""

    def __init__(self, store: Store, zone: str, now: Callable[[], datetime]) -> None:
        self._store = store
        self._zone = zone
        self._now = now

    async def of(self, wanted: Wanted, progress: Progress | None = None) -> tuple[Firing, Rehearsal]:
        """The firing, and what would come of it. Raises `NothingFires`. Cancel the task to stop it."""
        firing = await self._firing(wanted)
        asked = Rehearsed(
            plan=wanted.plan,
            purpose=wanted.purpose,
            now=self._now(),
            at=max(wanted.at, firing.due_at),
            firing=firing,
            policy=wanted.policy,
            other=wanted.other,
            campaign_id=wanted.campaign_id,
        )
        return firing, await rehearse(self._store.transaction, asked, progress)

    async def _firing(self, wanted: Wanted) -> Firing:
        plan, at = wanted.plan, wanted.at
        if isinstance(plan.trigger, OnEvent):
            return await self._lately(plan, plan.trigger, at)
        firing = self._next(plan, at - _MOMENT)
        if firing is None and isinstance(plan.trigger, Once):
            begun = self._next(plan, datetime.min.replace(tzinfo=UTC))
            firing = begun if begun is not None and at < begun.expires_at else None
        if firing is None:
            raise NothingFires("at: its trigger does not fire at that time or later; choose an earlier one")
        return firing

    def _next(self, plan: Plan, after: datetime) -> Firing | None:
        return next_firing(plan.trigger, after, self._zone, next_cron, plan.expires_after)

    async def _lately(self, plan: Plan, trigger: OnEvent, at: datetime) -> Firing:
        """As if all that happened in the last days had happened just now."""
        async with self._store.reading() as crm:
            asked = {"kind": trigger.of, "since": self._now() - LATELY}
            first, last = (await crm.session.execute(_EVENTS, asked)).one()
        if first is None:
            raise NothingFires(f"trigger: nothing of the kind {trigger.of} has happened in the last days")
        return Firing("rehearsal", at, at + timedelta(hours=plan.expires_after), None, first, last)
