"""Canned replies in the console: found, previewed, refused by name, saved once, deleted, never overwritten unseen."""

from typing import Any

from tests.console.conftest import NOW, Desk, SignedIn, text_of
from tests.console.test_admin_calendars import HOSTILE, deeds


def form(**changes: Any) -> dict[str, Any]:
    texts = {"text_en": "Hello {name}.", "text_zh": "{name}您好。"}
    return {
        "shortcut": "hello",
        "title_en": "Greeting",
        "title_zh": "问候",
        "team": "0",
        "seen": "",
        **texts,
        **changes,
    }


async def test_a_reply_is_saved_once_though_sent_twice(desk: Desk, console_client: SignedIn) -> None:
    ada = await console_client("admin")
    for _ in range(2):
        assert (await ada.post("/console/canned/new", form())).status_code == 303
    shown = text_of(await ada.page("/console/canned"), "main")
    assert shown.count("/hello") == 1
    assert len(await deeds(desk, "canned_reply")) == 1


async def test_an_unknown_variable_is_refused_by_its_name_and_the_words_are_kept(console_client: SignedIn) -> None:
    ada = await console_client("admin")
    answer = await ada.post("/console/canned/new", form(text_zh="{nmae}您好"))
    assert answer.status_code == 422
    assert "{nmae} is no variable" in answer.text
    assert "Hello {name}." in answer.text
    assert (await ada.post("/console/canned/new", form(text_en="Hello {name"))).status_code == 422
    assert (await ada.post("/console/canned/new", form(title_zh=" "))).status_code == 422


async def test_the_preview_shows_samples_names_what_is_unknown_and_is_harmless(console_client: SignedIn) -> None:
    ada = await console_client("admin")
    answer = await ada.post("/console/canned/preview", form(text_en=f"{HOSTILE} {{name}} {{nmae}}"))
    assert answer.status_code == 200
    assert "Emma Tan" in answer.text
    assert "陈美玲" in answer.text
    assert "Not known: {nmae}" in answer.text
    assert HOSTILE not in answer.text


async def test_replies_are_found_by_any_of_their_words(console_client: SignedIn) -> None:
    ada = await console_client("admin")
    await ada.post("/console/canned/new", form())
    await ada.post("/console/canned/new", form(shortcut="late", title_en="Parcel is late", text_zh="包裹延误"))
    assert "/hello" not in text_of(await ada.page("/console/canned", q="延误"), "main")
    assert "/late" in text_of(await ada.page("/console/canned", q="PARCEL late"), "main")
    assert "Nothing found" in text_of(await ada.page("/console/canned", q="zebra"), "main")


async def test_the_second_of_two_editors_sees_the_first_ones_words_and_keeps_their_own(
    desk: Desk, console_client: SignedIn
) -> None:
    ada, wei = await console_client("admin"), await console_client("supervisor")
    await ada.post("/console/canned/new", form())
    desk.clock.now = NOW.replace(hour=10)
    await ada.post("/console/canned/1", form(text_en="Theirs {name}", seen=NOW.isoformat()))
    answer = await wei.post("/console/canned/1", form(text_en="Mine {name}", seen=NOW.isoformat()))
    assert answer.status_code == 409
    assert "Mine {name}" in answer.text
    assert "Theirs {name}" in answer.text
    again = form(text_en="Mine {name}", seen=desk.clock.now.isoformat())
    assert (await wei.post("/console/canned/1", again)).status_code == 303
    _, detail = (await deeds(desk, "canned_reply"))[-1]
    assert detail["from"]["text"]["en"] == "Theirs {name}"


async def test_a_reply_is_deleted_once_and_the_second_try_is_harmless(desk: Desk, console_client: SignedIn) -> None:
    ada = await console_client("admin")
    await ada.post("/console/canned/new", form())
    for _ in range(2):
        assert (await ada.post("/console/canned/1/delete")).status_code == 303
    assert "/hello" not in text_of(await ada.page("/console/canned"), "main")
    assert [action for action, _ in await deeds(desk, "canned_reply")] == ["added", "deleted"]


async def test_a_supervisor_keeps_only_own_teams_replies_and_a_handler_none(console_client: SignedIn) -> None:
    ada = await console_client("admin", teams=["north"])
    south = await console_client("supervisor", teams=["south"])
    mei = await console_client("handler", teams=["north"])
    await ada.post("/console/canned/new", form(team="1"))
    assert (await south.get("/console/canned/1")).status_code == 404
    assert (await south.post("/console/canned/1", form(team="1"))).status_code == 404
    assert (await south.post("/console/canned/new", form(shortcut="other", team="1"))).status_code == 422
    assert (await mei.get("/console/canned")).status_code == 403
