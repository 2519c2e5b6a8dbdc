"""Nothing leaves unasked without a decision; our own word about a case goes, but not to everybody."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from bot.channels.recording import RecordingChannel
from crm_store.crm import Crm
from crm_store.people.customers import Customer
from crm_store.people.identities import ChannelIdentity
from crm_store.talks.answers import plainly
from crm_store.talks.conversations import Conversation
from crm_store.talks.outbox import UNASKED, OutboxMessage, Undecided
from crm_store.talks.posting import Letter
from scheduler.dispatcher import LaneDispatcher
from tests.promising import Shop
from tests.scheduler.conftest import Wall
from tests.store.planning.shop import Shop as Members

LANE = "recording:local"


async def test_promotions_care_and_surveys_are_refused_wherever_they_are_queued(shop: Shop, wall: Wall) -> None:
    members = Members(shop.store)
    await members.member("recording")
    for purpose in sorted(UNASKED):
        async with shop.store.transaction() as crm:
            talk = await opened(crm, wall)
            thread = await crm.answers.thread_of(talk)
            said = replace(plainly("house", "Half price!", "en"), purpose=purpose)
            with pytest.raises(Undecided, match="leaves as a touch of a campaign"):
                await crm.answers.say(thread, [said], wall.now())
            with pytest.raises(Undecided):
                await crm.posting.post([Letter(thread, said)], wall.now())
            with pytest.raises(Undecided):
                crm.outbox.queue(row(wall, purpose))


def row(wall: Wall, purpose: str, conversation_id: int | None = None) -> OutboxMessage:
    return OutboxMessage(
        lane=LANE, address="a", purpose=purpose, author="house", priority=5, body={"text": "Hello"},
        queued_at=wall.now(), conversation_id=conversation_id,
    )  # fmt: skip


async def opened(crm: Crm, wall: Wall) -> int:
    """The conversation of the only member."""
    identity = (await crm.session.scalars(select(ChannelIdentity))).one()
    fresh = {"channel": "recording", "account": "main", "language": "en", "opened_at": wall.now()}
    return (await crm.conversations.open(Conversation(identity_id=identity.id, **fresh))).id


async def test_one_that_got_in_all_the_same_is_dropped(
    shop: Shop, wall: Wall, lane: LaneDispatcher, channel: RecordingChannel
) -> None:
    async with shop.store.transaction() as crm:
        crm.session.add(row(wall, "promotion"))
    await lane.drain()
    async with shop.store.transaction() as crm:
        dropped = (await crm.session.scalars(select(OutboxMessage))).one()
    assert (dropped.state, dropped.error) == ("dropped", "without a decision")
    assert not channel.sent


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"wanted": False}, ("dropped", "customer_blocked")),
        ({"erased_at": Wall().now()}, ("dropped", "customer_blocked")),
        ({}, ("sent", None)),
    ],
)
async def test_our_own_word_goes_to_nobody_who_is_erased_or_whom_the_shop_writes_to_no_more(
    shop: Shop, wall: Wall, lane: LaneDispatcher, change: dict[str, object], outcome: tuple[str, str | None]
) -> None:
    await Members(shop.store).member("recording")
    async with shop.store.transaction() as crm:
        crm.outbox.queue(row(wall, "service", await opened(crm, wall)))
        if change:
            await crm.session.execute(update(Customer).values(change))
    await lane.drain()
    async with shop.store.transaction() as crm:
        found = (await crm.session.scalars(select(OutboxMessage))).one()
    assert (found.state, found.error) == outcome


async def test_nor_to_an_address_that_has_blocked_us(
    shop: Shop, wall: Wall, lane: LaneDispatcher, channel: RecordingChannel
) -> None:
    async with shop.store.transaction() as crm:
        crm.session.add(
            ChannelIdentity(
                channel="recording", account="local", address="a", reachability="blocked", created_at=wall.now()
            )
        )
        crm.outbox.queue(row(wall, "service"))
    await lane.drain()
    async with shop.store.transaction() as crm:
        found = (await crm.session.scalars(select(OutboxMessage))).one()
    assert (found.state, found.error) == ("failed", "unreachable")
    assert not channel.sent
