"""Calendars in the console: what is wrong is named, what it would do is shown, and nobody overwrites anybody."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from crm_store.promises.defaults import ensure_promises
from tests.console.conftest import NOW, Desk, SignedIn, text_of
from tests.promising import Shop

OPENED = NOW - timedelta(minutes=30)
HOSTILE = "<img src=x onerror=alert(1)>"
WEEKDAYS = {f"spans_{day}": "09:00-13:00, 14:00-18:00" for day in range(6)}


def form(**changes: Any) -> dict[str, Any]:
    return {"zone": "Asia/Singapore", **WEEKDAYS, "holidays": "", "seen": "1", "do": "save", **changes}


async def promised(desk: Desk) -> None:
    async with desk.store.transaction() as crm:
        await ensure_promises(crm, NOW, "Asia/Singapore")


async def deeds(desk: Desk, subject: str) -> list[Any]:
    query = text("select action, detail from audit_events where subject = :subject order by id")
    async with desk.store.reading() as crm:
        return list((await crm.session.execute(query, {"subject": subject})).all())


async def due_of(desk: Desk, complaint_id: int) -> list[Any]:
    query = text("select kind, due_at from clocks where complaint_id = :id order by kind")
    async with desk.store.reading() as crm:
        return list((await crm.session.execute(query, {"id": complaint_id})).all())


async def test_what_is_wrong_is_named_all_at_once_and_everything_typed_is_kept(
    desk: Desk, console_client: SignedIn
) -> None:
    await promised(desk)
    ada = await console_client("admin")
    wrong = form(zone="Mars/Olympus", spans_2="18:00-09:00", holidays=f"Christmas {HOSTILE}", spans_1="9-12, 11-14")
    answer = await ada.post("/console/calendars/desk", wrong)
    assert answer.status_code == 422
    for kept in ("Mars/Olympus", "18:00-09:00", "9-12, 11-14", "has to end after it begins", "overlap", "2026-12-25"):
        assert kept in answer.text
    assert HOSTILE not in answer.text
    async with desk.store.transaction() as crm:
        assert len(await crm.calendars.versions("desk")) == 1


async def test_trying_a_change_shows_which_clocks_would_move_and_changes_nothing(
    desk: Desk, console_client: SignedIn
) -> None:
    await promised(desk)
    case = await Shop(desk.store).case(OPENED)
    before = await due_of(desk, case)
    ada = await console_client("admin")
    answer = await ada.post("/console/calendars/desk", form(do="preview", spans_0="13:00-18:00"))
    assert answer.status_code == 200
    assert "C1" in answer.text
    assert "Save as version 2" in answer.text
    assert await due_of(desk, case) == before
    async with desk.store.transaction() as crm:
        assert len(await crm.calendars.versions("desk")) == 1
    assert await deeds(desk, "calendar") == []


async def test_running_clocks_keep_their_version_unless_it_is_asked_for(desk: Desk, console_client: SignedIn) -> None:
    await promised(desk)
    case = await Shop(desk.store).case(OPENED)
    before = await due_of(desk, case)
    ada = await console_client("admin")
    await ada.post("/console/calendars/desk", form(spans_0="13:00-18:00"))
    assert await due_of(desk, case) == before
    await ada.post("/console/calendars/desk", form(spans_0="13:00-18:00", spans_1="", seen="2", also_running="true"))
    assert await due_of(desk, case) != before
    (_, first), (_, second) = await deeds(desk, "calendar")
    assert first["from"] == {"spans_0": "09:00-13:00, 14:00-18:00"}
    assert first["to"] == {"spans_0": "13:00-18:00"}
    assert second["cases"] == 1


async def test_what_was_shown_before_is_what_happens(desk: Desk, console_client: SignedIn) -> None:
    await promised(desk)
    case = await Shop(desk.store).case(OPENED)
    ada = await console_client("admin")
    shown = await ada.post("/console/calendars/desk", form(do="preview", spans_0="13:00-18:00"))
    await ada.post("/console/calendars/desk", form(spans_0="13:00-18:00", also_running="true"))
    for _, due in await due_of(desk, case):
        assert due.strftime("%Y-%m-%dT%H:%M:%SZ") in shown.text


async def test_a_form_sent_twice_makes_one_version_and_one_entry(desk: Desk, console_client: SignedIn) -> None:
    await promised(desk)
    ada = await console_client("admin")
    for _ in range(2):
        answer = await ada.post("/console/calendars/desk", form(spans_5=""))
        assert answer.status_code == 303
    async with desk.store.transaction() as crm:
        assert [row.version for row in await crm.calendars.versions("desk")] == [2, 1]
    assert len(await deeds(desk, "calendar")) == 1


async def test_the_second_of_two_admins_is_told_and_may_save_on_purpose(desk: Desk, console_client: SignedIn) -> None:
    await promised(desk)
    ada, bob = await console_client("admin", name="Ada"), await console_client("admin")
    await ada.post("/console/calendars/desk", form(spans_5="10:00-12:00"))
    answer = await bob.post("/console/calendars/desk", form(spans_0="08:00-10:00"))
    assert answer.status_code == 409
    assert "08:00-10:00" in answer.text
    assert "10:00-12:00" in answer.text
    assert "Ada" in answer.text
    assert (await bob.post("/console/calendars/desk", form(spans_0="08:00-10:00", seen="2"))).status_code == 303


async def test_a_new_calendar_needs_a_name_of_its_own(desk: Desk, console_client: SignedIn) -> None:
    await promised(desk)
    ada = await console_client("admin")
    assert (await ada.post("/console/calendars/new", form(name="a/b", seen="0"))).status_code == 422
    taken = await ada.post("/console/calendars/new", form(name="desk", seen="0", spans_0="08:00-09:00"))
    assert taken.status_code == 422
    assert "Choose another name" in taken.text
    assert (await ada.post("/console/calendars/new", form(name="夜班 line", seen="0"))).status_code == 303
    assert "夜班 line" in text_of(await ada.page("/console/calendars"), "main")


async def test_a_supervisor_reads_calendars_and_a_handler_does_not(desk: Desk, console_client: SignedIn) -> None:
    await promised(desk)
    wei, mei = await console_client("supervisor"), await console_client("handler")
    page = await wei.page("/console/calendars/desk")
    assert not page.css("button[name=do]")
    assert (await wei.post("/console/calendars/desk", form(spans_5=""))).status_code == 403
    assert (await mei.get("/console/calendars")).status_code == 403
    assert (await wei.get("/console/calendars/nowhere")).status_code == 404
