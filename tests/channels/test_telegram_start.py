"""Telegram may be away when the house opens: the webhook and the bot's name are settled once it is back."""

import asyncio
import logging
import socket

import pytest

from bot.channels.telegram_bot import close_bot, open_bot
from bot.channels.telegram_start import Webhook, introduce
from bot.channels.telegram_transport import AiohttpRequest
from tests.channels.conftest import Line
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.telegram_faults import dropped, flooded, html_page

WEBHOOK = Webhook("http://127.0.0.1:9/hook", "webhook-secret")


async def test_the_name_is_told_and_the_webhook_set(line: Line) -> None:
    names: list[str] = []
    await introduce(line.bot, names.append, WEBHOOK)
    assert names == ["willowmere_bot"]
    assert (line.fake.webhook.url, line.fake.webhook.secret) == (WEBHOOK.url, WEBHOOK.secret)


async def test_without_a_webhook_of_its_own_it_leaves_the_webhook_alone(line: Line) -> None:
    await introduce(line.bot, lambda name: None)
    assert line.fake.called("setWebhook") == 0


async def test_whatever_is_in_the_way_it_is_tried_again(line: Line) -> None:
    names: list[str] = []
    line.fake.fails_next("setWebhook", dropped(), html_page())
    line.fake.fails_next("getMe", flooded(1), dropped())
    await introduce(line.bot, names.append, WEBHOOK, first_pause=0.01)
    assert (names, line.fake.webhook.url) == (["willowmere_bot"], WEBHOOK.url)


async def test_a_telegram_that_is_not_there_is_waited_for_and_named_in_the_log(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    bot = open_bot(TOKEN, f"http://127.0.0.1:{port}", AiohttpRequest(read_seconds=0.3))
    names: list[str] = []
    with caplog.at_level(logging.WARNING):
        introducing = asyncio.create_task(introduce(bot, names.append, WEBHOOK, first_pause=0.01))
        while "telegram not reached" not in caplog.text:
            await asyncio.sleep(0.01)
        assert names == []
        await telegram.start(port)
        await introducing
    await close_bot(bot)
    assert (names, telegram.webhook.url) == (["willowmere_bot"], WEBHOOK.url)
    assert TOKEN not in caplog.text
