"""The handlers' inbox: cases and waiting conversations in one list, most urgent first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.queue.queue_changes import Standing, standing_of
from crm_store.queue.queue_counts import Tally, tally_of
from crm_store.queue.queue_filter import (
    CASE_VIEWS,
    TALK_VIEWS,
    QueueFilter,
    View,
    held_talks,
    narrowed_cases,
    narrowed_talks,
    open_cases,
    open_talks,
)
from crm_store.queue.queue_places import PRESSING, SOONER, TALK_PRESSING, cursor
from crm_store.queue.queue_row import DRESSED, QueueRow, row_of
from crm_store.records.page import CursorUnknown
from crm_store.staff.scope import Scope
from crm_store.staff.sight import Sight

_CURSOR = cursor("sooner", "pressing", "kind", "id")


@dataclass(frozen=True)
class QueuePage:
    """`next` is the cursor to ask for the following page with; None when this is the last."""

    rows: list[QueueRow]
    next: str | None


class CaseQueue:
    """Reads of the inbox inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(
        self, scope: Scope, wanted: QueueFilter, now: datetime, after: str | None = None, limit: int = 50
    ) -> QueuePage:
        """Reopened ones first, then by the nearest promise, those missed on top; what is closed, newest first.

        Raises `CursorUnknown` when `after` is not a cursor of ours.
        """
        sight = Sight(scope)
        lines = _closed(sight, wanted) if wanted.view is View.CLOSED else _open(sight, wanted)
        place = _place(after)
        picked = _picked(lines, "desc" if wanted.view is View.CLOSED else "asc", bool(place))
        values = sight.values | wanted.values | place | {"now": now, "limit": limit + 1}
        rows = await self._rows(picked, values)
        return QueuePage(rows[:limit], rows[limit - 1].cursor if len(rows) > limit else None)

    async def counts(self, scope: Scope, now: datetime) -> dict[View, int]:
        """How many lines each tab has, in one statement; the closed ones are not counted."""
        sight = Sight(scope)
        views = [view for view in View if view is not View.CLOSED]
        cases = ", ".join(f'count(*) filter (where {CASE_VIEWS[view]}) as "{view}"' for view in views)
        talks = ", ".join(f'count(*) filter (where {TALK_VIEWS[view]}) as "{view}"' for view in views)
        sums = ", ".join(f'sum("{view}") as "{view}"' for view in views)
        found = await self._session.execute(
            text(
                f"""select {sums} from (
                        select {cases} from complaints p where {open_cases(sight)}
                        union all select {talks} from {held_talks(sight)} where {open_talks(sight)}) as counted"""
            ),
            sight.values | {"now": now},
        )
        return {view: int(count) for view, count in zip(views, found.one(), strict=True)}

    async def tally(self, now: datetime) -> Tally:
        """What the tabs of everybody are added up from."""
        return await tally_of(self._session, now)

    async def case(self, scope: Scope, complaint_id: int) -> QueueRow | None:
        """The line of one case, open or closed; None when it is not in sight."""
        sight = Sight(scope)
        line = f"""select 'case' as kind, p.id as complaint_id, null::bigint as conversation_id,
                          '' as cursor, 1 as place from complaints p where p.id = :id and {sight.case("p")}"""
        return await self._one(line, sight.values | {"id": complaint_id})

    async def talk(self, scope: Scope, conversation_id: int) -> QueueRow | None:
        """The line of one conversation, whoever holds it; None when it is not in sight."""
        sight = Sight(scope)
        line = f"""select 'talk' as kind, null::bigint as complaint_id, v.id as conversation_id,
                          '' as cursor, 1 as place from conversations v where v.id = :id and {sight.talk("v")}"""
        return await self._one(line, sight.values | {"id": conversation_id})

    async def those(
        self, scope: Scope, complaint_ids: Sequence[int], conversation_ids: Sequence[int] = ()
    ) -> list[QueueRow]:
        """The lines of these cases and conversations, as far as they are in sight; open or not."""
        sight = Sight(scope)
        lines = f"""select 'case' as kind, p.id as complaint_id, null::bigint as conversation_id, '' as cursor,
                           p.id as place from complaints p where p.id = any(:cases) and {sight.case("p")}
                    union all
                    select 'talk', null, v.id, '', v.id from conversations v
                     where v.id = any(:talks) and {sight.talk("v")}"""
        values = sight.values | {"cases": list(complaint_ids), "talks": list(conversation_ids)}
        return await self._rows(f"with picked as ({lines})", values)

    async def standing(
        self, complaint_ids: Sequence[int], conversation_ids: Sequence[int], now: datetime
    ) -> list[Standing] | None:
        """The lines of these and of what is tied to them, as they stand now; None when they are too many."""
        return await standing_of(self._session, complaint_ids, conversation_ids, now)

    async def cases_in(self, scope: Scope, conversation_id: int) -> list[QueueRow]:
        """The cases in sight that were talked about in this conversation: open ones first, then the newest."""
        sight = Sight(scope)
        lines = f"""select 'case' as kind, p.id as complaint_id, null::bigint as conversation_id, '' as cursor,
                           row_number() over (order by p.closed_at is not null, p.id desc) as place
                      from complaint_conversations n join complaints p on p.id = n.complaint_id
                     where n.conversation_id = :id and p.merged_into is null and {sight.case("p")} limit 20"""
        return await self._rows(f"with picked as ({lines})", sight.values | {"id": conversation_id})

    async def _one(self, line: str, values: dict[str, Any]) -> QueueRow | None:
        return next(iter(await self._rows(f"with picked as ({line})", values)), None)

    async def _rows(self, picked: str, values: dict[str, Any]) -> list[QueueRow]:
        found = await self._session.execute(text(picked + DRESSED), values)
        return [row_of(dict(row)) for row in found.mappings()]


def _picked(lines: list[str], way: str, goes_on: bool) -> str:
    """Each kind of line brings no more than a page, so that an index may bring it."""
    order = ", ".join(f"{column} {way}" for column in ("sooner", "pressing", "kind", "id"))
    beyond = (
        f"(sooner, pressing, kind, id) {'>' if way == 'asc' else '<'} (:sooner, to_timestamp(:pressing), :kind, :id)"
    )
    if way == "desc":
        beyond += " and pressing <= to_timestamp(:pressing)"  # says nothing new, but the index answers it
    where = f"where {beyond}" if goes_on else ""
    parts = [f"(select * from ({line}) as one {where} order by {order} limit :limit)" for line in lines]
    return f"""
        with lines as ({" union all ".join(parts)}), picked as (
            select kind, complaint_id, conversation_id, {_CURSOR} as cursor,
                   row_number() over (order by {order}) as place
              from lines order by {order} limit :limit
        )"""


def _open(sight: Sight, wanted: QueueFilter) -> list[str]:
    return [
        f"""
        select 'case' as kind, p.id, p.id as complaint_id, null::bigint as conversation_id,
               {SOONER} as sooner, {PRESSING} as pressing
          from complaints p where {open_cases(sight)} and {narrowed_cases(wanted)}""",
        f"""
        select 'talk' as kind, v.id, null::bigint as complaint_id, v.id as conversation_id, 1 as sooner,
               {TALK_PRESSING} as pressing
          from {held_talks(sight)} where {open_talks(sight)} and {narrowed_talks(wanted)}""",
    ]


def _closed(sight: Sight, wanted: QueueFilter) -> list[str]:
    return [
        f"""
        select 'case' as kind, p.id, p.id as complaint_id, null::bigint as conversation_id, 1 as sooner,
               p.closed_at as pressing
          from complaints p
         where p.closed_at is not null and p.merged_into is null and {sight.case("p")} and {narrowed_cases(wanted)}"""
    ]


def _place(after: str | None) -> dict[str, Any]:
    if not after:
        return {}
    try:
        sooner, pressing, kind, key = after.split("|")
        return {"sooner": int(sooner), "pressing": float(pressing), "kind": kind, "id": int(key)}
    except ValueError as error:
        raise CursorUnknown("`after` is no cursor of this list; begin again without it") from error
