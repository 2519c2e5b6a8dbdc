"""Who stands behind a figure of a campaign: its touches with what came of each, a page at a time or as a file."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.desk.reports import FORMULA
from crm_store.errors import CareLoopError
from crm_store.results.savings import SAVED
from crm_store.results.trials import BOUGHT_KEPT, FIRINGS, MEANT, OPT_OUT_DAYS, OUT

STOPPED = f"(t.stopped_at is not null or r.refused) and t.state in {OUT}"
CONDITIONS = {
    "meant": MEANT,
    "sent": "t.state = 'sent'",
    "delivered": "t.state = 'sent' and i.delivery in ('delivered', 'read')",
    "read": "t.state = 'sent' and i.delivery = 'read'",
    "answered": "t.state = 'sent' and t.answered_at is not null",
    "stopped": STOPPED,
    "failed": "t.state = 'failed'",
    "unknown": "t.state = 'unknown'",
    "converted": "t.state = 'sent' and b.first_at is not null",
    "bought": f"{MEANT} and t.state <> 'holdout' and b.first_at is not null",
    "held_out": "t.state = 'holdout'",
    "held_out_bought": "t.state = 'holdout' and b.first_at is not null",
    "saved": "s.cents is not null",
    "scored": "a.score is not null",
}
"""What each figure counts; the names pages ask by."""

_ROWS = f"""
    with {FIRINGS}, {SAVED}
    select t.occurrence_id, t.customer_id, c.name, c.member_number, coalesce(i.language, c.language) as language,
           t.channel, t.state, t.reason, coalesce(t.sent_at, f.middle) as at, i.delivery, t.answered_at,
           {STOPPED} as stopped, a.score, b.first_at as bought_at, b.orders, b.cents, s.cents as saved_cents
      from firings f
      join touches t on t.occurrence_id = f.id
      join customers c on c.id = t.customer_id
      left join outbox_messages x on x.id = t.outbox_id
      left join interactions i on i.id = x.interaction_id
      left join survey_answers a on a.occurrence_id = t.occurrence_id and a.customer_id = t.customer_id
      left join (select occurrence_id, customer_id, sum(cents) as cents from saved group by 1, 2) s
        on s.occurrence_id = t.occurrence_id and s.customer_id = t.customer_id
      left join lateral (
           select min(coalesce(n.sent_at, g.middle)) as next_at
             from firings g join touches n on n.occurrence_id = g.id and n.customer_id = t.customer_id
            where g.campaign_id = f.campaign_id and n.occurrence_id <> t.occurrence_id
              and (coalesce(n.sent_at, g.middle), n.occurrence_id) > (coalesce(t.sent_at, f.middle), t.occurrence_id)
           ) e on true
      left join lateral (
           select min(o.placed_at) as first_at, nullif(count(*), 0) as orders, sum(o.total_cents) as cents
             from orders o
            where o.customer_id = t.customer_id and {BOUGHT_KEPT} and o.placed_at > coalesce(t.sent_at, f.middle)
              and o.placed_at <= least(coalesce(t.sent_at, f.middle) + f.goal_days * interval '1 day', e.next_at, :now)
           ) b on true
      left join lateral (
           select exists (select from consent_entries k
                           where (k.customer_id = t.customer_id
                                  or k.customer_id is null and k.identity_id = t.identity_id)
                             and not k.granted and k.purpose = f.purpose and k.channel in ('*', t.channel)
                             and k.at > t.sent_at
                             and k.at <= least(t.sent_at + interval '{OPT_OUT_DAYS} days', e.next_at, :now)) as refused
           ) r on true
     where {{condition}}
"""
_NARROWED = """
       and (:channel = '' or coalesce(t.channel, '') = :channel)
       and (:language = '' or coalesce(i.language, c.language) = :language)
       and (cast(:day as date) is null or cast(coalesce(t.sent_at, f.middle) at time zone :zone as date) = :day)
       and (:score = 0 or a.score = :score)
"""
_PAGE = """
       and (cast(:occurrence as bigint) is null or (t.occurrence_id, t.customer_id) < (:occurrence, :customer))
     order by t.occurrence_id desc, t.customer_id desc limit :limit
"""


class NoSuchFigure(CareLoopError):
    """Results have no figure of this name."""

    code = "no_such_figure"


@dataclass(frozen=True)
class Wanted:
    """Whose touches: of one figure, narrowed by channel, language, day (where `zone` is) and score; empty is any."""

    campaign_id: int
    figure: str = "sent"
    channel: str = ""
    language: str = ""
    day: date | None = None
    score: int = 0
    zone: str = "Asia/Singapore"

    @property
    def asked(self) -> dict[str, Any]:
        narrow = {name: getattr(self, name) for name in ("channel", "language", "day", "score", "zone")}
        return {"campaigns": [self.campaign_id], **narrow}


@dataclass(frozen=True)
class Behind:
    """One touch. `at`: when it was sent, or would have been. Money in cents."""

    occurrence_id: int
    customer_id: int
    name: str
    member_number: str | None
    language: str
    channel: str | None
    state: str
    reason: str
    at: datetime | None
    delivery: str | None
    answered_at: datetime | None
    stopped: bool
    score: int | None
    bought_at: datetime | None
    orders: int | None
    cents: int | None
    saved_cents: int | None


class ResultPeople:
    """Reads inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(
        self, wanted: Wanted, now: datetime, after: tuple[int, int] | None = None, most: int = 50
    ) -> list[Behind]:
        """One more than `most` when there are more; the newest firing first. Raises `NoSuchFigure`."""
        occurrence, customer = after or (None, None)
        place = {"occurrence": occurrence, "customer": customer, "limit": most + 1, "now": now}
        found = await self._session.execute(text(_rows(wanted) + _PAGE), wanted.asked | place)
        return [Behind(*row) for row in found]

    async def file(self, wanted: Wanted, now: datetime) -> AsyncGenerator[list[str]]:
        """Rows for a spreadsheet, the names of the columns first; a few are held at once. Raises `NoSuchFigure`."""
        statement = text(_rows(wanted) + " order by t.occurrence_id, t.customer_id")
        yield [field.name for field in fields(Behind)]
        found = await self._session.stream(statement, wanted.asked | {"now": now})
        try:
            async for row in found:
                yield [cell(value) for value in row]
        finally:
            # Whoever asked may be gone before the last row.
            await found.close()


def _rows(wanted: Wanted) -> str:
    if wanted.figure not in CONDITIONS:
        raise NoSuchFigure(f"figure: there is no {wanted.figure!r}; there are {', '.join(CONDITIONS)}")
    return _ROWS.format(condition=CONDITIONS[wanted.figure]) + _NARROWED


def cell(value: Any) -> str:
    """As text; what a spreadsheet would take for a formula is led by an apostrophe: a customer's name is data."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    plain = str(value)
    return f"'{plain}" if isinstance(value, str) and plain[:1] in FORMULA else plain
