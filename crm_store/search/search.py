"""Search over cases, customers and conversations: names, numbers, words, Chinese. One field finds all."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from psycopg.errors import QueryCanceled
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.errors import CareLoopError
from crm_store.search.search_statements import cases_statement, customers_statement, messages_statement
from crm_store.search.search_words import Asked, Snippet, asked, snippet
from crm_store.set_locally import set_locally
from crm_store.staff.scope import Scope
from crm_store.staff.sight import Sight

PATIENCE = 2000
"""Milliseconds for each group."""
LATEST = 400
"""Messages read one by one for a word that many hold."""
COMMON = 100_000
"""Messages, as estimated: a word that more of them hold is found sooner by reading the newest than by the index."""
GROUPS = ("cases", "customers", "messages")

# A rare word and a common one want different plans, so each is planned for its own words; and to ask the index is
# cheaper than to take a whole table's texts apart again, also where nearly all of them fit.
_PATIENTLY = set_locally(
    {"statement_timeout": str(PATIENCE), "plan_cache_mode": "force_custom_plan", "enable_seqscan": "off"}
)
_AS_BEFORE = set_locally({"statement_timeout": "0", "plan_cache_mode": "auto", "enable_seqscan": "on"})

_HOLDING = text("explain (format json) select from interactions where desk_terms(text) @@ cast(:texts as tsquery)")


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
    """Each group newest first and cut to the limit. `too_many` names groups in which the search took too long."""

    cases: list[CaseHit]
    customers: list[CustomerHit]
    messages: list[MessageHit]
    too_many: list[str]


class DeskSearch:
    """Reads of the search inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, scope: Scope, words: str, limit: int = 20) -> Found:
        """What fits all the words, each group newest first. Inside a transaction.

        Raises `TooManyHits` when it took too long and nothing was found.
        """
        question = asked(words)
        if question.is_empty or not scope.sees_cases:
            return Found([], [], [], [])
        sight = Sight(scope)
        values = sight.values | {name: value for name, value in vars(question).items() if name != "needles"}
        values["limit"] = limit
        await self._session.execute(_PATIENTLY)
        cases = await self._rows(cases_statement(sight, question), values)
        customers = await self._rows(customers_statement(question), values)
        messages = await self._messages(sight, question, values)
        await self._session.execute(_AS_BEFORE)
        found = Found(
            [_hit(CaseHit, row, question) for row in cases or ()],
            [CustomerHit(**row) for row in customers or ()],
            [_hit(MessageHit, row, question) for row in messages or ()],
            [group for group, rows in zip(GROUPS, (cases, customers, messages), strict=True) if rows is None],
        )
        if found.too_many and not (found.cases or found.customers or found.messages):
            raise TooManyHits("too many things fit; add a word, a name or a number")
        return found

    async def _messages(self, sight: Sight, question: Asked, values: dict[str, Any]) -> list[dict[str, Any]] | None:
        """A common word is among the latest messages; a rare one the index finds at once."""
        if not question.texts:
            return []
        if await self._held_by(question) > COMMON:
            latest = await self._rows(messages_statement(sight, LATEST), values)
            if latest is not None and len(latest) >= values["limit"]:
                return latest
        return await self._rows(messages_statement(sight, None), values)

    async def _held_by(self, question: Asked) -> int:
        """How many messages hold the words, as the database estimates from its statistics; nothing is read for it."""
        plan = await self._session.scalar(_HOLDING, {"texts": question.texts})
        return int(plan[0]["Plan"]["Plan Rows"]) if plan else 0

    async def _rows(self, statement: str, values: dict[str, Any]) -> list[dict[str, Any]] | None:
        """None when it took too long; the transaction goes on."""
        try:
            async with self._session.begin_nested():
                return [dict(row) for row in (await self._session.execute(text(statement), values)).mappings()]
        except DBAPIError as error:
            if isinstance(error.orig, QueryCanceled):
                return None
            raise


def _hit[Hit: (CaseHit, MessageHit)](kind: type[Hit], row: dict[str, Any], question: Asked) -> Hit:
    plain = {field.name: row[field.name] for field in fields(kind) if field.name != "snippet"}
    return kind(**plain, snippet=snippet(row["text"], question.needles))
