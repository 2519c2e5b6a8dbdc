"""A campaign over the wire: a real channel, and a server that enforces Telegram's rules."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select, text

from bot.channels.base import Channel
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_bot import close_bot, open_bot
from bot.channels.telegram_transport import AiohttpRequest
from crm_store.database import Store
from crm_store.people.identities import ChannelIdentity
from crm_store.talks.lanes import Lane
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.telegram_faults import accepted_but_dropped, flooded
from tests.scheduler.care.house import House

ACCOUNT = TOKEN.partition(":")[0]
LANE = f"telegram:{ACCOUNT}"


@dataclass
class WiredHouse(House):
    """With Telegram at the other end of a wire; customer n is chat 5000 + n."""

    fake: FakeTelegram | None = None
    channel: TelegramChannel | None = None

    @property
    def lanes(self) -> Mapping[str, Channel]:
        assert self.channel is not None
        return {LANE: self.channel, "email:main": self.email}

    async def chats(self, count: int) -> list[int]:
        """So many members, each of whom has written to the bot."""
        assert self.fake is not None
        members = await self.crowd(count)
        moved = f"account = '{ACCOUNT}', address = 5000 + customer_id where channel = 'telegram'"
        async with self.store.transaction() as crm:
            await crm.session.execute(text(f"update channel_identities set {moved}"))
        for member in members:
            self.fake.person(5000 + member).open = True
        return members

    def got(self, member: int) -> list[str]:
        assert self.fake is not None
        return [sent.text for sent in self.fake.sent(5000 + member)]


@pytest.fixture
async def wired(store: Store) -> AsyncIterator[WiredHouse]:
    fake = FakeTelegram()
    bot = open_bot(TOKEN, await fake.start(), AiohttpRequest(read_seconds=2))
    channel = TelegramChannel(bot)
    channel.capabilities = replace(channel.capabilities, rate=200)
    yield WiredHouse(store, fake=fake, channel=channel)
    await close_bot(bot)
    await fake.stop()


async def test_everybody_gets_it_once_and_who_has_blocked_the_bot_gets_a_letter(wired: WiredHouse) -> None:
    members = await wired.chats(12)
    assert wired.fake is not None
    wired.fake.person(5000 + members[3]).blocked = True
    await wired.planned()
    async with wired.sending():
        await wired.until("sent", 12)
    assert [len(wired.got(member)) for member in members] == [1] * 3 + [0] + [1] * 8
    assert wired.email.got == {f"email-{members[3]}": 1}
    asked = select(ChannelIdentity.reachability).filter_by(address=str(5000 + members[3]))
    assert await wired.read(asked) == "blocked"


async def test_an_answer_that_is_lost_leaves_its_message_unknown_and_single(wired: WiredHouse) -> None:
    members = await wired.chats(6)
    assert wired.fake is not None
    wired.fake.fails_next("sendMessage", accepted_but_dropped())
    await wired.planned()
    async with wired.sending():
        await wired.until("unknown", 1)
        await wired.until("sent", 5)
        wired.later(hours=3)
    assert [len(wired.got(member)) for member in members] == [1] * 6


async def test_a_flood_limit_is_waited_for_by_the_whole_lane(wired: WiredHouse) -> None:
    members = await wired.chats(10)
    assert wired.fake is not None
    wired.fake.fails_next("sendMessage", flooded(20))
    await wired.planned()
    async with wired.sending():
        await wired.holds(lambda: wired.read(select(Lane.blocked_until).filter_by(name=LANE)))
        wired.later(seconds=19)
        before = sum(len(wired.got(member)) for member in members)
        wired.later(seconds=2)
        await wired.until("sent", 10)
    assert before < 10
    assert [len(wired.got(member)) for member in members] == [1] * 10
