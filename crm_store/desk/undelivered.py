"""Messages that did not arrive, each with an owner until somebody closes it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.errors import CareLoopError
from crm_store.model import Base, Moment
from crm_store.staff.scope import Scope
from crm_store.staff.sight import Sight

LOOKED_AFTER = timedelta(days=30)
CHAT_LOOKED_AFTER = timedelta(days=1)
"""What the bot said is old by then: the shopper has asked again or has not."""


class UndeliveredCare(Base):
    """Who looks after a failed or unknown send, and how it ended: `resent`, `told_otherwise`, `let_go`."""

    __tablename__ = "undelivered_care"

    outbox_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("outbox_messages.id"), primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    taken_at: Mapped[Moment | None]
    closed_at: Mapped[Moment | None]
    outcome: Mapped[str] = mapped_column(default="")


class Outcome(StrEnum):
    """How somebody ended it."""

    RESENT = "resent"
    TOLD_OTHERWISE = "told_otherwise"
    LET_GO = "let_go"


class NotUndelivered(CareLoopError):
    """There is no such undelivered message in sight, or it is closed already; read the list again."""

    code = "not_undelivered"


@dataclass(frozen=True)
class LostMessage:
    """`state` is `failed` or `unknown`, `reason` the provider's words. `number` is the newest case of the thread."""

    outbox_id: int
    state: str
    purpose: str
    author: str
    reason: str
    text: str
    queued_at: datetime
    tries: int
    channel: str
    address: str
    conversation_id: int | None
    interaction_id: int | None
    customer_id: int | None
    name: str
    complaint_id: int | None
    number: str | None
    staff_id: int | None
    staff: str
    owner_id: int | None
    owner: str
    taken_at: datetime | None
    closed_at: datetime | None
    outcome: str


_LOST = """
    o.state in ('failed', 'unknown') and o.purpose not in ('code', 'promotion', 'care', 'survey', 'test')
    and o.queued_at > :since
    and (o.author <> 'bot' or o.queued_at > :chat_since)
"""

_TOLD = """
select o.id as outbox_id, o.state, o.purpose, o.author, coalesce(o.error, '') as reason,
       coalesce(i.text, o.body->>'text', '') as text, o.queued_at, o.tries, split_part(o.lane, ':', 1) as channel,
       o.address, o.conversation_id, o.interaction_id, u.id as customer_id,
       coalesce(u.name, a.display_name, '') as name, n.id as complaint_id, n.number,
       i.staff_id, coalesce(s.name, '') as staff, w.owner_id, coalesce(b.name, '') as owner,
       w.taken_at, w.closed_at, coalesce(w.outcome, '') as outcome
  from lost o
  left join interactions i on i.id = o.interaction_id
  left join conversations v on v.id = o.conversation_id
  left join channel_identities a on a.id = v.identity_id
  left join customers u on u.id = a.customer_id
  left join staff s on s.id = i.staff_id
  left join undelivered_care w on w.outbox_id = o.id
  left join staff b on b.id = w.owner_id
  left join lateral (
        select p.id, p.number from complaint_conversations k join complaints p on p.id = k.complaint_id
         where k.conversation_id = v.id and {case} order by p.id desc limit 1) n on true
 order by o.id desc
"""

_TAKE = text(
    """
    insert into undelivered_care (outbox_id, owner_id, taken_at, outcome) values (:id, :me, :now, '')
    on conflict (outbox_id) do update set owner_id = :me, taken_at = :now where undelivered_care.closed_at is null
    returning outbox_id
    """
)

_CLOSE = text(
    """
    insert into undelivered_care (outbox_id, owner_id, taken_at, closed_at, outcome)
    values (:id, :me, :now, :now, :outcome)
    on conflict (outbox_id) do update
       set closed_at = :now, outcome = :outcome, owner_id = coalesce(undelivered_care.owner_id, :me)
     where undelivered_care.closed_at is null
    returning outbox_id
    """
)


class Undelivered:
    """Reads and writes of undelivered messages inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(
        self, scope: Scope, now: datetime, after: int | None = None, limit: int = 50, closed: bool = False
    ) -> list[LostMessage]:
        """Newest first, beyond the outbox id `after`; what is looked after for 30 days and nobody has closed yet.

        `closed` gives those somebody has closed instead. What the bot said in a chat counts for a day; codes
        never, nor what nobody asked for: campaigns count that.
        """
        sight = Sight(scope)
        lost = f"""
            with lost as (
                select o.* from outbox_messages o
                 where {_LOST} and {_in_sight(sight)} and (:after = 0 or o.id < :after) and {_closed(closed)}
                 order by o.id desc limit :limit
            )"""
        values = sight.values | _since(now) | {"after": after or 0, "limit": limit}
        found = await self._session.execute(text(lost + _TOLD.format(case=sight.case("p"))), values)
        return [LostMessage(**row) for row in found.mappings()]

    async def counts(self, scope: Scope, now: datetime) -> dict[str, int]:
        """Of those nobody has closed: `all`, `mine` and `unowned`."""
        sight = Sight(scope)
        found = await self._session.execute(
            text(
                f"""select count(*) as "all", count(*) filter (where w.owner_id = :me) as mine,
                           count(*) filter (where w.owner_id is null) as unowned
                      from outbox_messages o left join undelivered_care w on w.outbox_id = o.id
                     where {_LOST} and {_in_sight(sight)} and w.closed_at is null"""
            ),
            sight.values | _since(now),
        )
        return dict(found.mappings().one())

    async def take(self, scope: Scope, outbox_id: int, now: datetime) -> None:
        """Look after it from now on. Raises `NotUndelivered`."""
        await self._write(scope, _TAKE, {"id": outbox_id, "now": now})

    async def close(self, scope: Scope, outbox_id: int, outcome: Outcome, now: datetime) -> None:
        """It is dealt with. Raises `NotUndelivered`."""
        await self._write(scope, _CLOSE, {"id": outbox_id, "now": now, "outcome": outcome})

    async def _write(self, scope: Scope, write: Any, values: dict[str, Any]) -> None:
        sight = Sight(scope)
        shown = f"""select from outbox_messages o
                     where o.id = :id and o.state in ('failed', 'unknown') and {_in_sight(sight)} for update"""
        seen = (await self._session.execute(text(shown), sight.values | values)).first()
        if seen is None or (await self._session.execute(write, sight.values | values)).first() is None:
            raise NotUndelivered(f"message {values['id']} is not on the list of what did not arrive; read it again")


def _since(now: datetime) -> dict[str, datetime]:
    return {"since": now - LOOKED_AFTER, "chat_since": now - CHAT_LOOKED_AFTER}


def _closed(closed: bool) -> str:
    care = "exists (select from undelivered_care w where w.outbox_id = o.id and w.closed_at is not null)"
    return care if closed else f"not {care}"


def _in_sight(sight: Sight) -> str:
    """A message of no conversation is for those who look after the house: supervisors and admins."""
    housed = "true" if sight.scope.sees_cases and sight.scope.role != "handler" else "false"
    seen = f"exists (select from conversations v where v.id = o.conversation_id and {sight.talk('v')})"
    return f"case when o.conversation_id is null then {housed} else {seen} end"
