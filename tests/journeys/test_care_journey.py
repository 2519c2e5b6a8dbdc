"""Care that respects every wish: a birthday programme and promotions from the console to the right people, each in
their own language on their own channel at an hour of their own; what they answer, and what they want no more of."""

import re
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import func, select

from bot.main import House
from crm_store.decision.occasions import falling_on
from crm_store.loyalty.coupons import Coupon
from crm_store.standings.holdout import held_out
from tests.browser.reading import theirs
from tests.chromium import pages
from tests.journeys.care_audience import audience_of
from tests.journeys.care_story import CareStory, told
from tests.journeys.cast import ABROAD, EMMA, LIN, MEANT
from tests.journeys.conftest import Telegram
from tests.journeys.days import SINGAPORE, Watch
from tests.journeys.handler import picture
from tests.journeys.marketing import Promotion
from tests.journeys.story import case_by_api

FIRST, SECOND = "Leaf week", "Leaf week once more"
BIRTHDAYS, SURVEY = "Birthday greeting", "Survey after a purchase"
HOLDOUT = 10
TEXTS = {
    "en": "{first_name}, if something is on your list: {coupon_title}. Your code: {coupon_code}, until {coupon_until}. "
    "What you get from us: {preferences_link}",
    "zh": "{first_name}，若正好要买东西：{coupon_title}，您的券码 {coupon_code}，{coupon_until}前有效。"
    "消息设置或退订：{preferences_link}",
}
SUBJECTS = {"en": "S$8 for your list", "zh": "清单上的东西省 S$8"}
SPOKEN = {"en": "Your code: LEAF-", "zh": "您的券码 LEAF-"}


@pytest.fixture(scope="module")
async def story(house: House, watch: Watch, telegram: Telegram, chromium: Browser) -> AsyncIterator[CareStory]:
    async with pages(chromium) as new_page, told(house, watch, telegram, new_page) as opened:
        yield opened


@pytest.fixture(scope="module")
async def scheduled(story: CareStory) -> CareStory:
    """On Monday Maya makes birthday greetings and a promotion for Tuesday at eleven; Sue reads and approves both."""
    marketing = story.marketing
    await marketing.segment("Everybody", "everybody")
    await marketing.segment("Come often", MEANT)
    story.numbers[BIRTHDAYS] = await marketing.programme(BIRTHDAYS, "Everybody")
    promotion = Promotion(FIRST, "Come often", story.at(1, 11), TEXTS, SUBJECTS, HOLDOUT, hours=12)
    story.numbers[FIRST] = await marketing.promotion(promotion)
    for name in (BIRTHDAYS, FIRST):
        await marketing.let_go(story.numbers[name])
    return story


@pytest.fixture(scope="module")
async def promoted(scheduled: CareStory) -> CareStory:
    """Tuesday evening: it has gone out, wherever it was eleven."""
    story = scheduled
    await story.passes(story.at(1, 10, 30))
    for name in ("late_riser", "abroad"):
        story.planned[name] = await story.why(FIRST, getattr(story.cast, name).id)
    waiting = sum(touch.state == "waiting" for touch in (await story.touches(FIRST)).values())
    await story.marketing.sees(story.numbers[FIRST], waiting)
    await story.passes(story.at(1, 20))
    return story


async def test_a_promotion_reaches_whom_it_may_at_their_own_hour_in_their_own_language(promoted: CareStory) -> None:
    story, cast = promoted, promoted.cast
    touches = await story.touches(FIRST)
    assert (touches[EMMA].state, touches[EMMA].channel) == ("sent", "webchat")
    assert (touches[LIN].state, touches[LIN].channel) == ("sent", "telegram")
    assert SPOKEN["en"] in await theirs(story.emma).last.inner_text()
    assert SPOKEN["zh"] in await story.lin.hears()
    await picture(story.emma, "care_emma_promotion")
    assert waited(story, "late_riser") == {"not_yet": time(11), "hours": time(12)}
    assert waited(story, "abroad") == {"not_yet": time(19)}
    assert _clock(touches[cast.late_riser.id].sent_at) == time(12)
    assert _clock(touches[cast.abroad.id].sent_at, ZoneInfo(ABROAD)) == time(11)
    assert _clock(touches[cast.plain.id].sent_at) == time(11)
    ended = {name: touches[getattr(cast, name).id] for name in ("asks_herself", "complaining", "refusing")}
    assert {name: (touch.state, touch.reason) for name, touch in ended.items()} == {
        "asks_herself": ("parked", "pull_only"),
        "complaining": ("suppressed", "open_case"),
        "refusing": ("suppressed", "no_consent"),
    }
    over = await story.why(FIRST, cast.written_to.id)
    assert (over.outcome, over.reason) == ("suppress", "expired_waiting")
    assert ("cap_purpose", "2 in 7 days") in [(step["gate"], step.get("detail")) for step in over.steps]


async def test_of_the_whole_audience_everybody_got_it_once_or_has_a_reason(promoted: CareStory) -> None:
    """With two copies of the house at work all the while."""
    story, number = promoted, promoted.numbers[FIRST]
    touches = await story.touches(FIRST)
    audience = await audience_of(story.house, list(touches))
    sent = {id for id, touch in touches.items() if touch.state == "sent"}
    assert len(sent) > 40
    for id in sent:
        audience[id].allows(touches[id].sent_at)
    for id in touches.keys() - sent:
        assert touches[id].state in ("suppressed", "parked", "holdout"), id
        assert (await story.why(FIRST, id)).steps, id
    assert {id for id in sent if held_out(number, id, HOLDOUT)} == set()
    assert {id for id, touch in touches.items() if touch.state == "holdout"} == {
        id for id in touches if held_out(number, id, HOLDOUT) and audience[id].is_willing
    }
    post = [letter for letter in story.post if "LEAF-" in letter.text]
    mailed = {audience[id].email: audience[id].language for id in sent if touches[id].channel == "email"}
    assert sorted(letter.to for letter in post) == sorted(mailed)
    assert all(SPOKEN[mailed[letter.to]] in letter.text for letter in post)
    assert all(letter.subject == SUBJECTS[mailed[letter.to]] for letter in post)
    assert await codes_of(story) == len(sent)


async def test_what_a_shopper_answers_is_about_the_coupon_and_why_is_answered_truly(promoted: CareStory) -> None:
    story = promoted
    await story.emma_says("how do I use it?", "at the till")
    assert "可以的。LEAF-" in await story.lin.says("还能用吗")
    await story.emma_says("why did I get this?", "It rests on a yes you gave elsewhere")
    await picture(story.emma, "care_emma_why")
    await story.emma_proves("Show when and how")
    await story.emma_hears("with the words “Yes, please”")
    await story.emma_hears("because of what you bought and told us")
    await story.emma_hears("1 in 7 days, of at most 3")
    await picture(story.emma, "care_emma_why_shown")
    assert "您在别处给过的同意" in await story.lin.says("为什么给我发这个？")
    said = await story.lin_proves("查看何时、怎样同意的")
    assert "原话是“愿意”" in said
    assert "7 天内 1 条，按规定最多 3 条" in said


async def test_no_more_promotions_but_birthdays_is_obeyed_by_the_next_run(promoted: CareStory) -> None:
    story, marketing = promoted, promoted.marketing
    await both_tell_their_birthday(story, story.at(3, 12).date())
    said = await story.lin.says("不要再发促销了，生日祝福可以")
    assert "记下了：不再发优惠和新品消息（所有渠道）" in said
    assert "生日祝福和积分、优惠券提醒照旧" in said
    await story.passes(story.at(2, 10))
    await story.desk_opens()
    story.numbers[SECOND] = await marketing.copied(story.numbers[FIRST], SECOND, story.at(5, 11))
    await marketing.let_go(story.numbers[SECOND])
    await story.passes(story.at(3, 20))
    await story.emma_hears("Happy birthday, Emma!")
    assert "林晓梅，生日快乐！" in await story.lin.hears()
    heard = story.telegram.fake.sent(story.lin.chat_id)
    await story.passes(story.at(5, 20))
    await story.emma_hears(SPOKEN["en"])
    assert story.telegram.fake.sent(story.lin.chat_id) == heard
    why = await story.why(SECOND, LIN)
    assert (why.outcome, why.reason) == ("suppress", "no_consent")
    assert why.consent is not None
    assert why.consent.answer == "不要再发促销了，生日祝福可以"


async def test_the_marketer_sees_what_happened_and_why(promoted: CareStory) -> None:
    """Of the newest promotion there is, in the rooms of the console."""
    story = promoted
    name = SECOND if SECOND in story.numbers else FIRST
    touches = await story.touches(name)
    sent = sum(touch.state == "sent" for touch in touches.values())
    page, number = story.marketing.page, story.numbers[name]
    await story.desk_opens()
    await story.marketing.marketer.goes(f"/campaigns/{number}")
    await expect(page.locator("#campaign-progress .stat").first).to_contain_text(str(sent))
    await picture(page, "care_progress")
    await story.marketing.marketer.goes(f"/campaigns/{number}/people")
    await expect(page.locator(".recipient-groups")).to_contain_text("An open complaint comes first")
    await picture(page, "care_people")
    await page.get_by_role("link", name="林晓梅").click()
    await expect(page.locator("main")).to_contain_text("They did not get it" if name == SECOND else "They got it")
    await picture(page, "care_person")
    if name == SECOND:
        await expect(page.locator("main")).to_contain_text("“不要再发促销了，生日祝福可以”")
    await story.marketing.marketer.goes(f"/results/{number}")
    await expect(page.locator(".stats .stat").first).to_contain_text(str(sent))
    await picture(page, "care_results")


async def test_a_good_score_is_thanked_for_and_a_bad_one_opens_a_complaint(story: CareStory) -> None:
    """Five days after what they ordered has come."""
    await story.desk_opens()
    await story.marketing.segment("Shoppers", "orders >= 1")
    story.numbers[SURVEY] = await story.marketing.programme(SURVEY, "Shoppers")
    await story.marketing.let_go(story.numbers[SURVEY])
    scorer = await story.joined(story.cast.scorer, 73_002)
    number = await story.delivered(story.cast.scorer.id)
    await story.delivered(EMMA)
    noon = datetime.combine(story.days.now.date() + timedelta(days=6), time(12), SINGAPORE)
    await story.passes(noon)
    await story.emma_hears("how happy are you with your order WM100001")
    await story.emma_says("4", "4 of 5, thank you")
    await picture(story.emma, "care_emma_survey")
    assert number in await scorer.hears()
    said = await scorer.says("1分，壶盖是裂的，客服也不理人")
    found = re.search(r"C\d{5}", said)
    assert found is not None, said
    case = await case_by_api(story.house, found.group())
    assert (case["source"], case["order_number"]) == ("survey", number)


async def both_tell_their_birthday(story: CareStory, day: date) -> None:
    """Emma by the sun, 林晓梅 by the moon; it is the same day."""
    lunar = next(each for each in falling_on(day) if each.calendar == "lunar" and not each.leap_month)
    assert f"农历{lunar.month}月{lunar.day}日" in await story.lin.says(f"我的生日是农历{lunar.month}月{lunar.day}日")
    await story.emma_says(f"my birthday is {day:%-d %B}", f"{day:%-d %B}")


async def codes_of(story: CareStory) -> int:
    """Coupons given by the first promotion, each to one person."""
    of = select(func.count(), func.count(func.distinct(Coupon.customer_id))).where(
        Coupon.occurrence_id == await story.firing(FIRST)
    )
    async with story.house.store.reading() as crm:
        given, people = (await crm.session.execute(of)).one()
    assert given == people
    return int(given)


def waited(story: CareStory, name: str) -> dict[str, time]:
    """Which gates moved it, and until when on the shop's clock."""
    steps = [step for step in story.planned[name].steps if step.get("until")]
    return {step["gate"]: _clock(datetime.fromisoformat(step["until"])) for step in steps}


def _clock(moment: datetime | None, zone: ZoneInfo = SINGAPORE) -> time:
    assert moment is not None
    return moment.astimezone(zone).time().replace(second=0, microsecond=0)
