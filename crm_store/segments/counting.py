"""Counting a segment within a time limit, and a look at who is in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.errors import QueryCanceled
from sqlalchemy import ClauseElement, Executable, Select, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from crm_store.people.customers import Customer
from crm_store.segments.compile import clause, members
from crm_store.segments.expression import Expression

# A plan is made for these very values; not compiled, which alone can take longer than the count.
_OF_SOME = {"plan_cache_mode": "force_custom_plan", "jit": "off", "work_mem": "64MB", "enable_nestloop": "on"}
# Everybody is joined by hash, with room in memory: that takes as long as there are rows, however wrong the planner's
# idea of how many fit. One wrong idea in a loop within a loop takes minutes.
_OF_ALL = _OF_SOME | {"enable_nestloop": "off"}
_SETTINGS = ("statement_timeout", *_OF_ALL)
_BEFORE = text(f"select {', '.join(f"current_setting('{name}') as {name}" for name in _SETTINGS)}")
_SET = text(f"select {', '.join(f"set_config('{name}', :{name}, true)" for name in _SETTINGS)}")


@dataclass(frozen=True)
class Counted:
    """`members` is None when the count was stopped at its time limit; `estimate` is then the planner's guess."""

    members: int | None
    timed_out: bool
    estimate: int | None = None


class Sampled(NamedTuple):
    """One of a segment, as the builder shows them."""

    customer_id: int
    name: str
    member_number: str | None
    tier: str
    language: str


class _Explained(Executable, ClauseElement):
    inherit_cache = False

    def __init__(self, statement: Select[Any]) -> None:
        self.statement = statement


@compiles(_Explained)
def _explained(element: _Explained, compiler: SQLCompiler, **options: Any) -> str:
    return "explain (format json) " + compiler.process(element.statement, **options)


class Counting:
    """Counts inside one transaction, which goes on as it was."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def count(self, expression: Expression, at: datetime, limit_ms: int) -> Counted:
        """How many it applies to; stopped after so many milliseconds."""
        counting = select(func.count()).select_from(members(expression, at, whole=True).subquery())
        try:
            async with self._limited(limit_ms, _OF_ALL):
                return Counted(await self._session.scalar(counting), False)
        except DBAPIError as error:
            if not isinstance(error.orig, QueryCanceled):
                raise
        return Counted(None, True, await self._estimate(expression, at))

    async def _estimate(self, expression: Expression, at: datetime) -> int:
        """What the planner expects, by its statistics: nothing is run."""
        plan = await self._session.scalar(_Explained(members(expression, at, whole=True)))
        return int(plan[0]["Plan"]["Plan Rows"])

    async def sample(self, expression: Expression, at: datetime, most: int, limit_ms: int) -> list[Sampled]:
        """Any of them; none when it takes longer than the limit."""
        columns = (Customer.id, Customer.name, Customer.member_number, Customer.tier, Customer.language)
        some = select(*columns).where(Customer.erased_at.is_(None), clause(expression, at)).limit(most)
        try:
            async with self._limited(limit_ms, _OF_SOME):
                return [Sampled(*row) for row in await self._session.execute(some)]
        except DBAPIError as error:
            if not isinstance(error.orig, QueryCanceled):
                raise
        return []

    @asynccontextmanager
    async def _limited(self, limit_ms: int, wanted: dict[str, str]) -> AsyncIterator[None]:
        """A savepoint with a time limit for each statement; afterwards the transaction is as it was before."""
        before = (await self._session.execute(_BEFORE)).mappings().one()
        async with self._session.begin_nested():
            await self._session.execute(_SET, {**wanted, "statement_timeout": str(limit_ms)})
            yield
            await self._session.execute(_SET, dict(before))
