"""Search over cases, customers and conversations: names, numbers, words, Chinese. One field finds all."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from psycopg.errors import QueryCanceled
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.desk.search_statements import CUSTOMERS, cases_statement, messages_statement
from crm_store.desk.search_words import Asked, Snippet, asked, snippet
from crm_store.desk.sight import Sight
from crm_store.errors import CareLoopError
from crm_store.staff.scope import Scope

PATIENCE = 2000
"""Milliseconds for each group."""


class TooManyHits(CareLoopError):
    """The search took too long; nothing is found by it. Add a word, a name or a number."""

    code = "too_many_hits"


@dataclass(frozen=True)
class CaseHit:
    complaint_id: int
    number: str
    name: str
    category: str
    state: str
    opened_at: datetime
    closed_at: datetime | None
    snippet: Snippet


@dataclass(frozen=True)
class CustomerHit:
    """`why` is what fitted: `member`, `email`, `phone`, `address`, `order` or `name`.

    `identity_id` is set for a shopper nobody is linked to; then `customer_id` is None.
    """

    customer_id: int | None
    identity_id: int | None
    name: str
    member_number: str | None
    email: str | None
    phone: str | None
    tier: str
    channel: str
    why: str


@dataclass(frozen=True)
class MessageHit:
    """`number` is the newest case in sight that was talked about in the conversation."""

    interaction_id: int
    conversation_id: int
    complaint_id: int | None
    number: str | None
    name: str
    channel: str
    direction: str
    author: str
    at: datetime
    snippet: Snippet


@dataclass(frozen=True)
class Found:
    """Each group newest first and cut to the limit."""

    cases: list[CaseHit]
    customers: list[CustomerHit]
    messages: list[MessageHit]


class DeskSearch:
    """Reads of the search inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, scope: Scope, words: str, limit: int = 20) -> Found:
        """What fits all the words, each group newest first. Inside a transaction; raises `TooManyHits`."""
        question = asked(words)
        if question.is_empty or not scope.sees_cases:
            return Found([], [], [])
        sight = Sight(scope)
        values = sight.values | {name: value for name, value in vars(question).items() if name != "needles"}
        try:
            await self._session.execute(text(f"set local statement_timeout = {PATIENCE}"))
            found = [await self._rows(each, values | {"limit": limit}) for each in _statements(sight, question)]
            await self._session.execute(text("set local statement_timeout to default"))
        except DBAPIError as error:
            if isinstance(error.orig, QueryCanceled):
                raise TooManyHits("too many things fit; add a word, a name or a number") from error
            raise
        return Found(
            [_hit(CaseHit, row, question) for row in found[0]],
            [CustomerHit(**row) for row in found[1]],
            [_hit(MessageHit, row, question) for row in found[2]],
        )

    async def _rows(self, statement: str, values: dict[str, Any]) -> Sequence[Any]:
        if not statement:
            return []
        return [dict(row) for row in (await self._session.execute(text(statement), values)).mappings()]


def _statements(sight: Sight, question: Asked) -> tuple[str, str, str]:
    return cases_statement(sight), CUSTOMERS, messages_statement(sight) if question.texts else ""


def _hit[Hit: (CaseHit, MessageHit)](kind: type[Hit], row: dict[str, Any], question: Asked) -> Hit:
    plain = {field.name: row[field.name] for field in fields(kind) if field.name != "snippet"}
    return kind(**plain, snippet=snippet(row["text"], question.needles))
