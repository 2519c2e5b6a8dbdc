"""Wishes by talking, at the real Rasa: read back in one line, tightened at once, loosened after a yes, undone."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from crm_store.people.consent import ConsentEntry, Evidence, Purpose, Who
from crm_store.people.preferences import Occasion, Preference
from tests.actions.conftest import NewTalker
from tests.actions.talker import Clock, Talker

pytestmark = pytest.mark.rasa


async def rules(shopper: Talker) -> dict[str, Any]:
    async with shopper.store.transaction() as crm:
        return {each.kind: each.value for each in await crm.preferences.of(Who(shopper.identity, None))}


async def every_rule(shopper: Talker) -> list[Preference]:
    async with shopper.store.transaction() as crm:
        found = await crm.session.scalars(
            select(Preference).filter_by(identity_id=shopper.identity).order_by(Preference.id)
        )
        return list(found.all())


async def occasions(shopper: Talker) -> list[Occasion]:
    async with shopper.store.transaction() as crm:
        return await crm.preferences.occasions_of(Who(shopper.identity, None))


async def ledger(shopper: Talker) -> list[tuple[str, str, bool]]:
    async with shopper.store.transaction() as crm:
        rows = await crm.session.scalars(
            select(ConsentEntry).filter_by(identity_id=shopper.identity).order_by(ConsentEntry.id)
        )
        return [(entry.purpose, entry.channel, entry.granted) for entry in rows.all()]


async def allowed(shopper: Talker, *choices: tuple[Purpose, str]) -> None:
    async with shopper.store.transaction() as crm:
        at = shopper.clock() - timedelta(days=30)
        given = [(purpose, channel, True) for purpose, channel in choices]
        await crm.consent.record(Who(shopper.identity, None), given, Evidence("form"), at)


async def test_three_rules_of_one_sentence_are_kept_and_read_back_in_one_line(talker: NewTalker) -> None:
    shopper = await talker()
    reply = await shopper.say("only birthdays, nothing before ten, at most one a month")
    assert reply.texts == ["Noted: only about your birthday, not before 10:00, at most 1 per month."]
    assert await rules(shopper) == {
        "only": {"occasions": ["birthday"]},
        "hours": {"from": "10:00"},
        "at_most": {"count": 1, "per": "month"},
    }
    kept = await every_rule(shopper)
    assert {(rule.words, rule.interaction_id) for rule in kept} == {
        ("only birthdays, nothing before ten, at most one a month", shopper.interaction)
    }


async def test_three_rules_in_chinese(talker: NewTalker) -> None:
    shopper = await talker("zh")
    reply = await shopper.say("只要生日祝福，十點前別發，一個月最多一則")
    assert reply.texts == ["记下了：只在您的生日联系、10:00 之前不联系、每月最多 1 条。"]


TOKYO = {"zone": "Asia/Tokyo", "until": "2026-11-29"}
READ_BACK = {
    "stop until March": "Noted: nothing before 1 March 2027.",
    "停到三月": "记下了：2027年3月1日之前不打扰。",
    "I'm in Tokyo this week": "Noted: by the clock of Tokyo until Sun 29 November.",
    "我这周在东京": "记下了：到11月29日周日为止按东京时间联系。",
    "don't write to me, I'll ask": "Noted: we do not write first; we answer when you write.",
    "nothing after I bought": "Noted: only before you buy, nothing afterwards.",
    "只在购买后联系我": "记下了：只在购买后联系，购买前不打扰。",
    "don't profile me": "Noted: no messages chosen by what you did.",
    "别给我做个性化推荐": "记下了：不做个性化推荐。",
}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("stop until March", {"snooze": {"until": "2027-03-01"}}),
        ("停到三月", {"snooze": {"until": "2027-03-01"}}),
        ("I'm in Tokyo this week", {"zone": TOKYO}),
        ("我这周在东京", {"zone": TOKYO}),
        ("don't write to me, I'll ask", {"style": {"style": "pull"}}),
        ("nothing after I bought", {"stage": {"stage": "before"}}),
        ("只在购买后联系我", {"stage": {"stage": "after"}}),
        ("don't profile me", {"impersonal": {"impersonal": True}}),
        ("别给我做个性化推荐", {"impersonal": {"impersonal": True}}),
    ],
)
async def test_each_kind_is_kept_whatever_the_message_was_taken_for(
    talker: NewTalker, text: str, rule: dict[str, Any]
) -> None:
    shopper = await talker("en" if text.isascii() else "zh")
    assert (await shopper.say(text)).texts == [READ_BACK[text]]
    assert await rules(shopper) == rule
    assert await ledger(shopper) == []


async def test_a_pause_is_no_stop_also_when_the_model_hears_one(talker: NewTalker) -> None:
    shopper = await talker()
    reply = await shopper.say("please stop all messages until March, I am travelling the world")
    assert reply.wishes == []
    assert list(await rules(shopper)) == ["snooze"]


async def test_promotions_by_mail_only_takes_the_other_channels_and_grants_nothing(talker: NewTalker) -> None:
    shopper = await talker()
    await allowed(shopper, (Purpose.PROMOTION, "email"), (Purpose.PROMOTION, "webchat"), (Purpose.CARE, "webchat"))
    reply = await shopper.say("promotions by e-mail only")
    assert reply.texts == ["Noted: offers and news only by e-mail."]
    said = await ledger(shopper)
    assert ("promotion", "webchat", False) in said
    assert ("promotion", "email", False) not in said
    assert not [entry for entry in said[3:] if entry[2]]


async def test_the_one_channel_that_is_left_is_asked_about_when_it_was_never_allowed(talker: NewTalker) -> None:
    shopper = await talker("zh")
    reply = await shopper.say("促销只发邮件")
    assert reply.texts == [
        "记下了：优惠和新品消息只通过邮件发送。",
        "我们可以通过邮件给您发送优惠和新品消息吗？您随时可以停止，在这里说“停止”即可。",
    ]


async def test_what_is_fine_stays_and_what_is_not_goes(talker: NewTalker) -> None:
    shopper = await talker("zh")
    await allowed(shopper, (Purpose.PROMOTION, "webchat"), (Purpose.CARE, "webchat"))
    reply = await shopper.say("不要再发促销了，生日祝福可以")
    assert reply.texts == ["记下了：不再发优惠和新品消息（所有渠道）、生日祝福和积分、优惠券提醒照旧。"]
    assert (await ledger(shopper))[2:] == [("promotion", "*", False)]


async def test_what_is_called_fine_but_was_never_allowed_is_asked_about(talker: NewTalker) -> None:
    shopper = await talker()
    reply = await shopper.say("no more promotions, birthdays are fine")
    assert reply.texts[0] == "Done: no more offers and news by any channel."
    assert reply.texts[1].startswith("May we send you birthday wishes")
    assert [entry for entry in await ledger(shopper) if entry[2]] == []
    await shopper.say("yes")
    assert (await ledger(shopper))[-1] == ("care", "webchat", True)


async def test_a_festival_is_never_mentioned_again_until_a_yes(talker: NewTalker) -> None:
    shopper = await talker()
    assert (await shopper.say("no Mother's Day ever")).texts[0].startswith("Noted: Mother's Day: nothing from us")
    asked = await shopper.say("please do send me something for Mother's Day")
    assert "more than you allow now" in asked.text
    assert [each.off for each in await occasions(shopper)] == [True]
    await shopper.say("yes")
    assert [each.off for each in await occasions(shopper)] == [False]


async def test_days_of_the_household_are_kept_with_whose_they_are(talker: NewTalker) -> None:
    shopper = await talker()
    reply = await shopper.say("my daughter's birthday is 3 May")
    assert reply.texts[0].startswith("Noted: your child's birthday (daughter): 3 May.")
    await shopper.say("my son's birthday is 1 April")
    assert {(each.kind, each.whom, each.month, each.day) for each in await occasions(shopper)} == {
        ("child_birthday", "daughter", 5, 3),
        ("child_birthday", "son", 4, 1),
    }


async def test_a_day_of_a_leap_month_stays_one(talker: NewTalker) -> None:
    shopper = await talker("zh")
    assert "农历闰6月3日" in (await shopper.say("我的生日是农历闰六月初三")).text
    [birthday] = await occasions(shopper)
    assert (birthday.month, birthday.day, birthday.calendar, birthday.leap_month) == (6, 3, "lunar", True)


async def test_undoing_a_tightening_wants_a_clear_yes(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.say("at most once a week")
    shopper.clock.pass_by(timedelta(minutes=1))
    await shopper.say("at most once a month")
    shopper.clock.pass_by(timedelta(minutes=1))
    asked = await shopper.say("undo that")
    assert asked.texts == [
        "That means we may write more than you allow now: at most 1 per week. Is that what you want?"
    ]
    assert await rules(shopper) == {"at_most": {"count": 1, "per": "month"}}
    await shopper.say("hm, maybe")
    assert await rules(shopper) == {"at_most": {"count": 1, "per": "month"}}
    await shopper.press(await shopper.say("undo that"), "Yes")
    assert await rules(shopper) == {"at_most": {"count": 1, "per": "week"}}
    first, second, third = await every_rule(shopper)
    assert (first.ended_by, second.ended_by, third.ended_by) == (second.id, third.id, None)
    assert third.question == asked.texts[0]
    assert third.question_version.startswith("looser_question-")


async def test_a_rule_that_was_the_first_of_its_kind_is_lifted_after_a_yes(talker: NewTalker) -> None:
    shopper = await talker("zh")
    await shopper.say("十点前别发")
    asked = await shopper.say("撤銷")
    assert asked.texts == ["这样我们可以比现在更多地联系您：不再要求：10:00 之前不联系。是这样吗？"]
    await shopper.press(asked, "同意")
    assert await rules(shopper) == {}
    first, lifting = await every_rule(shopper)
    assert (first.ended_by, lifting.value, lifting.ended_at is not None) == (lifting.id, {}, True)


async def test_undoing_a_loosening_needs_no_yes(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.say("sign me up for surveys")
    await shopper.say("yes")
    reply = await shopper.say("undo that please")
    assert reply.texts == ["Noted: no more short questions about your visits and purchases by this chat."]
    assert (await ledger(shopper))[-1] == ("survey", "webchat", False)


async def test_a_permission_taken_back_comes_back_by_undo_only_after_a_yes_to_exactly_that(talker: NewTalker) -> None:
    shopper = await talker()
    await allowed(shopper, (Purpose.CARE, "webchat"), (Purpose.SURVEY, "telegram"))
    await shopper.say("no more surveys and birthday messages please")
    taken = len(await ledger(shopper))
    asked = await shopper.say("undo that")
    assert len(await ledger(shopper)) == taken
    await shopper.press(asked, "Yes")
    back = (await ledger(shopper))[taken:]
    assert set(back) == {("care", "webchat", True), ("survey", "telegram", True)}


async def test_an_undo_the_next_day_undoes_nothing(talker: NewTalker, clock: Clock) -> None:
    shopper = await talker()
    await shopper.say("at most once a month")
    clock.pass_by(timedelta(hours=25))
    await shopper.say("undo that")
    await shopper.say("yes")
    assert await rules(shopper) == {"at_most": {"count": 1, "per": "month"}}


async def test_a_chat_that_is_only_linked_proves_itself_before_it_loosens_the_members_rules(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.follow_link("xiaomei.lin@example.com")
    await shopper.say("at most once a month")
    await shopper.say("at most five times a week")
    [wish] = (await shopper.say("yes please")).wishes
    assert wish["careloop"] == "prove"
    async with shopper.store.transaction() as crm:
        customer = await crm.customers.named_by("xiaomei.lin@example.com")
        assert customer is not None
        held = await crm.preferences.of(Who(shopper.identity, customer.id))
    assert {"count": 1, "per": "month"} in [rule.value for rule in held]
    assert {"count": 5, "per": "week"} not in [rule.value for rule in held]
    await shopper.prove("xiaomei.lin@example.com")
    assert "at most 5 per week" in (await shopper.send(wish["wanted"])).text


async def test_lifting_a_rule_that_is_not_there_changes_nothing(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.say("you can write at any time of day")
    assert await rules(shopper) == {}


async def test_what_we_hold_names_the_new_kinds_too(talker: NewTalker) -> None:
    shopper = await talker()
    wishes = ["only birthdays", "I'm in Tokyo this week", "nothing after I bought", "don't profile me"]
    for wish in [*wishes, "promotions by e-mail only"]:
        await shopper.say(wish)
    held = (await shopper.say("what may you send me?")).text
    for line in (
        "only about your birthday",
        "by the clock of Tokyo until Sun 29 November",
        "only before you buy, nothing afterwards",
        "no messages chosen by what you did",
        "offers and news: no, by SMS, phone call",
    ):
        assert line in held
