"""The bot in the house: either way of getting updates starts without Telegram, and one can follow the other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy import select

from bot.channels.telegram_start import Webhook
from bot.conversation.inbox import WayIn
from bot.telegram_line import TelegramLine
from crm_store.database import Store
from crm_store.talks.interactions import Interaction
from tests.channels.conftest import ANNA, Line

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
WEBHOOK = Webhook("http://127.0.0.1:9/channels/telegram/webhook", "webhook-secret")


@asynccontextmanager
async def running(works: Mapping[str, Callable[[], Awaitable[None]]]) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(work()) for work in works.values()]
    yield
    assert not any(task.done() for task in tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def words(store: Store) -> list[str]:
    async with store.transaction() as crm:
        return [each.text for each in (await crm.session.scalars(select(Interaction).order_by(Interaction.id))).all()]


async def test_back_from_the_webhook_to_polling_nothing_is_lost(line: Line, store: Store) -> None:
    named: asyncio.Queue[str] = asyncio.Queue()
    bot = TelegramLine(line.bot, line.channel, "telegram:110201543", WEBHOOK, named.put_nowait)
    async with asyncio.timeout(20):
        async with running(bot.behind_webhook()):
            assert await named.get() == "willowmere_bot"
            assert line.fake.webhook.url == WEBHOOK.url
        line.fake.user_says(ANNA, "hello")
        async with running(bot.by_polling(store, WayIn(store, lambda: NOW, lambda _: None))):
            assert await named.get() == "willowmere_bot"
            while "hello" not in await words(store):
                await asyncio.sleep(0.02)
    assert line.fake.webhook.url == ""
