"""Telegram in the house: what of it runs in the background, by polling or behind a webhook."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from telegram import Bot

from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_bot import acknowledge
from bot.channels.telegram_poll import TelegramPoll
from bot.channels.telegram_start import Webhook, introduce
from bot.conversation.inbox import WayIn
from crm_store.database import Store
from crm_store.locks import LockKind

POLLER_ELSEWHERE = 3.0
"""Seconds until we look again whether another copy still polls."""


@dataclass(frozen=True)
class TelegramLine:
    """One bot. `named` is told its user name as soon as Telegram has answered."""

    bot: Bot
    channel: TelegramChannel
    lane: str
    webhook: Webhook
    named: Callable[[str], None]

    def behind_webhook(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """Background work while Telegram delivers to us."""
        return {"telegram-start": lambda: self._introduce(self.webhook)}

    def by_polling(self, store: Store, way_in: WayIn) -> dict[str, Callable[[], Awaitable[None]]]:
        """Background work while we fetch from Telegram; a webhook of our own is taken down first."""
        return {"telegram-start": lambda: self._introduce(None), "telegram": lambda: self._poll(store, way_in)}

    async def _introduce(self, webhook: Webhook | None) -> None:
        await introduce(self.bot, self.named, webhook)
        # Background work that ends is begun again, and there is nothing left to do.
        await asyncio.Event().wait()

    async def _poll(self, store: Store, way_in: WayIn) -> None:
        """Poll while this process holds the poller's lock: one of any number of copies does."""

        async def keep(updates: list[dict[str, Any]], cursor: str) -> None:
            await way_in.keep_batch(self.channel, updates, cursor)
            for update in updates:
                await acknowledge(self.bot, update)

        async with store.locks.holding(LockKind.POLLER, int(self.channel.account)) as have:
            if not have:
                await asyncio.sleep(POLLER_ELSEWHERE)
                return
            lost = store.locks.lost
            async with store.transaction() as crm:
                await crm.lanes.ensure([self.lane])
                row = await crm.lanes.get(self.lane)
            poll = TelegramPoll(self.bot, own_webhook=self.webhook.url)
            await _until(lost, poll.run(row.cursor if row else "", keep))


async def _until(lost: asyncio.Event, polling: Coroutine[Any, Any, None]) -> None:
    """Poll no longer than we hold the lock: another copy has it by then. What was not kept comes to that one."""
    works = [asyncio.create_task(polling), asyncio.create_task(lost.wait())]
    try:
        ended, _ = await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
        for work in ended:
            work.result()
    finally:
        for work in works:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)
