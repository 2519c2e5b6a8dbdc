"""Who comes in, who does not, and what a browser holds afterwards."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from console.frame.guard import COOKIE
from crm_store.staff.members import TRIES, Role, StaffMember
from crm_store.staff.passwords import Passwords
from tests.console.conftest import ORIGIN, Desk, SignedIn, text_of

PASSWORD = "quiet-river-stone"
HERE = {"Origin": ORIGIN}


async def somebody(desk: Desk, **values: Any) -> StaffMember:
    """A handler with a password."""
    return await desk.add(Role.HANDLER, password_hash=await Passwords().hashed(PASSWORD), **values)


async def tried(browser: httpx2.AsyncClient, login: str, password: str = PASSWORD, **more: str) -> httpx2.Response:
    return await browser.post("/console/sign-in", data={"login": login, "password": password, **more}, headers=HERE)


async def test_nobody_reads_a_page_before_signing_in(desk: Desk) -> None:
    async with desk.browser() as browser:
        answer = await browser.get("/console/me")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/sign-in?next=%2Fconsole%2Fme"


async def test_htmx_is_sent_to_the_sign_in_page_as_a_whole(desk: Desk) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": f"{ORIGIN}/console/me?a=1"}
    async with desk.browser() as browser:
        answer = await browser.get("/console/notices", headers=headers)
    assert answer.headers["hx-redirect"] == "/console/sign-in?next=%2Fconsole%2Fme%3Fa%3D1"
    assert answer.text == ""


async def test_somebody_signed_in_reads_their_own_room(console_client: SignedIn) -> None:
    mei = await console_client("handler")
    page = await mei.page("/console/me")
    assert text_of(page, "h1") == "My settings"


async def test_login_and_password_let_in_and_lead_on(desk: Desk) -> None:
    mei = await somebody(desk)
    async with desk.browser() as browser:
        answer = await tried(browser, f"  {mei.login.upper()} ", next="/console/notices")
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/notices")
        assert (await browser.get("/console/me")).status_code == 200


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(desk: Desk) -> None:
    mei = await somebody(desk)
    async with desk.browser() as browser:
        cookie = (await tried(browser, mei.login)).headers["set-cookie"]
    assert {"HttpOnly", "Path=/console", "SameSite=lax"} <= set(cookie.split("; "))


async def test_the_refusal_does_not_say_what_was_wrong(desk: Desk) -> None:
    mei = await somebody(desk)
    gone = await somebody(desk, is_active=False)
    async with desk.browser() as browser:
        answers = [
            await tried(browser, mei.login, "not-the-password"),
            await tried(browser, "nobody@willowmere.example"),
            await tried(browser, gone.login),
        ]
    assert [answer.status_code for answer in answers] == [401] * 3
    assert (
        len(
            {
                answer.text.replace(mei.login, "").replace(gone.login, "").replace("nobody@willowmere.example", "")
                for answer in answers
            }
        )
        == 1
    )


async def test_the_tenth_wrong_password_locks_the_account_for_a_quarter_of_an_hour(desk: Desk) -> None:
    mei = await somebody(desk)
    async with desk.browser() as browser:
        for _ in range(TRIES):
            assert (await tried(browser, mei.login, "guess")).status_code == 401
        assert (await tried(browser, mei.login)).status_code == 401
        desk.clock.now += timedelta(minutes=16)
        assert (await tried(browser, mei.login)).status_code == 303


async def test_one_address_cannot_try_without_end(desk: Desk) -> None:
    async with desk.browser() as browser:
        codes = [(await tried(browser, f"a{number}@willowmere.example", "x")).status_code for number in range(32)]
    assert codes == [401] * 30 + [429] * 2


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example/console/",
        "/\\evil.example",
        "/console/\\evil",
        "javascript:alert(1)",
        "/chat",
        "/console\n",
    ],
)
async def test_nobody_is_sent_to_another_site_after_signing_in(desk: Desk, wanted: str) -> None:
    mei = await somebody(desk)
    async with desk.browser() as browser:
        answer = await tried(browser, mei.login, next=wanted)
    assert answer.headers["location"] == "/console/"


async def test_a_cookie_from_before_signing_in_is_worth_nothing_after_it(desk: Desk) -> None:
    """Somebody who plants a cookie of their own in another's browser learns nothing."""
    mei, eve = await somebody(desk), await somebody(desk)
    planted = await desk.cookie(eve)
    async with desk.browser() as browser, desk.browser() as evil:
        browser.cookies.set(COOKIE, planted, path="/console")
        assert planted not in (await tried(browser, mei.login)).headers["set-cookie"]
        evil.cookies.set(COOKIE, planted, path="/console")
        assert (await evil.get("/console/me")).status_code == 303


@pytest.mark.parametrize("cookie", ["", "x", "x" * 5000, "é"])
async def test_a_cookie_that_is_none_of_ours_opens_nothing(desk: Desk, cookie: str) -> None:
    async with desk.browser() as browser:
        answer = await browser.get("/console/me", headers=[(b"Cookie", f"{COOKIE}={cookie}".encode())])
    assert answer.status_code == 303


async def test_a_session_ends_by_idleness_and_at_last_by_age(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    for _ in range(24):
        desk.clock.now += timedelta(hours=7)
        if desk.clock.now < mei.member.made_at + timedelta(days=7):
            assert (await mei.get("/console/me")).status_code == 200
    assert (await mei.get("/console/me")).status_code == 303
    ann = await console_client("handler")
    desk.clock.now += timedelta(hours=8, minutes=1)
    assert (await ann.get("/console/me")).status_code == 303


async def test_signing_out_ends_the_session_for_whoever_has_its_cookie(console_client: SignedIn, desk: Desk) -> None:
    mei = await console_client("handler")
    cookie = mei.client.cookies[COOKIE]
    assert (await mei.post("/console/sign-out")).status_code == 303
    async with desk.browser() as browser:
        browser.cookies.set(COOKIE, cookie, path="/console")
        assert (await browser.get("/console/me")).status_code == 303


async def test_a_one_time_password_has_to_be_changed_before_anything_else(desk: Desk) -> None:
    mei = await somebody(desk, must_change_password=True)
    async with desk.browser() as browser:
        await tried(browser, mei.login)
        assert (await browser.get("/console/me")).headers["location"] == "/console/password"
        assert (await browser.get("/console/password")).status_code == 200


async def test_a_new_password_ends_every_other_session(console_client: SignedIn, desk: Desk) -> None:
    mei = await console_client("handler", password_hash=await Passwords().hashed(PASSWORD))
    async with desk.browser() as other:
        other.cookies.set(COOKIE, await desk.cookie(mei.member), path="/console")
        words = {"old": PASSWORD, "new": "another-river-stone", "again": "another-river-stone"}
        assert (await mei.post("/console/password", words)).status_code == 303
        assert (await mei.get("/console/me")).status_code == 200
        assert (await other.get("/console/me")).status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("wrong", "another-river-stone", "another-river-stone"),
        (PASSWORD, PASSWORD, PASSWORD),
        (PASSWORD, "short", "short"),
        (PASSWORD, "another-river-stone", "another-river-stane"),
        (PASSWORD, "my-handler0-password", "my-handler0-password"),
    ],
)
async def test_a_password_that_will_not_do_changes_nothing(
    console_client: SignedIn, old: str, new: str, again: str
) -> None:
    mei = await console_client("handler", password_hash=await Passwords().hashed(PASSWORD))
    answer = await mei.post("/console/password", {"old": old, "new": new, "again": again})
    assert answer.status_code == 422
    assert (await mei.get("/console/me")).status_code == 200
