"""Lines of the inbox that have changed, with what decides in whose lists they stand and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.queue.queue_filter import QueueFilter, View
from crm_store.queue.queue_places import PRESSING, SOONER, TALK_PRESSING, Place, cursor, place_of
from crm_store.queue.queue_row import DRESSED_WITH_FACTS, QueueRow, row_of
from crm_store.queue.queue_ties import TIES, Held, Tie, ties_of
from crm_store.staff.scope import Scope
from crm_store.staff.sight import HELD

MOST = 100
"""Lines that are worth looking at one by one."""

_OPEN_PLACE = cursor(SOONER, PRESSING, "'case'", "p.id")
_CLOSED_PLACE = cursor("1", "p.closed_at", "'case'", "p.id")

# What a case says of itself decides about the lines of its conversations, and a message about those of its cases.
_STANDING = text(
    f"""
    with cases as materialized (
        select unnest(cast(:cases as bigint[])) as id
        union select complaint_id from complaint_conversations where conversation_id = any(:talks)
    ), talks as materialized (
        select unnest(cast(:talks as bigint[])) as id
        union select conversation_id from complaint_conversations where complaint_id = any(:cases)
    ), picked as (
        select 'case' as kind, p.id as complaint_id, null::bigint as conversation_id,
               case when p.closed_at is null then {_OPEN_PLACE} else {_CLOSED_PLACE} end as cursor, 1 as place,
               jsonb_build_object('closed', p.closed_at is not null, 'overdue', coalesce(p.next_due_at <= :now, false),
                   'channel', (select a.channel from channel_identities a where a.id = p.identity_id)) as facts
          from complaints p where p.id in (select id from cases) and p.merged_into is null
        union all
        select 'talk', null, v.id, {cursor("1", TALK_PRESSING, "'talk'", "v.id")}, 1, jsonb_build_object('ties', {TIES})
          from conversations v where v.id in (select id from talks) and v.control in {HELD}
         limit {MOST + 1}
    ){DRESSED_WITH_FACTS}"""
)


@dataclass(frozen=True)
class Standing:
    """A line, whoever may see it. Of a case: whether it is closed or overdue, and the channel it came by.

    Of a conversation: all cases ever talked about in it.
    """

    row: QueueRow
    closed: bool = False
    overdue: bool = False
    channel: str | None = None
    ties: tuple[Tie, ...] = ()

    @property
    def place(self) -> Place:
        return place_of(self.row.cursor)

    def belongs(self, scope: Scope, wanted: QueueFilter) -> bool:
        """Whether it is one of the lines that `CaseQueue.page` gives: the rules of `Sight` and `QueueFilter`."""
        if not scope.sees_cases:
            return False
        if self.row.kind == "case":
            return scope.may_see(self.row.team_id) and self._is_wanted_case(scope, wanted)
        return self._is_talk_of(scope) and self._is_wanted_talk(scope, wanted)

    def _is_wanted_case(self, scope: Scope, wanted: QueueFilter) -> bool:
        row = self.row
        told = {
            "channel": self.channel,
            "category": row.category,
            "severity": row.severity,
            "state": row.state,
            "handler": row.assignee_id,
            "team": row.team_id,
        }
        return (
            self.closed == (wanted.view is View.CLOSED)
            and self._is_in_view(scope, wanted.view)
            and all(getattr(wanted, name) in (None, value) for name, value in told.items())
            and (wanted.tag is None or wanted.tag in {tag.code for tag in row.tags})
        )

    def _is_in_view(self, scope: Scope, view: View) -> bool:
        row = self.row
        return {
            View.MINE: row.assignee_id is not None and row.assignee_id == scope.staff_id,
            View.TEAM: row.team_id in scope.teams,
            View.UNASSIGNED: row.assignee_id is None,
            View.OVERDUE: self.overdue,
            View.SHOPPER: row.waits_for == "shopper",
        }.get(view, True)

    def _is_wanted_talk(self, scope: Scope, wanted: QueueFilter) -> bool:
        row = self.row
        if wanted.view in (View.CLOSED, View.OVERDUE, View.SHOPPER) or not self._is_in_view(scope, wanted.view):
            return False
        told = {"channel": row.channel, "handler": row.assignee_id, "team": row.team_id}
        return all(
            getattr(wanted, name) in (None, told.get(name))
            for name in ("channel", "category", "severity", "state", "tag", "handler", "team")
        )

    def _is_talk_of(self, scope: Scope) -> bool:
        """In sight itself, and not talked about in an open case in sight."""
        held = Held(self.row.team_id, self.row.assignee_id, self.ties)
        return held.is_uncased(scope) and held.is_seen(scope)


async def standing_of(
    session: AsyncSession, complaint_ids: Sequence[int], conversation_ids: Sequence[int], now: datetime
) -> list[Standing] | None:
    """One statement; None when there are more than `MOST`."""
    values = {"cases": list(complaint_ids), "talks": list(conversation_ids), "now": now}
    rows = [dict(row) for row in (await session.execute(_STANDING, values)).mappings()]
    if len(rows) > MOST:
        return None
    return [_made(row_of(row), **row["facts"]) for row in rows]


def _made(row: QueueRow, ties: Sequence[dict[str, object]] = (), **facts: Any) -> Standing:
    return Standing(row, ties=ties_of(ties), **facts)
