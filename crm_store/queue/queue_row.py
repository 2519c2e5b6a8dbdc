"""What one line of the handlers' inbox shows, and how it is put together for a handful of picked ids at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm_store.model import Words


@dataclass(frozen=True)
class LastMessage:
    """`text` is cut to 200 characters; `direction` is `in` or `out`."""

    text: str
    at: datetime
    direction: str
    author: str


@dataclass(frozen=True)
class NearestClock:
    """The running promise that is due first; `due_at` is empty while it is paused."""

    kind: str
    due_at: datetime | None
    warned: bool
    missed: bool


@dataclass(frozen=True)
class Raised:
    """The highest open escalation; one that nobody has acknowledged goes before others."""

    id: int
    cause: str
    level: int
    acknowledged: bool


@dataclass(frozen=True)
class RowTag:
    code: str
    name: Words
    colour: str


@dataclass(frozen=True)
class QueueRow:
    """`kind` is `case` or `talk`: a conversation that needs a person and has no open case. Names may be empty.

    `assignee_id` is who has the case, of a talk who holds it. `unread`: the shopper had the last word.
    """

    kind: str
    complaint_id: int | None
    conversation_id: int | None
    cursor: str
    number: str | None
    customer_id: int | None
    identity_id: int | None
    name: str
    address: str
    channel: str
    language: str
    category: str | None
    severity: str | None
    state: str | None
    urgent: bool
    reopened: int
    waits_for: str | None
    assignee_id: int | None
    assignee: str
    team_id: int | None
    team: Words
    control: str | None
    parked_until: datetime | None
    waiting_since: datetime | None
    opened_at: datetime
    incident_id: int | None
    attachments: int
    last: LastMessage | None
    clock: NearestClock | None
    escalation: Raised | None
    tags: list[RowTag]

    @property
    def unread(self) -> bool:
        return self.last is not None and self.last.direction == "in"


_DRESSED = """
select k.kind, k.complaint_id, coalesce(k.conversation_id, l.conversation_id) as conversation_id, k.cursor,
       p.number, coalesce(p.customer_id, a.customer_id) as customer_id, a.id as identity_id,
       coalesce(u.name, a.display_name, '') as name, coalesce(a.address, '') as address,
       coalesce(v.channel, a.channel, '') as channel, coalesce(p.language, v.language) as language,
       p.category, p.severity, p.state, coalesce(p.urgent, false) as urgent, coalesce(p.reopened, 0) as reopened,
       p.waits_for, s.id as assignee_id, coalesce(s.name, '') as assignee,
       t.id as team_id, coalesce(t.name, '{{}}') as team, v.control, v.parked_until, v.waiting_since,
       coalesce(p.opened_at, v.waiting_since, v.last_in_at, v.opened_at) as opened_at, p.incident_id,
       (select count(*) from attachments f
         where case when k.kind = 'case' then f.complaint_id = p.id else f.conversation_id = v.id end) as attachments,
       m.text as last_text, m.at as last_at, m.direction as last_direction, m.author as last_author,
       c.kind as clock_kind, c.due_at, c.warned_at is not null as warned, c.missed_at is not null as missed,
       e.id as raised_id, e.cause, e.level, e.acknowledged_at is not null as acknowledged,
       coalesce(g.tags, '[]') as tags{more}
  from picked k
  left join complaints p on p.id = k.complaint_id
  left join lateral (
        select n.conversation_id from complaint_conversations n join conversations o on o.id = n.conversation_id
         where n.complaint_id = p.id order by o.last_in_at desc nulls last, o.id desc limit 1) l on true
  left join conversations v on v.id = coalesce(k.conversation_id, l.conversation_id)
  left join channel_identities a on a.id = coalesce(v.identity_id, p.identity_id)
  left join customers u on u.id = coalesce(p.customer_id, a.customer_id)
  left join staff s on s.id = case when k.kind = 'case' then p.assignee_id else v.holder_id end
  left join teams t on t.id = case when k.kind = 'case' then p.team_id else v.team_id end
  left join lateral (
        select left(i.text, 200) as text, i.at, i.direction, i.author from interactions i
         where i.conversation_id = v.id order by i.id desc limit 1) m on true
  left join lateral (
        select * from clocks r where r.complaint_id = p.id and r.met_at is null and r.ended_at is null
         order by r.due_at nulls last, r.id limit 1) c on true
  left join lateral (
        select * from (
               select * from escalations x where x.complaint_id = p.id and x.closed_at is null
               union all
               select * from escalations x where x.conversation_id = v.id and x.closed_at is null) r
         order by r.acknowledged_at is null desc, r.level desc, r.id desc limit 1) e on true
  left join lateral (
        select jsonb_agg(jsonb_build_object('code', r.code, 'name', r.name, 'colour', r.colour) order by r.id) as tags
          from complaint_tags n join tags r on r.id = n.tag_id where n.complaint_id = p.id) g on true
 order by k.place
"""
DRESSED = _DRESSED.format(more="")
"""Follows ``with picked as (…)`` of `kind`, `complaint_id`, `conversation_id`, `cursor`, `place`."""
DRESSED_WITH_FACTS = _DRESSED.format(more=", k.facts")
"""The same with a column `facts` of `picked`."""


def row_of(found: dict[str, Any]) -> QueueRow:
    """One line out of the columns of `DRESSED`."""
    flat = {name: found[name] for name in QueueRow.__annotations__ if name in found}
    flat["tags"] = [RowTag(**tag) for tag in found["tags"]]
    return QueueRow(
        **flat,
        last=_made(LastMessage, found, ("last_text", "last_at", "last_direction", "last_author")),
        clock=_made(NearestClock, found, ("clock_kind", "due_at", "warned", "missed")),
        escalation=_made(Raised, found, ("raised_id", "cause", "level", "acknowledged")),
    )


def _made[T](part: type[T], found: dict[str, Any], columns: tuple[str, ...]) -> T | None:
    """A part of the line, when the join found one: its first column is never empty then."""
    return part(*(found[name] for name in columns)) if found[columns[0]] is not None else None
