from datetime import timedelta

import pytest

from tests.actions.conftest import NewTalker
from tests.actions.talker import Clock

pytestmark = pytest.mark.rasa

EMMA, XIAOMEI = "emma.tan@example.com", "xiaomei.lin@example.com"


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("how many points do I have?", "/ask_points"),
        ("which tier am I", "/ask_tier"),
        ("my coupons", "/ask_coupons"),
        ("where is my order WM100001", '/ask_order_status{"order": "WM100001"}'),
        ("cancel my order WM100001", '/cancel_order{"order": "WM100001"}'),
        ("I want to change my phone number", '/update_profile{"field": "phone"}'),
        ("link my membership", "/ask_membership"),
    ],
)
async def test_what_is_personal_asks_for_proof_and_says_nothing_else(
    talker: NewTalker, question: str, wanted: str
) -> None:
    """Acceptance check 8: No order, address, coupon or points value without proof."""
    reply = await (await talker()).say(question)
    assert reply.wishes == [{"careloop": "prove", "wanted": wanted}]
    assert reply.texts == []


async def test_after_proof_the_same_question_is_answered(talker: NewTalker) -> None:
    shopper = await talker()
    asked = await shopper.say("where is my order WM100001")
    await shopper.prove(EMMA)
    answered = await shopper.send(asked.wishes[0]["wanted"])
    assert "Order WM100001 of Sat 21 November: on its way, expected on Wed 25 November" in answered.text
    assert "Cairnbrook" not in answered.text


async def test_points_are_told_with_their_worth_and_what_lapses(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.prove(EMMA)
    assert "2,480 points, worth S$24.80. 300 of them lapse on Thu 31 December." in (await shopper.say("my points")).text


async def test_the_tier_says_what_is_missing_to_the_next(talker: NewTalker) -> None:
    shopper = await talker("zh")
    await shopper.prove(XIAOMEI)
    text = (await shopper.say("我是什么等级")).text
    assert "您现在是银卡。近十二个月消费 S$1,365.90，再消费 S$1,634.10 可升为金卡" in text


async def test_coupons_come_with_code_condition_and_last_day(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.prove(EMMA)
    text = (await shopper.say("which coupons do I have")).text
    assert "EMMA-SAVE10" in text
    assert "EMMA-BDAY10" not in text


async def test_somebody_elses_order_is_as_if_it_did_not_exist(talker: NewTalker) -> None:
    """Acceptance check 8: An order number opens nothing by itself."""
    shopper = await talker()
    await shopper.prove(EMMA)
    assert "I find no order WM100002 among yours" in (await shopper.say("WM100002")).text


async def test_a_change_wants_fresh_proof_and_a_yes_passes_it_on(talker: NewTalker, clock: Clock) -> None:
    shopper = await talker()
    await shopper.prove(EMMA)
    clock.pass_by(timedelta(minutes=11))
    assert (await shopper.say("cancel my order")).wishes[0]["careloop"] == "prove"
    await shopper.prove(EMMA)
    offered = await shopper.say("cancel my order")
    assert "It may be too late to cancel it, but a colleague can try." in offered.text
    assert (await shopper.say("yes please")).wishes == [{"careloop": "hand_over", "reason": "cancel_order"}]


async def test_the_profile_is_changed_by_a_person(talker: NewTalker) -> None:
    shopper = await talker("zh")
    await shopper.prove(XIAOMEI)
    reply = await shopper.say("我要改手机号")
    assert "转给同事" in reply.text
    assert reply.wishes == [{"careloop": "hand_over", "reason": "profile_phone"}]
