"""From a planned touch to a message, and what becomes of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.channels.base import Idempotency, Result, SendResult
from crm_store.answers.contexts import TouchContext
from crm_store.people.consent import ConsentEntry
from crm_store.planning.touches import Touch
from crm_store.plans.plan import Content, OnEvent, Plan
from crm_store.sending.adrift import NotUnknown
from crm_store.talks.conversations import Conversation
from crm_store.talks.interactions import Interaction
from crm_store.talks.lanes import Lane
from crm_store.talks.outbox import Attempt, OutboxMessage
from tests.scheduler.care.house import LANE, House, address_of


async def test_a_touch_becomes_a_message_in_the_words_of_its_person(house: House) -> None:
    ada = await house.shop.member(name="Ada Byron")
    mei = await house.shop.member(name="林晓梅", language="zh")
    occurrence = await house.planned()
    async with house.sending():
        await house.until("sent", 2)
    assert house.telegram.texts_to(address_of(ada)) == ["Hello Ada"]
    assert house.telegram.texts_to(address_of(mei)) == ["您好，林晓梅"]
    touch = await house.touch(occurrence, ada)
    assert (touch.outcome, touch.reason, touch.sent_at) == ("send", "allowed", house.now())
    async with house.store.transaction() as crm:
        row = await crm.session.get_one(OutboxMessage, touch.outbox_id)
        attempt = (await crm.session.scalars(select(Attempt).filter_by(outbox_id=row.id))).one()
        said = await crm.session.get_one(Interaction, row.interaction_id)
        context = (await crm.session.scalars(select(TouchContext).filter_by(customer_id=ada))).one()
    assert (row.state, row.lane, row.purpose, row.tries, attempt.result) == ("sent", LANE, "promotion", 1, "accepted")
    assert (said.delivery, said.seq, said.author, context.interaction_id) == ("sent", 1, "house", said.id)


async def test_an_address_nobody_ever_wrote_from_gets_its_conversation_with_the_first_message(house: House) -> None:
    ada = await house.shop.member("email", name="Ada Byron")
    await house.planned()
    async with house.sending():
        await house.until("sent", 1)
    (letter,) = house.email.sent
    assert (letter["address"], letter["text"]) == (address_of(ada, "email"), "Hello Ada")
    async with house.store.transaction() as crm:
        talk = (await crm.session.scalars(select(Conversation))).one()
    assert (talk.channel, talk.last_seq, talk.control) == ("email", 1, "bot")


async def test_somebody_a_message_has_nothing_to_say_to_is_not_written_to_and_the_reason_names_it(house: House) -> None:
    ada = await house.shop.member()
    points = Content(language="en", text="You have {points} points, {first_name}")
    occurrence = await house.planned(Plan(channels=("telegram",), contents=(points,)))
    async with house.sending():
        await house.until("suppressed", 1)
    touch = await house.touch(occurrence, ada)
    assert (touch.outcome, touch.reason) == ("suppress", "no_longer_eligible")
    async with house.store.transaction() as crm:
        steps = await crm.touches.steps(touch.trace_id or 0)
    assert steps[-1] == {"gate": "no_longer_eligible", "passed": False, "detail": "points"}
    assert not house.telegram.sent


async def test_a_language_without_words_is_not_sent_in_another(house: House) -> None:
    await house.shop.member(language="zh")
    await house.planned(Plan(channels=("telegram",), contents=(Content(language="en", text="Hello"),)))
    async with house.sending():
        await house.until("suppressed", 1)
    assert not house.telegram.sent


async def test_what_changed_since_it_was_planned_counts_when_it_is_sent(house: House) -> None:
    stopped, moved, stays = await house.members(3, "telegram", "email")
    occurrence = await house.planned()
    await house.shop.stops(stopped)
    async with house.store.transaction() as crm:
        identity = (await crm.session.scalars(select(Touch.identity_id).filter_by(customer_id=moved))).one()
        await crm.identities.mark(identity or 0, "blocked")
    async with house.sending():
        await house.until("sent", 2)
    assert house.telegram.got == {address_of(stays): 1}
    assert house.email.got == {address_of(moved, "email"): 1}
    assert (await house.touch(occurrence, stopped)).reason == "address_suppressed"
    assert (await house.touch(occurrence, moved)).lane == "email:main"


async def test_an_address_that_is_gone_is_written_to_no_more_and_another_channel_takes_the_message(
    house: House,
) -> None:
    both, one = await house.shop.member("telegram", "email"), await house.shop.member("telegram")
    house.telegram.answer_next(SendResult(Result.GONE), SendResult(Result.GONE))
    occurrence = await house.planned()
    async with house.sending():
        await house.until("sent", 1)
        await house.until("suppressed", 1)
    assert house.email.got == {address_of(both, "email"): 1}
    assert (await house.touch(occurrence, one)).reason == "address_suppressed"
    async with house.store.transaction() as crm:
        states = {row.state for row in await crm.session.scalars(select(OutboxMessage).filter_by(lane=LANE))}
        results = list(await crm.session.scalars(select(Attempt.result).order_by(Attempt.id)))
    assert (states, results) == ({"failed"}, ["gone", "gone", "accepted"])


async def test_an_opt_out_told_by_the_provider_stands_in_the_ledger(house: House) -> None:
    ada = await house.shop.member("telegram", "email")
    house.telegram.answer_next(SendResult(Result.OPTED_OUT))
    await house.planned()
    async with house.sending():
        await house.until("failed", 1)
    async with house.store.transaction() as crm:
        newest = (await crm.session.scalars(select(ConsentEntry).order_by(ConsentEntry.id.desc()).limit(1))).one()
    told = (newest.customer_id, newest.purpose, newest.channel, newest.granted, newest.source)
    assert told == (ada, "promotion", "telegram", False, "provider")
    assert not house.email.sent, "whoever has just refused is not written to elsewhere"


async def test_a_try_that_has_to_wait_is_decided_anew_at_its_time_and_its_attempt_is_kept(house: House) -> None:
    ada = await house.shop.member()
    house.telegram.answer_next(SendResult(Result.RETRY_AT, retry_after=600))
    await house.planned()
    async with house.sending():
        at = house.now() + timedelta(seconds=600)
        await house.holds(lambda: house.read(select(Touch.customer_id).filter_by(state="waiting", due_at=at)))
        await house.shop.stops(ada)
        house.later(seconds=601)
        await house.until("suppressed", 1)
    assert not house.telegram.sent
    async with house.store.transaction() as crm:
        row = (await crm.session.scalars(select(OutboxMessage))).one()
        attempt = (await crm.session.scalars(select(Attempt))).one()
        said = (await crm.session.scalars(select(Interaction))).all()
    assert (row.state, attempt.result, said) == ("failed", "retry_at", [])


async def test_a_try_that_has_to_wait_for_the_whole_account_stops_the_lane_until_then(house: House) -> None:
    await house.members(5)
    flood = SendResult(Result.RETRY_AT, retry_after=30, whole_account=True)
    house.telegram.answer_next(flood)
    await house.planned()
    async with house.sending():
        await house.holds(lambda: house.read(select(Lane.blocked_until).filter_by(name=LANE)))
        before = len(house.telegram.sent)
        assert before < 5
        house.later(seconds=31)
        await house.until("sent", 5)
    assert max(house.telegram.got.values()) == 1


async def test_a_wrong_token_halts_the_lane_and_everything_waits(house: House) -> None:
    await house.members(3)
    house.telegram.answer_next(*[SendResult(Result.CONFIG, detail="token refused")] * 3)
    await house.planned()
    async with house.sending():
        await house.holds(lambda: house.read(select(Lane.halted).filter_by(name=LANE)))
        await house.until("waiting", 3)
    async with house.sending():
        await house.until("sent", 3)
    assert max(house.telegram.got.values()) == 1


@pytest.mark.parametrize("result", [Result.REJECTED, Result.WINDOW_CLOSED])
async def test_what_a_provider_refuses_for_good_ends(house: House, result: Result) -> None:
    await house.shop.member("telegram")
    house.telegram.answer_next(SendResult(result))
    await house.planned()
    async with house.sending():
        await house.until("failed", 1)
    assert not house.telegram.sent


@pytest.mark.parametrize("purpose", ["promotion", "care", "survey"])
async def test_what_may_have_arrived_is_called_unknown_and_not_sent_again(house: House, purpose: str) -> None:
    ada = await house.shop.member(allows=(purpose,))
    house.telegram.answer_next(SendResult(Result.UNKNOWN))
    occurrence = await house.planned(purpose=purpose)
    async with house.sending():
        await house.until("unknown", 1)
        house.later(hours=1)
        again = await house.planned(purpose=purpose)
        assert (await house.touch(again, ada)).reason == "gap", "it counts as a contact: it may well have arrived"
    assert not house.telegram.sent
    assert (await house.touch(occurrence, ada)).sent_at is not None


async def test_a_service_message_that_may_have_been_lost_is_written_once_more(house: House) -> None:
    await house.shop.member()
    house.telegram.answer_next(SendResult(Result.UNKNOWN), SendResult(Result.UNKNOWN))
    await house.planned(purpose="service")
    async with house.sending():
        await house.holds(lambda: house.read(select(Attempt.id).filter_by(result="unknown")))
        house.later(seconds=5)
        await house.until("unknown", 1)
        house.later(hours=1)
    async with house.store.transaction() as crm:
        rows = list(await crm.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))
    assert [(row.state, row.tries) for row in rows] == [("unknown", 1), ("unknown", 2)]


@pytest.mark.parametrize(("arrived", "state"), [(True, "sent"), (False, "failed")])
async def test_somebody_may_say_what_became_of_an_unknown_one(house: House, arrived: bool, state: str) -> None:
    ada = await house.shop.member()
    house.telegram.answer_next(SendResult(Result.UNKNOWN))
    occurrence = await house.planned()
    async with house.sending():
        await house.until("unknown", 1)
    async with house.store.transaction() as crm:
        (letter,) = await crm.sending.unknown(await house.campaign_of(occurrence))
        await crm.sending.settle_unknown(letter.id, arrived, "sara", house.now())
    touch = await house.touch(occurrence, ada)
    assert touch.state == state
    async with house.store.transaction() as crm:
        with pytest.raises(NotUnknown):
            await crm.sending.settle_unknown(letter.id, arrived, "sara", house.now())
    assert not house.telegram.sent


async def test_what_surely_did_not_arrive_may_be_decided_anew(house: House) -> None:
    ada = await house.shop.member()
    house.telegram.answer_next(SendResult(Result.UNKNOWN))
    occurrence = await house.planned()
    async with house.sending():
        await house.until("unknown", 1)
        async with house.store.transaction() as crm:
            (letter,) = await crm.sending.unknown(await house.campaign_of(occurrence))
            await crm.sending.settle_unknown(letter.id, False, "sara", house.now(), again=True)
        await house.until("sent", 1)
    assert house.telegram.got == {address_of(ada): 1}
    async with house.store.transaction() as crm:
        told = [(said.delivery, said.seq) for said in await crm.session.scalars(select(Interaction).order_by("id"))]
    assert told == [("failed", None), ("sent", 1)]


async def test_what_is_read_in_our_own_store_is_shown_to_whoever_has_it_open(house: House) -> None:
    house.telegram.takes_repeats(Idempotency.NATIVE)
    house.telegram.is_read_on_return()
    await house.shop.member()
    await house.planned()
    shown: list[int] = []
    with house.store.signals.listening("thread", shown.append):
        async with house.sending():
            await house.until("sent", 1)
    talk = await house.read(select(Conversation.id))
    assert talk in shown
    async with house.store.transaction() as crm:
        assert [said.text for said in await crm.interactions.readable(talk or 0, 0)] == ["Hello Member"]


async def test_buttons_of_a_care_message_can_be_pressed_once_it_is_sent(house: House) -> None:
    ada = await house.shop.member(allows=("survey",))
    asks = Plan(channels=("telegram",), contents=(Content(language="en", text="How was it?"),), asks="score")
    occurrence = await house.planned(asks, purpose="survey")
    async with house.sending():
        await house.until("sent", 1)
    (letter,) = house.telegram.sent
    assert [choice["label"] for choice in letter["choices"]] == [f"{score} ★" for score in range(1, 6)]
    assert all(choice.keys() == {"id", "label"} for choice in letter["choices"]), "what it stands for stays here"
    offered = await house.read(select(Conversation.offered))
    assert offered is not None
    assert offered[0][3]["payload"] == f"careloop:touch:{occurrence}:{ada}:score:4"


async def test_what_cannot_be_said_for_its_event_is_not_said(house: House) -> None:
    """A campaign about an order that was cancelled since."""
    await house.shop.member()
    order = Content(language="en", text="Your order {order_number}")
    plan = Plan(channels=("telegram",), contents=(order,), trigger=OnEvent(of="purchase"))
    occurrence = await house.shop.occurrence(await house.shop.campaign(plan), first_event=1, last_event=9)
    await house.shop.reserve(occurrence, 1, house.now())
    async with house.sending():
        await house.until("suppressed", 1)
    assert (await house.touch(occurrence, 1)).reason == "no_longer_eligible"
