"""What is settled with Telegram at the start: where it delivers, and what the bot is called; it may be away."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.telegram_bot import point_webhook
from bot.channels.telegram_transport import FloodLimit

LONGEST_PAUSE = 30.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Webhook:
    """Where Telegram delivers (https), and the secret it shows there."""

    url: str
    secret: str


async def introduce(
    bot: Bot, named: Callable[[str], None], webhook: Webhook | None = None, first_pause: float = 1.0
) -> None:
    """Put up the webhook and tell `named` the bot's user name; tries until Telegram has answered. Pause in seconds."""
    failures = 0
    while True:
        try:
            if webhook is not None:
                await point_webhook(bot, webhook.url, webhook.secret)
            named((await bot.get_me()).username or "")
            return
        except TelegramError as error:
            failures += 1
            told = error.message or type(error).__name__
            _log.warning("telegram not reached, no links and no webhook yet (try %d): %s", failures, told)
            await asyncio.sleep(_pause(error, failures, first_pause))


def _pause(error: TelegramError, failures: int, first_pause: float) -> float:
    if isinstance(error, FloodLimit):
        return error.seconds
    return min(LONGEST_PAUSE, first_pause * 2.0 ** min(failures - 1, 10))
