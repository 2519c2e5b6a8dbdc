"""The bot's account at Telegram: opening it, and the calls beside sending. See https://core.telegram.org/bots/api."""

import logging
import re
from collections.abc import Mapping
from typing import Any

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.telegram_transport import AiohttpRequest

API_BASE = "https://api.telegram.org"
# What a shopper can do in a private chat; everything else stays at Telegram.
ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
_TOKEN = re.compile(r"(\d+):[A-Za-z0-9_-]+")
_log = logging.getLogger(__name__)


class TokenMalformed(ValueError):
    """The bot token is not of the form that BotFather gives out."""

    code = "telegram_token_malformed"

    def __init__(self) -> None:
        super().__init__("the Telegram bot token must look like 123456:ABC-DEF, as BotFather shows it")


class DiscreetBot(Bot):
    """A bot whose `repr`, which ends up in tracebacks, does not show its token."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"DiscreetBot({account_of(self.token)})"


def account_of(token: str) -> str:
    """The bot's numeric id, the part before the colon: it survives a new token. Raises `TokenMalformed`."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise TokenMalformed
    return match.group(1)


def open_bot(token: str, api_base: str = API_BASE, request: AiohttpRequest | None = None) -> Bot:
    """A bot that has called nobody yet; close it with `close_bot`. Raises `TokenMalformed`."""
    account_of(token)
    # At DEBUG, PTB logs the token and the text of every message.
    logging.getLogger("telegram").setLevel(logging.WARNING)
    shared = request or AiohttpRequest()
    base = api_base.rstrip("/")
    return DiscreetBot(
        token, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot", request=shared, get_updates_request=shared
    )


async def call(bot: Bot, method: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """One method of the Bot API by its name, and its answer as it came. Raises `TelegramError`."""
    request = bot.request
    assert isinstance(request, AiohttpRequest), "open the bot with `open_bot`"
    return await request.call(f"{bot.base_url}/{method}", parameters)


def message_in(result: Mapping[str, Any]) -> int:
    """The id of the message that an answer is; raises `KeyError`, `TypeError` when it is none."""
    whole = {name: result[name] for name in ("message_id", "date", "chat")}
    return int(whole["message_id"])


async def close_bot(bot: Bot) -> None:
    """Close the bot's connections. PTB's own `shutdown` does nothing for a bot that never asked who it is."""
    await bot.request.shutdown()


async def point_webhook(bot: Bot, url: str, secret: str) -> None:
    """Have updates posted to `url` (https), `secret` (1-256 of A-Za-z0-9_-) in the header. Raises `TelegramError`."""
    await bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED_UPDATES)


async def acknowledge(bot: Bot, event: Mapping[str, Any]) -> None:
    """End the spinner on a pressed button. Best effort: the press itself is already stored."""
    query = event.get("callback_query")
    if not isinstance(query, Mapping) or not isinstance(query.get("id"), str):
        return
    try:
        await bot.answer_callback_query(query["id"])
    except TelegramError as error:
        _log.info("telegram button not acknowledged: %s", type(error).__name__)
