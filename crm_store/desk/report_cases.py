"""What the reports are made of: one row for each case opened in a span, with how it went. Everything else is counting.

A figure is about the cases opened in the span, whenever what it counts has happened; so each opens to its cases.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from crm_store.staff.sight import Sight


class Group(StrEnum):
    """What to group by. A case without the thing is in the group of the empty value."""

    NONE = "none"
    CATEGORY = "category"
    CAUSE = "cause"
    STORE = "store"
    PRODUCT = "product"
    HANDLER = "handler"
    TEAM = "team"
    CHANNEL = "channel"
    DAY = "day"


@dataclass(frozen=True)
class Span:
    """Cases opened from `start` to before `end`; `zone` (IANA) says where a day begins."""

    start: datetime
    end: datetime
    zone: str = "Asia/Singapore"

    @property
    def values(self) -> dict[str, Any]:
        return vars(self)


VALUES = {
    Group.NONE: "''",
    Group.CATEGORY: "p.category",
    Group.CAUSE: "coalesce(p.cause, '')",
    Group.STORE: "coalesce(p.store_code, '')",
    Group.PRODUCT: "coalesce(p.product_sku, '')",
    Group.HANDLER: "coalesce(p.assignee_id::text, '')",
    Group.TEAM: "coalesce(p.team_id::text, '')",
    Group.CHANNEL: "coalesce(a.channel, '')",
    Group.DAY: "(p.opened_at at time zone :zone)::date::text",
}

LABELS = {
    Group.STORE: "select code as value, name as label from stores",
    Group.PRODUCT: "select sku as value, name as label from products",
    Group.HANDLER: "select id::text as value, jsonb_build_object('en', name) as label from staff",
    Group.TEAM: "select id::text as value, name as label from teams",
}
NO_LABELS = "select '' as value, '{}'::jsonb as label where false"

CONDITIONS = {
    "opened": "true",
    "still_open": "closed_at is null",
    "answered": "first_answer is not null",
    "not_answered": "first_answer is null",
    "answer_kept": "answer_missed = 0 and answer_met > 0",
    "answer_missed": "answer_missed > 0",
    "answered_again": "answer_again is not null",
    "resolved": "resolution is not null",
    "resolution_kept": "resolution_missed = 0 and resolution_met > 0",
    "resolution_missed": "resolution_missed > 0",
    "reopened": "reopened > 0",
    "scored": "scores > 0",
    "said_yes": "said_yes > 0",
    "said_no": "said_no > 0",
    "remedied": "remedies > 0",
}
"""By figure, which cases of the span stand behind it."""


_FACTS = """
with cohort as (
    select p.*, {value} as value
      from complaints p left join channel_identities a on a.id = p.identity_id
     where p.opened_at >= :start and p.opened_at < :end and p.merged_into is null and {case}
), happened as (
    select e.complaint_id as id, min(e.at) filter (where e.kind = 'answered') as answered_at,
           min(e.at) filter (where e.kind = 'reopened') as reopened_at,
           min(e.at) filter (
               where e.kind = 'state' and e.detail->>'to' in ('done', 'confirmed', 'closed')) as done_at
      from complaint_events e where e.complaint_id in (select id from cohort) group by 1
), again as (
    select h.id, min(e.at) - h.reopened_at as waited
      from happened h join complaint_events e on e.complaint_id = h.id
     where e.kind = 'answered' and e.at > h.reopened_at
     group by h.id, h.reopened_at
), promised as (
    select c.complaint_id as id,
           count(*) filter (where c.kind = 'first_answer' and missed) as answer_missed,
           count(*) filter (where c.kind = 'first_answer' and met) as answer_met,
           count(*) filter (where c.kind = 'resolution' and missed) as resolution_missed,
           count(*) filter (where c.kind = 'resolution' and met) as resolution_met
      from (select k.*, k.missed_at is not null as missed, k.missed_at is null and k.met_at is not null as met
              from clocks k where k.complaint_id in (select id from cohort)) as c
     where c.kind = 'resolution' or c.ordinal = 1 group by 1
), asked as (
    select f.complaint_id as id, count(f.score) as scores, sum(f.score) as score,
           count(*) filter (where f.answer = 'yes') as said_yes, count(*) filter (where f.answer = 'no') as said_no
      from follow_ups f where f.complaint_id in (select id from cohort) group by 1
), mended as (
    select r.complaint_id as id, count(*) as remedies, sum(r.cost) as cost
      from remedies r where r.complaint_id in (select id from cohort) and r.state in ('executed', 'arrived')
     group by 1
), went as (
    select c.*,
           extract(epoch from case when h.reopened_at is null or h.answered_at < h.reopened_at
                                   then h.answered_at - c.opened_at end)::float8 as first_answer,
           extract(epoch from again.waited)::float8 as answer_again,
           extract(epoch from h.done_at - c.opened_at)::float8 as resolution,
           coalesce(answer_missed, 0) as answer_missed, coalesce(answer_met, 0) as answer_met,
           coalesce(resolution_missed, 0) as resolution_missed, coalesce(resolution_met, 0) as resolution_met,
           coalesce(scores, 0) as scores, score, coalesce(said_yes, 0) as said_yes, coalesce(said_no, 0) as said_no,
           coalesce(remedies, 0) as remedies, coalesce(cost, 0) as cost
      from cohort c
      left join happened h on h.id = c.id
      left join again on again.id = c.id
      left join promised on promised.id = c.id
      left join asked on asked.id = c.id
      left join mended on mended.id = c.id
)
"""


def facts(sight: Sight, by: Group) -> str:
    """``with … went as (…)``: a row for each case of the span in sight. Seconds are of the shopper's real wait.

    The first answer is a person's message that reached the shopper (`answered`) before any reopening; what follows one
    is an interval of its own (`answer_again`). A resolution is the first time the case was done.
    """
    return _FACTS.format(value=VALUES[by], case=sight.case("p"))


COUNTED = """
select went.value, coalesce(l.label, '{{}}') as label, count(*) as opened,
       {counts},
       percentile_cont(0.5) within group (order by first_answer) as first_answer_median,
       percentile_cont(0.9) within group (order by first_answer) as first_answer_p90,
       percentile_cont(0.5) within group (order by answer_again) as answer_again_median,
       percentile_cont(0.5) within group (order by resolution) as resolution_median,
       sum(score)::float8 / nullif(sum(scores), 0)::float8 as score_mean, sum(scores)::bigint as scores,
       sum(said_yes)::bigint as said_yes, sum(said_no)::bigint as said_no, sum(remedies)::bigint as remedies,
       sum(cost)::bigint as cost_cents
  from went left join ({labels}) as l on l.value = went.value
 group by went.value, l.label order by {order}
"""

BEHIND = """
select went.id as complaint_id, went.number, coalesce(u.name, a.display_name, '') as name,
       coalesce(a.channel, '') as channel,
       went.category, went.severity, went.state, went.cause, went.store_code, went.product_sku, went.language,
       went.opened_at, went.closed_at, coalesce(s.name, '') as assignee, went.first_answer, went.resolution,
       went.answer_missed > 0 as answer_missed, went.resolution_missed > 0 as resolution_missed, went.reopened,
       went.score::float8 / nullif(went.scores, 0) as score, went.cost::bigint as cost_cents
  from went
  left join customers u on u.id = went.customer_id
  left join channel_identities a on a.id = went.identity_id
  left join staff s on s.id = went.assignee_id
"""

BOT = """
select {value} as value, count(*) as turns,
       percentile_cont(0.5) within group (order by extract(epoch from i.sent_at - q.at)::float8) as median
  from interactions i join interactions q on q.id = i.answers join conversations v on v.id = i.conversation_id
 where i.at >= :start and i.at < :end and i.author = 'bot' and i.sent_at is not null and {talk}
 group by 1
"""
"""The bot's own figures, never mixed with a person's: answers that left the house, and the wait for them."""

BOT_VALUES = {
    Group.NONE: "''",
    Group.CHANNEL: "v.channel",
    Group.DAY: "(i.at at time zone :zone)::date::text",
}
