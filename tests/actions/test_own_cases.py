"""What shoppers hear of their own cases: read back, corrected, added to, and where they stand."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from crm_store.cases.complaints import Complaint
from crm_store.cases.events import By
from crm_store.promises.calendars import CalendarVersion
from crm_store.promises.clocks import Clock
from crm_store.promises.policies import PolicyVersion
from crm_store.staff.members import NewMember, Role
from tests.actions.conftest import NewTalker
from tests.actions.talker import MONDAY_NOON, Reply, Talker

pytestmark = pytest.mark.rasa

BY_STAFF = By("staff")
EMMA = "emma.tan@example.com"


async def cases_of(shopper: Talker) -> list[Complaint]:
    async with shopper.store.transaction() as crm:
        return await crm.complaints.of(shopper.identity, None)


async def complain(shopper: Talker, story: str, order: str, wish: str = "a refund please") -> Reply:
    await shopper.say(story)
    await shopper.say(order)
    return await shopper.say(wish)


async def promise(shopper: Talker, case: Complaint, due: timedelta, **more: object) -> None:
    """A promise as the shop's own rules would make it, whatever they are."""
    async with shopper.store.transaction() as crm:
        name = f"test-{case.id}-{due}"
        await crm.session.execute(delete(Clock).where(Clock.complaint_id == case.id))
        calendar = CalendarVersion(name=name, version=1, zone="UTC", spans={}, is_current=False, made_at=MONDAY_NOON)
        policy = PolicyVersion(name=name, version=1, rank=1, calendar="test", is_current=False, made_at=MONDAY_NOON)
        crm.session.add_all([calendar, policy])
        await crm.session.flush()
        values: dict[str, object] = {"kind": "first_answer", "ordinal": 1, "target": 3600, "started_at": MONDAY_NOON}
        values |= {"due_at": MONDAY_NOON + due, **more}
        crm.session.add(Clock(complaint_id=case.id, policy_id=policy.id, calendar_id=calendar.id, **values))


async def test_what_was_written_down_is_read_back(talker: NewTalker) -> None:
    shopper = await talker()
    said = await complain(shopper, "I want to complain, the toaster is broken", "WM104233")
    assert "• Order: WM104233\n• What you would like: a refund please" in said.text
    async with shopper.store.transaction() as crm:
        [case] = await cases_of(shopper)
        facts = {fact.name: (fact.value, fact.origin) for fact in await crm.facts.current(case.id)}
    assert facts["order_number"] == ("WM104233", "said")
    assert facts["category"] == ("broken", "inferred")


@pytest.mark.parametrize(
    ("language", "words", "order", "wanted"),
    [
        ("en", "no, the order is WM100009", "WM100009", "a refund please"),
        ("zh", "订单写错了，应该是WM100009", "WM100009", "a refund please"),
        ("zh", "改成换货", "WM104233", "replacement"),
        ("en", "make it a replacement instead", "WM104233", "replacement"),
    ],
)
async def test_a_correction_is_taken_and_the_old_fact_kept(
    talker: NewTalker, language: str, words: str, order: str, wanted: str
) -> None:
    shopper = await talker(language)
    await complain(
        shopper, "我要投诉，杯子碎了" if language == "zh" else "I want to complain, the cup broke", "WM104233"
    )
    said = await shopper.say(words)
    [case] = await cases_of(shopper)
    assert (case.order_number, case.wanted) == (order, wanted)
    assert case.number in said.text
    assert len(said.texts) == 1
    async with shopper.store.transaction() as crm:
        assert [fact.name for fact in await crm.facts.history(case.id) if fact.replaced_at]
    assert len((await shopper.say("thank you" if language == "en" else "谢谢")).texts) == 1


async def test_once_somebody_works_on_it_a_correction_is_an_ordinary_message(talker: NewTalker) -> None:
    shopper = await talker()
    await complain(shopper, "I want to complain, the cup is broken", "WM104233")
    [case] = await cases_of(shopper)
    async with shopper.store.transaction() as crm:
        await crm.handling.move(case.id, "investigating", BY_STAFF, MONDAY_NOON)
    await shopper.say("no, the order is WM100009")
    assert (await cases_of(shopper))[0].order_number == "WM104233"


async def test_the_order_they_just_talked_about_is_not_asked_for(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.say("where is my order WM104233")
    assert "put it right" in (await shopper.say("I want to complain, the kettle came broken")).text
    assert "WM104233" in (await shopper.say("my money back")).text


async def test_a_second_account_of_the_same_order_is_added_on_a_yes(talker: NewTalker) -> None:
    shopper = await talker()
    await complain(shopper, "I want to complain, the cup is broken", "WM104233")
    await shopper.say("I want to complain, order WM104233: the plate is cracked, too")
    asked = await shopper.say("a refund")
    [case] = await cases_of(shopper)
    said = await shopper.press(asked, f"Add it to {case.number}")
    assert f"added it to {case.number}" in said.text
    [case] = await cases_of(shopper)
    assert "the plate is cracked, too" in case.what_happened


async def test_or_becomes_a_case_of_its_own(talker: NewTalker) -> None:
    shopper = await talker("zh")
    await complain(shopper, "我要投诉，杯子碎了", "WM104233", "退款")
    await shopper.say("我要投诉，订单WM104233少发了一个盘子")
    asked = await shopper.say("补发")
    said = await shopper.press(asked, "另外登记")
    first, second = sorted(await cases_of(shopper), key=lambda case: case.id)
    assert second.number in said.text
    assert (first.order_number, second.order_number, second.wanted) == ("WM104233", "WM104233", "补发")


async def test_the_passport_tells_state_person_next_step_and_time_once_proved(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.prove("xiaomei.lin@example.com")
    await complain(shopper, "I want to complain, the cup is broken", "none")
    [case] = await cases_of(shopper)
    async with shopper.store.transaction() as crm:
        who = await crm.staff.add(NewMember(f"a{case.id}@shop.example", "Aisha Rahman", Role.HANDLER, "x"), MONDAY_NOON)
        await crm.handling.assign(case.id, who.id, BY_STAFF, MONDAY_NOON)
    await promise(shopper, case, timedelta(hours=3))
    said = (await shopper.say(f"what about my complaint {case.number}")).text
    assert f"{case.number} of Mon 23 November: taken up" in said
    assert "Aisha is looking after it." in said
    assert "Next, we look into it" in said
    assert "A person answers you by Mon 23 November, 15:00 at the latest." in said
    await promise(shopper, case, timedelta(hours=-1))
    shopper.language = "zh"
    late = (await shopper.say(f"我的投诉 {case.number} 怎么样了")).text
    assert "负责同事：Aisha。" in late
    assert "没有做到，非常抱歉" in late


async def test_no_time_is_told_when_no_clock_backs_it_and_only_the_state_without_proof(talker: NewTalker) -> None:
    shopper = await talker()
    await complain(shopper, "I want to complain, the cup is broken", "none")
    [case] = await cases_of(shopper)
    async with shopper.store.transaction() as crm:
        await crm.session.execute(delete(Clock).where(Clock.complaint_id == case.id))
    assert "at the latest" not in (await shopper.say("what about my complaint")).text
    await promise(shopper, case, timedelta(hours=3))
    told = (await shopper.say("what about my complaint")).text
    assert f"{case.number} of Mon 23 November: received" in told
    assert "at the latest" not in told


async def test_a_merged_case_is_told_as_the_one_it_goes_on_in(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.prove(EMMA)
    await complain(shopper, "I want to complain, the cup is broken", "none")
    await complain(shopper, "I want to complain, the plate is cracked", "none")
    second, first = (await cases_of(shopper))[:2]
    async with shopper.store.transaction() as crm:
        await crm.merging.merge(second.id, first.id, BY_STAFF, MONDAY_NOON)
    assert f"{second.number} goes on as {first.number}." in (await shopper.say(f"complaint {second.number}")).text


async def test_the_shops_own_word_for_a_state_is_used(talker: NewTalker) -> None:
    shopper = await talker()
    await complain(shopper, "I want to complain, the cup is broken", "none")
    async with shopper.store.transaction() as crm:
        await crm.labels.rename("received", {"en": "in our hands", "zh": "已登记"})
    try:
        assert "in our hands" in (await shopper.say("what about my complaint")).text
    finally:
        async with shopper.store.transaction() as crm:
            await crm.labels.rename("received", {"en": "received", "zh": "已收到"})


async def test_two_cases_come_as_a_list_with_a_button_each(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.prove("xiaomei.lin@example.com")
    await complain(shopper, "I want to complain, the cup is broken", "none")
    await complain(shopper, "I want to complain, the plate is cracked", "none")
    async with shopper.store.transaction() as crm:
        number = await crm.session.scalar(select(Complaint.number).order_by(Complaint.id.desc()).limit(1))
    listed = await shopper.say("what about my complaints")
    assert f"• {number}" in listed.text
    assert "Next, a colleague takes it up" in (await shopper.press(listed, str(number))).text
