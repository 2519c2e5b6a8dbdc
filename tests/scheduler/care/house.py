"""A shop whose campaigns really go out: planned, claimed and sent over channels that keep what they were given."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select, text

from bot.channels.base import Channel, Idempotency, Rendered, SendResult
from bot.channels.recording import RecordingChannel
from crm_store.database import Store
from crm_store.planning.occurrences import Occurrence
from crm_store.planning.touches import Touch
from crm_store.plans.plan import Content, Plan
from crm_store.sending.drafting import Sender
from scheduler.care.planner import Planner
from scheduler.care.terms import CareTerms
from scheduler.dispatcher import Dispatcher
from tests.store.planning.shop import NOON, Shop

LANE = "telegram:main"
ADDRESS = "https://shop.example"
TERMS = CareTerms(ADDRESS, Sender({"en": "Willowmere", "zh": "柳岸百货"}, lambda id: f"{ADDRESS}/preferences/{id}"))
HELLO = Plan(
    channels=("telegram", "email"),
    contents=(
        Content(language="en", text="Hello {first_name}", subject="From {shop}"),
        Content(language="zh", text="您好，{first_name}", subject="{shop}"),
    ),
)

_CROWD = text(
    """
    with people as (
        insert into customers (name, language, time_zone, time_zone_source, birth_year_known, birth_calendar, tier,
                               joined_on)
        select 'Member ' || n, 'en', 'Asia/Singapore', 'said', true, 'solar', 'member', date '2024-01-01'
          from generate_series(1, :count) n
        returning id
    ), addresses as (
        insert into channel_identities (channel, account, address, customer_id, display_name, reachability,
                                        proof_level, proof_method, created_at)
        select c, 'main', c || '-' || id, id, '', 'ok', 0, '', :now from people, unnest(array['telegram', 'email']) c
    ), allowed as (
        insert into consent_entries (customer_id, purpose, channel, granted, at, source, question, question_version,
                                     answer)
        select id, 'promotion', '*', true, :now, 'chat', '', '', '' from people
    )
    select id from people order by id
    """
)


class Doorway(RecordingChannel):
    """A channel that can be held: while `opened` is not set, whoever is handed over waits in it, and is in `inside`."""

    def __init__(self, name: str = "telegram", rate: float = 1000.0) -> None:
        super().__init__(name, "main", kept=200_000)
        self.capabilities = replace(self.capabilities, rate=rate)
        self.opened = asyncio.Event()
        self.opened.set()
        self.inside: list[str] = []
        self.came = asyncio.Event()

    async def send(self, rendered: Rendered) -> SendResult:
        self.inside.append(rendered.payload["address"])
        self.came.set()
        await self.opened.wait()
        self.inside.remove(rendered.payload["address"])
        return await super().send(rendered)

    def takes_repeats(self, idempotency: Idempotency) -> None:
        """Whether the same message twice does harm here."""
        self.capabilities = replace(self.capabilities, idempotency=idempotency)

    def is_read_on_return(self) -> None:
        """As the web chat is."""
        self.capabilities = replace(self.capabilities, read_on_return=True)

    def release_soon(self) -> None:
        """Let them go on, a moment from now."""
        asyncio.get_running_loop().call_later(0.2, self.opened.set)

    @property
    def got(self) -> Counter[str]:
        """How many messages each address was given."""
        return Counter(str(payload["address"]) for payload in self.sent)


@dataclass
class House:
    """One shop, its clock, its channels by lane."""

    store: Store
    clock: datetime = NOON
    telegram: Doorway = field(default_factory=Doorway)
    email: Doorway = field(default_factory=lambda: Doorway("email"))

    def __post_init__(self) -> None:
        self.shop = Shop(self.store)

    def now(self) -> datetime:
        return self.clock

    @property
    def lanes(self) -> Mapping[str, Channel]:
        return {LANE: self.telegram, "email:main": self.email}

    async def members(self, count: int, *channels: str) -> list[int]:
        return [await self.shop.member(*channels) for _ in range(count)]

    async def crowd(self, count: int) -> list[int]:
        """So many at once, each on Telegram and by e-mail, who agreed to promotions."""
        async with self.store.transaction() as crm:
            return list(await crm.session.scalars(_CROWD, {"count": count, "now": self.now()}))

    async def planned(self, plan: Plan = HELLO, purpose: str = "promotion", hours: int = 24) -> int:
        """An occurrence of a new campaign for everybody there is, ready to go."""
        occurrence = await self.shop.occurrence(await self.shop.campaign(plan, purpose), hours)
        await Planner(self.store, self.now).plan(occurrence)
        return occurrence

    def dispatcher(self, store: Store | None = None, terms: CareTerms = TERMS) -> Dispatcher:
        return Dispatcher(store or self.store, self.lanes, self.now, lambda channel, result: None, terms)

    @asynccontextmanager
    async def sending(self, dispatcher: Dispatcher | None = None) -> AsyncIterator[None]:
        """While the block runs; stopped as a house is stopped."""
        running = ((dispatcher or self.dispatcher()).run(), self.store.signals.relay())
        works = [asyncio.create_task(work) for work in running]
        try:
            yield
        finally:
            for work in works:
                work.cancel()
            await asyncio.gather(*works, return_exceptions=True)

    async def states(self, occurrence_id: int | None = None) -> dict[str, int]:
        """How many touches stand where."""
        asked = select(Touch.state, func.count()).group_by(Touch.state)
        if occurrence_id is not None:
            asked = asked.where(Touch.occurrence_id == occurrence_id)
        async with self.store.reading() as crm:
            return {state: count for state, count in await crm.session.execute(asked)}

    async def until(self, state: str, count: int, within: float = 30.0) -> None:
        """Wait until so many touches stand there."""
        try:
            async with asyncio.timeout(within):
                while (await self.states()).get(state, 0) != count:
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"{count} {state} never came; there are {await self.states()}") from None

    async def holds(self, so: Callable[[], Awaitable[object]], within: float = 30.0) -> None:
        """Wait until it is so."""
        async with asyncio.timeout(within):
            while not await so():
                await asyncio.sleep(0.02)

    async def read[T](self, asked: Select[T]) -> T | None:
        """The first column of the first row, as it is now."""
        async with self.store.reading() as crm:
            return await crm.session.scalar(asked)

    async def campaign_of(self, occurrence_id: int) -> int:
        return await self.read(select(Occurrence.campaign_id).filter_by(id=occurrence_id)) or 0

    async def touch(self, occurrence_id: int, customer_id: int) -> Touch:
        return (await self.shop.touches(occurrence_id))[customer_id]

    def later(self, **by: float) -> None:
        """Time passes."""
        self.clock += timedelta(**by)

    async def inside(self, count: int) -> None:
        """Wait until so many are held in the doorway of Telegram."""
        async with asyncio.timeout(30):
            while len(self.telegram.inside) < count:
                self.telegram.came.clear()
                await self.telegram.came.wait()

    async def heard(self, topic: str, deed: Awaitable[object]) -> None:
        """Do it, and wait until its signal is here."""
        came = asyncio.Event()
        with self.store.signals.listening(topic, lambda _: came.set()):
            await deed
            async with asyncio.timeout(10):
                await came.wait()


def address_of(customer_id: int, channel: str = "telegram") -> str:
    return f"{channel}-{customer_id}"
