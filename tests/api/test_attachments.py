"""Files over web chat's contract: taken once, judged by their bytes, and shown to their own thread alone."""

import asyncio
import re
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from bot.api.body_limit import BodyLimit
from bot.api.errors import install_errors
from bot.channels.webchat import WebChat
from bot.conversation.inbox import WayIn
from bot.conversation.thread import Threads
from bot.files.intake import Intake
from bot.files.vault import Vault
from bot.web.attachments import AROUND, UPLOADS, attachments_router
from bot.web.desk import WebChatDesk, WebChatLimits
from bot.web.webchat import webchat_router
from crm_store.cases.attachments import Attachment
from crm_store.database import Store
from crm_store.talks.inbox import InboxEvent
from tests.api.conftest import Clock, client_of, code_of
from tests.files import samples

SECRET = b"a secret of the tests, long enough"
MOST = 100_000


@dataclass
class Chat:
    """One visitor's session. `clock` stands still."""

    http: httpx2.AsyncClient
    store: Store
    vault: Vault
    clock: Clock
    app: FastAPI

    async def send(self, content: bytes, name: str = "cup.jpg", key: str = "message-1", **said: str) -> httpx2.Response:
        fields = {"client_message_id": key, **said}
        return await self.http.post(UPLOADS, data=fields, files={"file": (name, content, "image/jpeg")})

    async def thread(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = (await self.http.get("/channels/webchat/messages")).json()["messages"]
        return messages

    async def rows(self, model: Any) -> list[Any]:
        async with self.store.transaction() as crm:
            return list((await crm.session.scalars(select(model).order_by(model.id))).all())

    async def stranger(self) -> dict[str, str]:
        """The headers of somebody else."""
        token = (await self.http.post("/channels/webchat/sessions")).json()["token"]
        return {"Authorization": f"Bearer {token}"}


@pytest.fixture
async def chat(store: Store, tmp_path: Path) -> AsyncIterator[Chat]:
    clock, channel, vault = Clock(), WebChat(), Vault(tmp_path / "attachments", reserve=0)
    threads = Threads(store, channel, clock)
    desk = WebChatDesk(WayIn(store, clock, lambda _: None), threads, WebChatLimits(), SECRET, clock)
    app = FastAPI()
    app.include_router(webchat_router(desk))
    app.include_router(attachments_router(desk, Intake(vault, MOST), clock))
    install_errors(app)
    app.add_middleware(BodyLimit, most=4096, at={UPLOADS: MOST + AROUND})
    async with client_of(app) as http:
        token = (await http.post("/channels/webchat/sessions")).json()["token"]
        http.headers["Authorization"] = f"Bearer {token}"
        yield Chat(http, store, vault, clock, app)


async def test_a_photo_is_kept_when_it_is_acknowledged_and_stands_in_the_thread(chat: Chat) -> None:
    answer = await chat.send(samples.photo_with_a_place(), name="我的杯子.png", text="  the lid is cracked ")
    assert answer.status_code == 202
    [row] = await chat.rows(Attachment)
    assert answer.json() == {"interaction_id": row.interaction_id}
    assert stat.S_IMODE(chat.vault.path(row.digest).stat().st_mode) == 0o600
    [message] = await chat.thread()
    assert (message["text"], message["client_message_id"]) == ("the lid is cracked", "message-1")
    [shown] = message["attachments"]
    assert shown == {
        "token": row.token,
        "media_type": "image/jpeg",
        "name": "我的杯子.jpg",
        "size": row.size,
        "state": "kept",
    }


async def test_a_file_needs_no_words_and_words_need_no_file(chat: Chat) -> None:
    await chat.send(samples.PDF, name="bill.pdf")
    await chat.http.post("/channels/webchat/messages", json={"client_message_id": "message-2", "text": "hello"})
    first, second = await chat.thread()
    assert (first["text"], len(first["attachments"])) == ("", 1)
    assert "attachments" not in second


async def test_the_file_comes_back_to_its_own_thread_and_can_do_nothing_there(chat: Chat) -> None:
    await chat.send(samples.picture("PNG"))
    [row] = await chat.rows(Attachment)
    answer = await chat.http.get(f"{UPLOADS}/{row.token}")
    assert answer.status_code == 200
    assert answer.content == chat.vault.path(row.digest).read_bytes()
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"].startswith("inline")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "private, no-store"


async def test_another_visitors_token_and_no_token_see_nothing(chat: Chat) -> None:
    await chat.send(samples.picture("PNG"))
    [row] = await chat.rows(Attachment)
    stranger = await chat.stranger()
    answer = await chat.http.get(f"{UPLOADS}/{row.token}", headers=stranger)
    assert (answer.status_code, code_of(answer)) == (404, "attachment_not_found")
    assert (await chat.http.get(f"{UPLOADS}/{'x' * 32}", headers=stranger)).content == answer.content
    for headers in ({"Authorization": ""}, {"Authorization": "Bearer nonsense"}):
        answer = await chat.http.get(f"{UPLOADS}/{row.token}", headers=headers)
        assert (answer.status_code, code_of(answer)) == (401, "session_unknown")


async def test_a_file_that_is_not_kept_is_not_there(chat: Chat) -> None:
    await chat.send(samples.PDF)
    async with chat.store.transaction() as crm:
        row = (await crm.session.scalars(select(Attachment))).one()
        row.state = "refused"
    assert (await chat.http.get(f"{UPLOADS}/{row.token}")).status_code == 404


async def test_bytes_that_are_on_another_disk_are_told_as_missing(chat: Chat) -> None:
    await chat.send(samples.PDF)
    [row] = await chat.rows(Attachment)
    chat.vault.path(row.digest).unlink()
    answer = await chat.http.get(f"{UPLOADS}/{row.token}")
    assert (answer.status_code, code_of(answer)) == (404, "file_missing")


async def test_the_same_message_five_times_at_once_is_one(chat: Chat) -> None:
    answers = await asyncio.gather(*(chat.send(samples.picture()) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["interaction_id"] for answer in answers}) == 1
    assert len(await chat.rows(Attachment)) == len(await chat.rows(InboxEvent)) == 1


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (samples.SVG, "cup.jpg", "file_kind"),
        (samples.HTML, "cup.png", "file_kind"),
        (samples.archive(), "cup.pdf", "file_kind"),
        (samples.HEIC, "cup.heic", "file_heic"),
        (b"", "cup.jpg", "file_empty"),
        (samples.bomb(), "cup.png", "file_too_many_pixels"),
        (samples.picture("JPEG", (300, 300))[:400], "cup.jpg", "file_broken"),
        (samples.PDF + b" " * MOST, "bill.pdf", "file_too_large"),
    ],
    ids=["svg", "html", "zip", "heic", "empty", "bomb", "cut off", "too large"],
)
async def test_what_is_refused_is_named_and_leaves_nothing_behind(
    chat: Chat, content: bytes, name: str, code: str
) -> None:
    answer = await chat.send(content, name)
    assert (answer.status_code, code_of(answer)) == (422, code)
    assert await chat.rows(Attachment) == await chat.rows(InboxEvent) == await chat.thread() == []


async def test_a_body_beyond_the_limit_is_not_read_even_without_a_length(chat: Chat) -> None:
    answer = await chat.send(b"\xff\xd8\xff" + b"x" * (MOST + AROUND))
    assert (answer.status_code, code_of(answer)) == (413, "body_too_large")
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        while True:
            read += 10_000
            yield b"x" * 10_000

    answer = await chat.http.post(
        UPLOADS, content=endless(), headers={"Content-Type": "multipart/form-data; boundary=b"}
    )
    assert (answer.status_code, code_of(answer)) == (413, "body_too_large")
    assert read < 2 * (MOST + AROUND)


async def test_without_a_session_nothing_of_the_body_is_read(chat: Chat) -> None:
    read = 0

    async def noted() -> AsyncIterator[bytes]:
        nonlocal read
        read += 1
        yield b"x"

    answer = await chat.http.post(UPLOADS, content=noted(), headers={"Authorization": "Bearer nobody"})
    assert (answer.status_code, code_of(answer), read) == (401, "session_unknown", 0)


async def test_other_paths_keep_their_smaller_limit(chat: Chat) -> None:
    answer = await chat.http.post("/channels/webchat/messages", content=b" " * 5000)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("data", "files", "code"),
    [
        ({"client_message_id": "message-1"}, None, "form_unreadable"),
        ({"client_message_id": "message-1", "file": "words"}, {"other": b"x"}, "form_unreadable"),
        ({"client_message_id": "short"}, {"file": samples.PDF}, "invalid_request"),
        ({}, {"file": samples.PDF}, "invalid_request"),
        ({"client_message_id": "message-1", "text": "x" * 4001}, {"file": samples.PDF}, "invalid_request"),
        ({"client_message_id": "message-1", "payload": "c1"}, {"file": samples.PDF}, "invalid_request"),
        ({"client_message_id": "message-1"}, [("file", samples.PDF), ("file", samples.PDF)], "form_unreadable"),
        ({"client_message_id": "message-1", "text": "x" * (AROUND + 1)}, {"file": samples.PDF}, "form_unreadable"),
    ],
)
async def test_a_form_is_one_file_and_what_belongs_to_it(chat: Chat, data: Any, files: Any, code: str) -> None:
    answer = await chat.http.post(UPLOADS, data=data, files=files)
    assert (answer.status_code, code_of(answer)) == (422, code)


@pytest.mark.parametrize("body", [b"", b"{}", b"--b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"])
async def test_what_is_no_form_is_told_so(chat: Chat, body: bytes) -> None:
    for kind in ("multipart/form-data; boundary=b", "multipart/form-data", "application/json", "image/jpeg"):
        answer = await chat.http.post(UPLOADS, content=body, headers={"Content-Type": kind})
        assert (answer.status_code, code_of(answer)) == (422, "form_unreadable"), kind


@pytest.mark.parametrize("name", ["../../../etc/passwd", "a\u202egpj.exe", "C:\\x\\y.jpg", "\x00\x07.jpg", "x" * 500])
async def test_no_name_leads_anywhere(chat: Chat, name: str, tmp_path: Path) -> None:
    assert (await chat.send(samples.picture("PNG"), name)).status_code == 202
    [row] = await chat.rows(Attachment)
    assert re.fullmatch(r"[\w. %-]{1,84}\.png", row.name), row.name
    kept = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert kept == [Path("attachments", row.digest[:2], row.digest)]


async def test_files_count_as_messages_and_one_address_sends_only_so_many(chat: Chat) -> None:
    statuses = [(await chat.send(samples.PDF, key=f"message-{number}")).status_code for number in range(25)]
    assert statuses == [202] * 20 + [429] * 5


async def test_a_full_disk_is_told_and_can_be_tried_again(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    chat.vault._reserve = 1 << 60
    answer = await chat.send(samples.PDF)
    assert (answer.status_code, code_of(answer), answer.headers["retry-after"]) == (503, "no_room", "60")
    chat.vault._reserve = 0
    assert (await chat.send(samples.PDF)).status_code == 202
