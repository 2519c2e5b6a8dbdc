"""Fetching files from Telegram: getFile names a path that holds for an hour, then the bytes lie at the file address.

See https://core.telegram.org/bots/api#getfile; a bot may fetch 20 MB at most.
"""

import re
from http import HTTPStatus
from urllib.parse import quote, urlencode

from telegram import Bot
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, TelegramError

from bot.channels.base import Fetched, FetchEnd
from bot.channels.telegram_transport import AiohttpRequest, FloodLimit, NotSent, Refused

MOST_BYTES = 20 * 1024 * 1024
AWAY_SECONDS = 15.0
CONFIG_SECONDS = 120.0
# A server of one's own in local mode names files on its own disk instead, which we would have to share.
_PATH = re.compile(r"[A-Za-z0-9_\-]+(/[A-Za-z0-9_\-.]+)+")


async def fetch_file(bot: Bot, file_id: str, most: int) -> Fetched:
    """The bytes of a file; `most` may be beyond what Telegram gives out."""
    try:
        query = urlencode({"file_id": file_id})
        described = await bot.request.post(f"{bot.base_url}/getFile?{query}")
    except TelegramError as error:
        return _end_of_asking(error)
    except Exception as error:  # PTB met an answer it could not read
        return Fetched(FetchEnd.RETRY, detail=f"unreadable answer: {type(error).__name__}")
    return await _downloaded(bot, described, most)


async def _downloaded(bot: Bot, described: object, most: int) -> Fetched:
    path = described.get("file_path") if isinstance(described, dict) else None
    if not isinstance(path, str) or not _PATH.fullmatch(path) or ".." in path:
        return Fetched(FetchEnd.RETRY, detail="Telegram named no path that can be fetched")
    request = bot.request
    assert isinstance(request, AiohttpRequest)
    try:
        content = await request.download(f"{bot.base_file_url}/{quote(path)}", most)
    except TelegramError as error:
        # A path that has lapsed is a plain 404; the next try asks for a new one.
        return _end_of_call(error)
    return Fetched(FetchEnd.TOO_LARGE) if content is None else Fetched(FetchEnd.FETCHED, content)


def _end_of_asking(error: TelegramError) -> Fetched:
    if isinstance(error, BadRequest):
        told = error.message.lower()
        if "too big" in told:
            return Fetched(FetchEnd.TOO_LARGE, detail=error.message)
        # "wrong file_id or the file is temporarily unavailable" may mean either.
        gone = "invalid" in told or "wrong remote file" in told
        return Fetched(FetchEnd.GONE if gone else FetchEnd.RETRY, detail=error.message)
    if isinstance(error, InvalidToken | Conflict | Forbidden):
        return Fetched(FetchEnd.WAIT, retry_after=CONFIG_SECONDS, detail=error.message)
    return _end_of_call(error)


def _end_of_call(error: TelegramError) -> Fetched:
    match error:
        case FloodLimit():
            return Fetched(FetchEnd.WAIT, retry_after=error.seconds, detail=error.message)
        case NotSent():
            return Fetched(FetchEnd.WAIT, retry_after=AWAY_SECONDS, detail=error.message)
        case Refused() if error.status < HTTPStatus.BAD_REQUEST:
            return Fetched(FetchEnd.WAIT, retry_after=CONFIG_SECONDS, detail="redirected: check the API base")
        case _:
            return Fetched(FetchEnd.RETRY, detail=error.message)
