"""What is another team's is nowhere: on no page by its number, in no list, search, export, notice or live part."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest

from console.live.part import LivePart, Look
from crm_store.errors import CareLoopError
from crm_store.staff.members import Role
from crm_store.staff.scope import Scope
from tests.console.conftest import NOW, Browser, Desk, SignedIn
from tests.console.sweep.everything import everything
from tests.console.sweep.fields import likely
from tests.console.sweep.ways import WAYS, Way
from tests.console.test_sweep_doors import is_no, state_of

SECRET, PERSON = "zebra", "Grace Lim"
"""What a team has with a shopper; and the shopper, who is everybody's, by decision."""
SHOPPERS = {"customers", "addresses", "contact"}
OF_THE_SHOP = {
    "calendars",
    "promises",
    "escalations",
    "labels",
    "tags",
    "knowledge",
    "keys",
    "campaigns",
    "results",
    "reach",
    "agenda",
    "sending",
    "contact-rules",
    "rehearsal",
    "segments",
    "staff",
    "teams",
}
"""Rooms about the shop itself: they belong to no team, and handlers may not enter them."""
OWN = {"", "me", "notices", "password", "presence"}
"""One's own: nobody else's notice is among them."""
KEYLESS = {
    "inbox",
    "search",
    "undelivered",
    "board",
    "reports",
    "incidents",
    "remedies",
    "audit",
    "canned",
    "cases",
    "customers",
}
KEYED = {
    "talks",
    "cases",
    "customers",
    "addresses",
    "inbox",
    "undelivered",
    "incidents",
    "remedies",
    "canned",
    "notices",
    "contact",
}
LISTS = {
    "GET /inbox": [{"view": view} for view in ("all", "mine", "team", "unassigned", "overdue", "shopper", "closed")],
    "GET /search": [{"q": words} for words in (SECRET, "C00002", "zebra", "Zebra")],
    "GET /undelivered": [{}, {"closed": "true"}],
    "GET /cases/new/people": [{"q": SECRET}],
    "GET /customers": [{"q": SECRET}],
}


def test_every_room_says_whose_things_it_shows() -> None:
    """Acceptance check 12: A new room that is in none of these lists has not been thought about."""
    assert {way.room for way in WAYS} <= OF_THE_SHOP | OWN | KEYLESS | KEYED


async def theirs(desk: Desk, console_client: SignedIn) -> tuple[Mapping[str, Any], Browser]:
    """Everything of a team, and a handler of it."""
    tom = await console_client("handler", teams=["theirs"])
    async with desk.store.transaction() as crm:
        (team,) = [each.id for each in await crm.staff.teams()]
        return await everything(crm, SECRET, team, tom.member.id, PERSON), tom


async def asked(browser: Browser, way: Way, known: Mapping[str, Any], **query: str) -> Any:
    if way.method == "GET":
        return await browser.get(way.at(known), **query)
    return await browser.post(way.at(known), {field: likely(field) for field in way.fields})


@pytest.mark.parametrize("role", [Role.HANDLER, Role.SUPERVISOR, Role.MARKETER])
async def test_nothing_of_another_team_is_shown_or_changed_by_its_number(
    desk: Desk, console_client: SignedIn, role: Role
) -> None:
    """Acceptance check 12: Team-scoped staff cannot see, nor change, other teams' cases on any route with a key."""
    known, _ = await theirs(desk, console_client)
    mei = await console_client(role, teams=["ours"])
    before = await state_of(desk.store)
    guilty = []
    for way in WAYS:
        if way.keys and way.room not in OF_THE_SHOP:
            answer = await asked(mei, way, known, before="999999")
            told = answer.text + str(answer.headers)
            seen = SECRET in told or f"{known['number']}" in without_the_address(told, way.at(known))
            if seen or (answer.status_code == 200 and way.room not in SHOPPERS and not is_no(answer)):
                guilty.append((str(way), answer.status_code, seen))
    assert guilty == [], guilty
    assert await state_of(desk.store) == before


@pytest.mark.parametrize("role", [Role.HANDLER, Role.SUPERVISOR])
async def test_nothing_of_another_team_is_in_a_list_a_search_an_export_or_a_notice(
    desk: Desk, console_client: SignedIn, role: Role
) -> None:
    """Acceptance check 12: No title, preview, search hit, export or notice of another team's case is shown."""
    known, _ = await theirs(desk, console_client)
    mei = await console_client(role, teams=["ours"])
    guilty = []
    for way in WAYS:
        if way.method == "GET" and not way.keys and way.room not in OF_THE_SHOP:
            for query in LISTS.get(str(way), [{}]):
                answer = await mei.get(way.at({}), **query)
                told = answer.text.replace(f'value="{query.get("q", "")}"', "")
                if SECRET in told.replace(f"“{SECRET}”", "") or f">{known['number']}<" in told:
                    guilty.append((str(way), query))
    assert guilty == [], guilty


def without_the_address(told: str, path: str) -> str:
    """A page repeats the address it was asked by, and the number somebody guessed is in it."""
    return told.replace(path, "").replace(path.rpartition("/")[0], "")


async def test_their_own_handler_sees_all_of_it(desk: Desk, console_client: SignedIn) -> None:
    """What the others are not shown is there to be seen."""
    known, tom = await theirs(desk, console_client)
    pages = ["GET /inbox", "GET /talks/{talk}", "GET /cases/{number}", "GET /undelivered", "GET /search"]
    for way in (each for each in WAYS if str(each) in pages):
        answer = await asked(tom, way, known, q=SECRET, view="all")
        assert SECRET in answer.text or PERSON in answer.text, str(way)


@pytest.mark.parametrize("role", [Role.HANDLER, Role.SUPERVISOR])
async def test_nothing_of_another_team_is_in_a_live_part(desk: Desk, console_client: SignedIn, role: Role) -> None:
    """Acceptance check 12: What is pushed to an open page is bounded by the same teams, whatever it asks for."""
    known, tom = await theirs(desk, console_client)
    mei = await console_client(role, teams=["ours"])
    async with desk.store.reading() as crm:
        teams = await crm.staff.teams_of(mei.member.id)
    scope = Scope(mei.member.id, role, teams)
    numbers = {str(value) for value in known.values()}
    guilty, seen_by_tom = [], 0
    for part in (each for each in desk.console.hub._parts.values() if each.name.split(".")[0] not in OF_THE_SHOP):
        for argument in ("", "view=all", "view=closed", *sorted(numbers)):
            guilty += [f"{part.name}:{argument}"] if SECRET in await rendered(part, scope, argument) else []
        async with desk.store.reading() as crm:
            own = Scope(tom.member.id, "handler", await crm.staff.teams_of(tom.member.id))
        for argument in ("view=all", *sorted(numbers)):
            seen_by_tom += SECRET in await rendered(part, own, argument)
    assert guilty == [], guilty
    assert seen_by_tom > 3


async def rendered(part: LivePart, scope: Scope, argument: str) -> str:
    """As the hub would; a part that refuses shows nothing."""
    if scope.role not in part.roles:
        return ""
    with suppress(CareLoopError):
        return str(await part.render(Look(scope, "en", argument, NOW)))
    return ""
