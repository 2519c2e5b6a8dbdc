"""How many lines each tab of the inbox has, for everybody at once: one reading, added up for whoever asks."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.queue.queue_filter import CASE_VIEWS, View
from crm_store.queue.queue_ties import TIES, Held, ties_of
from crm_store.staff.scope import Scope
from crm_store.staff.sight import HELD

_OF_A_TEAM = (View.ALL, View.UNASSIGNED, View.OVERDUE, View.SHOPPER)
_SHARED = (*_OF_A_TEAM, View.TEAM)

# In two steps: few rows come back, and none for each of the staff.
_CASES = text(
    f"""
    select team_id as team, jsonb_object_agg(coalesce(who, 0), "all") as own,
           {", ".join(f'sum("{view}")::bigint as "{view}"' for view in _OF_A_TEAM)}
      from (select p.team_id, p.assignee_id as who,
                   {", ".join(f'count(*) filter (where {CASE_VIEWS[view]}) as "{view}"' for view in _OF_A_TEAM)}
              from complaints p where p.closed_at is null and p.merged_into is null
             group by p.team_id, p.assignee_id) each_one
     group by team_id
    """
)
_TALKS = text(
    f"select v.team_id as team, v.holder_id as holder, {TIES} as ties from conversations v where v.control in {HELD}"
)


@dataclass(frozen=True)
class TeamCounts:
    """`shared` are the same for everybody of a role and teams; `own` is what each has, by staff id."""

    shared: dict[View, int]
    own: dict[int, int]

    def of(self, staff_id: int) -> dict[View, int]:
        """The tabs of one of them."""
        return self.shared | {View.MINE: self.own.get(staff_id, 0)}


@dataclass(frozen=True)
class TeamCases:
    """The open cases of a team, or of none yet: how many by tab, and by who has them."""

    team: int | None
    counts: dict[View, int]
    own: dict[int, int]


@dataclass(frozen=True)
class AlikeTalks:
    """Conversations that are seen by the same people; `holders` is how many each of the staff has, 0 being nobody."""

    held: Held
    holders: Counter[int]

    def tabs(self, scope: Scope) -> dict[View, int]:
        """Beside one's own."""
        if not self.held.is_seen(scope):
            return {}
        many = self.holders.total()
        of_team = many if self.held.team in scope.teams else 0
        return {View.ALL: many, View.UNASSIGNED: self.holders[0], View.TEAM: of_team}


@dataclass(frozen=True)
class Tally:
    """All that is open, whoever may see it."""

    cases: Sequence[TeamCases]
    talks: Sequence[AlikeTalks]

    def of_team(self, scope: Scope) -> TeamCounts:
        """For all who have the role and the teams of `scope`; who of them asks does not matter."""
        scope = replace(scope, staff_id=0)
        shared, own = Counter[View](), Counter[int]()
        for team in self.cases:
            if scope.may_see(team.team):
                shared.update(team.counts)
                shared[View.TEAM] += team.counts[View.ALL] if team.team in scope.teams else 0
                own.update(team.own)
        for talk in self.talks if scope.sees_cases else ():
            if talk.held.is_uncased(scope):
                own.update(talk.holders)
                shared.update(talk.tabs(scope))
        return TeamCounts({view: shared[view] for view in _SHARED}, dict(own))


async def tally_of(session: AsyncSession, now: datetime) -> Tally:
    """Two statements for everybody."""
    cases = [
        TeamCases(row["team"], {view: row[view] for view in _OF_A_TEAM}, {int(who): n for who, n in row["own"].items()})
        for row in (await session.execute(_CASES, {"now": now})).mappings()
    ]
    alike = defaultdict[Held, Counter[int]](Counter)
    for row in await session.execute(_TALKS):
        alike[Held(row.team, None, frozenset(ties_of(row.ties)))][row.holder or 0] += 1
    return Tally(cases, [AlikeTalks(held, holders) for held, holders in alike.items()])
