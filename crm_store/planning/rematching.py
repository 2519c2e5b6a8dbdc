"""Re-matching: while an occurrence's touches wait, people whose records changed are decided anew; also a no may go."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.decision.decide import decide
from crm_store.decision.decision import Decision, Outcome
from crm_store.planning.briefing import Briefing
from crm_store.planning.candidates import Candidate, Candidates, Pair, sent_by
from crm_store.planning.touch_rows import STATES
from crm_store.planning.traces import Traces

_WAITING = text(
    """
    select o.id from occurrences o
     where o.state = 'planned' and o.expires_at > :now and coalesce(o.rematched_at, o.planned_at) <= :before
       and exists (select from touches t where t.occurrence_id = o.id and t.state = 'waiting')
     order by coalesce(o.rematched_at, o.planned_at), o.id limit :limit
    """
)

# Whom somebody is just sending to is left to them: they ask the records themselves.
_CHANGED = text(
    """
    select t.customer_id
      from touches t
      join standings s on s.customer_id = t.customer_id
      join plan_pages p on p.occurrence_id = t.occurrence_id and p.page = :page
     where t.occurrence_id = :occurrence and t.customer_id > :after and t.customer_id <= :last
       and t.state in ('waiting', 'parked', 'suppressed') and t.reason <> 'cancelled' and s.read_at > p.planned_at
     order by t.customer_id limit :limit for update of t skip locked
    """
)

_KEEP = text(
    """
    update touches t
       set state = r.state, outcome = r.outcome, reason = r.reason, channel = r.channel, lane = r.lane,
           identity_id = r.identity_id, due_at = r.due_at, decided_at = :now, policy_version = r.policy_version,
           trace_id = r.trace_id, consent_id = r.consent_id, displaced_by = r.displaced_by
      from jsonb_to_recordset(cast(:rows as jsonb)) as r(
           customer_id bigint, state text, outcome text, reason text, channel text, lane text, identity_id bigint,
           due_at timestamptz, policy_version int, trace_id int, consent_id bigint, displaced_by bigint)
     where t.occurrence_id = :occurrence and t.customer_id = r.customer_id
       and t.state in ('waiting', 'parked', 'suppressed')
    """
)

MOST = 1_000
"""People decided anew at once."""


class Rematching:
    """Reads and writes of re-matching inside one transaction, with the page held."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._candidates = Candidates(session)

    async def waiting(self, now: datetime, before: datetime, limit: int = 100) -> list[int]:
        """Occurrences of which something waits, not looked at since `before`, the longest first."""
        rows = await self._session.scalars(_WAITING, {"now": now, "before": before, "limit": limit})
        return list(rows)

    async def redecide(self, briefing: Briefing, page: int, bounds: tuple[int, int], now: datetime) -> int:
        """Those of the page whose standing was read anew since it was planned; gives how many."""
        asked = {"occurrence": briefing.message.occurrence, "page": page, "last": bounds[1], "limit": MOST}
        after, many = bounds[0] - 1, 0
        while changed := (await self._session.scalars(_CHANGED, {**asked, "after": after})).all():
            await self._anew(briefing, changed, now)
            after, many = changed[-1], many + len(changed)
        return many

    async def _anew(self, briefing: Briefing, customers: Sequence[int], now: datetime) -> None:
        occurrence = briefing.message.occurrence
        pairs = [(occurrence, customer) for customer in customers]
        await self._keep(briefing, await self._candidates.facts_for(pairs, {occurrence: briefing}, now), now)

    async def _keep(self, briefing: Briefing, found: Mapping[Pair, Candidate], now: datetime) -> None:
        decided = [
            (customer, candidate, decide(candidate.facts, briefing.message, now, briefing.policy))
            for (_, customer), candidate in found.items()
        ]
        traces = await Traces(self._session).keep({decision.trace for _, _, decision in decided})
        rows = [
            {"customer_id": customer, "trace_id": traces[decision.trace], **_row(briefing, candidate, decision, now)}
            for customer, candidate, decision in decided
        ]
        asked = {"rows": json.dumps(rows), "occurrence": briefing.message.occurrence, "now": now}
        await self._session.execute(_KEEP, asked)


def _row(briefing: Briefing, candidate: Candidate, decision: Decision, now: datetime) -> dict[str, Any]:
    sent = sent_by(decision, briefing.plan.lanes, candidate.permissions, candidate.addresses)
    due = now if decision.outcome is Outcome.SEND else decision.until
    return {
        "state": STATES[decision.outcome],
        "outcome": decision.outcome,
        "reason": decision.reason,
        "channel": decision.channel,
        "lane": sent.lane,
        "identity_id": sent.identity_id,
        "due_at": due.isoformat() if due is not None else None,
        "policy_version": decision.policy_version,
        "consent_id": sent.consent_id,
        "displaced_by": decision.displaced_by,
    }
