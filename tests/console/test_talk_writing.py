"""Writing from the console: a reply leaves once and can be taken back, a note never leaves, nobody is talked over."""

from typing import Any

import pytest
from sqlalchemy import func, select

from crm_store.desk.later import LaterReply
from crm_store.staff.notes import StaffNote
from crm_store.staff.scope import Scope
from crm_store.talks.conversations import Conversation
from crm_store.talks.interactions import Interaction
from crm_store.talks.outbox import OutboxMessage
from tests.console.conftest import Browser, Desk, SignedIn
from tests.console.test_inbox import case_of
from tests.store.desk_shop import Case, DeskShop


async def count(desk: Desk, model: Any) -> int:
    async with desk.store.reading() as crm:
        return await crm.session.scalar(select(func.count()).select_from(model)) or 0


async def version(desk: Desk, case: Case) -> int:
    async with desk.store.reading() as crm:
        return (await crm.conversations.get(case.conversation_id)).control_version


async def say(browser: Browser, case: Case, text: str, **more: Any) -> Any:
    return await browser.post(f"/console/talks/{case.conversation_id}/say", {"text": text, "seen": 10**9, **more})


async def said(desk: Desk, case: Case) -> list[Interaction]:
    async with desk.store.reading() as crm:
        found = await crm.session.scalars(
            select(Interaction).filter_by(conversation_id=case.conversation_id, author="staff").order_by(Interaction.id)
        )
        return list(found.all())


@pytest.mark.parametrize("channel", ["recording", "webchat", "telegram", "email"])
async def test_acceptance_1_a_staff_note_never_reaches_a_channel(
    desk: Desk, console_client: SignedIn, channel: str
) -> None:
    """Acceptance check 1: A note written in the console stays in its own table, on every channel."""
    mei = await console_client("handler")
    case = await case_of(desk, "Grace Lim")
    async with desk.store.transaction() as crm:
        talk = await crm.session.get_one(Conversation, case.conversation_id)
        talk.channel = channel
    before = await count(desk, Interaction)
    answer = await mei.post(f"/console/talks/{case.conversation_id}/notes", {"text": "The courier lies.", "at": "x"})
    assert answer.status_code == 200
    assert (await count(desk, StaffNote), await count(desk, Interaction)) == (1, before)
    assert (await count(desk, OutboxMessage), await count(desk, LaterReply)) == (0, 0)
    page = await mei.page(f"/console/talks/{case.conversation_id}")
    assert "The courier lies." in page.css(".msg.note .msg-text")[0].text()


async def test_a_reply_takes_the_conversation_and_waits_a_moment_before_it_leaves(
    desk: Desk, console_client: SignedIn
) -> None:
    mei = await console_client("handler")
    case = await case_of(desk, "Grace Lim")
    answer = await say(mei, case, "On its way.")
    assert answer.status_code == 200
    assert 'data-done="reply"' in answer.text
    async with desk.store.reading() as crm:
        talk = await crm.conversations.get(case.conversation_id)
        rows = (await crm.session.scalars(select(OutboxMessage).filter_by(author="staff"))).all()
    assert (talk.control, talk.holder_id) == ("person", mei.member.id)
    assert [row.body["text"] for row in rows] == ["On its way."]
    assert rows[0].not_before is not None


async def test_a_reply_is_taken_back_by_its_writer_while_there_is_time_and_by_nobody_else(
    desk: Desk, console_client: SignedIn
) -> None:
    mei, tom = await console_client("handler"), await console_client("handler")
    case = await case_of(desk, "Grace Lim")
    await say(mei, case, "On its way.")
    [reply] = await said(desk, case)
    path = f"/console/talks/{case.conversation_id}/undo/{reply.id}"
    assert (await tom.post(path)).status_code == 409
    undone = await mei.post(path)
    assert 'data-back="On its way."' in undone.text
    assert [one.delivery for one in await said(desk, case)] == ["dropped"]
    assert (await mei.post(path)).status_code == 409


async def test_a_reply_that_has_left_is_not_taken_back(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    case = await case_of(desk, "Grace Lim")
    await say(mei, case, "On its way.")
    async with desk.store.transaction() as crm:
        row = (await crm.session.scalars(select(OutboxMessage).filter_by(author="staff"))).one()
        row.state = "sending"
    [reply] = await said(desk, case)
    answer = await mei.post(f"/console/talks/{case.conversation_id}/undo/{reply.id}")
    assert answer.status_code == 409
    assert "it has left" in answer.text


async def test_of_two_who_take_at_once_the_second_is_told_who_was_quicker(desk: Desk, console_client: SignedIn) -> None:
    mei, tom = await console_client("handler", name="Mei Tan"), await console_client("handler", name="Tom Ong")
    case = await case_of(desk, "Grace Lim")
    shown = {"version": await version(desk, case)}
    first = await mei.post(f"/console/talks/{case.conversation_id}/take", shown)
    second = await tom.post(f"/console/talks/{case.conversation_id}/take", shown)
    assert (first.status_code, second.status_code) == (200, 409)
    assert "Mei Tan was quicker" in second.text
    async with desk.store.reading() as crm:
        assert (await crm.conversations.get(case.conversation_id)).holder_id == mei.member.id


async def test_what_a_colleague_said_meanwhile_is_shown_before_the_reply_leaves(
    desk: Desk, console_client: SignedIn
) -> None:
    mei, tom = await console_client("handler", name="Mei Tan"), await console_client("handler", name="Tom Ong")
    case = await case_of(desk, "Grace Lim")
    await say(tom, case, "I am on it.")
    [theirs] = await said(desk, case)
    await mei.post(f"/console/talks/{case.conversation_id}/take", {"version": await version(desk, case)})
    answer = await say(mei, case, "We look into it.", seen=theirs.id - 1)
    assert answer.status_code == 409
    assert "I am on it." in answer.text
    assert len(await said(desk, case)) == 1
    assert (await say(mei, case, "We look into it.", seen=theirs.id - 1, anyway="answered")).status_code == 200


async def test_nobody_replies_in_a_colleagues_conversation_by_accident(desk: Desk, console_client: SignedIn) -> None:
    mei, tom = await console_client("handler", name="Mei Tan"), await console_client("handler", name="Tom Ong")
    case = await case_of(desk, "Grace Lim")
    await say(mei, case, "I am on it.")
    answer = await say(tom, case, "So am I.")
    assert answer.status_code == 409
    assert "Mei Tan was quicker" in answer.text
    assert len(await said(desk, case)) == 1


async def test_a_variable_without_a_value_is_warned_of_before_it_leaves(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    case = await case_of(desk, "Grace Lim")
    answer = await say(mei, case, "Dear {name}, about [order number]:")
    assert answer.status_code == 409
    assert "{name}, [order number]" in answer.text
    assert await count(desk, OutboxMessage) == 0


async def test_a_reply_is_kept_for_later_and_cancelled_by_its_writer(desk: Desk, console_client: SignedIn) -> None:
    mei, tom = await console_client("handler"), await console_client("handler")
    case = await case_of(desk, "Grace Lim")
    path = f"/console/talks/{case.conversation_id}/later"
    assert (await mei.post(path, {"text": "Good morning!", "at": "2026-11-20T09:00"})).status_code == 422
    await mei.post(path, {"text": "Good morning!", "at": "2026-11-22T09:00"})
    async with desk.store.reading() as crm:
        [kept] = await crm.later.waiting(case.conversation_id)
    assert kept.send_at.isoformat() == "2026-11-22T01:00:00+00:00"
    assert (await tom.post(f"{path}/{kept.id}/cancel")).status_code == 409
    assert 'data-back="Good morning!"' in (await mei.post(f"{path}/{kept.id}/cancel")).text
    async with desk.store.reading() as crm:
        assert await crm.later.waiting(case.conversation_id) == []
    assert await count(desk, OutboxMessage) == 0


async def test_asking_for_what_is_known_is_hinted_at(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    path = await _opened_case(desk, mei)
    known = await mei.post(f"{path}/hints", {"text": "Could you give me your order number?"})
    assert "WM104233" in known.text
    assert "WM104233" not in (await mei.post(f"{path}/hints", {"text": "Your parcel is on its way."})).text


async def test_a_case_is_opened_from_a_conversation_once(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    path = await _opened_case(desk, mei)
    await mei.post(f"{path}/cases", CASE)
    async with desk.store.reading() as crm:
        rows = await crm.queue.cases_in(_scope(mei), int(path.rsplit("/", 1)[1]))
    assert [(row.category, row.assignee_id) for row in rows] == [("broken", mei.member.id)]


CASE = {"key": "0" * 16, "category": "broken", "severity": "normal", "story": "It leaks.", "order": "WM104233"}


async def _opened_case(desk: Desk, browser: Browser) -> str:
    async with desk.store.transaction() as crm:
        talk = await DeskShop(crm).talk("Grace Lim")
    path = f"/console/talks/{talk.conversation_id}"
    answer = await browser.post(f"{path}/cases", CASE)
    assert answer.status_code == 303
    return path


def _scope(browser: Browser) -> Scope:

    return Scope(browser.member.id, "handler", frozenset())
