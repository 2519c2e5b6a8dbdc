"""What the Bot API refuses, with its own words. Texts from tdlib/telegram-bot-api (Client.cpp, WebhookActor.cpp)."""

import html
import json
import re
from collections.abc import Mapping
from typing import Any

MAX_TEXT = 4096
MAX_BUTTONS = 100
ACTIONS = {"typing", "upload_photo", "upload_document", "record_voice", "upload_voice", "find_location"}
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_TAG = re.compile(r"<[^>]*>")


class Refusal(Exception):
    """An answer with ``ok: false``."""

    def __init__(self, code: int, description: str, retry_after: int = 0) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after

    def body(self) -> dict[str, Any]:
        told: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return {**told, "parameters": {"retry_after": self.retry_after}} if self.retry_after else told


def bad(description: str) -> Refusal:
    return Refusal(400, f"Bad Request: {description}")


def flood(retry_after: int) -> Refusal:
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after)


def text_of(parameters: Mapping[str, str]) -> str:
    """The message's text after parsing; refuses what is empty, too long or in an unknown mark-up."""
    text = parameters.get("text", "")
    mode = parameters.get("parse_mode", "")
    if mode not in {"", "HTML"}:
        raise bad("unsupported parse_mode")
    parsed = html.unescape(_TAG.sub("", text)) if mode else text
    if not parsed.strip():
        raise bad("message text is empty")
    if len(parsed.encode("utf-16-le")) // 2 > MAX_TEXT:
        raise bad("message is too long")
    return parsed.strip()


def markup_of(parameters: Mapping[str, str]) -> dict[str, Any]:
    """The reply markup; refuses what is not one, and buttons without a text or with data outside 1-64 bytes."""
    given = parameters.get("reply_markup", "")
    if not given:
        return {}
    try:
        markup = json.loads(given)
    except ValueError:
        raise bad("can't parse reply keyboard markup JSON object") from None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    buttons = [button for row in markup.get("inline_keyboard", []) for button in row]
    if len(buttons) > MAX_BUTTONS:
        raise bad("reply markup is too long")
    for button in buttons:
        _check_button(button)
    if any(not button.get("text") for row in markup.get("keyboard", []) for button in row):
        raise bad("keyboard button text must be non-empty")
    return markup


def _check_button(button: Mapping[str, Any]) -> None:
    if not button.get("text"):
        raise bad("inline keyboard button text must be non-empty")
    if "callback_data" not in button and "url" not in button:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")


def check_webhook(url: str, secret: str, over_http: bool) -> None:
    """Refuses addresses without TLS, unless loopback will do, and secrets Telegram would not take."""
    if url and not url.startswith(("https://", "http://") if over_http else "https://"):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
