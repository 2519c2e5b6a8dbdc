"""A promise kept to an angry shopper: complaint, person, remedy, the question of the next day, and the one after it."""

import re
from datetime import time

from playwright.async_api import FilePayload, Locator, Page, expect

from bot.main import House
from crm_store.staff.members import Role
from tests.browser.reading import said, theirs
from tests.chromium import NewPage
from tests.files import samples
from tests.journeys.conftest import letters, mailed_code
from tests.journeys.days import Days
from tests.journeys.handler import Handler, hire, picture
from tests.journeys.story import PATIENT, Story, begun, case_by_api

STORY = "我要投诉，订单{order}里的东西收到就是破的，太差劲了"
RAGE = "气死我了，你们到底管不管！！"
REPLY = "您好，我是Mei。照片我看到了，这件我们马上给您补寄，真的很抱歉。"


async def test_the_loop_closes_for_an_angry_shopper(house: House, days: Days, new_page: NewPage) -> None:
    story = await begun(house, days, new_page)
    await the_shopper_proves_who_she_is(story)
    await she_complains_with_a_photo(story)
    await she_loses_her_temper_and_the_desk_sees_it(story)
    await mei_takes_it_and_answers(story)
    await the_bot_is_silent_meanwhile(story)
    await mei_puts_it_right(story)
    await mei_hands_back_and_the_shopper_asks_the_bot(story)
    await it_is_done(story)
    await the_next_day_it_is_not_resolved(story)
    await mei_acts_again(story)
    await the_day_after_it_is(story)
    await all_of_it_is_in_the_api(story)
    await all_of_it_is_in_the_audit(story, new_page)


async def the_shopper_proves_who_she_is(story: Story) -> None:
    await said(story.shopper, f"我的订单{story.member.order}到哪了")
    await expect(theirs(story.shopper)).to_have_count(1, timeout=PATIENT)
    seen = await letters(story.house, story.member.email)
    await said(story.shopper, story.member.email)
    await expect(theirs(story.shopper)).to_have_count(2, timeout=PATIENT)
    await said(story.shopper, await mailed_code(story.house.settings.base_url, story.member.email, seen))
    await story.hears(story.member.order)


async def she_complains_with_a_photo(story: Story) -> None:
    await said(story.shopper, STORY.format(order=story.member.order))
    await story.hears("怎么")
    photo = FilePayload(name="破损.jpg", mimeType="image/jpeg", buffer=samples.picture(size=(900, 700)))
    await story.shopper.locator("#file").set_input_files(photo)
    await story.shopper.locator("#composer .send").click()
    await story.hears("会和您的投诉放在一起")
    await picture(story.shopper, "02_shopper_photo")
    await said(story.shopper, "请给我换一个新的")
    await story.hears(re.compile(r"C\d{5}"))
    found = re.search(r"C\d{5}", await theirs(story.shopper).last.inner_text())
    assert found is not None
    story.number = found.group()
    await picture(story.shopper, "03_shopper_case")


async def she_loses_her_temper_and_the_desk_sees_it(story: Story) -> None:
    """Nobody reloads the inbox."""
    await expect(story.mei.line(story.number)).to_contain_text(story.member.name, timeout=PATIENT)
    await picture(story.mei.page, "04_inbox_case")
    await said(story.shopper, RAGE)
    await story.hears("同事")
    await expect(story.mei.line(story.number)).to_contain_text("Angry", timeout=PATIENT)
    await expect(story.mei.line(story.number)).to_contain_text("Waits for a person")
    await picture(story.mei.page, "05_inbox_escalated")
    await picture(story.shopper, "05_shopper_waits")


async def mei_takes_it_and_answers(story: Story) -> None:
    page = story.mei.page
    await story.mei.line(story.number).get_by_role("link").first.click()
    await expect(page.locator("#talk-thread")).to_contain_text(RAGE, timeout=PATIENT)
    await picture(page, "06_talk_before")
    await page.get_by_role("button", name="Take", exact=True).click()
    await expect(page.locator("#talk-head")).to_contain_text("You have it", timeout=PATIENT)
    await story.hears("Mei 已接入")
    await story.mei.writes(REPLY)
    await picture(page, "07_talk_reply")
    await story.hears(REPLY)
    await picture(story.shopper, "08_shopper_reply")


async def the_bot_is_silent_meanwhile(story: Story) -> None:
    """What the shopper writes is on the handler's screen, and the only thing said after it is the handler's."""
    heard = await theirs(story.shopper).count()
    await said(story.shopper, "什么时候能寄到？我的积分还有多少？")
    await expect(story.mei.page.locator("#talk-thread")).to_contain_text("什么时候能寄到", timeout=PATIENT)
    await story.mei.writes("明天寄出，后天能到。")
    await story.hears("明天寄出，后天能到。")
    await expect(theirs(story.shopper)).to_have_count(heard + 1)


async def mei_puts_it_right(story: Story) -> None:
    """The case is hers, and three hundred points are within what a handler gives alone."""
    page = story.mei.page
    await page.get_by_role("tab", name="Cases").click()
    await page.locator(".side-case").get_by_role("button", name="Take it").click()
    await story.mei.is_told("It is yours")
    await story.case_room()
    await picture(page, "09_case")
    await page.locator("#propose").click()
    dialog = page.locator("#case-propose")
    await dialog.locator("#remedy-kind").select_option("points")
    await dialog.locator("#remedy-amount").fill("300")
    await dialog.locator("#remedy-reason").fill("Arrived broken; she had to ask twice.")
    await picture(page, "10_case_propose")
    await dialog.get_by_role("button", name="Propose").click()
    await expect(page.locator(".remedy")).to_contain_text("Arrived", timeout=PATIENT)
    await expect(page.locator(".remedy")).to_contain_text("300 points")
    await picture(page, "11_case_remedy")
    await story.hears("已为您的账户增加 300 积分")


async def mei_hands_back_and_the_shopper_asks_the_bot(story: Story) -> None:
    page = story.mei.page
    await page.locator(".tied a").click()
    await page.locator("#talk-head").get_by_role("button", name="Hand back to the bot").click()
    dialog = page.locator("#talk-back")
    await dialog.locator("#back-note").fill("补寄明天发出，已补偿300积分。")
    await dialog.get_by_role("button", name="Hand back to the bot").click()
    await expect(page.locator("#talk-head")).to_contain_text("With the bot", timeout=PATIENT)
    await story.hears("Mei 已把对话交回给我")
    await picture(story.shopper, "12_shopper_handed_back")
    await said(story.shopper, "我的投诉怎么样了")
    await story.hears(story.number)
    await story.hears("负责同事：Mei")
    await picture(story.shopper, "13_shopper_passport")


async def it_is_done(story: Story) -> None:
    await story.case_room()
    await story.mei.presses("case-moves", "carried out")
    await story.mei.is_told("It stands at")
    await expect(story.mei.page.locator(".case-state")).to_have_text("carried out", timeout=PATIENT)
    await picture(story.mei.page, "14_case_done")


async def the_next_day_it_is_not_resolved(story: Story) -> None:
    """Nobody is asked the same evening; in the morning the session of yesterday has lapsed, and the inbox is live."""
    await story.days.next_day(time(10))
    await story.mei.signs_in("/inbox?view=mine")
    await expect(story.mei.line(story.number)).not_to_contain_text("Reopened", timeout=PATIENT)
    await story.follow_up_round()
    await story.hears(f"投诉 {story.number}：问题现在解决了吗")
    await picture(story.shopper, "15_shopper_asked")
    await said(story.shopper, "还没收到")
    await story.hears("仍由原来的同事处理")
    await expect(story.mei.line(story.number)).to_contain_text("Reopened", timeout=PATIENT)
    await expect(story.mei.line(story.number)).to_contain_text("Mei Tan")
    await picture(story.mei.page, "16_inbox_reopened")
    await picture(story.shopper, "16_shopper_reopened")


async def mei_acts_again(story: Story) -> None:
    """Whoever writes takes the conversation, and gives it back when all is said."""
    page = story.mei.page
    await story.mei.line(story.number).get_by_role("link").first.click()
    await expect(page.locator("#talk-thread")).to_contain_text("还没收到", timeout=PATIENT)
    await story.mei.writes("我刚查过，包裹今天上午派送，下午就到您手上。")
    await story.hears("下午就到您手上")
    await picture(page, "17_talk_again")
    await page.locator("#talk-head").get_by_role("button", name="Hand back to the bot").click()
    await page.locator("#talk-back").get_by_role("button", name="Hand back to the bot").click()
    await story.hears("Mei 已把对话交回给我")
    await it_is_done(story)


async def the_day_after_it_is(story: Story) -> None:
    await story.days.next_day(time(11))
    await story.follow_up_round()
    await story.hears(f"投诉 {story.number}：问题现在解决了吗")
    await said(story.shopper, "收到了")
    await story.hears("已结案")
    await picture(story.shopper, "18_shopper_confirmed")
    await choice(story.shopper, "5 ★").click()
    await story.hears("已经记下")
    await picture(story.shopper, "19_shopper_scored")
    await story.mei.signs_in(f"/cases/{story.number}")
    await expect(story.mei.page.locator(".case-state")).to_have_text("closed")
    await picture(story.mei.page, "20_case_closed")
    await story.mei.page.locator("#case-timeline li").last.scroll_into_view_if_needed()
    await picture(story.mei.page, "20_case_timeline")


def choice(page: Page, label: str) -> Locator:
    return page.get_by_role("button", name=label)


async def all_of_it_is_in_the_api(story: Story) -> None:
    told = await case_by_api(story.house, story.number)
    assert (told["state"], told["reopened"], told["assignee"]["name"]) == ("closed", 1, "Mei Tan")
    states = [event["detail"]["to"] for event in told["events"] if event["kind"] == "state"]
    assert states == ["acknowledged", "done", "done", "confirmed", "closed"]
    kinds = {event["kind"] for event in told["events"]}
    assert {"opened", "assigned", "answered", "state", "remedy", "follow_up", "reopened"} <= kinds
    facts = {(fact["name"], fact["value"]) for fact in told["facts"] if fact["replaced_at"] is None}
    assert {("order_number", story.member.order), ("wanted", "请给我换一个新的")} <= facts
    clocks = [(clock["kind"], clock["ordinal"]) for clock in told["clocks"] if clock["met_at"]]
    expected = {("first_answer", 1), ("next_answer", 1), ("next_answer", 2), ("resolution", 1), ("resolution", 2)}
    assert (set(clocks), len(clocks)) == (expected, len(told["clocks"]))
    assert not any(clock["missed_at"] for clock in told["clocks"])
    assert [(each["kind"], each["amount"], each["state"]) for each in told["remedies"]] == [("points", 300, "arrived")]
    assert [(each["media_type"], each["state"]) for each in told["attachments"]] == [("image/jpeg", "kept")]
    asked = [(each["ordinal"], each["answer"], each["score"]) for each in told["follow_ups"]]
    assert asked == [(1, "no", None), (2, "yes", 5)]


async def all_of_it_is_in_the_audit(story: Story, new_page: NewPage) -> None:
    member = await hire(story.house, "root@willowmere.example", "Ada Root", Role.ADMIN)
    ada = Handler(story.house, member, await story.days.seen_by(await new_page()))
    await ada.signs_in(f"/audit?staff={story.mei.member.id}")
    rows = ada.page.locator("table tbody")
    for deed in ("signed in", "looked at it", "took", "assigned it", "moved", "gave it back"):
        await expect(rows).to_contain_text(deed)
    await picture(ada.page, "21_audit")
