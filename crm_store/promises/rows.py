"""Clocks as rows: what a refresh reads of a case, and how what came of it is written. SQL, set by set."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import text

from crm_store.promises.choice import CalendarOf, Terms
from crm_store.promises.running import Hold, Reading

# The row of the case is the lock of its clocks. No foreign key to it has to wait for this kind.
CASES = text(
    """
    select c.id, c.number, c.severity, c.category, c.store_code as store, u.tier, c.closed_at, c.merged_into
      from complaints c left join customers u on u.id = c.customer_id
     where c.id = any(:ids) order by c.id for no key update of c
    """
)
DUE = text(
    """
    select c.id from complaints c
     where c.id in (select complaint_id from clocks where next_at <= :now order by next_at limit :limit)
     order by c.id for no key update of c skip locked
    """
)
EVENTS = text(
    """
    select complaint_id, id, at, kind, detail from complaint_events
     where complaint_id = any(:ids) and kind = any(:kinds)
     order by complaint_id, at, id
    """
)
CASE = text(
    """
    select c.id, c.number, c.severity, c.category, c.store_code as store, u.tier, c.closed_at, c.merged_into
      from complaints c left join customers u on u.id = c.customer_id
     where c.id = any(:ids)
    """
)
STORED = text(
    """
    select id, complaint_id, kind, ordinal, holds, warned_at, alarmed_at, missed_at, met_at, ended_at
      from clocks where complaint_id = any(:ids)
    """
)
UNSEEN = text(
    """
    update clocks c set next_at = :now
     where c.met_at is null and c.ended_at is null and c.kind <> 'resolution' and exists (
           select from complaint_events e
            where e.complaint_id = c.complaint_id and e.kind = 'answered' and e.at >= c.started_at and e.at <= :now)
    """
)
WRITE = text(
    """
    insert into clocks (complaint_id, kind, ordinal, policy_id, calendar_id, target, started_at, pauses, holds, due_at,
                        warned_at, alarmed_at, missed_at, met_at, ended_at, next_at)
    select r.* from jsonb_to_recordset(cast(:rows as jsonb))
        as r(complaint_id bigint, kind text, ordinal int, policy_id bigint, calendar_id bigint, target int,
             started_at timestamptz, pauses jsonb, holds jsonb, due_at timestamptz, warned_at timestamptz,
             alarmed_at timestamptz, missed_at timestamptz, met_at timestamptz, ended_at timestamptz,
             next_at timestamptz)
    on conflict (complaint_id, kind, ordinal) do update
       set policy_id = excluded.policy_id, calendar_id = excluded.calendar_id, target = excluded.target,
           started_at = excluded.started_at, pauses = excluded.pauses, holds = excluded.holds,
           due_at = excluded.due_at, warned_at = excluded.warned_at, alarmed_at = excluded.alarmed_at,
           missed_at = excluded.missed_at, met_at = excluded.met_at, ended_at = excluded.ended_at,
           next_at = excluded.next_at
    returning id, complaint_id, kind, ordinal
    """
)
END_STRAY = text("update clocks set ended_at = coalesce(ended_at, :now), next_at = null where id = any(:ids)")
# Of `waits_for` only this is known here: nobody of us has to write, as long as our answer was the last word.
SUMMED_UP = text(
    """
    update complaints c
       set next_due_at = r.next_due_at, waits_for = case when r.answered then 'shopper' else c.waits_for end
      from jsonb_to_recordset(cast(:rows as jsonb)) as r(id bigint, next_due_at timestamptz, answered boolean)
     where c.id = r.id
    """
)


def as_row(complaint_id: int, clock: Reading) -> dict[str, Any]:
    """One clock for `WRITE`."""
    terms = clock.terms
    moments = ("started_at", "warned_at", "alarmed_at", "missed_at", "met_at", "ended_at", "next_at")
    pauses = [{"from": _iso(each.since), "to": _iso(each.until), "reason": each.reason} for each in clock.pauses]
    return {name: _iso(getattr(clock, name)) for name in moments} | {
        "complaint_id": complaint_id,
        "kind": clock.kind,
        "ordinal": clock.ordinal,
        "policy_id": terms.policy_id,
        "calendar_id": terms.calendar.id,
        "target": terms.target,
        "pauses": pauses,
        "holds": [_held(hold) for hold in clock.holds],
        "due_at": _iso(clock.due),
    }


def _held(hold: Hold) -> dict[str, Any]:
    terms = hold.terms
    return {
        "since": _iso(hold.since),
        "target": terms.target,
        "policy_id": terms.policy_id,
        "policy": terms.policy,
        "policy_version": terms.policy_version,
        "calendar_id": terms.calendar.id,
    }


def as_holds(rows: Iterable[dict[str, Any]], calendars: dict[int, CalendarOf]) -> tuple[Hold, ...]:
    """The terms a stored clock has had, the first from its start."""
    return tuple(
        Hold(
            datetime.fromisoformat(row["since"]),
            Terms(row["target"], row["policy_id"], row["policy"], row["policy_version"], calendars[row["calendar_id"]]),
        )
        for row in rows
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
