"""A fake Telegram on loopback and a bot that talks to it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from telegram import Bot

from bot.channels.base import Outbound, SendResult
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_bot import close_bot, open_bot
from bot.channels.telegram_transport import AiohttpRequest
from tests.fakes.telegram import FakeTelegram

ANNA = 710000001


@dataclass
class Line:
    """A bot, its channel, and the Telegram behind them."""

    fake: FakeTelegram
    api_base: str
    bot: Bot
    channel: TelegramChannel

    async def send(self, text: str = "Your parcel is on its way", chat_id: int = ANNA) -> SendResult:
        return await self.channel.send(self.channel.render(Outbound(1, str(chat_id), text)))


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    fake = FakeTelegram(over_http=True)
    yield fake
    await fake.stop()


@pytest.fixture
async def line(telegram: FakeTelegram) -> AsyncIterator[Line]:
    """Anna has started the bot; answers that take longer than 0.3 s are given up."""
    api_base = await telegram.start()
    telegram.user_starts(ANNA)
    bot = open_bot(telegram.token, api_base, AiohttpRequest(read_seconds=0.3))
    yield Line(telegram, api_base, bot, TelegramChannel(bot, "webhook-secret"))
    await close_bot(bot)


@dataclass
class Caller:
    """A plain HTTP client, so that the fake is not judged by our own."""

    fake: FakeTelegram
    api_base: str
    session: aiohttp.ClientSession

    async def __call__(self, method: str, **parameters: Any) -> tuple[int, Any]:
        url = f"{self.api_base}/bot{self.fake.token}/{method}"
        async with self.session.post(url, data=parameters) as answer:
            body = await answer.json()
        return answer.status, body["result"] if body["ok"] else body["description"]

    async def update_ids(self, **parameters: Any) -> list[int]:
        _, updates = await self("getUpdates", **parameters)
        return [update["update_id"] for update in updates]


@pytest.fixture
async def call(telegram: FakeTelegram) -> AsyncIterator[Caller]:
    api_base = await telegram.start()
    async with aiohttp.ClientSession() as session:
        yield Caller(telegram, api_base, session)
