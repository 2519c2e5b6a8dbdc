"""Telegram as a channel. Provider rules: https://core.telegram.org/bots/api and https://core.telegram.org/bots/faq."""

import hmac
from collections.abc import Mapping
from typing import Any

from telegram import Bot
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, TelegramError

from bot.channels.base import (
    Capabilities,
    Fetched,
    Forged,
    Idempotency,
    Inbound,
    Outbound,
    Rendered,
    Result,
    SendResult,
    Verdict,
)
from bot.channels.telegram_bot import account_of, call, message_in
from bot.channels.telegram_events import read_update
from bot.channels.telegram_files import fetch_file
from bot.channels.telegram_message import LABEL_MAX, MAX_CHOICES, MAX_TEXT, render_message, utf16
from bot.channels.telegram_transport import FloodLimit, NotSent, Refused

SECRET_HEADER = "x-telegram-bot-api-secret-token"
NOT_SENT_SECONDS = 5.0
# About 30 messages a second for a bot and one a second for a chat; the exact limits are not published.
CAPABILITIES = Capabilities(
    max_text=MAX_TEXT,
    max_choices=MAX_CHOICES,
    choice_label_max=LABEL_MAX,
    idempotency=Idempotency.NONE,
    rate=25.0,
    rate_per_address=1.0,
    contact_request=True,
)


class TelegramChannel:
    """One bot. `secret` is the webhook's `secret_token`; a bot that polls needs none and trusts no post."""

    name = "telegram"
    capabilities = CAPABILITIES

    def __init__(self, bot: Bot, secret: str = "") -> None:
        self._bot = bot
        self._secret = secret.encode()
        self.account = account_of(bot.token)

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Telegram signs nothing: the proof is the secret in the header alone, so the body plays no part."""
        given = next((value for name, value in headers.items() if name.lower() == SECRET_HEADER), "")
        if not self._secret or not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), self._secret):
            raise Forged("the secret token does not fit")

    def parse(self, event: Mapping[str, Any]) -> Inbound | None:
        return read_update(event)

    def check(self, message: Outbound, reachability: str) -> Verdict:
        if reachability != "ok":
            return Verdict.UNREACHABLE
        return Verdict.TOO_LONG if utf16(message.text) > MAX_TEXT else Verdict.ALLOWED

    def render(self, message: Outbound) -> Rendered:
        return render_message(message)

    async def send(self, rendered: Rendered) -> SendResult:
        try:
            answer = await call(self._bot, "sendMessage", rendered.payload)
            message_id = message_in(answer["result"])
        except TelegramError as error:
            return outcome_of(error)
        except Exception as error:  # an answer nobody can read: the message may well be out
            return SendResult(Result.UNKNOWN, detail=f"unreadable answer: {type(error).__name__}")
        return SendResult(Result.ACCEPTED, provider_id=str(message_id))

    async def fetch(self, provider_ref: str, most: int) -> Fetched:
        return await fetch_file(self._bot, provider_ref, most)


def outcome_of(error: TelegramError) -> SendResult:
    """How a send ended that raised `error`. The order matters: PTB's BadRequest and TimedOut are NetworkErrors too."""
    match error:
        case FloodLimit():
            return SendResult(Result.RETRY_AT, retry_after=error.seconds, whole_account=True, detail=error.message)
        case NotSent():
            return SendResult(Result.RETRY_AT, retry_after=NOT_SENT_SECONDS, detail=error.message)
        case Forbidden():
            return SendResult(Result.GONE, detail=error.message)
        case BadRequest():
            gone = "chat not found" in error.message.lower()
            return SendResult(Result.GONE if gone else Result.REJECTED, detail=error.message)
        case InvalidToken() | Conflict():
            return SendResult(Result.CONFIG, detail=error.message)
        case Refused():
            # A redirect says that the configured address is wrong, not that the message is.
            return SendResult(Result.CONFIG if error.status < 400 else Result.REJECTED, detail=error.message)
        case _:
            return SendResult(Result.UNKNOWN, detail=error.message)
