from datetime import datetime

import pytest
from sqlalchemy import update

from crm_store.people.consent import Evidence, Purpose, Who
from crm_store.people.preferences import Occasion, Preference
from crm_store.talks.interactions import Delivery, Interaction
from crm_store.talks.outbox import OutboxMessage
from tests.actions.conftest import NewTalker
from tests.actions.talker import Talker

pytestmark = pytest.mark.rasa


async def rules(shopper: Talker) -> list[Preference]:
    async with shopper.store.transaction() as crm:
        return await crm.preferences.of(Who(shopper.identity, None))


async def occasions(shopper: Talker) -> list[Occasion]:
    async with shopper.store.transaction() as crm:
        return await crm.preferences.occasions_of(Who(shopper.identity, None))


async def test_a_rule_is_kept_with_its_words_and_read_back(talker: NewTalker) -> None:
    shopper = await talker("zh")
    assert (await shopper.say("早上十点前别发消息")).texts == ["记下了：10:00 之前不联系。"]
    [rule] = await rules(shopper)
    assert (rule.kind, rule.value, rule.words) == ("hours", {"from": "10:00"}, "早上十点前别发消息")


async def test_less_counts_at_once_and_more_wants_a_yes(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.say("at most twice a week")
    await shopper.say("at most once a month")
    asked = await shopper.say("at most five times a week")
    assert "more than you allow now" in asked.text
    assert [rule.value for rule in await rules(shopper)] == [{"count": 1, "per": "month"}]
    await shopper.press(asked, "Yes")
    assert [rule.value for rule in await rules(shopper)] == [{"count": 5, "per": "week"}]


async def test_what_cannot_be_read_is_kept_as_words_and_called_so(talker: NewTalker) -> None:
    shopper = await talker()
    assert "I cannot apply it by myself" in (await shopper.say("fewer messages please, less often")).text
    assert [rule.kind for rule in await rules(shopper)] == ["words"]


async def test_a_lunar_birthday_is_noted_in_its_calendar(talker: NewTalker) -> None:
    shopper = await talker("zh")
    assert "农历8月15日" in (await shopper.say("我過農曆生日，八月十五")).text
    [birthday] = await occasions(shopper)
    assert (birthday.kind, birthday.month, birthday.day, birthday.calendar) == ("birthday", 8, 15, "lunar")


async def test_a_birthday_without_its_day_is_asked_for(talker: NewTalker) -> None:
    shopper = await talker()
    assert "Which day is your child's birthday (son)?" in (await shopper.say("please remember my son's birthday")).text
    assert "your child's birthday (son): 12 April" in (await shopper.say("12 April")).text
    [noted] = await occasions(shopper)
    assert (noted.kind, noted.month, noted.day, noted.whom) == ("child_birthday", 4, 12, "son")


async def test_a_feast_can_be_turned_off(talker: NewTalker) -> None:
    shopper = await talker()
    assert "Mother's Day: nothing from us" in (await shopper.say("no Mother's Day messages please")).text
    assert [(each.kind, each.off) for each in await occasions(shopper)] == [("mothers_day", True)]


async def test_what_we_hold_is_shown_and_personal_data_only_as_kinds(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.say("at most once a month")
    held = await shopper.say("what do you know about me")
    assert "at most 1 per month" in held.text
    asked = await shopper.press(held, "What else do you hold?")
    assert asked.wishes == [{"careloop": "prove", "wanted": '/ask_preferences{"mine": "yes"}'}]
    await shopper.prove("emma.tan@example.com")
    shown = (await shopper.send(asked.wishes[0]["wanted"])).text
    assert "your address" in shown
    assert "Cairnbrook" not in shown


async def test_a_chat_that_is_only_linked_shows_nothing_the_member_said_elsewhere(talker: NewTalker) -> None:
    elsewhere, here = await talker(), await talker()
    await elsewhere.prove("xiaomei.lin@example.com")
    await elsewhere.say("at most once a month")
    await here.follow_link("xiaomei.lin@example.com")
    assert "at most" not in (await here.say("what do you know about me")).text
    await here.prove("xiaomei.lin@example.com")
    assert "at most 1 per month" in (await here.say("what do you know about me")).text


async def test_one_strangers_rules_are_not_anothers(talker: NewTalker) -> None:
    await (await talker()).say("at most once a month")
    assert "at most" not in (await (await talker()).say("what do you know about me")).text


async def test_why_says_honestly_that_we_never_wrote_first(talker: NewTalker) -> None:
    assert "never written to you first" in (await (await talker()).say("why did I get this message")).text


async def test_why_names_the_message_and_the_permission_it_rests_on(talker: NewTalker) -> None:
    shopper = await talker()
    await wrote_first(shopper, Purpose.CARE)
    assert "I find no permission of yours" in (await shopper.say("why did I get this message")).text
    async with shopper.store.transaction() as crm:
        who, at = Who(shopper.identity, None), shopper.clock()
        await crm.consent.record(who, [(Purpose.CARE, "webchat", True)], Evidence("form"), at)
    assert "You agreed to that on Mon 23 November" in (await shopper.say("why did I get this message")).text


async def wrote_first(shopper: Talker, purpose: Purpose) -> None:
    at: datetime = shopper.clock()
    async with shopper.store.transaction() as crm:
        sent = await crm.interactions.add(
            Interaction(
                conversation_id=shopper.conversation,
                identity_id=shopper.identity,
                direction="out",
                author="care",
                text="Happy birthday",
                delivery=Delivery.SENT,
                at=at,
                sent_at=at,
            )
        )
        crm.outbox.queue(
            OutboxMessage(
                lane="webchat:shop",
                interaction_id=sent.id,
                conversation_id=shopper.conversation,
                address=shopper.name,
                purpose="reply",
                author="care",
                priority=9,
                body={},
                state="sent",
                queued_at=at,
            )
        )
        # From before there were decisions: nobody can queue such a one any more.
        await crm.session.flush()
        before = update(OutboxMessage).where(OutboxMessage.interaction_id == sent.id)
        await crm.session.execute(before.values(purpose=purpose.value))
