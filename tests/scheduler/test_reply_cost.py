"""A reply costs what it cost before there was anything else to send."""

from sqlalchemy import event, select

from crm_store.talks.outbox import OutboxMessage
from scheduler.dispatcher import LaneDispatcher
from tests.promising import Shop
from tests.scheduler.conftest import Wall

LANE = "recording:local"
CLAIM = ("select lanes", "with due as", "insert into attempts", "select channel_identities")
SETTLE = ("with settled as",)


async def test_a_reply_takes_five_statements_in_two_commits(shop: Shop, wall: Wall, lane: LaneDispatcher) -> None:
    async with shop.store.transaction() as crm:
        row = OutboxMessage(
            lane=LANE, address="a", purpose="reply", author="bot", priority=0, body={"text": "Hello"},
            queued_at=wall.now(),
        )  # fmt: skip
        crm.outbox.queue(row)
    said: list[str] = []

    def note(*told: object) -> None:
        said.append(" ".join(str(told[2]).lower().split()))

    event.listen(shop.store.engine.sync_engine, "before_cursor_execute", note)
    await lane.drain()
    event.remove(shop.store.engine.sync_engine, "before_cursor_execute", note)
    assert [statement[: len(begin)] for statement, begin in zip(said, CLAIM + SETTLE, strict=True)] == [*CLAIM, *SETTLE]
    async with shop.store.transaction() as crm:
        assert (await crm.session.scalars(select(OutboxMessage.state))).one() == "sent"
