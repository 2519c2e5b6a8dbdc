from datetime import timedelta

import pytest
from sqlalchemy import select

from crm_store.people.consent import ConsentEntry, Who
from tests.actions.conftest import NewTalker
from tests.actions.talker import Clock, Talker

pytestmark = pytest.mark.rasa


async def ledger(shopper: Talker) -> list[ConsentEntry]:
    async with shopper.store.transaction() as crm:
        found = await crm.session.scalars(select(ConsentEntry).filter_by(identity_id=shopper.identity))
        return list(found.all())


async def test_taking_back_works_at_once_with_the_exact_words(talker: NewTalker) -> None:
    shopper = await talker("zh")
    reply = await shopper.say("退订促销短信")
    assert reply.texts == ["好的，已停止：优惠和新品消息（短信）。"]
    [entry] = await ledger(shopper)
    assert (entry.purpose, entry.channel, entry.granted, entry.answer) == ("promotion", "sms", False, "退订促销短信")


async def test_nothing_is_granted_before_a_yes_to_the_exact_question(talker: NewTalker) -> None:
    shopper = await talker()
    asked = await shopper.say("sign me up for birthday wishes on telegram")
    assert asked.texts[0].startswith("May we send you birthday wishes")
    assert await ledger(shopper) == []
    await shopper.say("yes please")
    [entry] = await ledger(shopper)
    assert (entry.purpose, entry.channel, entry.granted) == ("care", "telegram", True)
    assert (entry.question, entry.answer) == (asked.texts[0], "yes please")
    assert entry.question_version.startswith("consent_question-")


async def test_the_button_counts_as_the_answer_it_shows(talker: NewTalker) -> None:
    shopper = await talker("zh")
    await shopper.press(await shopper.say("我想订阅优惠消息"), "同意")
    [entry] = await ledger(shopper)
    assert (entry.channel, entry.granted, entry.answer) == ("webchat", True, "同意")


@pytest.mark.parametrize("answer", ["no", "yes but not now", "不要"])
async def test_a_no_grants_nothing(talker: NewTalker, answer: str) -> None:
    shopper = await talker()
    await shopper.say("sign me up for surveys")
    await shopper.say(answer)
    assert await ledger(shopper) == []


async def test_a_yes_after_talk_of_something_else_grants_nothing(talker: NewTalker) -> None:
    shopper = await talker()
    asked = await shopper.say("sign me up for surveys")
    await shopper.say("thank you")
    await shopper.say("yes")
    await shopper.press(asked, "Yes")
    assert await ledger(shopper) == []


async def test_a_yes_the_next_day_grants_nothing(talker: NewTalker, clock: Clock) -> None:
    shopper = await talker()
    await shopper.say("sign me up for surveys")
    clock.pass_by(timedelta(days=1))
    await shopper.say("yes")
    assert await ledger(shopper) == []


async def test_an_old_button_does_not_answer_a_newer_question(talker: NewTalker) -> None:
    shopper = await talker()
    old = await shopper.say("sign me up for surveys")
    await shopper.say("sign me up for the newsletter")
    await shopper.press(old, "Yes")
    assert await ledger(shopper) == []


async def test_the_same_yes_delivered_twice_is_one_row(talker: NewTalker) -> None:
    shopper = await talker()
    asked = await shopper.say("sign me up for surveys")
    before = list(shopper.state)
    await shopper.press(asked, "Yes")
    shopper.state = before
    await shopper.send(asked.buttons["Yes"])
    assert len(await ledger(shopper)) == 1


async def test_a_yes_in_a_chat_that_is_only_linked_counts_for_that_chat_alone(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.follow_link("emma.tan@example.com")
    await shopper.say("sign me up for birthday wishes on telegram")
    await shopper.say("yes please")
    [entry] = await ledger(shopper)
    assert (entry.granted, entry.customer_id) == (True, None)


async def test_a_yes_to_advertising_by_mail_is_proved_first_and_then_confirmed_by_the_address(
    talker: NewTalker,
) -> None:
    shopper = await talker()
    asked = await shopper.say("sign me up for the newsletter")
    proving = await shopper.say("yes please")
    [wish] = proving.wishes
    assert wish["careloop"] == "prove"
    said_in = shopper.interaction
    await shopper.prove("emma.tan@example.com")
    [opt_in] = (await shopper.send(wish["wanted"])).wishes
    assert opt_in == {
        "careloop": "opt_in",
        "purpose": "promotion",
        "channel": "email",
        "question": asked.texts[0],
        "version": opt_in["version"],
        "answer": "yes please",
        "interaction": str(said_in),
    }
    assert await ledger(shopper) == []


async def test_a_question_that_waits_for_a_proof_lapses_when_something_else_is_said(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.say("sign me up for the newsletter")
    [wish] = (await shopper.say("yes please")).wishes
    await shopper.say("no surveys please")
    await shopper.prove("emma.tan@example.com")
    assert (await shopper.send(wish["wanted"])).wishes == []


async def test_an_unclear_wish_is_asked_about(talker: NewTalker) -> None:
    shopper = await talker()
    reply = await shopper.say("newsletter subscription settings")
    assert await ledger(shopper) == []
    assert reply.texts


async def test_a_stop_said_before_linking_still_holds_after_it(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.say("unsubscribe from the newsletter")
    await shopper.prove("emma.tan@example.com")
    async with shopper.store.transaction() as crm:
        customer = await crm.customers.named_by("emma.tan@example.com")
        assert customer is not None
        standing = await crm.consent.standing(Who(shopper.identity, customer.id))
    assert ("promotion", "email", False) in {(entry.purpose, entry.channel, entry.granted) for entry in standing}
