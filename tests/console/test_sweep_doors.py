"""Every route of the console, without being named: who is let in, what a page may change, what an answer carries."""

from collections.abc import Mapping
from typing import Any

import httpx2
from sqlalchemy import text

from console.frame.flash import COOKIE, opened
from console.frame.headers import HEADERS
from crm_store.database import Store
from crm_store.tables import metadata
from tests.console.conftest import HOUSE, ORIGIN, Browser, Desk, SignedIn
from tests.console.sweep.everything import a_team, everything
from tests.console.sweep.fields import likely
from tests.console.sweep.ways import DEEDS, PAGES, WAYS

LOOKING = {"audit_events", "staff_sessions", "staff"}
"""Who looked, and when somebody was seen, is written down."""
LEADS_ON = {"GET /", "GET /talks/{talk}/files/{token}", "GET /addresses/{identity_id}"}
"""The first page is another one; a file that was refused is not there; an address that is linked is its customer."""
NO_KEYS = ("999999999", "0", "-1", "9" * 20, "9" * 3000, "x", "C0", "%00", "%ff", "'", "{{7*7}}", "1e3", "%20")


async def furnished(desk: Desk, browser: Browser) -> Mapping[str, Any]:
    async with desk.store.transaction() as crm:
        return await everything(crm, "a kettle", await a_team(crm, "theirs"), browser.member.id)


async def state_of(store: Store) -> dict[str, str]:
    """A sum over every row of every table, by table."""
    async with store.reading() as crm:
        sums = {}
        for table in metadata.sorted_tables:
            if table.name not in LOOKING:
                rows = (
                    f"select md5(coalesce(string_agg(t::text, chr(10) order by t::text), '')) from \"{table.name}\" t"
                )
                sums[table.name] = str(await crm.session.scalar(text(rows)))
        return sums


def is_no(answer: httpx2.Response) -> bool:
    """Whether the page says that nothing was done, or the next one will."""
    if answer.status_code == 200:
        return 'hx-target="#toasts"' in answer.text and 'data-tone="ok"' not in answer.text
    said = opened(HOUSE.secret, (answer.cookies.get(COOKIE) or "").strip('"'))
    return answer.status_code == 303 and said is not None and said.tone != "ok"


async def test_nothing_changes_without_the_pages_token_or_from_elsewhere(desk: Desk, console_client: SignedIn) -> None:
    boss = await console_client("admin")
    known = await furnished(desk, boss)
    before = await state_of(desk.store)
    token, guilty = {"csrf": boss.csrf}, []
    for way in DEEDS:
        sent = dict.fromkeys(way.fields, "1")
        for data, headers in (
            (sent, {"Origin": ORIGIN}),
            (sent | {"csrf": "0" * 64}, {"Origin": ORIGIN}),
            (sent | token, {"Origin": "https://evil.example"}),
            (sent | token, {"Origin": "null"}),
            (sent | token, {"Sec-Fetch-Site": "cross-site"}),
            (sent | token, {}),
        ):
            answer = await boss.client.post(way.at(known), data=data, headers=headers)
            if answer.status_code != 403:
                guilty.append((str(way), headers, answer.status_code))
    assert guilty == [], guilty
    assert await state_of(desk.store) == before


async def test_nobody_sees_or_does_anything_before_signing_in(desk: Desk, console_client: SignedIn) -> None:
    known = await furnished(desk, await console_client("admin"))
    before = await state_of(desk.store)
    guilty = []
    async with desk.browser() as stranger:
        for way in WAYS:
            answer = await stranger.request(way.method, way.at(known), headers={"Origin": ORIGIN})
            leads = answer.headers.get("location", "").startswith("/console/sign-in?next=")
            if answer.status_code != 303 or answer.text or not leads:
                guilty.append((str(way), answer.status_code))
    assert guilty == [], guilty
    assert await state_of(desk.store) == before


async def test_other_methods_do_nothing(desk: Desk, console_client: SignedIn) -> None:
    boss = await console_client("admin")
    known = await furnished(desk, boss)
    before = await state_of(desk.store)
    own = {"Origin": ORIGIN, "X-CSRF-Token": boss.csrf}
    guilty = []
    for path in sorted({way.at(known) for way in WAYS}):
        for method in ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE"):
            answer = await boss.client.request(method, path, headers=own)
            if answer.status_code not in {404, 405}:
                guilty.append((method, path, answer.status_code))
    assert guilty == [], guilty
    assert await state_of(desk.store) == before


async def test_a_page_opens_changes_nothing_and_carries_every_header(desk: Desk, console_client: SignedIn) -> None:
    boss = await console_client("admin")
    known = await furnished(desk, boss)
    before = await state_of(desk.store)
    guilty = []
    for way in PAGES:
        answer = await boss.get(way.at(known), **{name: likely(name) for name in way.asked if name == "before"})
        wrong = [name for name, value in HEADERS.items() if answer.headers.get(name) != value]
        opens = answer.status_code == 200 or str(way) in LEADS_ON
        if wrong or not opens:
            guilty.append((str(way), answer.status_code, wrong))
    assert guilty == [], guilty
    assert await state_of(desk.store) == before


async def test_what_is_not_there_is_not_found_and_what_is_no_key_is_no_fault(
    desk: Desk, console_client: SignedIn
) -> None:
    boss = await console_client("admin")
    known = await furnished(desk, boss)
    before = await state_of(desk.store)
    guilty = []
    for way in WAYS:
        for key in way.keys:
            for wrong in NO_KEYS:
                path = way.at(known, **{key: wrong})
                sent = dict.fromkeys(way.fields, "1")
                answer = await (boss.get(path) if way.method == "GET" else boss.post(path, sent))
                if answer.status_code not in {404, 405, 409, 422} and not is_no(answer):
                    guilty.append((str(way), key, wrong[:20], answer.status_code))
    assert guilty == [], guilty
    assert await state_of(desk.store) == before
