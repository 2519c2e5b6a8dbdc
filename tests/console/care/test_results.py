"""The results of a campaign as a marketer reads them: figures that open, a comparison that says what it can bear."""

import csv
from io import StringIO

from selectolax.lexbor import LexborHTMLParser

from crm_store.staff.audit import AuditWanted
from tests.console.care.past import past_of, sent_to
from tests.console.conftest import Desk, SignedIn, text_of
from tests.store.results.past import DAY, HOUR

HOSTILE = "<script>alert(1)</script>{{7*7}}\u202e"


def tiles(page: LexborHTMLParser) -> dict[str, str]:
    """Figures by label."""
    found = page.css(".result-tile")
    return {text_of(tile, ".label"): text_of(tile, ".figure") for tile in found}


async def test_every_figure_opens_to_its_people(desk: Desk, console_client: SignedIn) -> None:
    past = past_of(desk)
    campaign, firing = await past.fired(goal_days=3)
    buyer = await past.member(name="Emma Tan")
    await past.touch(firing, buyer, answered_at=past.then + HOUR, stopped_at=past.then + HOUR)
    await past.buys(buyer, 12_345, HOUR)
    await past.touch(firing, await past.member(), "failed")
    mara = await console_client("marketer")
    page = await mara.page(f"/console/results/{campaign}")
    assert tiles(page) == {
        "Sent": "1",
        "Replied": "1",
        "Said no more": "1",
        "Bought": "1",
        "Sold": "123.45",
        "Saved for customers": "0.00",
    }
    ways = [link.attributes["href"] for link in page.css("main a") if "/people?" in (link.attributes.get("href") or "")]
    assert len(ways) > 10
    for way in dict.fromkeys(ways):
        rows = (await mara.page(str(way))).css("tbody tr")
        figure = str(way).rpartition("figure=")[2].partition("&")[0]
        assert len(rows) == {"saved": 0, "meant": 2}.get(figure, 1), way


async def test_a_page_says_how_it_counts_and_what_saved_means(desk: Desk, console_client: SignedIn) -> None:
    campaign, _ = await sent_to(past_of(desk), 1, 0)
    mara = await console_client("marketer")
    told = text_of(await mara.page(f"/console/results/{campaign}"), ".result-says")
    assert "within 3 days" in told
    assert "“Saved” is what customers kept in their pocket" in told


async def test_with_few_people_nothing_is_claimed(desk: Desk, console_client: SignedIn) -> None:
    campaign, _ = await sent_to(past_of(desk), 6, 3, 4)
    mara = await console_client("marketer")
    page = await mara.page(f"/console/results/{campaign}")
    said = text_of(page, ".notice")
    assert said.startswith("Too few people to say anything: 9 it was meant for and 4 held out, with 6 who bought.")


async def test_without_anybody_held_out_it_says_so(desk: Desk, console_client: SignedIn) -> None:
    campaign, _ = await sent_to(past_of(desk), 2, 1)
    mara = await console_client("marketer")
    page = await mara.page(f"/console/results/{campaign}")
    assert "Nobody was held out" in text_of(page, ".notice")
    assert page.css_first("#shares-title") is None


async def test_a_difference_is_told_with_its_bounds(desk: Desk, console_client: SignedIn) -> None:
    campaign, _ = await sent_to(past_of(desk), 30, 5, 30, 1)
    mara = await console_client("marketer", language="zh")
    page = await mara.page(f"/console/results/{campaign}")
    assert "每百人比对照组多 82.4 人（95% 置信区间：多 62.2 至 90.9 人）" in text_of(page, ".notice")
    assert page.css_first("#difference-title") is not None


async def test_nothing_sent_yet_teaches(desk: Desk, console_client: SignedIn) -> None:
    past = past_of(desk)
    mara = await console_client("marketer")
    assert "Nothing has been sent yet" in text_of(await mara.page("/console/results"), ".empty h2")
    campaign = await past.campaign()
    assert "has not sent anything yet" in text_of(await mara.page(f"/console/results/{campaign}"), ".empty h2")


async def test_the_list_has_every_campaign_that_fired(desk: Desk, console_client: SignedIn) -> None:
    past = past_of(desk)
    campaign, _ = await sent_to(past, 1, 1)
    await past.campaign()
    mara = await console_client("marketer")
    [row] = (await mara.page("/console/results")).css("tbody tr")
    assert row.css_first(f"a[href='/console/results/{campaign}']") is not None
    assert [cell.text(strip=True) for cell in row.css("td.number")] == ["2", "0", "0", "1", "50 %", "50.00", "0.00"]


async def test_the_file_has_everybody_and_is_written_down(desk: Desk, console_client: SignedIn) -> None:
    campaign, _ = await sent_to(past_of(desk), 1, 1, 1)
    mara = await console_client("marketer")
    answer = await mara.get(f"/console/results/{campaign}/export")
    rows = list(csv.DictReader(StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["state"] for row in rows] == ["sent", "sent", "holdout"]
    async with desk.store.reading() as crm:
        [entry] = await crm.audit.entries(AuditWanted(subject="campaign", action="exported"))
    assert (entry.staff_id, entry.subject_id, entry.detail) == (mara.member.id, str(campaign), {"figure": "meant"})


async def test_whatever_people_are_called_is_text(desk: Desk, console_client: SignedIn) -> None:
    past = past_of(desk)
    campaign, firing = await past.fired()
    customer = await past.member(name=HOSTILE)
    await past.touch(firing, customer)
    async with desk.store.transaction() as crm:
        (await crm.campaigns.get(campaign)).name = HOSTILE
    boss = await console_client("admin")
    for path in ("/console/results", f"/console/results/{campaign}", f"/console/results/{campaign}/people"):
        answer = await boss.get(path)
        assert answer.status_code == 200
        assert "<script>alert(1)" not in answer.text
        assert "&lt;script&gt;alert(1)" in answer.text
        assert "\u202e" not in text_of(LexborHTMLParser(answer.text), "main")


async def test_the_report_shows_that_nobody_was_written_to_against_their_wish(
    desk: Desk, console_client: SignedIn
) -> None:
    past = past_of(desk)
    _, firing = await past.fired()
    customer = await past.member(name="Emma Tan", allows=())
    await past.says(customer, True, past.then - DAY)
    mara = await console_client("marketer")
    assert "nothing was sent" in text_of(await mara.page("/console/reach"), ".proof")
    await past.touch(firing, customer, consent_id=1)
    assert "1 messages to 1 people" in text_of(await mara.page("/console/reach"), ".proof")
    assert text_of(await mara.page("/console/reach"), ".proof h2") == "Nobody was written to against their wish"


async def test_one_message_against_a_wish_is_shown_in_red_with_its_person(desk: Desk, console_client: SignedIn) -> None:
    """Made by hand: nothing of ours sends such a message."""
    past = past_of(desk)
    _, firing = await past.fired()
    customer = await past.member(name="Emma Tan", allows=())
    await past.says(customer, True, past.then - 2 * DAY)
    await past.says(customer, False, past.then - DAY)
    await past.touch(firing, customer, consent_id=1)
    mara = await console_client("marketer")
    page = await mara.page("/console/reach")
    assert page.css_first(".proof[data-tone='bad']") is not None
    assert "They had taken it back" in text_of(page, ".proof tbody")
    assert page.css_first(f".proof a[href='/console/contact/{customer}']") is not None


async def test_every_reason_of_the_report_opens_to_its_people(desk: Desk, console_client: SignedIn) -> None:
    past = past_of(desk)
    _, winner = await past.fired()
    campaign, firing = await past.fired()
    for reason in ("no_consent", "cap_overall", "open_case"):
        displaced = winner if reason == "cap_overall" else None
        await past.touch(firing, await past.member(), "suppressed", reason=reason, displaced_by=displaced)
    await past.touch(winner, await past.member())
    mara = await console_client("marketer")
    page = await mara.page("/console/reach")
    ways = [link.attributes["href"] or "" for link in page.css("main a")]
    ways = [way for way in dict.fromkeys(ways) if way.startswith("/console/reach/people")]
    assert len(ways) > 5
    for way in ways:
        assert len((await mara.page(way)).css("tbody tr")) == 1, way
    assert f"campaign={campaign}" in " ".join(ways)
