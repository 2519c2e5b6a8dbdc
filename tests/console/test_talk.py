"""One conversation in the console: who may see it, what it shows, who has it."""

from console.live.part import Look
from console.talk.desk import open_desk
from console.talk.parts import Parts
from crm_store.staff.scope import Scope
from tests.console.conftest import NOW, Desk, SignedIn
from tests.console.test_inbox import case_of


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
