"""Who is at the desk right now: handlers who said so and were seen a moment ago."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

SEEN_WITHIN = timedelta(minutes=2)

_SOMEBODY = text(
    """
    select exists (
        select from staff s
         where s.is_active and s.presence = 'here' and s.seen_at > :since
           and s.role in ('handler', 'supervisor', 'admin')
           and (cast(:team_id as bigint) is null or s.role = 'admin'
                or exists (select from team_members m where m.staff_id = s.id and m.team_id = :team_id)))
    """
)


async def somebody_here(session: AsyncSession, team_id: int | None, now: datetime) -> bool:
    """Whether anybody who may see a conversation of this team (None: of no team yet) is there."""
    return bool(await session.scalar(_SOMEBODY, {"team_id": team_id, "since": now - SEEN_WITHIN}))
