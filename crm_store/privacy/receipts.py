"""The contact receipt: what was asked, agreed, planned, held, sent, read, answered and stopped, for one person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.privacy.receipt_rows import RECEIPT
from crm_store.records.page import CursorUnknown

MOST = 200


class ReceiptKind(StrEnum):
    """What a line says. UNKNOWN: sent or not, nobody can tell. HELD has a reason. READ: shown or read, no later than
    we know."""

    ASKED = "asked"
    AGREED = "agreed"
    WISHED = "wished"
    PLANNED = "planned"
    HELD = "held"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    READ = "read"
    ANSWERED = "answered"
    STOPPED = "stopped"


@dataclass(frozen=True)
class ReceiptLine:
    """`purpose` and `channel` where the line is of one. `detail` by kind: question, version, answer, source · rule,
    value, words · occurrence, campaign, reason, text, delivery · score, words."""

    at: datetime
    key: str
    kind: ReceiptKind
    purpose: str | None
    channel: str | None
    detail: dict[str, Any]


@dataclass(frozen=True)
class ReceiptPage:
    """Newest first; `next` asks for the lines before these, None at the end."""

    lines: list[ReceiptLine]
    next: str | None


class Receipts:
    """Reads of a person's receipt inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(
        self, customer_id: int, after: str | None = None, limit: int = 50, kinds: Collection[ReceiptKind] = ()
    ) -> ReceiptPage:
        """One page, of these kinds or of all; `after` is the `next` of the page before. Raises `CursorUnknown` for
        anything else."""
        limit = max(1, min(limit, MOST))
        at, key = _begins(after)
        asked = {"customer": customer_id, "at": at, "key": key, "limit": limit + 1, "kinds": list(kinds) or None}
        rows = (await self._session.execute(RECEIPT, asked)).all()
        lines = [ReceiptLine(row[0], row[1], ReceiptKind(row[2]), *row[3:]) for row in rows[:limit]]
        return ReceiptPage(lines, _cursor(lines[-1]) if len(rows) > limit else None)


def _cursor(line: ReceiptLine) -> str:
    return f"{line.at.isoformat()}~{line.key}"


def _begins(after: str | None) -> tuple[datetime | None, str]:
    if after is None:
        return None, ""
    at, _, key = after.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not key or "\x00" in key:
        raise CursorUnknown("after must be the `next` of a page before; begin again without it")
    return moment, key
