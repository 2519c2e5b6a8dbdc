"""Letters nobody answers for any more, and those of which nobody knows: found half-sent, and settled by hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.errors import CareLoopError
from crm_store.sending.letter import Letter

_LETTERS = """
    select o.id, o.conversation_id, t.identity_id, t.occurrence_id, t.customer_id, n.campaign_id,
           o.purpose, o.address, o.body, t.decided_at, t.expires_at, o.tries,
           exists (select from attempts a where a.outbox_id = o.id) as tried
      from outbox_messages o join touches t on t.outbox_id = o.id join occurrences n on n.id = t.occurrence_id
"""
_ADRIFT = text(f"{_LETTERS} where o.lane = :lane and o.state = 'sending' order by o.id")
_UNKNOWN = text(f"{_LETTERS} where n.campaign_id = :campaign and t.state = 'unknown' order by o.id limit :most")
_HELD = text(f"{_LETTERS} where o.id = :id and o.state = 'unknown' and t.state = 'unknown' for update of o, t")


class NotUnknown(CareLoopError):
    """Of this message it is known what became of it, or it is none of ours; read the list again."""

    code = "not_unknown"


@dataclass(frozen=True)
class Adrift:
    """`tried`: the intent was written, so it may have been handed over; otherwise it surely was not."""

    letter: Letter
    tried: bool


async def adrift(session: AsyncSession, lane: str) -> list[Adrift]:
    """Letters in SENDING when a lane is taken: whoever had it before is gone."""
    return [Adrift(_letter(row), row.tried) for row in await session.execute(_ADRIFT, {"lane": lane})]


async def unknown(session: AsyncSession, campaign_id: int, most: int) -> list[Letter]:
    """Those of a campaign that may or may not have arrived, oldest first."""
    asked = {"campaign": campaign_id, "most": most}
    return [_letter(row) for row in await session.execute(_UNKNOWN, asked)]


async def held_unknown(session: AsyncSession, outbox_id: int) -> Letter:
    """One of them, held until the transaction ends. Raises `NotUnknown`."""
    row = (await session.execute(_HELD, {"id": outbox_id})).first()
    if row is None:
        raise NotUnknown(f"message {outbox_id} is not unknown; read the list again")
    return _letter(row)


def _letter(row: Any) -> Letter:
    seen: dict[str, Any] = {"marks": [], "read_at": None}
    decided_at: datetime = row.decided_at
    return Letter(
        id=row.id,
        conversation_id=row.conversation_id,
        identity_id=row.identity_id,
        occurrence_id=row.occurrence_id,
        customer_id=row.customer_id,
        campaign_id=row.campaign_id,
        purpose=row.purpose,
        address=row.address,
        body=row.body,
        decided_at=decided_at,
        expires_at=row.expires_at,
        seen=seen,
        tries=row.tries,
    )
