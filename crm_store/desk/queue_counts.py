"""How many lines each tab of the inbox has, for a whole team at once: what is each one's own stands beside it."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.desk.queue_filter import CASE_VIEWS, TALK_VIEWS, View, open_cases, uncased_talks
from crm_store.staff.scope import Scope
from crm_store.staff.sight import Sight

_SHARED = [view for view in View if view not in (View.MINE, View.CLOSED)]


@dataclass(frozen=True)
class TeamCounts:
    """`shared` are the same for everybody of a role and teams; `own` is what each has, by staff id."""

    shared: dict[View, int]
    own: dict[int, int]

    def of(self, staff_id: int) -> dict[View, int]:
        """The tabs of one of them."""
        return self.shared | {View.MINE: self.own.get(staff_id, 0)}


async def counts_of_team(session: AsyncSession, scope: Scope, now: datetime) -> TeamCounts:
    """One statement for all who have the role and the teams of `scope`; who of them asks does not matter."""
    sight = Sight(replace(scope, staff_id=0))
    cases = ", ".join(f'count(*) filter (where {CASE_VIEWS[view]}) as "{view}"' for view in _SHARED)
    seen = sight.talk("v")
    talks = ", ".join(f'count(*) filter (where {TALK_VIEWS[view]} and {seen}) as "{view}"' for view in _SHARED)
    rows = await session.execute(
        text(
            f"""select p.assignee_id as who, count(*) as own, {cases}
                  from complaints p where {open_cases(sight)} group by p.assignee_id
                union all
                select v.holder_id, count(*), {talks} from conversations v where {uncased_talks(sight)}
                 group by v.holder_id"""
        ),
        sight.values | {"now": now},
    )
    shared, own = Counter[View](), Counter[int]()
    for row in rows.mappings():
        shared.update({view: row[view] for view in _SHARED})
        own[row["who"] or 0] += row["own"]
    return TeamCounts({view: shared[view] for view in _SHARED}, dict(own))
