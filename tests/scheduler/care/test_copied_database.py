"""A copy of a database, or one that is run for another address, sends nothing that nobody asked for."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
from sqlalchemy import select

from bot.sending import act, parser
from crm_store.database import Store, open_store
from crm_store.sending.fence import HouseSeal
from crm_store.talks.lanes import lane_number
from crm_store.talks.outbox import OutboxMessage
from scheduler.care.terms import CareTerms
from tests.scheduler.care.house import ADDRESS, LANE, TERMS, House

STAGING = CareTerms("https://staging.example", TERMS.sender)


async def reply(house: House) -> None:
    async with house.store.transaction() as crm:
        row = OutboxMessage(
            lane=LANE, address="visitor", purpose="reply", author="bot", priority=0, body={"text": "reply"},
            queued_at=house.now(),
        )  # fmt: skip
        crm.outbox.queue(row)
        crm.nudge("outbox", lane_number(LANE))


async def looked_once_more(house: House) -> None:
    """Replies go, and the lane has looked for care since."""
    await reply(house)
    await house.holds(lambda: house.read(select(OutboxMessage.id).filter_by(state="sent", address="visitor")))
    await asyncio.sleep(1.2)


@pytest.fixture
async def copy(house: House, database_url: str, postgres: str) -> AsyncIterator[House]:
    """The house's database as it is restored elsewhere: everything in it is the same but its name."""
    await house.crowd(5)
    async with house.sending():
        await house.holds(lambda: house.read(select(HouseSeal.fingerprint)))
    await house.planned()
    await house.store.close()
    name = database_url.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(postgres.format("postgres"), autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}_copy" with (force)')
        connection.execute(f'create database "{name}_copy" template "{name}"')
    store = open_store(database_url.replace(name, f"{name}_copy"), pool=5)
    yield House(store)
    await store.close()
    with psycopg.connect(postgres.format("postgres"), autocommit=True) as connection:
        connection.execute(f'drop database "{name}_copy" with (force)')


async def test_a_copied_database_answers_but_writes_to_nobody_first(copy: House) -> None:
    async with copy.sending():
        await looked_once_more(copy)
    assert copy.telegram.texts_to("visitor") == ["reply"]
    assert await copy.states() == {"waiting": 5}
    async with copy.store.transaction() as crm:
        assert await crm.fence.is_copy(ADDRESS)


async def test_somebody_may_say_that_the_copy_is_the_house_now(copy: House) -> None:
    async with copy.sending():
        await looked_once_more(copy)
        told = await act(copy.store, parser().parse_args(["allow"]), "http://127.0.0.1:8000", copy.now())
        assert told.startswith(f"This database belongs to {ADDRESS} now")
        await copy.until("sent", 5)


async def test_the_same_database_run_for_another_address_does_not_send_either(house: House) -> None:
    await house.crowd(3)
    async with house.sending():
        await house.holds(lambda: house.read(select(HouseSeal.fingerprint)))
    await house.planned()
    async with house.sending(house.dispatcher(terms=STAGING)):
        await looked_once_more(house)
        assert await house.states() == {"waiting": 3}
    assert "https://staging.example would send" in await status(house.store)
    async with house.sending():
        await house.until("sent", 3)
    assert "may be sent" in await status(house.store)


async def status(store: Store) -> str:
    return await act(store, parser().parse_args(["status"]), ADDRESS, House(store).now())


async def test_who_starts_first_seals_the_database_and_nobody_after_them(house: House) -> None:
    async with house.store.transaction() as crm:
        assert not await crm.fence.is_copy(ADDRESS)
        assert (await crm.fence.look(ADDRESS, house.now())).is_ours
        assert not (await crm.fence.look("https://staging.example", house.now())).is_ours
        assert (await crm.fence.look(ADDRESS, house.now())).is_ours


async def test_the_operator_sees_pauses_and_paces_the_lanes(house: House) -> None:
    await house.crowd(3)
    await house.planned()
    async with house.sending():
        await house.until("sent", 3)
    for line, shown in (("pause", "campaigns paused"), ("resume", "open"), ("rate", "as fast as it may")):
        told = await act(house.store, parser().parse_args([line, LANE]), ADDRESS, house.now())
        assert shown in told
    assert "2.5 a second" in await act(house.store, parser().parse_args(["rate", LANE, "2.5"]), ADDRESS, house.now())
    assert LANE in await status(house.store)
