"""A campaign from draft to cancelled: who may do what, what they are told, what is written down."""

from typing import Any

import httpx2

from console.frame.flash import COOKIE, Said, opened
from crm_store.campaigns.moves import Move
from crm_store.staff.audit import AuditWanted
from tests.console.campaigns.forms import as_typed
from tests.console.campaigns.shop import Marketing
from tests.console.conftest import HOUSE, Browser, Desk, SignedIn, text_of

HOSTILE = "<script>alert(1)</script>{{7*7}} not like this"


def said(answer: httpx2.Response) -> Said:
    found = opened(HOUSE.secret, (answer.cookies.get(COOKIE) or "").strip('"'))
    assert found is not None, answer.text
    return found


async def do(browser: Browser, campaign: int, deed: str, **fields: Any) -> Said:
    return said(await browser.post(f"/console/campaigns/{campaign}/{deed}", fields))


async def test_a_campaign_goes_all_the_way_by_two_people(
    desk: Desk, console_client: SignedIn, marketing: Marketing
) -> None:
    rachel, grace = await console_client("marketer"), await console_client("supervisor")
    await marketing.segment()
    campaign = await marketing.campaign(rachel)
    steps: list[tuple[Browser, str, dict[str, Any], str]] = [
        (rachel, "submit", {}, "review"),
        (grace, "approve", {"version": 1}, "approved"),
        (rachel, "schedule", {}, "scheduled"),
        (rachel, "cancel", {"why": "no need"}, "cancelled"),
    ]
    for who, deed, fields, state in steps:
        assert (await do(who, campaign, deed, **fields)).tone == "ok"
        assert await marketing.state(campaign) == state
    async with desk.store.reading() as crm:
        deeds = await crm.audit.entries(AuditWanted(subject="campaign", subject_id=str(campaign)))
    assert [(row.action, row.staff_id) for row in reversed(deeds)] == [
        ("submitted", rachel.member.id),
        ("approved", grace.member.id),
        ("scheduled", rachel.member.id),
        ("cancelled", rachel.member.id),
    ]


async def test_nobody_approves_what_they_made_or_changed(
    desk: Desk, console_client: SignedIn, marketing: Marketing
) -> None:
    rachel, ada = await console_client("marketer"), await console_client("admin")
    await marketing.segment()
    campaign = await marketing.campaign(rachel)
    path = f"/console/campaigns/{campaign}"
    await ada.post(f"{path}/edit", as_typed(await ada.page(f"{path}/edit")) | {"goal_days": "9"})
    await do(rachel, campaign, "submit")
    for author in (rachel, ada):
        assert (await do(author, campaign, "approve", version=2)).key == "campaigns.own_approval"
        assert "Approve" not in text_of(await author.page(path), "#campaign-deeds")
    assert await marketing.state(campaign) == "review"


async def test_what_was_changed_after_it_was_read_is_not_approved(
    console_client: SignedIn, marketing: Marketing
) -> None:
    rachel, grace = await console_client("marketer"), await console_client("supervisor")
    await marketing.segment()
    campaign = await marketing.campaign(rachel, goal_days=9)
    await do(rachel, campaign, "submit")
    assert (await do(grace, campaign, "approve", version=1)).key == "campaigns.changed_meanwhile"
    assert await marketing.state(campaign) == "review"


async def test_an_incomplete_one_is_not_submitted_and_leads_to_the_fields(
    console_client: SignedIn, marketing: Marketing
) -> None:
    rachel = await console_client("marketer")
    campaign = await marketing.campaign(rachel)
    answer = await rachel.post(f"/console/campaigns/{campaign}/submit")
    assert answer.headers["location"] == f"/console/campaigns/{campaign}/edit"
    assert said(answer).key == "campaigns.incomplete"
    page = await rachel.page(answer.headers["location"])
    assert text_of(page, "#at-segment-id") == "Choose whom it is for."


async def test_it_is_sent_back_with_words_that_are_shown_as_words(
    console_client: SignedIn, marketing: Marketing
) -> None:
    rachel, grace = await console_client("marketer"), await console_client("supervisor")
    await marketing.segment()
    campaign = await marketing.campaign(rachel, until=Move.SUBMIT)
    assert (await do(grace, campaign, "send-back", why=" ")).key == "campaigns.why_missing"
    assert (await do(grace, campaign, "send-back", why=HOSTILE)).tone == "ok"
    page = await rachel.page(f"/console/campaigns/{campaign}")
    assert text_of(page, ".campaign-why") == HOSTILE
    assert "<script>alert" not in (page.html or "")


async def test_the_difference_to_the_approved_version_is_shown_field_by_field(
    console_client: SignedIn, marketing: Marketing
) -> None:
    rachel, grace = await console_client("marketer"), await console_client("supervisor")
    await marketing.segment()
    campaign = await marketing.campaign(rachel, until=Move.APPROVE)
    path = f"/console/campaigns/{campaign}"
    fields = as_typed(await rachel.page(f"{path}/edit")) | {"anniversary_time": "11:30"}
    fields["text"][0] = "Quite another text for {first_name}"
    await rachel.post(f"{path}/edit", fields)
    told = text_of(await grace.page(path), "#differences")
    assert "10:00 wherever they are" in told
    assert "11:30 wherever they are" in told
    assert "Quite another text" in told
    assert "Channels" not in told


async def test_a_move_that_is_over_is_refused_in_words(console_client: SignedIn, marketing: Marketing) -> None:
    rachel = await console_client("marketer")
    await marketing.segment()
    campaign = await marketing.campaign(rachel)
    for deed in ("pause", "resume", "schedule"):
        assert (await do(rachel, campaign, deed)).key == "campaigns.refused_move"


async def test_the_pace_is_changed_while_it_runs(desk: Desk, console_client: SignedIn, marketing: Marketing) -> None:
    rachel = await console_client("marketer")
    await marketing.segment()
    campaign = await marketing.campaign(rachel, until=Move.BEGIN)
    assert (await do(rachel, campaign, "rate", rate="2,5")).tone == "ok"
    for wrong in ("0", "-1", "fast", "1e9"):
        assert (await do(rachel, campaign, "rate", rate=wrong)).key == "campaigns.rate_wrong"
    page = await rachel.page(f"/console/campaigns/{campaign}")
    assert "2.5 a second at most" in text_of(page, "#campaign-deeds")
    assert (await do(rachel, campaign, "rate", rate="")).tone == "ok"
    async with desk.store.reading() as crm:
        assert (await crm.campaigns.get(campaign)).rate is None


async def test_one_that_has_ended_is_copied(console_client: SignedIn, marketing: Marketing) -> None:
    rachel = await console_client("marketer")
    await marketing.segment()
    campaign = await marketing.campaign(rachel)
    await do(rachel, campaign, "cancel")
    answer = await rachel.post(f"/console/campaigns/{campaign}/copy")
    page = await rachel.page(answer.headers["location"])
    assert text_of(page, "h1") == "Birthday greeting 2"


async def test_a_birthday_programme_scheduled_before_its_hour_begins_today(
    desk: Desk, console_client: SignedIn, marketing: Marketing
) -> None:
    rachel = await console_client("marketer")
    await marketing.segment()
    campaign = await marketing.campaign(rachel, until=Move.APPROVE)
    desk.clock.now = desk.clock.now.replace(hour=0)
    await do(rachel, campaign, "schedule")
    async with desk.store.reading() as crm:
        first = (await crm.campaigns.get(campaign)).next_at
    assert first is not None
    assert first < desk.clock.now
