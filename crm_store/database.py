"""The store: one engine, one kind of transaction, one commit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from crm_store.crm import Crm
from crm_store.errors import CareLoopError, StoreUnavailable, ValueRefused
from crm_store.locks import Locks
from crm_store.signals import NOTIFY, Signals
from crm_store.wires import PATIENCE

UNFIT = {"22003", "22008", "22021", "22P05", None}
"""SQLSTATEs of a number or date out of range and of a sign no text may hold; None where the driver refuses it."""


class Store:
    """The database behind CareLoop. Open once, hand to whoever needs it, close at the end."""

    def __init__(self, engine: AsyncEngine, signals: Signals, locks: Locks) -> None:
        self.engine = engine
        self._autocommitting = engine.execution_options(isolation_level="AUTOCOMMIT")
        self.signals = signals
        self.locks = locks

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Crm]:
        """The only commit in CareLoop: all of the block, or none of it.

        Raises `StoreUnavailable` when the connection fails, before or within the block, and `ValueRefused`.
        """
        session = AsyncSession(self.engine, expire_on_commit=False)
        try:
            async with session:
                crm = Crm(session)
                yield crm
                if crm.nudges:
                    await session.execute(NOTIFY, self.signals.notices(crm.nudges))
                await session.commit()
            for topic, conversation_id in crm.nudges:
                self.signals.here(topic, conversation_id)
        except (OperationalError, InterfaceError) as error:
            raise StoreUnavailable("the database does not answer; nothing was changed") from error
        except NoConnectionFree as error:
            raise StoreUnavailable("every connection to the database is taken; nothing was changed") from error
        except DBAPIError as error:
            if named := _named(error):
                raise named from error
            raise

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Crm]:
        """For single reads: no transaction around them, so each costs one round trip. Raises as `transaction`."""
        session = AsyncSession(self._autocommitting, expire_on_commit=False)
        try:
            async with session:
                yield Crm(session)
        except (OperationalError, InterfaceError, NoConnectionFree) as error:
            raise StoreUnavailable("the database does not answer") from error
        except DBAPIError as error:
            if named := _named(error):
                raise named from error
            raise

    async def answers(self) -> bool:
        """Whether a plain question gets an answer."""
        try:
            async with self.transaction() as crm:
                await crm.session.execute(text("select 1"))
        except StoreUnavailable:
            return False
        return True

    async def close(self) -> None:
        await self.locks.close()
        await self.engine.dispose()


def _named(error: DBAPIError) -> CareLoopError | None:
    """The error of ours that `error` is, if any."""
    if error.connection_invalidated:
        return StoreUnavailable("the database connection was lost; nothing was changed")
    if isinstance(error, DataError) and getattr(error.orig, "sqlstate", None) in UNFIT:
        return ValueRefused("a number is too large, or a text holds a sign that cannot be kept; nothing was changed")
    return None


def open_store(url: str, pool: int = 20) -> Store:
    """Connect to `url` (``postgresql+psycopg://…``); nothing is opened until the first transaction."""
    engine = create_async_engine(
        url,
        pool_size=pool,
        max_overflow=pool,
        pool_timeout=10,
        pool_pre_ping=False,
        # The parameters of a statement are what people wrote: they do not belong into an error's message.
        hide_parameters=True,
        connect_args={"prepare_threshold": 2, **PATIENCE},
    )
    return Store(engine, Signals(url), Locks(url))
