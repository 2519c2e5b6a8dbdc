"""What admins do about staff, what it does to their sessions, and what the audit keeps of it."""

import re

from console.frame.guard import COOKIE
from crm_store.staff.audit import AuditWanted
from crm_store.staff.members import Role
from tests.console.conftest import ORIGIN, Desk, SignedIn, text_of


async def test_somebody_new_signs_in_with_the_password_that_was_shown_once(
    desk: Desk, console_client: SignedIn
) -> None:
    boss = await console_client("admin")
    words = {"login": "Wei@Willowmere.example", "name": "Lim <b>Wei</b>", "role": "handler"}
    answer = await boss.post("/console/staff", words)
    found = re.search(r"<code>([a-z2-9-]{19})</code>", answer.text)
    assert found is not None
    assert "Lim &lt;b&gt;Wei&lt;/b&gt;" in answer.text
    assert found[1] not in (await boss.get("/console/staff")).text
    async with desk.browser() as browser:
        entered = await browser.post(
            "/console/sign-in",
            data={"login": "wei@willowmere.example", "password": found[1]},
            headers={"Origin": ORIGIN},
        )
        assert entered.status_code == 303
        assert (await browser.get("/console/me")).headers["location"] == "/console/password"


async def test_a_login_belongs_to_one(console_client: SignedIn) -> None:
    boss = await console_client("admin")
    answer = await boss.post("/console/staff", {"login": boss.member.login, "name": "X", "role": "handler"})
    assert answer.status_code == 409
    assert "this login already" in answer.text


async def test_a_change_of_role_ends_every_session_of_theirs(desk: Desk, console_client: SignedIn) -> None:
    boss, mei = await console_client("admin"), await console_client("handler", teams=["north"])
    page = await boss.page(f"/console/staff/{mei.member.id}")
    teams = [box.attributes["value"] for box in page.css("[name=teams][checked]")]
    await boss.post(f"/console/staff/{mei.member.id}", {"name": "Mei", "role": "supervisor", "teams": teams})
    assert (await mei.get("/console/me")).status_code == 303
    async with desk.store.transaction() as crm:
        assert len(await crm.staff.teams_of(mei.member.id)) == 1
        entry = (await crm.audit.entries(AuditWanted(subject="staff", action="role_changed")))[0]
    assert (entry.staff_id, entry.detail) == (boss.member.id, {"from": "handler", "to": "supervisor"})


async def test_somebody_whose_access_has_ended_is_out_at_once_and_cannot_come_back(
    desk: Desk, console_client: SignedIn
) -> None:
    boss, mei = await console_client("admin"), await console_client("handler")
    await boss.post(f"/console/staff/{mei.member.id}/active", {"to": "no"})
    assert (await mei.get("/console/me")).status_code == 303
    async with desk.browser() as browser:
        browser.cookies.set(COOKIE, await desk.cookie(mei.member), path="/console")
        assert (await browser.get("/console/me")).status_code == 303


async def test_the_last_admin_stays(desk: Desk, console_client: SignedIn) -> None:
    boss = await console_client("admin")
    here = f"/console/staff/{boss.member.id}"
    await boss.post(f"{here}/active", {"to": "no"})
    await boss.post(here, {"name": "Boss", "role": "handler"})
    assert text_of(await boss.page(here), "[data-toast]").startswith("There has to be an active admin.")
    async with desk.store.transaction() as crm:
        member = await crm.staff.by_id(boss.member.id)
        assert member is not None
        assert (member.role, member.is_active) == (Role.ADMIN, True)


async def test_teams_have_a_code_and_two_names(console_client: SignedIn) -> None:
    boss = await console_client("admin")
    await boss.post("/console/teams", {"code": "online", "en": "Online", "zh": "线上组"})
    assert "线上组" in (await boss.get("/console/staff")).text
    await boss.post("/console/teams", {"code": "online", "en": "Again", "zh": "又"})
    assert "exists already" in text_of(await boss.page("/console/staff"), "[data-toast]")
    await boss.post("/console/teams", {"code": "../x", "en": "X", "zh": "X"})
    assert "needs a code" in text_of(await boss.page("/console/staff"), "[data-toast]")


async def test_looking_is_written_down_once_in_ten_minutes(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    async with desk.store.transaction() as crm:
        for _ in range(3):
            await crm.audit.viewed(mei.member.id, "customer", 7, desk.clock.now)
        await crm.audit.viewed(mei.member.id, "customer", 8, desk.clock.now)
        entries = await crm.audit.entries(AuditWanted(action="viewed"))
    assert [entry.subject_id for entry in entries] == ["8", "7"]


async def test_the_audit_goes_on_page_by_page(desk: Desk, console_client: SignedIn) -> None:
    boss = await console_client("supervisor")
    async with desk.store.transaction() as crm:
        for number in range(60):
            await crm.audit.viewed(boss.member.id, "customer", number, desk.clock.now)
    first = await boss.page("/console/audit", subject="customer")
    assert len(first.css("tbody tr")) == 50
    further = first.css_first(".pager a")
    assert further is not None
    rest = await boss.page(further.attributes["href"] or "")
    assert len(rest.css("tbody tr")) == 10
