"""Fetching from Telegram what shoppers sent: every way it can end, without the token in any of them."""

import logging
from typing import Any

import pytest

from bot.channels.base import Fetched, FetchEnd, FetchesFiles, InboundKind, Malformed, Media
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_bot import close_bot, open_bot
from bot.channels.telegram_events import read_update
from bot.channels.telegram_files import MOST_BYTES
from tests.channels.conftest import ANNA, Line
from tests.fakes.telegram import TOKEN
from tests.fakes.telegram_faults import dropped, flooded, html_page, refused

MOST = 10_000


async def fetch(line: Line, content: bytes, most: int = MOST) -> Fetched:
    return await line.channel.fetch(line.fake.files.add(content), most)


async def test_a_file_is_fetched_byte_for_byte_over_the_configured_server(line: Line) -> None:
    assert isinstance(line.channel, FetchesFiles)
    content = bytes(range(256)) * 8
    assert await fetch(line, content) == Fetched(FetchEnd.FETCHED, content)


async def test_more_than_asked_for_is_not_read(line: Line) -> None:
    assert (await fetch(line, b"x" * (MOST + 1))).end is FetchEnd.TOO_LARGE
    assert (await fetch(line, b"x" * MOST)).end is FetchEnd.FETCHED


async def test_what_telegram_gives_to_no_bot_is_too_large(line: Line) -> None:
    assert (await fetch(line, b"x" * (MOST_BYTES + 1), most=2 * MOST_BYTES)).end is FetchEnd.TOO_LARGE
    assert line.fake.files.fetched == 0


async def test_a_path_that_has_lapsed_is_asked_for_anew(line: Line) -> None:
    file_id = line.fake.files.add(b"late")
    line.fake.fails_next("file", refused(404, "Not Found"))
    assert (await line.channel.fetch(file_id, MOST)).end is FetchEnd.RETRY
    line.fake.files.expire()
    assert (await line.channel.fetch(file_id, MOST)).content == b"late"
    assert line.fake.files.asked == 2


@pytest.mark.parametrize(
    ("method", "fault", "end"),
    [
        ("getFile", html_page(), FetchEnd.RETRY),
        ("getFile", dropped(), FetchEnd.RETRY),
        ("getFile", refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable"), FetchEnd.RETRY),
        ("getFile", refused(400, "Bad Request: invalid file_id"), FetchEnd.GONE),
        ("getFile", refused(401, "Unauthorized"), FetchEnd.WAIT),
        ("getFile", flooded(7), FetchEnd.WAIT),
        ("file", html_page(500), FetchEnd.RETRY),
        ("file", html_page(302), FetchEnd.WAIT),
        ("file", flooded(7), FetchEnd.WAIT),
    ],
)
async def test_every_trouble_has_an_end_and_the_next_try_goes_through(
    line: Line, method: str, fault: Any, end: FetchEnd, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    file_id = line.fake.files.add(b"content")
    line.fake.fails_next(method, fault)
    fetched = await line.channel.fetch(file_id, MOST)
    assert fetched.end is end
    assert (fetched.retry_after > 0) == (end is FetchEnd.WAIT)
    assert TOKEN not in fetched.detail + caplog.text
    assert TOKEN.partition(":")[2] not in fetched.detail + caplog.text
    assert (await line.channel.fetch(file_id, MOST)).content == b"content"


async def test_nobody_at_the_other_end_is_waited_out() -> None:
    bot = open_bot(TOKEN, "http://127.0.0.1:9")
    fetched = await TelegramChannel(bot).fetch("AgAC", MOST)
    await close_bot(bot)
    assert fetched.end is FetchEnd.WAIT
    assert TOKEN not in fetched.detail


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../secret", "documents/../../x", "http://evil.example/x", "a", "", 5, None]
)
async def test_a_path_that_leads_elsewhere_is_not_followed(line: Line, path: object) -> None:
    async def told(parameters: object) -> dict[str, object]:
        return {"file_id": "AgAC", "file_path": path}

    line.fake._methods["getfile"] = told
    assert (await line.channel.fetch("AgAC", MOST)).end is FetchEnd.RETRY
    assert line.fake.files.fetched == 0


def message(**content: Any) -> dict[str, Any]:
    person = {"id": ANNA, "is_bot": False, "first_name": "Anna"}
    chat = {"id": ANNA, "type": "private"}
    return {"update_id": 1, "message": {"message_id": 1, "from": person, "chat": chat, "date": 1, **content}}


def size(name: str, file_size: int, width: int) -> dict[str, Any]:
    return {"file_id": name, "file_unique_id": name, "file_size": file_size, "width": width, "height": width}


def test_of_a_photo_the_largest_size_within_telegrams_limit_is_taken() -> None:
    sizes = [size("small", 1000, 90), size("huge", MOST_BYTES + 1, 9000), size("large", 90_000, 1280)]
    inbound = read_update(message(photo=sizes))
    assert inbound is not None
    assert (inbound.kind, inbound.media) == (InboundKind.MEDIA, (Media("large", size=90_000),))


def test_a_photo_whose_sizes_tell_no_bytes_is_taken_at_its_widest() -> None:
    sizes = [{"file_id": name, "width": width, "height": 10} for name, width in (("a", 90), ("b", 800), ("c", 320))]
    inbound = read_update(message(photo=sizes))
    assert inbound is not None
    assert inbound.media[0].provider_ref == "b"


@pytest.mark.parametrize("kind", ["document", "video", "voice", "video_note", "audio", "animation"])
def test_every_file_is_media_with_what_it_claims(kind: str) -> None:
    told = {
        "file_id": "f1",
        "file_unique_id": "u1",
        "mime_type": "application/pdf",
        "file_name": "bill.pdf",
        "file_size": 7,
    }
    inbound = read_update(message(**{kind: told}, caption="see page 2"))
    assert inbound is not None
    assert (inbound.text, inbound.media) == ("see page 2", (Media("f1", "application/pdf", "bill.pdf", 7),))


def test_an_animation_that_comes_as_a_document_too_is_one_file() -> None:
    inbound = read_update(message(animation={"file_id": "a"}, document={"file_id": "d"}))
    assert inbound is not None
    assert [media.provider_ref for media in inbound.media] == ["a"]


@pytest.mark.parametrize("content", [{"photo": []}, {"photo": [5]}, {"photo": {}}, {"document": {}}, {"voice": "x"}])
def test_a_file_that_cannot_be_fetched_is_told_by_its_field(content: dict[str, Any]) -> None:
    with pytest.raises(Malformed, match=r"message\.(photo|document|voice)"):
        read_update(message(**content))
