"""Locks that outlive a transaction: who works on a conversation, who holds a lane. A dead process lets go at once.

All advisory locks of a process sit on one connection of its own: taking one costs a round trip, not a connection, and
when the process is killed the server drops them all.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import IntEnum

import psycopg

from crm_store.errors import StoreUnavailable
from crm_store.wires import patient

WATCH_EVERY = 1.0


class LockKind(IntEnum):
    """The first half of the two-part key; the second is the id of what is locked."""

    CONVERSATION = 7241
    LANE = 7242
    POLLER = 7243


class Locks:
    """This process's advisory locks. Raises `StoreUnavailable` when the database is away.

    `lost` is set as soon as everything held is gone, and is another event for what is taken afterwards: whoever holds a
    lock for long takes it up at once, and ends its work when it is set.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = patient(dsn)
        self._connection: psycopg.AsyncConnection | None = None
        self._one_at_a_time = asyncio.Lock()
        self.lost = asyncio.Event()

    @asynccontextmanager
    async def holding(self, kind: LockKind, number: int) -> AsyncIterator[bool]:
        """True if we have it for the length of the block, False if another process has it."""
        have = bool(await self._ask("select pg_try_advisory_lock(%s, %s)", kind, number))
        try:
            yield have
        finally:
            if have:
                await self._let_go(kind, number)

    async def _let_go(self, kind: LockKind, number: int) -> None:
        try:
            await self._ask("select pg_advisory_unlock(%s, %s)", kind, number)
        except StoreUnavailable:
            return  # the server let go of everything when the connection ended

    async def _ask(self, statement: str, kind: LockKind, number: int) -> object:
        async with self._one_at_a_time:
            try:
                connection = await self._connected()
                row = await (await connection.execute(statement, (int(kind), _as_int32(number)))).fetchone()
            except psycopg.Error as error:
                await self._forget()
                raise StoreUnavailable("the database does not answer; no lock was taken") from error
            return row[0] if row else None

    async def _connected(self) -> psycopg.AsyncConnection:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(self._dsn, autocommit=True, prepare_threshold=0)
            self.lost = asyncio.Event()
        return self._connection

    async def _forget(self) -> None:
        self.lost.set()
        if self._connection is not None:
            await self._connection.close()
        self._connection = None

    async def watch(self) -> None:
        """Notice, until cancelled, that the connection has died while nobody asked for a lock."""
        while True:
            await asyncio.sleep(WATCH_EVERY)
            async with self._one_at_a_time:
                await self._still_there()

    async def _still_there(self) -> None:
        if self._connection is None:
            return
        try:
            await self._connection.execute("select 1")
        except psycopg.Error:
            await self._forget()

    async def close(self) -> None:
        """Let go of everything."""
        async with self._one_at_a_time:
            await self._forget()


def _as_int32(number: int) -> int:
    # two-part advisory keys are 32-bit; a clash of two conversations only makes one wait for the other
    return (number + 2**31) % 2**32 - 2**31
