"""Traces: the gates a decision went through, kept once however many people it holds for."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC
from hashlib import sha256
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.decision.decision import GateStep

Steps = tuple[GateStep, ...]

# In the order of their digests: two who keep the same ones at once wait for each other, and never in a circle.
_KEEP = text(
    """
    insert into decision_traces (digest, steps)
    select n.digest, cast(n.steps as jsonb)
      from unnest(cast(:digests as bytea[]), cast(:texts as text[])) as n(digest, steps)
     where not exists (select from decision_traces d where d.digest = n.digest)
     order by n.digest
    on conflict do nothing
    """
)
_FIND = text("select digest, id from decision_traces where digest = any(cast(:digests as bytea[]))")


def steps_text(steps: Steps) -> str:
    """JSON of every step; ``{"gate": "hours", "passed": false, "until": "2026-11-24T01:00:00Z"}``."""
    return json.dumps([_plain(step) for step in steps], separators=(",", ":"), ensure_ascii=False)


def _plain(step: GateStep) -> dict[str, Any]:
    told = {"gate": step.gate, "passed": step.passed}
    if step.detail:
        told["detail"] = step.detail
    if step.until is not None:
        told["until"] = step.until.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return told


class Traces:
    """Keeps and finds traces inside one transaction.

    Keep them in a transaction of their own before rows name them: nobody then waits for a whole page of somebody
    else's, and what a process remembers of their ids is never undone.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep(self, traces: Iterable[Steps]) -> Mapping[Steps, int]:
        """The id of each; those not kept yet are."""
        told = {steps: steps_text(steps) for steps in traces}
        digests = {steps: sha256(text.encode()).digest() for steps, text in told.items()}
        if not digests:
            return {}
        asked = {"digests": list(digests.values()), "texts": list(told.values())}
        await self._session.execute(_KEEP, asked)
        found: dict[bytes, int] = dict((await self._session.execute(_FIND, {"digests": asked["digests"]})).all())
        return {steps: found[digest] for steps, digest in digests.items()}
