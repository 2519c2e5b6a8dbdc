"""The editor of a plan: what is typed is kept or shown again, what is wrong stands beside its field."""

from typing import Any

from selectolax.lexbor import LexborHTMLParser

from console.frame.flash import opened
from crm_store.campaigns.moves import Move
from crm_store.plans.plan import Anniversary, Content, Plan
from tests.console.campaigns.forms import as_typed, spot
from tests.console.campaigns.shop import Marketing
from tests.console.conftest import HOUSE, Browser, Desk, SignedIn, text_of

HOSTILE = "</textarea><script>alert(1)</script>{{7*7}}"


async def plan_of(desk: Desk, campaign_id: int) -> Plan:
    async with desk.store.reading() as crm:
        return await crm.campaigns.plan(campaign_id)


async def begun(console_client: SignedIn, marketing: Marketing, **more: Any) -> tuple[Browser, int, str]:
    await marketing.segment()
    rachel = await console_client("marketer")
    campaign = await marketing.campaign(rachel, **more)
    return rachel, campaign, f"/console/campaigns/{campaign}/edit"


async def test_a_form_sent_as_it_is_changes_nothing(desk: Desk, console_client: SignedIn, marketing: Marketing) -> None:
    for ready in ("birthday", "welcome", "purchase_survey", "singles_day", "child_birthday"):
        await marketing.segment(ready)
        rachel = await console_client("marketer")
        campaign = await marketing.campaign(rachel, ready)
        path = f"/console/campaigns/{campaign}/edit"
        before = await plan_of(desk, campaign)
        answer = await rachel.post(path, as_typed(await rachel.page(path)))
        assert answer.status_code == 303
        assert await plan_of(desk, campaign) == before, ready


async def test_every_field_of_the_form_is_kept(desk: Desk, console_client: SignedIn, marketing: Marketing) -> None:
    rachel, campaign, path = await begun(console_client, marketing)
    fields = as_typed(await rachel.page(path))
    own = spot(fields, "zh:email")
    fields["subject"][own], fields["text"][own] = "邮件主题", "邮件正文 {first_name}"
    fields |= {
        "name": "生日 <b>",
        "anniversary_side": "before",
        "anniversary_days": "3",
        "anniversary_time": "09:30",
        "occasion": "birthday",
        "stage": "after",
        "priority": "2",
        "expires_after": "30",
        "late": "skip",
        "holdout_percent": "5",
        "goal_days": "30",
        "skus": "A-1, B-2 A-1",
        "once_per_household": "true",
        "place": ["2", "", "1"],
    }
    assert (await rachel.post(path, fields)).status_code == 303
    plan = await plan_of(desk, campaign)
    assert plan.trigger == Anniversary(of="birthday", days=-3, at_clock="09:30")
    assert (plan.channels, plan.skus, plan.holdout_percent) == (("email", "telegram"), ("A-1", "B-2"), 5)
    assert (plan.priority, plan.expires_after, plan.late, plan.goal_days) == (2, 30, "skip", 30)
    assert plan.once_per_household
    assert Content(language="zh", channel="email", subject="邮件主题", text="邮件正文 {first_name}") in plan.contents


async def test_a_missing_language_is_named_beside_its_text_and_the_draft_is_kept(
    desk: Desk, console_client: SignedIn, marketing: Marketing
) -> None:
    rachel, _campaign, path = await begun(console_client, marketing)
    fields = as_typed(await rachel.page(path))
    fields["text"][spot(fields, "zh:*")] = ""
    answer = await rachel.post(path, fields)
    said = opened(HOUSE.secret, (answer.cookies.get("careloop_said") or "").strip('"'))
    assert said is not None
    assert (said.key, said.values["n"], said.tone) == ("plans.saved_open", 1, "warn")
    page = await rachel.page(path)
    assert text_of(page, "#at-contents-zh-any-text") == "The Chinese words are missing."
    assert page.css_first('#plan-look a[href="#at-contents-zh-any-text"]') is not None


async def test_the_line_of_a_wrong_variable_is_named(console_client: SignedIn, marketing: Marketing) -> None:
    rachel, _campaign, path = await begun(console_client, marketing)
    fields = as_typed(await rachel.page(path))
    fields["text"][spot(fields, "en:*")] = "Hello\nthere {frist_name}"
    answer = await rachel.post(path.replace("/edit", "/check"), fields)
    assert answer.status_code == 200
    assert "Line 2: There is no variable {frist_name}" in answer.text


async def test_what_cannot_be_read_is_shown_again_with_everything_typed(
    desk: Desk, console_client: SignedIn, marketing: Marketing
) -> None:
    rachel, campaign, path = await begun(console_client, marketing)
    fields = as_typed(await rachel.page(path))
    fields["text"][spot(fields, "en:*")] = HOSTILE
    fields |= {"priority": "12", "goal_days": "soon", "name": "Kept <i>as typed</i>"}
    before = await plan_of(desk, campaign)
    answer = await rachel.post(path, fields)
    assert answer.status_code == 422
    assert "<script>alert(1)" not in answer.text
    page = LexborHTMLParser(answer.text)
    again = as_typed(page)
    for name in ("priority", "goal_days", "name"):
        assert again[name] == fields[name]
    assert again["text"] == fields["text"]
    assert text_of(page, "#at-priority") == "A whole number from 0 to 9."
    assert await plan_of(desk, campaign) == before


async def test_a_name_that_is_taken_or_empty_stands_beside_the_name(
    console_client: SignedIn, marketing: Marketing
) -> None:
    rachel, _campaign, path = await begun(console_client, marketing)
    await marketing.campaign(rachel, "welcome")
    for name in ("Welcome", " \u200b "):
        answer = await rachel.post(path, as_typed(await rachel.page(path)) | {"name": name})
        assert answer.status_code == 422
        assert text_of(LexborHTMLParser(answer.text), "#at-name")


async def test_the_later_of_two_editors_is_told_and_loses_nothing(
    desk: Desk, console_client: SignedIn, marketing: Marketing
) -> None:
    rachel, campaign, path = await begun(console_client, marketing)
    grace = await console_client("supervisor", name="Grace Lim")
    mine = as_typed(await rachel.page(path)) | {"priority": "7"}
    theirs = as_typed(await grace.page(path)) | {"goal_days": "21"}
    assert (await grace.post(path, theirs)).status_code == 303
    answer = await rachel.post(path, mine)
    assert answer.status_code == 409
    page = LexborHTMLParser(answer.text)
    assert "Meanwhile Grace Lim has changed this campaign" in text_of(page, "section.notice")
    assert "14 days → 21 days" in text_of(page, ".plan-theirs")
    again = as_typed(page)
    assert (again["priority"], again["goal_days"]) == ("7", "14")
    assert (await rachel.post(path, again)).status_code == 303
    assert (await plan_of(desk, campaign)).priority == 7


async def test_one_that_runs_is_not_changed_and_nothing_typed_is_lost(
    console_client: SignedIn, marketing: Marketing
) -> None:
    rachel, _campaign, path = await begun(console_client, marketing, until=Move.BEGIN)
    fields = as_typed(await rachel.page(path)) | {"priority": "7"}
    answer = await rachel.post(path, fields)
    assert answer.status_code == 409
    page = LexborHTMLParser(answer.text)
    assert "Pause it" in text_of(page, "p.notice")
    assert as_typed(page)["priority"] == "7"


async def test_the_preview_has_a_real_members_values_and_says_what_is_invented(
    console_client: SignedIn, marketing: Marketing
) -> None:
    rachel, _campaign, path = await begun(console_client, marketing, ready="points_lapsing")
    emma = await marketing.emma(name="Emma<b>Tan")
    fields = as_typed(await rachel.page(path)) | {"look_channel": "email", "look_as": str(emma)}
    page = LexborHTMLParser((await rachel.post(path.replace("/edit", "/check"), fields)).text)
    letters = page.css(".letter-text")
    assert len(letters) == 2
    assert letters[0].text().startswith("Emma<b>Tan,")
    assert "points that lapse next" in text_of(page, "#plan-look")


async def test_quick_replies_that_a_channel_leaves_out_are_told(console_client: SignedIn, marketing: Marketing) -> None:
    rachel, _campaign, path = await begun(console_client, marketing, ready="after_purchase")
    fields = as_typed(await rachel.page(path)) | {"look_channel": "email"}
    told = (await rachel.post(path.replace("/edit", "/check"), fields)).text
    assert "The quick replies are left out here" in told


async def test_a_coupon_offer_is_made_where_it_is_needed(
    desk: Desk, console_client: SignedIn, marketing: Marketing
) -> None:
    rachel, _campaign, path = await begun(console_client, marketing)
    good = {"title_en": "S$10 treat", "title_zh": "礼券 S$10", "prefix": "bday", "value": "10,50", "days": "30"}
    wrong = await rachel.post(path.replace("/edit", "/offer"), good | {"prefix": "!", "title_en": HOSTILE})
    assert wrong.status_code == 422
    assert "<script>" not in wrong.text
    assert "title" in wrong.text
    made = await rachel.post(path.replace("/edit", "/offer"), good)
    assert made.status_code == 200
    async with desk.store.reading() as crm:
        (offer,) = await crm.coupon_offers.all()
    assert (offer.prefix, offer.value_cents, offer.title["zh"]) == ("BDAY", 1050, "礼券 S$10")
    assert f'<option value="{offer.id}" selected' in made.text


async def test_the_segment_is_counted_live(console_client: SignedIn, marketing: Marketing) -> None:
    rachel, _campaign, path = await begun(console_client, marketing)
    await marketing.emma()
    page = await rachel.page(path)
    chosen = as_typed(page)["segment_id"]
    told = await rachel.page(path.replace("/edit", "/count"), segment_id=chosen)
    assert "1 person right now" in " ".join((told.body or told.root).text().split())  # type: ignore[union-attr]
    assert "Nobody chosen" in (await rachel.get(path.replace("/edit", "/count"), segment_id="x")).text


async def test_a_change_leads_back_to_draft(desk: Desk, console_client: SignedIn, marketing: Marketing) -> None:
    rachel, campaign, path = await begun(console_client, marketing, until=Move.SCHEDULE)
    assert (await rachel.post(path, as_typed(await rachel.page(path)) | {"goal_days": "3"})).status_code == 303
    assert await marketing.state(campaign) == "draft"
    async with desk.store.reading() as crm:
        events = await crm.campaigns.events(campaign)
    assert events[-1].staff_id == rachel.member.id
