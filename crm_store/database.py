"""The store: one engine, one kind of transaction, one commit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from crm_store.errors import StoreUnavailable
from crm_store.keys import ApiKeys
from crm_store.locks import Locks
from crm_store.loyalty.coupons import Coupons
from crm_store.loyalty.orders import Orders
from crm_store.loyalty.points import Points
from crm_store.loyalty.tiers import Tiers
from crm_store.people.challenges import Challenges
from crm_store.people.consent import Consent
from crm_store.people.customers import Customers
from crm_store.people.identities import Identities
from crm_store.people.links import DeepLinks
from crm_store.people.preferences import Preferences
from crm_store.records.reader import Records
from crm_store.shop.knowledge import Knowledge
from crm_store.shop.products import Products
from crm_store.shop.promotions import Promotions
from crm_store.shop.stores import RetailStores
from crm_store.signals import NOTIFY, Signals
from crm_store.talks.answers import Answers
from crm_store.talks.arrivals import Arrivals
from crm_store.talks.complaints import Complaints
from crm_store.talks.conversations import Conversations
from crm_store.talks.inbox import Inbox
from crm_store.talks.interactions import Interactions
from crm_store.talks.lanes import Lanes
from crm_store.talks.outbox import Outbox
from crm_store.wires import PATIENCE


class Crm:
    """What we know, by noun, inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.nudges: dict[tuple[str, int], None] = {}

    def nudge(self, topic: str, conversation_id: int = 0) -> None:
        """Once this transaction has committed, tell whoever listens, here and in other processes, to look again."""
        self.nudges[topic, conversation_id] = None

    @cached_property
    def customers(self) -> Customers:
        return Customers(self.session)

    @cached_property
    def identities(self) -> Identities:
        return Identities(self.session)

    @cached_property
    def challenges(self) -> Challenges:
        return Challenges(self.session)

    @cached_property
    def deep_links(self) -> DeepLinks:
        return DeepLinks(self.session)

    @cached_property
    def consent(self) -> Consent:
        return Consent(self.session)

    @cached_property
    def preferences(self) -> Preferences:
        return Preferences(self.session)

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(self.session)

    @cached_property
    def interactions(self) -> Interactions:
        return Interactions(self.session)

    @cached_property
    def arrivals(self) -> Arrivals:
        return Arrivals(self.session)

    @cached_property
    def answers(self) -> Answers:
        return Answers(self.session)

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.session)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.session)

    @cached_property
    def lanes(self) -> Lanes:
        return Lanes(self.session)

    @cached_property
    def complaints(self) -> Complaints:
        return Complaints(self.session)

    @cached_property
    def points(self) -> Points:
        return Points(self.session)

    @cached_property
    def tiers(self) -> Tiers:
        return Tiers(self.session)

    @cached_property
    def coupons(self) -> Coupons:
        return Coupons(self.session)

    @cached_property
    def orders(self) -> Orders:
        return Orders(self.session)

    @cached_property
    def stores(self) -> RetailStores:
        return RetailStores(self.session)

    @cached_property
    def products(self) -> Products:
        return Products(self.session)

    @cached_property
    def knowledge(self) -> Knowledge:
        return Knowledge(self.session)

    @cached_property
    def promotions(self) -> Promotions:
        return Promotions(self.session)

    @cached_property
    def api_keys(self) -> ApiKeys:
        return ApiKeys(self.session)

    @cached_property
    def records(self) -> Records:
        return Records(self.session)


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

        Raises `StoreUnavailable` when the connection fails, before or within the block.
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
            if error.connection_invalidated:
                raise StoreUnavailable("the database connection was lost; nothing was changed") from error
            raise

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Crm]:
        """For single reads: no transaction around them, so each costs one round trip. Raises `StoreUnavailable`."""
        session = AsyncSession(self._autocommitting, expire_on_commit=False)
        try:
            async with session:
                yield Crm(session)
        except (OperationalError, InterfaceError, NoConnectionFree) as error:
            raise StoreUnavailable("the database does not answer") from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise StoreUnavailable("the database connection was lost") from error
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
