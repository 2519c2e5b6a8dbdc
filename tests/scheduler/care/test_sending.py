"""From a planned touch to a message, and what becomes of it."""

from sqlalchemy import select

from crm_store.care.contexts import TouchContext
from crm_store.talks.interactions import Interaction
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
