"""What changes something comes from our own page, shown to the same session, by somebody who may."""

import pytest

from console.frame.csrf import is_from_here
from console.frame.headers import HEADERS
from console.frame.room import ADMINS, EVERYBODY
from crm_store.staff.members import Role
from tests.console.conftest import ORIGIN, Browser, Desk, SignedIn, text_of

SETTINGS = {"language": "zh", "theme": "dark", "notify_by": "none"}


async def language_of(desk: Desk, browser: Browser) -> str:
    async with desk.store.transaction() as crm:
        member = await crm.staff.by_id(browser.member.id)
        assert member is not None
        return member.language


@pytest.mark.parametrize("token", ["", "0" * 64, "another's"])
async def test_a_change_without_the_pages_own_token_is_refused(
    desk: Desk, console_client: SignedIn, token: str
) -> None:
    mei, ann = await console_client("handler"), await console_client("handler")
    shown = ann.csrf if token == "another's" else token
    for data, headers in (({"csrf": shown}, {}), ({}, {"X-CSRF-Token": shown})):
        answer = await mei.client.post("/console/me", data={**SETTINGS, **data}, headers={"Origin": ORIGIN, **headers})
        assert answer.status_code == 403
    assert await language_of(desk, mei) == "en"


async def test_the_token_in_the_header_does_as_well(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    headers = {"Origin": ORIGIN, "X-CSRF-Token": mei.csrf}
    assert (await mei.client.post("/console/me", data=SETTINGS, headers=headers)).status_code == 303
    assert await language_of(desk, mei) == "zh"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"{ORIGIN}.evil.example", f"{ORIGIN}:81", ""])
async def test_a_change_from_another_origin_is_refused_even_with_the_token(
    desk: Desk, console_client: SignedIn, origin: str
) -> None:
    mei = await console_client("handler")
    answer = await mei.post("/console/me", SETTINGS, headers={"Origin": origin})
    assert answer.status_code == 403
    assert await language_of(desk, mei) == "en"


def test_a_browser_that_says_nothing_of_where_it_comes_from_is_not_believed() -> None:
    assert not is_from_here({"host": "careloop.example"}, ORIGIN)
    assert is_from_here({"host": "careloop.example", "sec-fetch-site": "same-origin"}, ORIGIN)
    assert is_from_here({"host": "localhost:8000", "origin": "http://localhost:8000"}, ORIGIN)


@pytest.mark.parametrize("role", [role for role in Role if role not in ADMINS])
async def test_only_admins_reach_the_staff_and_nobody_makes_themselves_one(
    desk: Desk, console_client: SignedIn, role: Role
) -> None:
    mei = await console_client(role)
    assert (await mei.get("/console/staff")).status_code == 403
    doing = {"name": "Mei", "role": "admin", "login": "new@willowmere.example", "to": "yes"}
    for path in (
        "/staff",
        f"/staff/{mei.member.id}",
        f"/staff/{mei.member.id}/password",
        f"/staff/{mei.member.id}/active",
        "/teams",
    ):
        assert (await mei.post(f"/console{path}", doing)).status_code == 403
    async with desk.store.transaction() as crm:
        member = await crm.staff.by_id(mei.member.id)
        assert member is not None
        assert member.role == role


async def test_who_may_not_enter_reads_why_in_their_language(console_client: SignedIn) -> None:
    mei = await console_client("handler", language="zh")
    answer = await mei.get("/console/audit")
    assert answer.status_code == 403
    assert "您的角色无权打开此页面" in answer.text


async def test_where_a_part_was_asked_a_refusal_is_a_toast(console_client: SignedIn) -> None:
    mei = await console_client("handler")
    answer = await mei.client.get("/console/staff", headers={"HX-Request": "true"})
    assert answer.status_code == 403
    assert answer.headers["hx-reswap"] == "none"
    assert 'hx-target="#toasts"' in answer.text
    assert "<html" not in answer.text


async def test_an_address_that_is_none_is_a_page_with_a_way_back(console_client: SignedIn, desk: Desk) -> None:
    mei = await console_client("handler")
    answer = await mei.get("/console/nowhere/at/all")
    assert answer.status_code == 404
    assert 'id="rail"' in answer.text
    async with desk.browser() as stranger:
        assert (await stranger.get("/console/nowhere/at/all")).status_code == 303
        lost = await stranger.post("/console/nowhere", headers={"Origin": ORIGIN})
    assert lost.status_code == 405
    assert 'href="/console/"' in lost.text


async def test_every_answer_carries_the_policy_and_is_kept_by_nobody(console_client: SignedIn) -> None:
    mei = await console_client("handler")
    for path in ("/console/me", "/console/nowhere", "/console/sign-in"):
        answer = await mei.get(path)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value


async def test_no_page_has_a_script_or_a_style_of_its_own(console_client: SignedIn) -> None:
    boss = await console_client("admin")
    for path in ("/console/me", "/console/staff", "/console/audit", "/console/notices", "/console/password"):
        page = await boss.page(path)
        assert page.css("style, [style], script:not([src]), [onclick]") == []


async def test_every_room_of_the_rail_opens_for_whom_it_is_shown(console_client: SignedIn) -> None:
    for role in Role:
        somebody = await console_client(role)
        page = await somebody.page("/console/me")
        for link in page.css("#rail li a"):
            answer = await somebody.get(link.attributes["href"] or "")
            assert answer.status_code == 200, (role, link.attributes["href"])


async def test_what_was_saved_is_said_once(console_client: SignedIn) -> None:
    mei = await console_client("handler")
    await mei.post("/console/me", {**SETTINGS, "language": "en"})
    assert text_of(await mei.page("/console/me"), "[data-toast]") == "Saved."
    assert (await mei.page("/console/me")).css_first("[data-toast]") is None


async def test_a_forged_word_on_the_next_page_is_not_said(console_client: SignedIn) -> None:
    mei = await console_client("handler")
    for cookie in ("x", "e30=", "A" * 200):
        mei.client.cookies.set("careloop_said", cookie, path="/console")
        assert (await mei.page("/console/me")).css_first("[data-toast]") is None


async def test_files_are_named_by_their_content_and_kept_for_ever(desk: Desk) -> None:
    base = f"/assets/console/{desk.console.frame.assets.version}"
    async with desk.browser() as browser:
        known = await browser.get(f"{base}/console.css")
        assert "immutable" in known.headers["cache-control"]
        old = await browser.get("/assets/console/0000/htmx.js")
        assert (old.status_code, old.headers["cache-control"]) == (200, "no-cache")
        for path in ("/frame/texts.yml", "/..%2fapp.py", "/%2e%2e%2f%2e%2e%2fapp.py"):
            assert (await browser.get(f"{base}{path}")).status_code == 404


def test_every_role_has_a_room() -> None:
    assert frozenset(Role) == EVERYBODY
