"""Fetching updates by long polling: stored first, confirmed afterwards. No public address is needed.

PTB's own updater confirms what it has only in memory, so a crash loses it, and it removes a production webhook
without asking.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from telegram import Bot
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.channels.telegram_bot import ALLOWED_UPDATES
from bot.channels.telegram_transport import READ_SECONDS, FloodLimit

LONGEST_PAUSE = 30.0
_log = logging.getLogger(__name__)

# Stores the raw updates and the cursor in one transaction; raises if it could not.
Keep = Callable[[list[dict[str, Any]], str], Awaitable[None]]


class PollRefused(Exception):
    """Polling cannot go on and trying again would do harm."""

    code = "telegram_poll_refused"


class ForeignWebhook(PollRefused):
    """The bot has a webhook that is not ours: most likely production, which polling would silence."""

    code = "telegram_foreign_webhook"


class AnotherPoller(PollRefused):
    """Somebody else polls this bot; each takes updates away from the other."""

    code = "telegram_another_poller"


class TokenRefused(PollRefused):
    """Telegram does not know the token (any more)."""

    code = "telegram_token_refused"


class TelegramPoll:
    """One bot's poller. `own_webhook` is the address we may take down because we put it up; `wait` in seconds."""

    def __init__(self, bot: Bot, own_webhook: str = "", wait: int = 25, first_pause: float = 1.0) -> None:
        self._bot = bot
        self._own_webhook = own_webhook
        self._wait = wait
        self._first_pause = first_pause
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """End `run` as soon as what has been fetched is kept."""
        self._stopped.set()

    async def run(self, cursor: str, keep: Keep) -> None:
        """Fetch from `cursor` ("" at first) until `stop`. Raises `PollRefused`; waits out every other trouble."""
        ready = False
        failures = 0
        while not self._stopped.is_set():
            try:
                if not ready:
                    await self._unless_stopped(self._own_the_queue())
                    ready = True
                cursor = await self._advance(cursor, keep)
                failures = 0
            except PollRefused:
                raise
            except Exception as error:  # the outermost loop: network, provider and store all come back
                failures += 1
                # The name alone: the text of a store's error may hold a shopper's words.
                _log.warning("telegram poll failed %d times in a row: %s", failures, type(error).__name__)
                await self._pause(error, failures)

    async def _advance(self, cursor: str, keep: Keep) -> str:
        updates = await self._unless_stopped(self._fetch(cursor))
        if not updates:
            return cursor
        # Not the highest id: after a quiet week Telegram begins anew anywhere, and may do so lower.
        following = str(updates[-1]["update_id"] + 1)
        await keep(updates, following)
        return following

    async def _own_the_queue(self) -> None:
        try:
            webhook = (await self._bot.get_webhook_info()).url
            if webhook and webhook != self._own_webhook:
                raise ForeignWebhook("the bot delivers to another webhook: use another bot, or remove it by hand")
            if webhook:
                await self._bot.delete_webhook(drop_pending_updates=False)
        except InvalidToken:
            raise TokenRefused("Telegram refuses the bot token") from None

    async def _fetch(self, cursor: str) -> list[dict[str, Any]]:
        # Raw, not through PTB's types: the inbox keeps what was sent, also what PTB does not know.
        asked = {"timeout": self._wait, "limit": 100, "allowed_updates": json.dumps(ALLOWED_UPDATES)}
        query = urlencode({**asked, "offset": cursor} if cursor else asked)
        try:
            answer = await self._bot.request.post(
                f"{self._bot.base_url}/getUpdates?{query}", read_timeout=self._wait + READ_SECONDS
            )
        except InvalidToken:
            raise TokenRefused("Telegram refuses the bot token") from None
        except Conflict as error:
            refused = ForeignWebhook if "webhook" in error.message.lower() else AnotherPoller
            raise refused(error.message) from None
        return _updates(answer)

    async def _unless_stopped[T](self, work: Awaitable[T]) -> T | None:
        """The work's result, or None if `stop` came first and the work was dropped."""
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self._stopped.wait())
        try:
            await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            for each in (task, stop):
                each.cancel()
            await asyncio.gather(task, stop, return_exceptions=True)

    async def _pause(self, error: Exception, failures: int) -> None:
        seconds = min(LONGEST_PAUSE, self._first_pause * 2 ** min(failures - 1, 10))
        if isinstance(error, FloodLimit):
            seconds = error.seconds
        try:
            async with asyncio.timeout(seconds):
                await self._stopped.wait()
        except TimeoutError:
            return


def _updates(answer: object) -> list[dict[str, Any]]:
    """The updates of an answer. Raises `TelegramError` if one has no id: nothing could be confirmed then."""
    if not isinstance(answer, list) or not all(isinstance(each, dict) and _has_id(each) for each in answer):
        raise TelegramError("getUpdates did not answer with updates")
    return answer


def _has_id(update: dict[str, Any]) -> bool:
    return type(update.get("update_id")) is int
