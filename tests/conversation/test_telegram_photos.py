"""A photo sent on Telegram, from the phone to the vault: the real parts, and a Telegram that fails."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.channels.base import Channel, lane_of
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_bot import close_bot, open_bot
from bot.conversation.fetcher import Fetcher
from bot.conversation.inbox import WayIn
from bot.files.intake import open_intake
from crm_store.cases.attachments import Attachment
from crm_store.database import Store
from crm_store.sentences import read_sentences
from tests.channels.conftest import ANNA
from tests.conversation.conftest import SENTENCES, SHOP, START
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_faults import html_page
from tests.files import samples


@dataclass
class Line:
    """Anna's phone, our bot, and one process that fetches."""

    fake: FakeTelegram
    channel: TelegramChannel
    store: Store
    folder: Path
    passed: timedelta = timedelta(0)

    async def deliver(self) -> None:
        """Hand every update to the way in, five times, as a webhook may."""
        way_in = WayIn(self.store, self.now, lambda _: None)
        for update in list(self.fake._queue):
            for _ in range(5):
                await way_in.keep(self.channel, update)

    async def fetch(self) -> None:
        lanes: dict[str, Channel] = {lane_of("telegram", self.channel.account): self.channel}
        intake = open_intake(self.folder, 10)
        await Fetcher(self.store, lanes, intake, read_sentences(SENTENCES, SHOP), self.now).fetch_due()

    async def attachments(self) -> list[Attachment]:
        async with self.store.transaction() as crm:
            return list((await crm.session.scalars(select(Attachment).order_by(Attachment.id))).all())

    def now(self) -> datetime:
        return START + self.passed


@pytest.fixture
async def line(store: Store, tmp_path: Path) -> AsyncIterator[Line]:
    fake = FakeTelegram()
    bot = open_bot(fake.token, await fake.start())
    yield Line(fake, TelegramChannel(bot), store, tmp_path / "attachments")
    await close_bot(bot)
    await fake.stop()


async def test_the_largest_size_is_kept_without_its_place(line: Line) -> None:
    sent = samples.photo_with_a_place()
    line.fake.user_sends_photo(ANNA, "The lid is cracked", sent)
    await line.deliver()
    await line.fetch()
    [kept] = await line.attachments()
    assert (kept.state, kept.media_type, kept.name) == ("kept", "image/jpeg", "file.jpg")
    assert b"Very Private Camera" not in (line.folder / kept.digest[:2] / kept.digest).read_bytes()


async def test_an_album_is_a_message_and_a_file_each(line: Line) -> None:
    for number in range(3):
        picture = samples.picture(size=(20, 20 + number))
        line.fake.user_sends_photo(ANNA, content=picture, media_group_id="13")
    await line.deliver()
    await line.fetch()
    kept = await line.attachments()
    assert [row.state for row in kept] == ["kept"] * 3
    assert len({row.interaction_id for row in kept}) == len({row.digest for row in kept}) == 3


async def test_a_voice_message_and_a_document_are_kept_by_what_they_are(line: Line) -> None:
    line.fake.user_sends_file(ANNA, samples.VOICE, "voice", mime_type="audio/ogg")
    line.fake.user_sends_file(ANNA, samples.PDF, file_name="receipt.exe", mime_type="application/x-msdownload")
    line.fake.user_sends_file(ANNA, samples.SVG, file_name="cup.jpg", mime_type="image/jpeg")
    await line.deliver()
    await line.fetch()
    told = [(row.state, row.media_type, row.name, row.reason) for row in await line.attachments()]
    assert told == [
        ("kept", "audio/ogg", "file.ogg", ""),
        ("kept", "application/pdf", "receipt.pdf", ""),
        ("refused", "", "cup.jpg", "kind"),
    ]


async def test_a_path_that_expires_and_a_server_that_breaks_delay_a_photo_and_do_not_lose_it(line: Line) -> None:
    line.fake.user_sends_photo(ANNA, content=samples.picture())
    await line.deliver()
    for method, fault in (("getFile", html_page(502)), ("file", html_page(500)), ("file", html_page(404))):
        line.fake.fails_next(method, fault)
        await line.fetch()
        assert [row.state for row in await line.attachments()] == ["waiting"]
        line.fake.files.expire()
        line.passed += timedelta(minutes=10)
    await line.fetch()
    assert [row.state for row in await line.attachments()] == ["kept"]


async def test_a_film_larger_than_telegram_gives_out_is_refused_as_too_large(line: Line) -> None:
    line.fake.user_sends_file(ANNA, samples.MP4 + b"\x00" * (20 * 1024 * 1024), "video", mime_type="video/mp4")
    await line.deliver()
    await line.fetch()
    [row] = await line.attachments()
    assert (row.state, row.reason) == ("refused", "too_large")
