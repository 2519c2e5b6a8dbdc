"""One conversation as staff read it: every message with what became of it, and between them what staff noted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm_store.staff.sight import Sight


@dataclass(frozen=True)
class Enclosed:
    """An attachment. Only one whose `state` is `kept` has bytes; `reason` says why another has none."""

    id: int
    token: str
    name: str
    media_type: str
    size: int
    state: str
    reason: str


@dataclass(frozen=True)
class ThreadItem:
    """A message, or a note of staff (`is_note`), which never leaves the house and has no delivery.

    `author` is `shopper`, `bot`, `house` or `staff`; `id` is the interaction's or the note's own. `choices` are labels.
    """

    is_note: bool
    id: int
    at: datetime
    direction: str
    author: str
    staff_id: int | None
    staff: str
    kind: str
    text: str
    language: str | None
    choices: list[str]
    intent: str | None
    delivery: str
    error: str
    outbox_id: int | None
    sent_at: datetime | None
    answers: int | None
    complaint_id: int | None
    attachments: list[Enclosed]


@dataclass(frozen=True)
class Thread:
    """`items` oldest first; `older` is the `before` to ask for the page above, None at the beginning."""

    conversation_id: int
    items: list[ThreadItem]
    older: int | None


def thread_statement(sight: Sight) -> str:
    """Takes `id`, `before` (an interaction id, or None) and `limit`: messages below it, and the notes of their time."""
    return f"""
    with shown as (
        select v.id from conversations v where v.id = :id and {sight.talk("v")}
    ), page as (
        select i.* from interactions i join shown on shown.id = i.conversation_id
         where cast(:before as bigint) is null or i.id < cast(:before as bigint) order by i.id desc limit :limit
    ), span as (
        select case when count(*) = :limit then min(page.at) else '-infinity'::timestamptz end as first,
               coalesce((select i.at from interactions i where i.id = cast(:before as bigint)), 'infinity') as last
          from page
    ), noted as (
        select n.* from staff_notes n, span
         where n.at >= span.first and n.at < span.last and exists (select from shown)
           and (n.conversation_id = :id or n.complaint_id in (
                   select p.id from complaint_conversations k join complaints p on p.id = k.complaint_id
                    where k.conversation_id = :id and {sight.case("p")}))
    )
    select false as is_note, page.id, page.at, page.direction, page.author, page.staff_id,
           coalesce(s.name, '') as staff, page.kind, page.text, page.language,
           jsonb_path_query_array(page.choices, '$[*].label') as choices, page.intent,
           page.delivery, coalesce(o.error, '') as error, o.id as outbox_id, page.sent_at, page.answers,
           null::bigint as complaint_id, coalesce(f.attachments, '[]') as attachments
      from page
      left join staff s on s.id = page.staff_id
      left join lateral (
            select * from outbox_messages r where r.interaction_id = page.id order by r.id limit 1) o on true
      left join lateral (
            select jsonb_agg(jsonb_build_object(
                       'id', r.id, 'token', r.token, 'name', r.name, 'size', r.size,
                       'media_type', r.media_type, 'state', r.state, 'reason', r.reason) order by r.id) as attachments
              from attachments r where r.interaction_id = page.id) f on true
    union all
    select true, noted.id, noted.at, '', 'staff', noted.staff_id, coalesce(s.name, ''), 'note', noted.text, null, '[]',
           null, '', '', null, null, null, noted.complaint_id, '[]'
      from noted left join staff s on s.id = noted.staff_id
     order by at, is_note, id
    """


def item_of(row: dict[str, Any]) -> ThreadItem:
    return ThreadItem(**row | {"attachments": [Enclosed(**each) for each in row["attachments"]]})
