"""What happened to one customer or in one case, kind by kind, as SQL with the same columns."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm_store.staff.sight import Sight


@dataclass(frozen=True)
class Entry:
    """`kind` names the sentence, `parts` fill it; the thing itself is `target` number `target_id`.

    Of a customer: `messages` (a day of one conversation), `order`, `points`, `coupon`, `coupon_used`, `consent`,
    `preference`, `occasion`, `case`, `case_state`, `remedy`, `follow_up`, `note`. Of a case also: `message`, `clock`
    and `event`. Targets: `conversation`, `complaint`, `order`, `coupon`, `interaction`, or empty.
    """

    at: datetime
    kind: str
    id: int
    target: str
    target_id: int | None
    parts: dict[str, Any]

    @property
    def cursor(self) -> str:
        return f"{self.at.isoformat()}|{self.kind}|{self.id}"


_PERSON = "(x.customer_id = :customer or x.customer_id is null and x.identity_id = any(:identities))"

_STAFF = "(select s.name from staff s where s.id = {})"


_OF_PERSON = [
    f"""
        select max(x.at) as at, 'messages' as kind, max(x.id) as id, 'conversation' as target,
               x.conversation_id as target_id,
               jsonb_build_object('channel', v.channel, 'count', count(*), 'in', count(*) filter (
                   where x.direction = 'in'), 'first_at', min(x.at),
                   'text', left((array_agg(x.text order by x.id desc))[1], 200)) as parts
          from interactions x join conversations v on v.id = x.conversation_id
         where {_PERSON} and {{talk}}
         group by x.conversation_id, v.channel, (x.at at time zone 'UTC')::date""",
    """
        select x.placed_at, 'order', x.id, 'order', x.id, jsonb_build_object('number', x.number, 'state', x.state,
               'total_cents', x.total_cents, 'channel', x.channel)
          from orders x where x.customer_id = :customer""",
    """
        select x.at, 'points', x.id, 'order', (select o.id from orders o where o.number = x.order_number),
               jsonb_build_object('delta', x.delta, 'reason', x.reason, 'order', x.order_number)
          from points_entries x where x.customer_id = :customer""",
    """
        select x.valid_from::timestamp at time zone 'UTC', 'coupon', x.id, 'coupon', x.id,
               jsonb_build_object('code', x.code, 'title', x.title, 'value_cents', x.value_cents,
                                  'valid_until', x.valid_until)
          from coupons x where x.customer_id = :customer""",
    """
        select x.used_at, 'coupon_used', x.id, 'coupon', x.id,
               jsonb_build_object('code', x.code, 'title', x.title, 'value_cents', x.value_cents)
          from coupons x where x.customer_id = :customer and x.used_at is not null""",
    f"""
        select x.at, 'consent', x.id, 'interaction', x.interaction_id,
               jsonb_build_object('purpose', x.purpose, 'channel', x.channel, 'granted', x.granted,
                                  'source', x.source, 'answer', x.answer)
          from consent_entries x where {_PERSON}""",
    f"""
        select x.at, 'preference', x.id, 'interaction', x.interaction_id,
               jsonb_build_object('name', x.kind, 'value', x.value, 'words', x.words, 'ended_at', x.ended_at)
          from preferences x where {_PERSON}""",
    f"""
        select x.at, 'occasion', x.id, 'interaction', x.interaction_id,
               jsonb_build_object('name', x.kind, 'month', x.month, 'day', x.day, 'off', x.off, 'words', x.words)
          from occasions x where {_PERSON}""",
    """
        select p.opened_at, 'case', p.id, 'complaint', p.id, jsonb_build_object('number', p.number,
               'category', p.category, 'severity', p.severity, 'text', left(p.what_happened, 200))
          from complaints p where p.customer_id = :customer and {seen}""",
    """
        select x.at, 'case_state', x.id, 'complaint', p.id, jsonb_build_object('number', p.number) || x.detail
               || jsonb_build_object('happened', x.kind)
          from complaint_events x {case} where x.kind in ('state', 'reopened', 'merged', 'split')""",
    """
        select coalesce(x.executed_at, x.decided_at, x.proposed_at), 'remedy', x.id, 'complaint', p.id,
               jsonb_build_object('number', p.number, 'remedy', x.kind, 'amount', x.amount, 'cost', x.cost,
                                  'state', x.state)
          from remedies x {case}""",
    """
        select coalesce(x.answered_at, x.asked_at), 'follow_up', x.id, 'complaint', p.id,
               jsonb_build_object('number', p.number, 'answer', x.answer, 'score', x.score, 'words', x.words,
                                  'lapsed', x.lapsed_at is not null)
          from follow_ups x {case} where x.asked_at is not null""",
    f"""
        select x.at, 'note', x.id, case when p.id is null then 'conversation' else 'complaint' end,
               coalesce(p.id, x.conversation_id),
               jsonb_build_object('number', p.number, 'text', x.text, 'staff', {_STAFF.format("x.staff_id")})
          from staff_notes x left join complaints p on p.id = x.complaint_id
          left join conversations v on v.id = x.conversation_id
         where case when p.id is null then v.identity_id = any(:identities) and {{talk}}
                    else p.customer_id = :customer and {{seen}} end""",
]


def of_person(sight: Sight) -> list[str]:
    """One select for each kind; they take `customer` and `identities`, the ids of the customer's addresses."""
    seen = sight.case("p")
    case = f"join complaints p on p.id = x.complaint_id and p.customer_id = :customer and {seen}"
    return [told.format(case=case, seen=seen, talk=sight.talk("v")) for told in _OF_PERSON]


_CLOCK_STEPS = ("started_at", "warned_at", "alarmed_at", "missed_at", "met_at")


_CLOCKS = "\nunion all\n".join(
    f"""select x.{step}, 'clock', x.id, 'complaint', x.complaint_id, jsonb_build_object('step', '{step[:-3]}',
               'clock', x.kind, 'ordinal', x.ordinal, 'due_at', x.due_at)
          from clocks x where x.complaint_id = :id and x.{step} is not null"""
    for step in _CLOCK_STEPS
)
_REMEDIES = "\nunion all\n".join(
    f"""select x.{step}, 'remedy', x.id, 'complaint', x.complaint_id, jsonb_build_object('step', '{step[:-3]}',
               'remedy', x.kind, 'amount', x.amount, 'cost', x.cost, 'state', x.state, 'reason', x.reason,
               'evidence', x.evidence, 'staff', {_STAFF.format(who)})
          from remedies x where x.complaint_id = :id and x.{step} is not null"""
    for step, who in (
        ("proposed_at", "x.proposed_by"),
        ("decided_at", "x.decided_by"),
        ("executed_at", "x.decided_by"),
        ("arrived_at", "null"),
    )
)

OF_CASE = f"""
select x.at, 'event' as kind, x.id, 'complaint' as target, x.complaint_id as target_id,
       jsonb_build_object('happened', x.kind, 'by', x.by, 'staff', {_STAFF.format("x.staff_id")},
                          'detail', x.detail, 'interaction_id', x.interaction_id) as parts
  from complaint_events x
 where x.complaint_id = :id and x.kind not in ('clock', 'remedy', 'follow_up', 'asked', 'answered')
union all
{_CLOCKS}
union all
{_REMEDIES}
union all
select coalesce(x.answered_at, x.lapsed_at, x.asked_at), 'follow_up', x.id, 'complaint', x.complaint_id,
       jsonb_build_object('answer', x.answer, 'score', x.score, 'words', x.words, 'asked_at', x.asked_at,
                          'lapsed', x.lapsed_at is not null)
  from follow_ups x where x.complaint_id = :id and coalesce(x.answered_at, x.lapsed_at, x.asked_at) is not null
union all
select x.at, 'note', x.id, 'complaint', x.complaint_id,
       jsonb_build_object('text', x.text, 'staff', {_STAFF.format("x.staff_id")})
  from staff_notes x where x.complaint_id = :id
union all
select x.at, 'message', x.id, 'conversation', x.conversation_id,
       jsonb_build_object('direction', x.direction, 'author', x.author, 'text', x.text, 'delivery', x.delivery,
                          'staff', {_STAFF.format("x.staff_id")})
  from complaints p
  join complaint_conversations k on k.complaint_id = p.id
  join interactions x on x.conversation_id = k.conversation_id
 where p.id = :id and x.at <= coalesce(p.closed_at, 'infinity')
   and (x.at >= p.opened_at - interval '1 hour' or x.id = p.opened_by)
"""
"""Everything of the case :id, which the caller has seen to be in sight; messages only of its own time."""
