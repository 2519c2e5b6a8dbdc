"""The demo's mailbox: real letters by real SMTP, shown as data."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import httpx2
import pytest
from fastapi import FastAPI

from bot.channels.base import Outbound, Result
from bot.channels.email import EmailChannel, MailServer
from bot.demo.mailbox import DemoMailbox, keep, start_demo_mailbox
from bot.demo.page import demo_router, prefers_json
from tests.api.conftest import client_of

JSON = {"Accept": "application/json"}


@pytest.fixture
async def mailbox(tmp_path: Path) -> AsyncIterator[DemoMailbox]:
    opened = await start_demo_mailbox(tmp_path / "mail")
    yield opened
    await opened.stop()


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    app = FastAPI()
    app.include_router(demo_router(tmp_path / "mail"))
    async with client_of(app) as opened:
        yield opened


async def write(mailbox: DemoMailbox, to: str, text: str, subject: str = "Your code 验证码") -> None:
    channel = EmailChannel(
        MailServer("127.0.0.1", mailbox.port, security="none"), "care@willowmere.example", lambda: datetime.now(UTC)
    )
    ended = await channel.send(channel.render(Outbound(1, to, text, subject=subject)))
    assert ended.result is Result.ACCEPTED


async def test_an_empty_mailbox_is_a_page_and_an_empty_list(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/demo/mailbox", headers=JSON)).json() == {"messages": []}
    assert (await client.get("/demo/mailbox")).status_code == 200


async def test_letters_come_newest_first_with_their_words(client: httpx2.AsyncClient, mailbox: DemoMailbox) -> None:
    await write(mailbox, "mei@example.com", "您的验证码是 482913。\n\nBye")
    await write(mailbox, "anna@example.com", "Second")
    messages = (await client.get("/demo/mailbox", headers=JSON)).json()["messages"]
    assert [(each["to"], each["subject"], each["text"]) for each in messages] == [
        ("anna@example.com", "Your code 验证码", "Second"),
        ("mei@example.com", "Your code 验证码", "您的验证码是 482913。\n\nBye"),
    ]
    assert set(messages[0]) == {"to", "subject", "text", "at"}


async def test_letters_are_found_by_recipient_in_any_case(client: httpx2.AsyncClient, mailbox: DemoMailbox) -> None:
    await write(mailbox, "mei@example.com", "For Mei")
    await write(mailbox, "anna@example.com", "For Anna")
    found = (await client.get("/demo/mailbox", params={"to": "MEI@example.com"}, headers=JSON)).json()["messages"]
    assert [each["text"] for each in found] == ["For Mei"]
    assert (await client.get("/demo/mailbox", params={"to": "mei"}, headers=JSON)).json()["messages"] == []


async def test_a_letter_is_shown_as_text_under_a_strict_policy(
    client: httpx2.AsyncClient, mailbox: DemoMailbox
) -> None:
    await write(mailbox, "mei@example.com", "<script>alert(1)</script>{{7*7}}", subject="<b>x</b>")
    page = await client.get("/demo/mailbox", params={"to": "mei@example.com"})
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text
    assert "<b>" not in page.text
    assert "{{7*7}}" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert (await client.get("/demo/mailbox.css")).headers["content-type"].startswith("text/css")


async def test_what_is_asked_for_is_shown_as_text_too(client: httpx2.AsyncClient) -> None:
    page = await client.get("/demo/mailbox", params={"to": '"><script>alert(1)</script>'})
    assert "<script" not in page.text


@pytest.mark.parametrize(
    "letter",
    [
        b"",
        b"\xff\xfe\x00 not a letter",
        b"Subject: =?utf-8?b?broken\r\n\r\nHi",
        b"Content-Type: text/plain; charset=nowhere\r\n\r\n\xe4\xbd\xa0",
        b"Content-Type: text/plain; charset=x\x00y\r\n\r\nHi",
        b"Content-Type: text/html\r\n\r\n<p>Hi</p>",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!",
    ],
)
async def test_a_broken_letter_does_not_break_the_page(
    client: httpx2.AsyncClient, tmp_path: Path, letter: bytes
) -> None:
    await asyncio.to_thread(keep, tmp_path / "mail", ["mei@example.com"], letter)
    (told,) = (await client.get("/demo/mailbox", headers=JSON)).json()["messages"]
    assert told["to"] == "mei@example.com"
    assert (await client.get("/demo/mailbox")).status_code == 200


async def test_the_envelope_says_whom_a_letter_is_for(client: httpx2.AsyncClient, mailbox: DemoMailbox) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "a@b.example", "somebody@else.example", "x"
    letter.set_content("Hi")
    await aiosmtplib.send(
        letter, recipients=["mei@example.com", "anna@example.com"], port=mailbox.port, start_tls=False
    )
    (told,) = (await client.get("/demo/mailbox", headers=JSON)).json()["messages"]
    assert told["to"] == "mei@example.com, anna@example.com"


async def test_only_this_machine_can_post_and_after_the_end_nobody_can(tmp_path: Path) -> None:
    mailbox = await start_demo_mailbox(tmp_path / "mail")
    port = mailbox.port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    assert (await reader.readline()).startswith(b"220")
    await mailbox.stop()
    assert await reader.read() == b""
    writer.close()
    with pytest.raises(OSError, match=str(port)):
        await asyncio.open_connection("127.0.0.1", port)


async def test_letters_with_the_same_moment_are_all_there(client: httpx2.AsyncClient, tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    for number in range(5):
        keep(folder, ["mei@example.com"], f"Subject: {number}\r\n\r\nHi".encode())
    for path in (folder / "new").iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))
    assert len((await client.get("/demo/mailbox", headers=JSON)).json()["messages"]) == 5


@pytest.mark.parametrize(
    ("accept", "json"),
    [
        ("application/json", True),
        ("application/json, text/plain, */*", True),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", False),
        ("*/*", False),
        ("", False),
        ("text/html, application/json", False),
    ],
)
def test_a_browser_gets_the_page_and_a_program_that_asks_gets_json(accept: str, json: bool) -> None:
    assert prefers_json(accept) is json
