"""A deep link carries a member into a chat: asked first, once, and its token is written down nowhere."""

from typing import Any

import pytest
from sqlalchemy import select, text

from bot.channels.base import Channel
from bot.channels.recording import RecordingChannel
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_bot import open_bot
from bot.channels.webchat import WebChat
from bot.conversation.deep_links import make
from bot.conversation.inbox import WayIn
from crm_store.database import Store
from crm_store.people.identities import ChannelIdentity
from crm_store.people.proof import ProofLevel, proved_by_code
from crm_store.tables import metadata
from tests.conversation.conftest import START, Desk
from tests.fakes.telegram import TOKEN as BOT_TOKEN

TOKEN = "kYq0-" + "x" * 36 + "_z"
ANNA: dict[str, Any] = {"id": 7, "is_bot": False, "first_name": "Anna", "language_code": "zh"}
TELEGRAM_START = {
    "update_id": 1,
    "message": {
        "message_id": 1,
        "date": 1,
        "from": ANNA,
        "chat": {"id": 7, "type": "private"},
        "text": f"/start {TOKEN}",
    },
}


async def opened(desk: Desk, token: str, visitor: str = "v1", key: str = "start-1") -> None:
    event = {"visitor": visitor, "client_message_id": key, "start": token}
    assert await desk.way_in.keep(desk.channel, event) is not None


async def linked(desk: Desk) -> list[tuple[str, int]]:
    """Who is linked to whom, by address."""
    async with desk.store.transaction() as crm:
        known = (await crm.session.scalars(select(ChannelIdentity))).all()
    return [(each.address, each.customer_id) for each in known if each.customer_id is not None]


async def fresh(desk: Desk, customer_id: int, channel: str = "webchat") -> str:
    async with desk.store.transaction() as crm:
        return (await make(crm, customer_id, channel, desk.now())).token


async def test_a_link_asks_whose_chat_it_shall_be_and_a_yes_links_it(desk: Desk) -> None:
    """Acceptance check 9: An address becomes somebody's by their own yes, never by itself."""
    emma = await desk.has_member()
    await opened(desk, await fresh(desk, emma))
    assert await desk.replies(1) == [desk.line("link_confirm", masked="E***")]
    assert await linked(desk) == []
    await desk.presses(desk.line("link_yes"))
    assert (await desk.replies(2))[1] == desk.line("linked", name="Emma Tan")
    assert await linked(desk) == [("v1", emma)]
    async with desk.store.transaction() as crm:
        identity = (await crm.session.scalars(select(ChannelIdentity))).one()
        assert identity.proof_level == ProofLevel.LINKED


async def test_a_no_links_nothing(desk: Desk) -> None:
    await opened(desk, await fresh(desk, await desk.has_member()))
    await desk.replies(1)
    await desk.presses(desk.line("link_no"))
    assert (await desk.replies(2))[1] == desk.line("link_refused")
    assert await linked(desk) == []


async def test_a_link_takes_no_stronger_proof_of_the_same_person_away(desk: Desk) -> None:
    emma = await desk.has_member()
    await opened(desk, await fresh(desk, emma))
    await desk.replies(1)
    async with desk.store.transaction() as crm:
        identity = (await crm.session.scalars(select(ChannelIdentity))).one()
        await crm.identities.link(identity.id, emma, proved_by_code("webchat", desk.now()))
    await desk.presses(desk.line("link_yes"))
    assert (await desk.replies(2))[1] == desk.line("linked", name="Emma Tan")
    async with desk.store.transaction() as crm:
        assert (await crm.session.scalars(select(ChannelIdentity))).one().proof_level == ProofLevel.PROVED


async def test_whoever_opens_it_second_is_told_it_has_lapsed(desk: Desk) -> None:
    token = await fresh(desk, await desk.has_member())
    await opened(desk, token)
    await desk.replies(1)
    await opened(desk, token, visitor="v2")
    assert await desk.replies(1, "v2") == [desk.line("link_lapsed")]


async def test_a_link_into_another_channel_opens_nothing_here(desk: Desk) -> None:
    await opened(desk, await fresh(desk, await desk.has_member(), "telegram"))
    assert await desk.replies(1) == [desk.line("link_lapsed")]


@pytest.mark.parametrize("token", ["a", "a" * 43, "A-_9" * 16])
async def test_a_token_that_is_not_ours_has_lapsed_too(desk: Desk, token: str) -> None:
    await opened(desk, token)
    assert await desk.replies(1) == [desk.line("link_lapsed")]


@pytest.mark.parametrize(
    ("channel", "event"),
    [
        (WebChat(), {"visitor": "v1", "client_message_id": "m1", "start": TOKEN}),
        (TelegramChannel(open_bot(BOT_TOKEN)), TELEGRAM_START),
        (RecordingChannel(), {"key": "1", "address": "anna", "kind": "start", "choice_id": TOKEN}),
    ],
    ids=["webchat", "telegram", "recording"],
)
async def test_the_token_is_kept_nowhere_in_the_clear(store: Store, channel: Channel, event: dict[str, Any]) -> None:
    assert await WayIn(store, lambda: START, lambda _: None).keep(channel, event) is not None
    async with store.transaction() as crm:
        for table in metadata.sorted_tables:
            rows = (await crm.session.execute(text(f'select to_json(t)::text from "{table.name}" t'))).scalars()
            assert not [row for row in rows if TOKEN in row], table.name


async def test_a_start_at_telegram_leaves_the_language_to_the_shopper(store: Store) -> None:
    """A random token can look like words of English."""
    await WayIn(store, lambda: START, lambda _: None).keep(TelegramChannel(open_bot(BOT_TOKEN)), TELEGRAM_START)
    async with store.transaction() as crm:
        said = (await crm.session.execute(text("select text, c.language from interactions, conversations c"))).one()
    assert tuple(said) == ("/start", "zh")
