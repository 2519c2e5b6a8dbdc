"""Who wants to write first finds what waited when they write: offered once, shown on a yes, counted as asked for."""

from datetime import timedelta
from typing import Any

import pytest

from crm_store.campaigns.campaigns import Campaign
from crm_store.people.consent import Evidence, Purpose, Who
from crm_store.people.preferences import Told
from crm_store.people.proof import linked_by
from crm_store.planning.touches import Touch
from tests.conversation.conftest import START, Desk
from tests.touching import Sent, occurrence_of

PLAN: dict[str, Any] = {
    "channels": ["webchat"],
    "contents": [
        {"language": "en", "text": "Happy birthday, {first_name}!", "choices": ["Thank you"]},
        {"language": "zh", "text": "{first_name}，生日快乐！"},
    ],
    "occasion": "birthday",
}
OFFER = {"what": "a greeting or a reminder"}


@pytest.fixture
async def member(desk: Desk) -> int:
    """Linked, agreed to care, and asked us not to write first."""
    kept = await desk.says("hello to everyone")
    await desk.replies(1, within=15)
    member = await desk.has_member()
    async with desk.store.transaction() as crm:
        conversation = await crm.conversations.get(kept.conversation_id)
        await crm.identities.link(conversation.identity_id, member, linked_by("deep_link", desk.now()))
        who = Who(conversation.identity_id, member)
        yes = [(Purpose.CARE, "webchat", True)]
        await crm.consent.record(who, yes, Evidence("chat", answer="yes"), START - timedelta(days=9))
        await crm.preferences.put(who, "style", {"style": "pull"}, Told("I will ask", None, START - timedelta(days=8)))
    desk.passed += timedelta(hours=3)
    return member


async def park(desk: Desk, member: int, name: str = "Birthdays", **plan: Any) -> Touch:
    """Planned, and parked because they want to write first."""
    async with desk.store.transaction() as crm:
        now = desk.now()
        sent = Sent(member, 1, now, purpose=Purpose.CARE, plan=PLAN | plan, name=name)
        occurrence = await occurrence_of(crm, sent)
        touch = Touch(
            occurrence_id=occurrence.id,
            customer_id=member,
            state="parked",
            outcome="park",
            reason="pull_only",
            expires_at=now + timedelta(days=1),
            decided_at=now,
            policy_version=0,
        )
        crm.session.add(touch)
        await crm.session.flush()
        return touch


async def state_of(desk: Desk, touch: Touch) -> Touch:
    async with desk.store.transaction() as crm:
        return await crm.session.get_one(Touch, (touch.occurrence_id, touch.customer_id))


async def test_what_waits_is_offered_once_after_the_answer_and_shown_on_a_tap(desk: Desk, member: int) -> None:
    touch = await park(desk, member)
    await desk.says("where are your stores")
    assert (await desk.replies(3, within=15))[1:] == ["bot: where are your stores", desk.line("parked_offer", **OFFER)]
    assert (await state_of(desk, touch)).state == "parked"
    await desk.says("and when are they open")
    assert (await desk.replies(4, within=15))[3] == "bot: and when are they open"
    await desk.presses(desk.line("parked_see"))
    assert (await desk.replies(5, within=15))[4] == "Happy birthday, Emma!"
    shown = await state_of(desk, touch)
    assert (shown.state, shown.outcome, shown.sent_at) == ("sent", "park", desk.now())


@pytest.mark.parametrize(("words", "language"), [("yes please", "en"), ("看看", "zh")])
async def test_a_yes_in_words_shows_it_in_the_language_of_the_talk(
    desk: Desk, member: int, words: str, language: str
) -> None:
    await park(desk, member)
    await desk.says("hello to everyone")
    await desk.replies(3, within=15)
    await desk.says(words)
    said = (await desk.replies(4, within=15))[3]
    assert said == ("Happy birthday, Emma!" if language == "en" else "Emma，生日快乐！")


async def test_what_is_shown_is_answered_like_any_message_of_ours_and_counts_against_no_limit(
    desk: Desk, member: int
) -> None:
    touch = await park(desk, member)
    await desk.says("hello to everyone")
    await desk.replies(3, within=15)
    await desk.presses(desk.line("parked_see"))
    await desk.replies(4, within=15)
    desk.passed += timedelta(minutes=1)
    await desk.presses("Thank you")
    assert (await desk.replies(5, within=15))[4] == desk.line("touch_thanks")
    async with desk.store.transaction() as crm:
        why = await crm.whys.of(touch.occurrence_id, member, desk.now())
    assert why is not None
    assert why.frequency.month == 0


async def test_a_no_leaves_it_and_tightens_nothing(desk: Desk, member: int) -> None:
    touch = await park(desk, member)
    await desk.says("hello to everyone")
    await desk.replies(3, within=15)
    await desk.says("no thanks")
    assert (await desk.replies(4, within=15))[3] == desk.line("touch_declined")
    assert (await state_of(desk, touch)).state == "parked"


async def test_what_was_withdrawn_expired_or_called_off_is_never_offered(desk: Desk, member: int) -> None:
    expired = await park(desk, member, "Expired")
    called_off = await park(desk, member, "Called off")
    async with desk.store.transaction() as crm:
        (await crm.session.get_one(Touch, (expired.occurrence_id, member))).expires_at = desk.now()
        (await crm.session.get_one(Campaign, 2)).state = "cancelled"
    await desk.says("hello to everyone")
    assert (await desk.replies(2, within=15))[1] == "bot: hello to everyone"
    await park(desk, member, "Withdrawn")
    async with desk.store.transaction() as crm:
        await crm.consent.stop(Who(1, member), Evidence("chat", answer="stop"), desk.now())
    await desk.says("hello to everyone")
    assert (await desk.replies(3, within=15))[2] == "bot: hello to everyone"
    assert (await state_of(desk, called_off)).state == "parked"


async def test_a_tap_after_its_time_shows_nothing(desk: Desk, member: int) -> None:
    touch = await park(desk, member)
    await desk.says("hello to everyone")
    await desk.replies(3, within=15)
    desk.passed += timedelta(days=2)
    await desk.presses(desk.line("parked_see"))
    assert (await desk.replies(4, within=15))[3] == desk.line("choice_lapsed")
    assert (await state_of(desk, touch)).state == "parked"


async def test_a_stop_after_the_offer_and_nothing_is_shown(desk: Desk, member: int) -> None:
    await park(desk, member)
    await desk.says("hello to everyone")
    await desk.replies(3, within=15)
    await desk.says("stop")
    await desk.replies(4, within=15)
    await desk.presses(desk.line("parked_see"))
    assert (await desk.replies(5, within=15))[4] == desk.line("parked_gone")


async def test_nothing_is_offered_in_the_middle_of_a_form_or_to_somebody_angry(desk: Desk, member: int) -> None:
    await park(desk, member)
    state = [{"event": "active_loop", "name": "complaint_form"}]
    async with desk.store.transaction() as crm:
        await crm.conversations.remember(1, state, desk.now())
    await desk.says("it leaks at the bottom")
    assert (await desk.replies(2, within=15))[1] == "bot: it leaks at the bottom"
    async with desk.store.transaction() as crm:
        await crm.conversations.remember(1, [], desk.now())
    await desk.says("this is unacceptable, you are useless!!! AGAIN BROKEN AGAIN")
    said = await desk.replies(3, within=15)
    assert desk.line("parked_offer", **OFFER) not in said


async def test_words_it_cannot_be_said_with_are_not_said(desk: Desk, member: int) -> None:
    touch = await park(desk, member, contents=[{"language": "en", "text": "Your code is {coupon_code}."}])
    await desk.says("hello to everyone")
    await desk.replies(3, within=15)
    await desk.says("yes")
    assert (await desk.replies(4, within=15))[3] == desk.line("parked_gone")
    assert (await state_of(desk, touch)).state == "parked"


async def test_of_several_the_next_one_is_offered_another_time(desk: Desk, member: int) -> None:
    await park(desk, member, "First")
    await park(desk, member, "Second")
    await desk.says("hello to everyone")
    await desk.replies(3, within=15)
    await desk.says("hello once more")
    assert (await desk.replies(5, within=15))[3:] == ["bot: hello once more", desk.line("parked_offer", **OFFER)]
    await desk.says("hello a last time")
    assert (await desk.replies(6, within=15))[5] == "bot: hello a last time"
