"""Which role may enter where: one line for each room and each narrower route. A new room has to be named here."""

from console.frame.room import ADMINS, CASE_STAFF, EVERYBODY, LEADERS, MARKETERS
from crm_store.staff.members import Role
from tests.console.conftest import Desk, SignedIn
from tests.console.sweep.fields import likely
from tests.console.sweep.ways import WAYS, Way
from tests.console.test_sweep_doors import furnished, state_of

ROOMS = {
    **dict.fromkeys(["", "me", "notices", "password", "presence"], EVERYBODY),
    **dict.fromkeys(["inbox", "talks", "cases", "customers", "addresses", "search", "undelivered"], CASE_STAFF),
    "incidents": CASE_STAFF,
    "segments": MARKETERS,
    "campaigns": MARKETERS,
    **dict.fromkeys(["results", "reach", "agenda", "sending", "rehearsal", "contact-rules"], MARKETERS),
    "contact": EVERYBODY,
    **dict.fromkeys(
        ["board", "reports", "remedies", "audit", "canned", "calendars", "promises", "escalations"], LEADERS
    ),
    **dict.fromkeys(["labels", "tags", "knowledge", "keys"], LEADERS),
    **dict.fromkeys(["staff", "teams"], ADMINS),
}
FOR_ADMINS = {"calendars", "promises", "escalations", "labels", "tags", "knowledge", "keys"}
"""Supervisors read these; only admins change them."""
TO_BE_FILLED_IN = {"GET /calendars/new", "GET /promises/new", "GET /knowledge/new"}
FOR_LEADERS = {"incidents", "sending", "contact-rules"}
"""More staff read these; supervisors and admins change them."""
ADMINS_ALONE = {"POST /contact/{customer_id}/export", "POST /contact/{customer_id}/erase", "POST /sending/fence"}


def allowed(way: Way) -> frozenset[Role]:
    changes = way.method != "GET" or str(way) in TO_BE_FILLED_IN
    if str(way) in ADMINS_ALONE or (changes and way.room in FOR_ADMINS):
        return ADMINS
    return LEADERS if changes and way.room in FOR_LEADERS else ROOMS[way.room]


def test_every_room_says_who_may_enter() -> None:
    assert {way.room for way in WAYS} <= set(ROOMS), "name the new room here"


async def test_nobody_goes_where_their_role_does_not_lead(desk: Desk, console_client: SignedIn) -> None:
    known = await furnished(desk, await console_client("admin"))
    before = await state_of(desk.store)
    guilty = []
    for role in Role:
        browser = await console_client(role)
        for way in WAYS:
            if role not in allowed(way):
                path, sent = way.at(known), {field: likely(field) for field in way.fields}
                answer = await (browser.get(path) if way.method == "GET" else browser.post(path, sent))
                guilty += [] if answer.status_code == 403 else [(role, str(way), answer.status_code)]
    assert guilty == [], guilty
    assert await state_of(desk.store) == before


async def test_everybody_goes_where_their_role_leads(desk: Desk, console_client: SignedIn) -> None:
    known = await furnished(desk, await console_client("admin"))
    async with desk.store.reading() as crm:
        teams = [team.code for team in await crm.staff.teams()]
    guilty = []
    for role in Role:
        browser = await console_client(role, teams=teams)
        for way in WAYS:
            if way.method == "GET" and role in allowed(way):
                answer = await browser.get(way.at(known))
                guilty += [(role, str(way), answer.status_code)] if answer.status_code == 403 else []
    assert guilty == [], guilty
