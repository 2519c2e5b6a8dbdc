"""Writing down what was decided: letters in the outbox, and touches that do not go now."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.decision.decision import Decision, GateStep, Outcome, Reason
from crm_store.planning.candidates import Sent
from crm_store.planning.touches import TouchState
from crm_store.talks.outbox import Priority

Trace = tuple[GateStep, ...]

_LEFT = {
    # To another lane, whose turn it is then.
    Outcome.SEND: TouchState.WAITING,
    Outcome.DEFER: TouchState.WAITING,
    Outcome.SUPPRESS: TouchState.SUPPRESSED,
    Outcome.PARK: TouchState.PARKED,
    Outcome.HOLDOUT: TouchState.HOLDOUT,
}

_WRITE = text(
    """
    with letter as (
        select nextval(pg_get_serial_sequence('outbox_messages', 'id')) as outbox_id, r.*
          from jsonb_to_recordset(cast(:letters as jsonb))
            as r(occurrence_id bigint, customer_id bigint, purpose text, channel text, identity_id bigint,
                 conversation_id bigint, address text, control_version int, body jsonb, expires_at timestamptz,
                 tries int, reason text, policy_version int, trace_id int, consent_id bigint)
    ), queued as (
        insert into outbox_messages (id, lane, conversation_id, address, purpose, author, priority, body, state,
                                     expires_at, control_version, tries, queued_at)
        select outbox_id, :lane, conversation_id, address, purpose, 'house', :priority, body, 'sending', expires_at,
               control_version, tries, :now
          from letter
    ), touched as (
        update touches t
           set state = 'sending', outcome = 'send', reason = l.reason, channel = l.channel, lane = :lane,
               identity_id = l.identity_id, decided_at = :now, policy_version = l.policy_version,
               trace_id = l.trace_id, consent_id = l.consent_id, displaced_by = null, outbox_id = l.outbox_id
          from letter l where t.occurrence_id = l.occurrence_id and t.customer_id = l.customer_id
    )
    select occurrence_id, customer_id, outbox_id from letter
    """
)

_PUT_BY = text(
    """
    update touches t
       set state = r.state, outcome = r.outcome, reason = r.reason, channel = coalesce(r.channel, t.channel),
           lane = coalesce(r.lane, t.lane), identity_id = coalesce(r.identity_id, t.identity_id),
           due_at = coalesce(r.due_at, t.due_at), decided_at = :now, policy_version = r.policy_version,
           trace_id = r.trace_id, consent_id = r.consent_id, displaced_by = r.displaced_by
      from jsonb_to_recordset(cast(:rows as jsonb))
        as r(occurrence_id bigint, customer_id bigint, state text, outcome text, reason text, channel text, lane text,
             identity_id bigint, due_at timestamptz, policy_version int, trace_id int, consent_id bigint,
             displaced_by bigint)
     where t.occurrence_id = r.occurrence_id and t.customer_id = r.customer_id
    """
)


@dataclass(frozen=True)
class Judged:
    """One touch, what was decided of it, and where the decision's channel leads."""

    occurrence_id: int
    customer_id: int
    decision: Decision
    sent: Sent
    trace: Trace

    @property
    def state(self) -> TouchState:
        """Where the decision leaves a touch that does not go now."""
        if self.decision.reason is Reason.CANCELLED:
            return TouchState.CANCELLED
        return _LEFT[self.decision.outcome]


@dataclass(frozen=True)
class Draft:
    """A letter before it has its numbers: the columns of its rows, as `_WRITE` reads them."""

    occurrence_id: int
    customer_id: int
    purpose: str
    channel: str
    identity_id: int
    conversation_id: int
    address: str
    control_version: int
    body: dict[str, Any]
    expires_at: datetime
    tries: int
    reason: str
    policy_version: int
    trace_id: int | None
    consent_id: int | None


async def write(session: AsyncSession, lane: str, drafts: list[Draft], now: datetime) -> dict[tuple[int, int], int]:
    """Outbox row and touch of each, in one statement; the outbox id by occurrence and customer."""
    if not drafts:
        return {}
    rows = json.dumps([vars(draft) for draft in drafts], default=datetime.isoformat)
    values = {"letters": rows, "lane": lane, "priority": Priority.CARE, "now": now}
    written = await session.execute(_WRITE, values)
    return {(occurrence_id, customer_id): outbox_id for occurrence_id, customer_id, outbox_id in written}


async def put_by(session: AsyncSession, judged: list[Judged], traces: Mapping[Trace, int], now: datetime) -> None:
    """Touches that do not go now, with the decision that says so and the time they are decided again."""
    if judged:
        rows = json.dumps([_row(each, traces[each.trace]) for each in judged])
        await session.execute(_PUT_BY, {"rows": rows, "now": now})


def _row(judged: Judged, trace_id: int) -> dict[str, Any]:
    decision, sent = judged.decision, judged.sent
    return {
        "occurrence_id": judged.occurrence_id,
        "customer_id": judged.customer_id,
        "state": judged.state,
        "outcome": decision.outcome,
        "reason": decision.reason,
        "channel": decision.channel,
        "lane": sent.lane,
        "identity_id": sent.identity_id,
        "due_at": decision.until.isoformat() if decision.until else None,
        "policy_version": decision.policy_version,
        "trace_id": trace_id,
        "consent_id": sent.consent_id,
        "displaced_by": decision.displaced_by,
    }
