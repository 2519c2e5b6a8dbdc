"""The supervisors' live board: workload, who is there, clocks about to miss."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.model import Words
from crm_store.queue.queue_filter import open_cases
from crm_store.staff.scope import Scope
from crm_store.staff.sight import Sight

SOON = timedelta(hours=1)
PRESENT = timedelta(minutes=5)
"""Who was not seen for longer is not there, whatever they last said."""


@dataclass(frozen=True)
class Waiting:
    """Shoppers who wait for a person right now; `parked` ones were told when the desk opens."""

    count: int
    oldest: datetime | None
    parked: int


@dataclass(frozen=True)
class DueClock:
    complaint_id: int
    number: str
    kind: str
    due_at: datetime
    assignee_id: int | None
    assignee: str


@dataclass(frozen=True)
class Workload:
    """One handler. `open_cases` and `overdue` count what the asker may see; `answered` are messages since midnight."""

    staff_id: int
    name: str
    role: str
    here: bool
    open_cases: int
    overdue: int
    held: int
    answered: int


@dataclass(frozen=True)
class TeamLoad:
    """`team_id` is None for what no team has taken yet."""

    team_id: int | None
    name: Words
    open_cases: int
    unassigned: int
    overdue: int
    waiting: int


@dataclass(frozen=True)
class OpenIncident:
    id: int
    shares: str
    value: str
    title: str
    opened_at: datetime
    cases: int


@dataclass(frozen=True)
class BoardNow:
    waiting: Waiting
    due_soon: list[DueClock]
    missed_today: int
    overdue: int
    handlers: list[Workload]
    teams: list[TeamLoad]
    incidents: list[OpenIncident]


class Board:
    """Reads of the board inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def now(self, scope: Scope, now: datetime, midnight: datetime) -> BoardNow:
        """All of it, as the asker may see it; `midnight` is when the shop's day began."""
        sight = Sight(scope)
        values = sight.values | {"now": now, "midnight": midnight, "soon": now + SOON, "seen": now - PRESENT}
        waiting = (await self._rows(_WAITING.format(talk=sight.talk("v")), values))[0]
        sums = (await self._rows(_SUMS.format(open=open_cases(sight), case=sight.case("p")), values))[0]
        seen = {"open": open_cases(sight), "case": sight.case("p"), "talk": sight.talk("v"), "staff": _staff(sight)}
        return BoardNow(
            waiting=Waiting(**waiting),
            due_soon=[DueClock(**row) for row in await self._rows(_DUE.format(**seen), values)],
            missed_today=sums["missed"],
            overdue=sums["overdue"],
            handlers=[Workload(**row) for row in await self._rows(_HANDLERS.format(**seen), values)],
            teams=[TeamLoad(**row) for row in await self._rows(_TEAMS.format(**seen), values)],
            incidents=[OpenIncident(**row) for row in await self._rows(_INCIDENTS.format(**seen), values)],
        )

    async def _rows(self, statement: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        return [dict(row) for row in (await self._session.execute(text(statement), values)).mappings()]


def _staff(sight: Sight) -> str:
    """Whom the asker sees on the board: colleagues of a common team, oneself, or everybody."""
    if sight.scope.sees_everything:
        return "true"
    mine = "s.id = :me or exists (select from team_members m where m.staff_id = s.id and m.team_id = any(:teams))"
    return f"({mine})" if sight.scope.sees_cases else "false"


_WAITING = """
select count(*) filter (where v.control = 'waiting') as count,
       min(v.waiting_since) filter (where v.control = 'waiting') as oldest,
       count(*) filter (where v.control = 'parked') as parked
  from conversations v where v.control in ('waiting', 'parked') and {talk}
"""

_SUMS = """
select (select count(*) from clocks c join complaints p on p.id = c.complaint_id
         where c.missed_at >= :midnight and c.missed_at <= :now and {case}) as missed,
       (select count(*) from complaints p where p.next_due_at <= :now and {open}) as overdue
"""

_DUE = """
select p.id as complaint_id, p.number, c.kind, c.due_at, p.assignee_id, coalesce(s.name, '') as assignee
  from clocks c join complaints p on p.id = c.complaint_id left join staff s on s.id = p.assignee_id
 where c.met_at is null and c.ended_at is null and c.due_at > :now and c.due_at <= :soon and {open}
 order by c.due_at, c.id limit 50
"""

_HANDLERS = """
with mine as (
    select p.assignee_id, count(*) as cases, count(*) filter (where p.next_due_at <= :now) as overdue
      from complaints p where p.assignee_id is not null and {open} group by 1
), held as (
    select v.holder_id, count(*) as held from conversations v
     where v.holder_id is not null and v.control = 'person' and {talk} group by 1
), said as (
    select i.staff_id, count(*) as said from interactions i join conversations v on v.id = i.conversation_id
     where i.at >= :midnight and i.author = 'staff' and i.delivery in ('sent', 'delivered', 'read') and {talk}
     group by 1
)
select s.id as staff_id, s.name, s.role, s.presence = 'here' and coalesce(s.seen_at > :seen, false) as here,
       coalesce(mine.cases, 0) as open_cases, coalesce(mine.overdue, 0) as overdue,
       coalesce(held.held, 0) as held, coalesce(said.said, 0) as answered
  from staff s
  left join mine on mine.assignee_id = s.id
  left join held on held.holder_id = s.id
  left join said on said.staff_id = s.id
 where s.is_active and s.role in ('handler', 'supervisor', 'admin') and {staff}
 order by here desc, s.name, s.id
"""

_TEAMS = """
with load as (
    select p.team_id, 1 as cases, (p.assignee_id is null)::int as unassigned,
           coalesce(p.next_due_at <= :now, false)::int as overdue, 0 as waiting
      from complaints p where {open}
    union all
    select v.team_id, 0, 0, 0, 1 from conversations v where v.control = 'waiting' and {talk}
)
select t.id as team_id, coalesce(t.name, '{{}}') as name, sum(cases) as open_cases, sum(unassigned) as unassigned,
       sum(overdue) as overdue, sum(waiting) as waiting
  from load left join teams t on t.id = load.team_id
 group by t.id, t.name order by t.id nulls last
"""

_INCIDENTS = """
select n.id, n.shares, n.value, n.title, n.opened_at, count(p.id) as cases
  from incidents n join complaints p on p.incident_id = n.id and {case}
 where n.closed_at is null group by n.id order by cases desc, n.id
"""
