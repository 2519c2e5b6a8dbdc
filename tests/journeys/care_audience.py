"""Whom a message is for, as the records say it: told apart from what was decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from bot.main import House

OPENS, CLOSES = "09:00", "21:00"
"""What the shop allows, on each person's own clock."""

_PEOPLE = text(
    """
    select c.id, c.language, c.email, case c.time_zone_source when 'said' then c.time_zone else 'Asia/Singapore' end,
           coalesce((select e.granted from consent_entries e
                      where e.customer_id = c.id and e.purpose = 'promotion' order by e.id desc limit 1), false),
           (select not bool_or(i.reachability = 'ok') from channel_identities i where i.customer_id = c.id),
           exists (select from complaints k where k.customer_id = c.id and k.state not in ('closed', 'withdrawn')),
           (select jsonb_object_agg(p.kind, p.value) from preferences p
             where p.customer_id = c.id and p.ended_at is null)
      from customers c where c.id = any(:ids)
    """
)


@dataclass(frozen=True)
class Person:
    """One of them. `lost`: none of their addresses works any more. `wishes` by kind, as they are kept."""

    id: int
    language: str
    email: str
    zone: str
    agreed: bool
    lost: bool | None
    complains: bool
    wishes: dict[str, Any] | None

    @property
    def is_willing(self) -> bool:
        """Nothing of theirs speaks against a promotion at all."""
        only = "only" in (self.wishes or {}) or "impersonal" in (self.wishes or {})
        return self.agreed and not self.lost and not self.complains and not only

    def allows(self, at: datetime | None) -> None:
        """Asserts that this is an hour and a day of theirs, and that they have said yes."""
        assert at is not None
        local, wishes = at.astimezone(ZoneInfo(self.zone)), self.wishes or {}
        hours = wishes.get("hours", {})
        assert self.agreed, self.id
        assert OPENS <= f"{local:%H:%M}" < CLOSES, (self.id, local)
        assert hours.get("from", OPENS) <= f"{local:%H:%M}" < hours.get("to", CLOSES), (self.id, local)
        assert local.weekday() in wishes.get("days", {}).get("days", range(7)), (self.id, local)
        assert not {"style", "only", "impersonal"} & wishes.keys(), self.id


async def audience_of(house: House, ids: list[int]) -> dict[int, Person]:
    async with house.store.reading() as crm:
        return {row[0]: Person(*row) for row in await crm.session.execute(_PEOPLE, {"ids": ids})}
