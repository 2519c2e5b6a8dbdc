import pytest

from crm_store.cases.complaints import Complaint
from tests.actions.conftest import NewTalker
from tests.actions.talker import Talker

pytestmark = pytest.mark.rasa


async def cases_of(shopper: Talker) -> list[Complaint]:
    async with shopper.store.transaction() as crm:
        return await crm.complaints.of(shopper.identity, None)


async def test_a_complaint_is_taken_up_step_by_step(talker: NewTalker) -> None:
    shopper = await talker()
    assert "what happened" in (await shopper.say("I want to complain")).text
    assert "Which order" in (await shopper.say("your cashier at Orchard was rude to me")).text
    asked = await shopper.say("there is no order")
    done = await shopper.press(asked, "An apology")
    [case] = await cases_of(shopper)
    assert case.number in done.text
    assert (case.category, case.severity, case.wanted, case.order_number) == ("staff", "normal", "apology", None)
    assert case.what_happened == "your cashier at Orchard was rude to me"


async def test_what_the_opening_message_tells_is_not_asked_again(talker: NewTalker) -> None:
    shopper = await talker("zh")
    assert "哪一个订单" in (await shopper.say("我要投诉，杯子到货时是碎的")).text
    assert "怎么处理" in (await shopper.say("订单是 wm104233")).text
    await shopper.say("给我重新寄一个")
    [case] = await cases_of(shopper)
    assert (case.category, case.order_number, case.wanted) == ("broken", "WM104233", "给我重新寄一个")
    assert case.language == "zh"


async def test_danger_makes_it_severe_and_brings_a_person(talker: NewTalker) -> None:
    shopper = await talker("zh")
    await shopper.say("我要投诉")
    await shopper.say("吹风机一开就冒烟，把我烫伤了")
    asked = await shopper.say("没有订单")
    done = await shopper.press(asked, "退款")
    assert done.wishes == [{"careloop": "hand_over", "reason": "safety"}]
    assert (await cases_of(shopper))[0].severity == "high"


async def test_the_same_turn_run_twice_opens_one_case(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.say("the toaster I bought is broken, I want to complain")
    asked = await shopper.say("none")
    before = list(shopper.state)
    first = await shopper.press(asked, "A refund")
    shopper.state = before
    again = await shopper.send(asked.buttons["A refund"])
    assert first.text == again.text
    assert len(await cases_of(shopper)) == 1


@pytest.mark.parametrize("words", ["I want to talk to a person", "转人工客服"])
async def test_a_person_can_be_had_from_within_the_form(talker: NewTalker, words: str) -> None:
    shopper = await talker()
    await shopper.say("I want to complain")
    assert (await shopper.say(words)).wishes == [{"careloop": "hand_over", "reason": "asked"}]
    assert await cases_of(shopper) == []
    assert "You're welcome" in (await shopper.say("thank you")).text


async def test_a_stop_within_the_form_is_no_answer_to_it(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.say("I want to complain")
    assert (await shopper.say("stop messaging me")).wishes == [{"careloop": "stop"}]
    assert await cases_of(shopper) == []


@pytest.mark.parametrize("words", ["never mind", "算了", "forget it."])
async def test_forget_it_leaves_the_form_and_files_nothing(talker: NewTalker, words: str) -> None:
    shopper = await talker()
    await shopper.say("I want to complain")
    assert "no complaint was filed" in (await shopper.say(words)).text
    assert await cases_of(shopper) == []


async def test_the_next_complaint_begins_empty(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.say("the toaster is broken, I want to complain")
    await shopper.press(await shopper.say("none"), "A refund")
    assert "what happened" in (await shopper.say("I want to make a complaint")).text


async def test_a_number_at_the_wrong_step_corrects_the_order(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.say("the toaster is broken, I want to complain")
    await shopper.say("none")
    asked = await shopper.say("WM104233")
    await shopper.press(asked, "A refund")
    assert (await cases_of(shopper))[0].order_number == "WM104233"


async def test_a_member_chooses_from_their_own_orders(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.prove("emma.tan@example.com")
    asked = await shopper.say("I want to complain, half of my order is missing")
    asked = await shopper.press(asked, "WM100001 (Sat 21 November)")
    await shopper.press(asked, "A replacement")
    [case] = [case for case in await cases_of(shopper) if case.order_number == "WM100001"]
    assert case.customer_id is not None


async def test_a_low_score_with_its_reason_is_a_complaint_at_once(talker: NewTalker) -> None:
    shopper = await talker()
    told = await shopper.say("1 star, nobody helped me for an hour")
    [case] = await cases_of(shopper)
    assert case.number in told.text
    assert (case.source, case.what_happened) == ("survey", "1 star, nobody helped me for an hour")
    assert "1 of 5" in told.text


async def test_a_bare_low_score_is_asked_for_its_reason_first(talker: NewTalker) -> None:
    shopper = await talker("zh")
    scored = await shopper.say("1星")
    assert "哪里出了问题" in scored.text
    assert await cases_of(shopper) == []
    await shopper.press(scored, "说说哪里不满意")
    await shopper.say("排队等了一个小时，没人理我")
    assert await cases_of(shopper) == []
    await shopper.press(await shopper.say("没有订单"), "道歉")
    assert (await cases_of(shopper))[0].what_happened == "排队等了一个小时，没人理我"


async def test_status_is_told_where_it_was_opened_and_proof_is_asked_elsewhere(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.say("the toaster is broken, I want to complain")
    await shopper.press(await shopper.say("none"), "A refund")
    [case] = await cases_of(shopper)
    assert f"{case.number} of Mon 23 November: received" in (await shopper.say("what about my complaint")).text
    stranger = await talker()
    reply = await stranger.say(f"status of my complaint {case.number}")
    assert reply.texts == []
    assert reply.wishes[0]["careloop"] == "prove"
    assert f"I find no complaint {case.number}" in await after_proof(stranger, reply.wishes[0]["wanted"])


async def after_proof(shopper: Talker, wanted: str) -> str:
    await shopper.prove("xiaomei.lin@example.com")
    return (await shopper.send(wanted)).text
