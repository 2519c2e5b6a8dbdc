"""The inbox: what is in it for whom, and what is done to several lines at once."""

from typing import Any

from console.inbox.listing import Lists
from console.live.part import Look
from crm_store.promises.escalations import Escalation
from crm_store.staff.scope import Scope
from tests.console.conftest import NOW, Browser, Desk, SignedIn, text_of
from tests.store.desk_shop import Case, DeskShop

HOSTILE = '<img src=x onerror="alert(1)">\u202egpj.exe</script>{{ 7*7 }}'


async def team_of(desk: Desk, code: str) -> int:
    async with desk.store.reading() as crm:
        return next(team.id for team in await crm.staff.teams() if team.code == code)


async def case_of(desk: Desk, name: str, code: str = "", **columns: Any) -> Case:
    team = await team_of(desk, code) if code else None
    async with desk.store.transaction() as crm:
        shop = DeskShop(crm)
        shop._count = len(name) * 1000 + sum(map(ord, name))
        made = await shop.case(name, team_id=team, **columns)
        await shop.said(made, "It never came.", 30)
        return made


async def raised(desk: Desk, case: Case) -> int:
    async with desk.store.transaction() as crm:
        made = Escalation(
            key=f"case:{case.complaint_id}",
            cause="missed",
            complaint_id=case.complaint_id,
            role="handler",
            raised_at=NOW,
        )
        crm.session.add(made)
        await crm.session.flush()
        return made.id


async def names(browser: Browser, view: str = "all") -> list[str]:
    page = await browser.page("/console/inbox", view=view)
    return [node.text(strip=True) for node in page.css("li.line a.line-way")]


async def test_case_staff_begin_in_the_inbox_and_marketers_may_not_enter_it(console_client: SignedIn) -> None:
    mei, ken = await console_client("handler"), await console_client("marketer")
    assert (await mei.get("/console/")).headers["location"] == "/console/inbox"
    assert (await ken.get("/console/inbox")).status_code == 403


async def test_what_another_team_has_is_in_no_list_no_count_and_no_live_part(
    desk: Desk, console_client: SignedIn
) -> None:
    mei, tom = await console_client("handler", teams=["north"]), await console_client("handler", teams=["south"])
    await case_of(desk, "Grace Lim", "north")
    assert await names(mei) == ["Grace Lim"]
    assert await names(tom) == []
    assert "Grace" not in (await tom.get("/console/inbox", view="all")).text
    async with desk.store.reading() as crm:
        teams = await crm.staff.teams_of(tom.member.id)
    look = Look(Scope(tom.member.id, "handler", teams), "en", "view=all", NOW)
    lists = Lists(desk.console.frame)
    assert "Grace" not in await lists.wide(look) + await lists.beside(look)
    assert ">1<" not in await lists.tabs(look)


async def test_the_tabs_say_how_many_and_an_empty_one_says_what_it_is_for(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    await case_of(desk, "Grace Lim")
    page = await mei.page("/console/inbox", view="mine")
    counts = {node.text(strip=True) for node in page.css("#inbox-tabs a")}
    assert {"Mine0", "Unassigned1", "All1"} <= counts
    assert text_of(page, ".empty h2") == "Nothing of yours is waiting"


async def test_filters_stay_in_the_address_and_unknown_ones_are_not_asked(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    await case_of(desk, "Grace Lim", category="broken")
    await case_of(desk, "Omar Aziz", category="charge")
    page = await mei.page("/console/inbox", view="all", category="charge", channel="pigeon", handler="x")
    assert [node.text(strip=True) for node in page.css("a.line-way")] == ["Omar Aziz"]
    assert page.css("#inbox-list")[0].attributes["data-live"] == "inbox.list:view=all&category=charge"


async def test_older_lines_are_asked_for_with_a_cursor_and_a_foreign_one_begins_at_the_top(
    desk: Desk, console_client: SignedIn
) -> None:
    mei = await console_client("handler")
    async with desk.store.transaction() as crm:
        shop = DeskShop(crm)
        for number in range(53):
            await shop.case(f"Shopper {number}")
    page = await mei.page("/console/inbox", view="all")
    further = page.css(".pager a.button")[0].attributes["href"]
    assert further is not None
    second = await mei.page(further)
    assert len(page.css("li.line")) == 50
    assert len(second.css("li.line")) == 3
    assert len((await mei.page("/console/inbox", view="all", after="nonsense")).css("li.line")) == 50


async def test_many_are_assigned_at_once_and_those_of_others_are_left_and_counted(
    desk: Desk, console_client: SignedIn
) -> None:
    mei = await console_client("handler", teams=["north"])
    await console_client("handler", teams=["south"])
    mine, free = await case_of(desk, "Grace Lim", "north"), await case_of(desk, "Omar Aziz")
    other = await case_of(desk, "Priya Nair", "south")
    picked = [f"case-{case.complaint_id}" for case in (mine, free, other)]
    answer = await mei.post("/console/inbox/deeds", {"deed": "mine", "pick": picked, "back": "view=all"})
    assert answer.headers["location"] == "/console/inbox?view=all"
    page = await mei.page("/console/inbox", view="all")
    assert text_of(page, "[data-toast]") == "2 are yours now, 1 could not be changed by you."
    async with desk.store.reading() as crm:
        assert len(await crm.complaint_events.of([mine.complaint_id, free.complaint_id])) >= 2
        assert await crm.complaint_events.of([other.complaint_id]) == []


async def test_waiting_shoppers_are_taken_together(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    async with desk.store.transaction() as crm:
        shop = DeskShop(crm)
        talks = [(await shop.talk(name, control="waiting")).conversation_id for name in ("Omar Aziz", "Priya Nair")]
    await mei.post("/console/inbox/deeds", {"deed": "mine", "pick": [f"talk-{talk}" for talk in talks]})
    assert sorted(await names(mei, "mine")) == ["Omar Aziz", "Priya Nair"]


async def test_tagging_and_acknowledging_many_tell_what_became_of_them(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    one, two = await case_of(desk, "Grace Lim"), await case_of(desk, "Omar Aziz")
    await raised(desk, one)
    async with desk.store.transaction() as crm:
        await crm.labels.save_tag("vip", {"en": "VIP", "zh": "贵宾"}, "violet")
    picked = [f"case-{case.complaint_id}" for case in (one, two)]
    await mei.post("/console/inbox/deeds", {"deed": "tag", "tag": "vip", "pick": picked})
    await mei.post("/console/inbox/deeds", {"deed": "acknowledge", "pick": picked, "back": "view=all"})
    page = await mei.page("/console/inbox", view="all")
    assert text_of(page, "[data-toast]") == "1 acknowledged, 1 had nothing to acknowledge."
    assert [node.text(strip=True) for node in page.css(".tag")] == ["VIP", "VIP"]


async def test_an_escalation_is_acknowledged_once_and_another_teams_is_not_there(
    desk: Desk, console_client: SignedIn
) -> None:
    mei, tom = await console_client("handler", teams=["north"]), await console_client("handler", teams=["south"])
    escalation = await raised(desk, await case_of(desk, "Grace Lim", "north"))
    path = f"/console/inbox/escalations/{escalation}/acknowledge"
    assert (await tom.post(path)).status_code == 404
    assert "Nobody further up" in (await mei.post(path)).text
    assert "Somebody was quicker" in (await mei.post(path)).text


async def test_a_deed_without_the_pages_token_does_nothing(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    case = await case_of(desk, "Grace Lim")
    answer = await mei.post("/console/inbox/deeds", {"csrf": "", "deed": "mine", "pick": f"case-{case.complaint_id}"})
    assert answer.status_code == 403
    assert await names(mei, "mine") == []


async def test_hostile_names_and_words_are_shown_and_never_become_markup(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    case = await case_of(desk, HOSTILE)
    async with desk.store.transaction() as crm:
        await DeskShop(crm).said(case, HOSTILE, 1)
    page = await mei.page("/console/inbox", view="all")
    assert page.css("main img, main script") == []
    assert page.css(".unseen-sign")[0].text() == "U+202E"
    assert "{{ 7*7 }}" in text_of(page, "a.line-way")
