"""Figures about cases: answers, resolution, reopening, satisfaction; each opens to its cases."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.desk.report_cases import (
    BEHIND,
    BOT,
    BOT_VALUES,
    CONDITIONS,
    COUNTED,
    LABELS,
    NO_LABELS,
    Group,
    Span,
    facts,
)
from crm_store.errors import CareLoopError
from crm_store.model import Words
from crm_store.staff.scope import Scope
from crm_store.staff.sight import Sight

FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
"""What a spreadsheet takes for the beginning of a formula, in full width, too."""
_COUNTED = [
    "still_open",
    "answered",
    "answer_kept",
    "answer_missed",
    "resolved",
    "resolution_kept",
    "resolution_missed",
    "reopened",
]


class FigureUnknown(CareLoopError):
    """There is no figure of this name."""

    code = "figure_unknown"


@dataclass(frozen=True)
class Figures:
    """One group. Times are seconds of the shopper's real wait, None where nothing was measured.

    `kept` and `missed` count promises by business time. First answers are delivered messages of people; the bot's own
    turns stand apart and only for the whole, by channel or by day (else None). `score_mean` is of 1 to 5.
    """

    value: str
    label: Words
    opened: int
    still_open: int
    answered: int
    answer_kept: int
    answer_missed: int
    first_answer_median: float | None
    first_answer_p90: float | None
    answer_again_median: float | None
    resolved: int
    resolution_kept: int
    resolution_missed: int
    resolution_median: float | None
    reopened: int
    score_mean: float | None
    scores: int
    said_yes: int
    said_no: int
    remedies: int
    cost_cents: int
    bot_turns: int | None
    bot_median: float | None

    @property
    def answer_in_time(self) -> float | None:
        return _share(self.answer_kept, self.answer_missed)

    @property
    def resolution_in_time(self) -> float | None:
        return _share(self.resolution_kept, self.resolution_missed)

    @property
    def yes_share(self) -> float | None:
        return _share(self.said_yes, self.said_no)

    @property
    def reopen_rate(self) -> float | None:
        """Of the cases that were done once."""
        return self.reopened / self.resolved if self.resolved else None


@dataclass(frozen=True)
class Behind:
    """The cases behind a figure: of one group's `value`, or of all groups when it is None."""

    figure: str
    span: Span
    by: Group = Group.NONE
    value: str | None = None


@dataclass(frozen=True)
class CaseBehind:
    """One case and how it went; times in seconds, None when it has not happened."""

    complaint_id: int
    number: str
    name: str
    channel: str
    category: str
    severity: str
    state: str
    cause: str | None
    store_code: str | None
    product_sku: str | None
    language: str
    opened_at: datetime
    closed_at: datetime | None
    assignee: str
    first_answer: float | None
    resolution: float | None
    answer_missed: bool
    resolution_missed: bool
    reopened: int
    score: float | None
    cost_cents: int


class Reports:
    """Reads of the reports inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def figures(self, scope: Scope, span: Span, by: Group = Group.NONE) -> list[Figures]:
        """A row for each group with cases opened in the span, most cases first, days in order; none of them empty."""
        sight = Sight(scope)
        counts = ", ".join(f'count(*) filter (where {CONDITIONS[name]}) as "{name}"' for name in _COUNTED)
        order = "went.value" if by is Group.DAY else "opened desc, went.value"
        counted = COUNTED.format(counts=counts, labels=LABELS.get(by, NO_LABELS), order=order)
        rows = await self._rows(facts(sight, by) + counted, sight.values | span.values)
        bot = await self._bot(sight, span, by)
        return [Figures(**row, **bot.get(row["value"], _NO_BOT)) for row in rows]

    async def cases_behind(
        self, scope: Scope, behind: Behind, after: int | None = None, limit: int = 50
    ) -> list[CaseBehind]:
        """The cases a figure counts, newest first, beyond the complaint id `after`; raises `FigureUnknown`."""
        statement = _behind(Sight(scope), behind) + " and went.id < :after order by went.id desc limit :limit"
        values = Sight(scope).values | behind.span.values | {"value": behind.value, "limit": limit}
        rows = await self._rows(statement, values | {"after": after if after is not None else 2**62})
        return [CaseBehind(**row) for row in rows]

    async def export(self, scope: Scope, behind: Behind) -> AsyncGenerator[list[str]]:
        """Rows for a CSV file, the names of the columns first; a few are held at once. Raises `FigureUnknown`."""
        statement = _behind(Sight(scope), behind) + " order by went.id"
        values = Sight(scope).values | behind.span.values | {"value": behind.value}
        names = [field.name for field in fields(CaseBehind)]
        yield names
        found = await self._session.stream(text(statement), values)
        try:
            async for row in found.mappings():
                yield [_cell(row[name]) for name in names]
        finally:
            # Whoever asked may be gone before the last row.
            await found.close()

    async def _bot(self, sight: Sight, span: Span, by: Group) -> dict[str, dict[str, Any]]:
        if by not in BOT_VALUES:
            return {}
        statement = BOT.format(value=BOT_VALUES[by], talk=sight.talk("v"))
        rows = await self._rows(statement, sight.values | span.values)
        return {row["value"]: {"bot_turns": row["turns"], "bot_median": row["median"]} for row in rows}

    async def _rows(self, statement: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        return [dict(row) for row in (await self._session.execute(text(statement), values)).mappings()]


_NO_BOT = {"bot_turns": None, "bot_median": None}


def _behind(sight: Sight, behind: Behind) -> str:
    if behind.figure not in CONDITIONS:
        raise FigureUnknown(f"figure: there is no {behind.figure!r}; there are {', '.join(CONDITIONS)}")
    grouped = "true" if behind.value is None else "went.value = :value"
    return f"{facts(sight, behind.by)} {BEHIND} where {CONDITIONS[behind.figure]} and {grouped}"


def _share(kept: int, missed: int) -> float | None:
    return kept / (kept + missed) if kept + missed else None


def _cell(value: Any) -> str:
    """As text. What a spreadsheet would take for a formula is led by an apostrophe: customer text is data."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    plain = str(value)
    return f"'{plain}" if isinstance(value, str) and plain[:1] in FORMULA else plain
