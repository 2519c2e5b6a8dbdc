"""The customer room: who somebody is, what they allow, and everything that happened, as far as it may be seen."""

from datetime import timedelta

from crm_store.people.consent import Evidence, Purpose, Who
from crm_store.people.identities import ChannelIdentity
from crm_store.people.preferences import OccasionNote, Told
from crm_store.talks.conversations import Conversation
from tests.console.conftest import NOW, Desk, SignedIn, text_of
from tests.console.test_case import opened
from tests.console.test_inbox import HOSTILE, case_of, team_of
from tests.store.desk_shop import DeskShop


async def stranger(desk: Desk, name: str, code: str = "") -> int:
    """An address nobody is linked to, with a conversation; gives its id."""
    team = await team_of(desk, code) if code else None
    async with desk.store.transaction() as crm:
        made = ChannelIdentity(channel="webchat", account="main", address=name, display_name=name, created_at=NOW)
        await DeskShop(crm).add(made)
        values = {"identity_id": made.id, "channel": "webchat", "account": "main", "opened_at": NOW}
        await DeskShop(crm).add(Conversation(**values, team_id=team))
        return made.id


async def test_search_leads_to_the_shopper_and_hides_nothing_in_names(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    case = await case_of(desk, "Grace Lim")
    assert "Whom do you want to help?" in (await mei.get("/console/customers")).text
    page = await mei.page("/console/customers", q="Grace")
    assert [node.attributes["href"] for node in page.css("a.customer-hit")] == [
        f"/console/customers/{case.customer_id}"
    ]
    await mei.page(f"/console/customers/{case.customer_id}")
    assert "Grace Lim" in text_of(await mei.page("/console/customers"), "section.card")


async def test_the_exact_question_and_answer_stand_beside_every_consent(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    case = await case_of(desk, "Grace Lim")
    async with desk.store.transaction() as crm:
        who = Who(case.identity_id, case.customer_id)
        asked = Evidence("chat", "May we write about offers?", "v1", HOSTILE)
        await crm.consent.record(who, [(Purpose.PROMOTION, "*", False)], asked, NOW)
        await crm.preferences.put(who, "hours", {"from": "10:00", "to": "20:00"}, Told("days only", None, NOW))
        await crm.preferences.put(who, "at_most", {"count": "<b>"}, Told("rarely", None, NOW))
        wedding = OccasionNote("wedding", 5, 20, "solar", False)
        await crm.preferences.note(who, wedding, Told("we married on 20 May", None, NOW))
    page = await mei.page(f"/console/customers/{case.customer_id}")
    ledger = text_of(page, "#customer-ledger")
    assert "May we write about offers?" in ledger
    assert "onerror" in ledger
    assert page.css("img[src=x]") == []
    told = " ".join(node.text() for node in page.css("li.wish"))
    assert "Only between 10:00 and 20:00" in told
    assert "Wedding day: 20/5" in told
    assert "rarely" in told


async def test_another_teams_cases_are_not_in_the_timeline_or_the_list(desk: Desk, console_client: SignedIn) -> None:
    mei, tom = await console_client("handler", teams=["north"]), await console_client("handler", teams=["south"])
    case = await opened(desk, "Grace Lim", "north")
    path = f"/console/customers/{case.customer_id}"
    assert case.number in (await mei.get(path)).text
    hidden = (await tom.get(path)).text
    assert case.number not in hidden
    assert "in pieces" not in hidden


async def test_the_timeline_is_filtered_and_paged_without_gaps(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    case = await opened(desk, "Grace Lim")
    async with desk.store.transaction() as crm:
        for day in range(60):
            told = Told(f"wish {day}", None, NOW - timedelta(days=day))
            await crm.preferences.put(Who(case.identity_id, case.customer_id), "words", {}, told)
    path = f"/console/customers/{case.customer_id}"
    seen: list[str] = []
    page = await mei.page(path, show="wishes")
    while True:
        seen += [node.text(strip=True) for node in page.css(".case-quote")]
        older = page.css_first(".pager a[href*=before]")
        if older is None:
            break
        page = await mei.page(str(older.attributes["href"]))
    assert seen == [f"wish {day}" for day in range(60)]
    assert "wish 0" not in text_of(await mei.page(path, show="cases"), ".case-lines")
    assert (await mei.get(path, before="nonsense")).status_code == 200


async def test_a_stranger_is_shown_by_their_address_to_those_who_may_see_it(
    desk: Desk, console_client: SignedIn
) -> None:
    mei, tom = await console_client("handler", teams=["north"]), await console_client("handler", teams=["south"])
    address = await stranger(desk, HOSTILE, "north")
    page = await mei.page(f"/console/addresses/{address}")
    assert "belongs to no customer" in text_of(page, "header.customer-head")
    assert page.css("img[src=x]") == []
    assert (await tom.get(f"/console/addresses/{address}")).status_code == 404
    case = await case_of(desk, "Grace Lim", "north")
    linked = await mei.get(f"/console/addresses/{case.identity_id}")
    assert linked.headers["location"] == f"/console/customers/{case.customer_id}"


async def test_marketers_may_not_enter_and_what_is_not_there_is_not_there(desk: Desk, console_client: SignedIn) -> None:
    mei, ken = await console_client("handler"), await console_client("marketer")
    case = await case_of(desk, "Grace Lim")
    paths = (f"/console/customers/{case.customer_id}", f"/console/addresses/{case.identity_id}")
    assert [(await ken.get(path)).status_code for path in paths] == [403, 403]
    missing = ("/console/customers/999", "/console/addresses/999", f"/console/customers/{10**30}")
    assert [(await mei.get(path)).status_code for path in missing] == [404] * 3
