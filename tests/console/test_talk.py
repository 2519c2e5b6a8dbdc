"""One conversation in the console: who may see it, what it shows, who has it."""

from dataclasses import replace

from bot.channels.webchat import WebChat
from console.live.part import Look
from console.talk.desk import open_desk
from console.talk.parts import Parts
from crm_store.desk.handoffs import HandoffRecord
from crm_store.staff.audit import AuditWanted
from crm_store.staff.scope import Scope
from tests.console.conftest import NOW, Desk, SignedIn, text_of
from tests.console.test_inbox import HOSTILE, case_of
from tests.store.desk_shop import DeskShop


async def test_another_teams_conversation_is_not_there_whatever_is_asked(desk: Desk, console_client: SignedIn) -> None:
    mei, tom = await console_client("handler", teams=["north"]), await console_client("handler", teams=["south"])
    case = await case_of(desk, "Grace Lim", "north")
    path = f"/console/talks/{case.conversation_id}"
    assert (await mei.get(path)).status_code == 200
    assert [(await tom.get(f"{path}{rest}")).status_code for rest in ("", "/older?before=9", "/files/abc")] == [404] * 3
    posts = {
        "/hints": {"text": "hello"},
        "/cases": {"key": "0" * 16, "category": "other", "severity": "normal", "story": "x"},
    }
    assert [(await tom.post(path + rest, data)).status_code for rest, data in posts.items()] == [404, 404]
    async with desk.store.reading() as crm:
        teams = await crm.staff.teams_of(tom.member.id)
    look = Look(Scope(tom.member.id, "handler", teams), "en", str(case.conversation_id), NOW)
    parts = Parts(open_desk(desk.console.frame))
    assert [await part(look) for part in (parts.head, parts.thread, parts.ready, parts.company)] == [""] * 4
    other_case = Look(look.scope, "en", str(case.complaint_id), NOW)
    assert await parts.clocks(other_case) == ""


async def test_a_marketer_may_not_read_conversations(desk: Desk, console_client: SignedIn) -> None:
    ken = await console_client("marketer")
    case = await case_of(desk, "Grace Lim")
    assert (await ken.get(f"/console/talks/{case.conversation_id}")).status_code == 403


async def test_that_a_text_cannot_arrive_is_said_before_typing_with_another_way(
    desk: Desk, console_client: SignedIn
) -> None:
    mei = await console_client("handler")
    desk.console.frame.house = replace(desk.console.frame.house, lanes={"webchat:main": WebChat()})
    async with desk.store.transaction() as crm:
        shop = DeskShop(crm)
        gone, here = await shop.talk("Grace Lim"), await shop.talk("Grace at home")
        (await crm.identities.get(here.identity_id)).customer_id = gone.customer_id
        await crm.identities.mark(gone.identity_id, "blocked")
    page = await mei.page(f"/console/talks/{gone.conversation_id}")
    assert "nothing arrives" in text_of(page, "#talk-ready")
    assert page.css("#talk-ready a.chip")[0].attributes["href"] == f"/console/talks/{here.conversation_id}"
    other = await mei.page(f"/console/talks/{here.conversation_id}")
    assert "they read it when they come back" in text_of(other, "#talk-ready")


async def test_whoever_takes_over_reads_what_was_passed_on(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    async with desk.store.transaction() as crm:
        talk = await DeskShop(crm).talk("Grace Lim", control="waiting", waiting_since=NOW)
        crm.handoffs.add(
            HandoffRecord(
                conversation_id=talk.conversation_id,
                reason="asked",
                facts=[{"name": "order_number", "value": HOSTILE, "origin": "said"}],
                tried=[{"said": "where is it", "answered": "On its way.", "intent": "x", "confidence": 1.0}],
                promised="A colleague comes.",
                at=NOW,
            )
        )
    page = await mei.page(f"/console/talks/{talk.conversation_id}")
    told = text_of(page, "#talk-handoff")
    assert "Asked for a person" in told
    assert "Order number" in told
    assert "A colleague comes." in told
    assert page.css("main img, main script") == []


async def test_that_somebody_looked_is_written_down_once(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    case = await case_of(desk, "Grace Lim")
    for _ in range(2):
        await mei.page(f"/console/talks/{case.conversation_id}")
    async with desk.store.reading() as crm:
        seen = await crm.audit.entries(AuditWanted(subject="conversation", action="viewed"))
    assert [(each.staff_id, each.subject_id) for each in seen] == [(mei.member.id, str(case.conversation_id))]


async def test_older_messages_come_by_a_button_and_none_twice(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    case = await case_of(desk, "Grace Lim")
    async with desk.store.transaction() as crm:
        shop = DeskShop(crm)
        for number in range(60):
            await shop.said(case, f"word {number}", 20 - number / 10)
    page = await mei.page(f"/console/talks/{case.conversation_id}")
    older = await mei.page(str(page.css(".thread-older button")[0].attributes["hx-get"]))
    shown = [node.id for part in (page, older) for node in part.css("li.msg")]
    assert len(shown) == len(set(shown)) == 61
    assert older.css(".thread-older") == []
